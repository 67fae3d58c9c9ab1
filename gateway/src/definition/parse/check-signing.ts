import type { OneAuthScheme } from '../document.ts'
import { noFallback, parseParts, referencesOf } from '../template/placeholders.ts'
import { type Issues, type Path, suggestion } from './issues.ts'

type SchemeOf<Type extends OneAuthScheme['type']> = Extract<OneAuthScheme, { readonly type: Type }>

const facts = ['method', 'host', 'path', 'body', 'timestamp', 'nonce'] as const
const lateFacts = [...facts, 'body_hash', 'url', 'query', 'path_query'] as const

/** Whether every `{{…}}` of a text stands for something: a name of `known`, or a setting. */
function checkTemplate(text: string, known: readonly string[], settings: readonly string[], at: Path, issues: Issues): void {
  for (const { name, setting } of referencesOf(parseParts(text, noFallback))) {
    const choices = setting ? settings : known
    if (!choices.includes(name))
      issues.add(at, `uses {{${setting ? 'settings.' : ''}${name}}}, which is not known here${suggestion(name, choices)}`)
  }
}

const isSigned = (text: string) => referencesOf(parseParts(text, noFallback)).some(({ name }) => name === 'signature')

function checkHmac(scheme: SchemeOf<'hmac'>, settings: readonly string[], at: Path, issues: Issues): void {
  const { message, body_hash: { of = '{{body}}' } = {}, fields = { key: {} }, headers = {}, query = {} } = scheme
  const names = Object.keys(fields)
  for (const name of names) {
    if (name === 'secret') issues.add([...at, 'fields', name], 'is asked for anyway: it is the key of the signature')
    else if (name === 'signature' || lateFacts.some((fact) => fact === name))
      issues.add([...at, 'fields', name], 'must not be named like a part of the request')
  }
  const early = [...facts, ...names]
  const late = [...lateFacts, ...names]
  checkTemplate(of, early, settings, [...at, 'body_hash', 'of'], issues)
  checkTemplate(message, late, settings, [...at, 'message'], issues)
  for (const [name, text] of Object.entries(headers))
    checkTemplate(text, [...late, 'signature'], settings, [...at, 'headers', name], issues)
  // A parameter that is part of {{query}} cannot hold it.
  for (const [name, text] of Object.entries(query))
    checkTemplate(
      text,
      isSigned(text) ? [...late, 'signature'] : [...early, 'body_hash'],
      settings,
      [...at, 'query', name],
      issues,
    )
  if (![...Object.values(headers), ...Object.values(query)].some(isSigned))
    issues.add(at, 'sends {{signature}} neither in a header nor in the query')
}

/** The templates of a scheme that signs requests. */
export function checkSigning(scheme: OneAuthScheme, settings: readonly string[], at: Path, issues: Issues): void {
  if (scheme.type === 'oauth1') checkTemplate(scheme.realm ?? '', [], settings, [...at, 'realm'], issues)
  else if (scheme.type === 'aws_sigv4') checkTemplate(scheme.region, [], settings, [...at, 'region'], issues)
  else if (scheme.type === 'hmac') checkHmac(scheme, settings, at, issues)
}
