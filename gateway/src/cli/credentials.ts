import { processEnvironment } from '../config.ts'
import { CliError, UsageError } from './failure.ts'
import type { Output } from './output.ts'
import { ask, askSecret, canAsk, readStandardInput } from './prompt.ts'
import { isObject, readTextFile, splitPair } from './values.ts'

/** A way to authenticate, as the connector document describes it. */
export interface Scheme {
  readonly name: string
  readonly type: string
  readonly fields: readonly string[]
}

function fieldsOf(scheme: Record<string, unknown>): readonly string[] {
  const fields = sentFieldsOf(scheme)
  return wantsCertificate(scheme) ? [...fields, 'client_certificate', 'client_key'] : fields
}

function wantsCertificate(scheme: Record<string, unknown>): boolean {
  return (
    partsOf(scheme).some(([, part]) => wantsCertificate(part)) || scheme.type === 'mtls' || scheme.client_certificate === true
  )
}

/** The schemes of one that is made of several. */
function partsOf({ type, schemes }: Record<string, unknown>): readonly [string, Record<string, unknown>][] {
  if (type !== 'all' || !isObject(schemes)) return []
  return Object.entries(schemes).flatMap(([name, part]) => (isObject(part) ? [[name, part] as [string, typeof part]] : []))
}

function sentFieldsOf(scheme: Record<string, unknown>): readonly string[] {
  switch (scheme.type) {
    case 'api_key':
      return ['key']
    case 'bearer':
      return ['token']
    case 'basic':
      return ['username', 'password']
    case 'headers': {
      const headers = Array.isArray(scheme.headers) ? scheme.headers.filter(isObject) : []
      return headers.filter((header) => header.value === undefined).map((header) => String(header.name))
    }
    case 'all':
      return partsOf(scheme).flatMap(([name, part]) => sentFieldsOf(part).map((field) => `${name}.${field}`))
    default:
      return []
  }
}

export function schemesOf(document: Record<string, unknown>): readonly Scheme[] {
  const auth = isObject(document.auth) ? document.auth : {}
  return Object.entries(auth).flatMap(([name, scheme]) =>
    isObject(scheme) ? [{ name, type: String(scheme.type), fields: fieldsOf(scheme) }] : [],
  )
}

/** The scheme asked for, or the only one. With several, somebody has to say which. */
export async function chooseScheme(schemes: readonly Scheme[], wanted: string | undefined): Promise<Scheme | undefined> {
  const names = schemes.map((scheme) => scheme.name).join(', ')
  if (wanted !== undefined) {
    const found = schemes.find((scheme) => scheme.name === wanted)
    if (found === undefined) throw new UsageError(`This connector has no auth scheme "${wanted}".`, `It has: ${names || 'none'}.`)
    return found
  }
  if (schemes.length < 2) return schemes[0]
  if (!canAsk()) throw new UsageError('This connector can be authorised in several ways.', `Say which with --scheme: ${names}.`)
  const answer = await ask(`Which auth scheme (${names})`)
  return chooseScheme(schemes, answer)
}

/** Every way by which a secret stays out of the list of processes. */
const safeWays = (name: string) =>
  `--field ${name}=- (standard input), --field ${name}=@file or --field ${name}=env:VARIABLE, or leave it out at a terminal to be asked`

/** The value behind `-`, `@file` and `env:NAME`; anything else is the value itself. */
async function readValue(name: string, value: string, out: Output): Promise<string> {
  // The line break at the end of a file is no part of a secret.
  if (value === '-') return (await readStandardInput()).replace(/\r?\n$/, '')
  if (value.startsWith('@')) return (await readTextFile(value.slice(1))).replace(/\r?\n$/, '')
  if (value.startsWith('env:')) {
    const found = processEnvironment()[value.slice(4)]
    if (!found)
      throw new CliError(
        'INVALID_INPUT',
        `The environment variable ${value.slice(4)} is not set.`,
        'Set it, or name another one.',
      )
    return found
  }
  if (name !== 'username') {
    out.warn(
      `The value of --field ${name} stands on the command line, where other users of this machine can read it.\n  Better: ${safeWays(name)}.`,
    )
  }
  return value
}

/** The fields of a scheme from the options, and the missing ones from whoever sits at the terminal. */
export async function collectFields(scheme: Scheme, given: readonly string[], out: Output): Promise<Record<string, string>> {
  const fields: Record<string, string> = {}
  for (const pair of given) {
    const [name, value] = splitPair(pair, '--field')
    if (!scheme.fields.includes(name)) {
      throw new UsageError(
        `The auth scheme ${scheme.name} has no field "${name}".`,
        `Its fields: ${scheme.fields.join(', ') || 'none'}.`,
      )
    }
    fields[name] = await readValue(name, value, out)
  }
  const missing = scheme.fields.filter((name) => fields[name] === undefined)
  const [first] = missing
  if (first !== undefined && !canAsk()) {
    throw new UsageError(`The auth scheme ${scheme.name} needs: ${missing.join(', ')}.`, `Give it as ${safeWays(first)}.`)
  }
  for (const name of missing) fields[name] = name === 'username' ? await ask(name) : await askSecret(name)
  return fields
}
