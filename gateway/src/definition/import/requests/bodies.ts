import { bodyTypeOf } from '../media-types.ts'
import { isRecord } from '../spec.ts'
import { isSecretName } from './credentials.ts'
import type { Part, SeenBody } from './request.ts'

/** A longer text is no sample to look into: its kind is all that is taken. Characters. */
const MAX_SAMPLE = 1024 * 1024
/** No field is called something longer; such a text is no form. */
const MAX_NAME = 200

/** A body as it was sent. `null`: a text that says it is JSON and is none. */
export function bodyOf(contentType: string, text: string): SeenBody | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  switch (bodyTypeOf(type)) {
    case 'json': {
      const sample = jsonOf(text)
      if (sample === undefined) return null
      const graphql = graphqlOf(sample)
      return graphql ?? { kind: 'json', contentType: type.includes('*') ? 'application/json' : type, sample }
    }
    case 'form':
      return { kind: 'fields', contentType: type, fields: formParts(text) }
    case 'binary':
    case 'multipart':
      return { kind: 'binary', contentType: type }
    case 'text':
    case 'xml':
    case null:
      return { kind: 'text', contentType: type === '' ? 'text/plain' : type, sample: text.length > 4096 ? '' : text }
  }
}

/** The value of a JSON text, undefined for what is none or too long to be looked at. */
export function jsonOf(text: string): unknown {
  if (text.length > MAX_SAMPLE || !/^\s*[[{"\d\-tfn]/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isShallow(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether what walks it may recurse, and whether it holds no key that changes an object instead of filling it. */
function isShallow(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; depth < 60; depth++) {
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      if (!Array.isArray(item) && Object.hasOwn(item, '__proto__')) return false
      for (const child of Object.values(item)) if (typeof child === 'object' && child !== null) next.push(child)
    }
    if (next.length === 0) return true
    level = next
  }
  return false
}

/** A request of GraphQL over HTTP: its text stays, its variables are what changes. */
function graphqlOf(sample: unknown): SeenBody | undefined {
  if (!isRecord(sample) || typeof sample.query !== 'string' || !/^\s*(query\b|mutation\b|\{|#)/.test(sample.query))
    return undefined
  return {
    kind: 'graphql',
    query: withoutPlaceholders(sample.query),
    variables: isRecord(sample.variables) ? sample.variables : {},
  }
}

/** Two braces in a row would be a placeholder of a template. */
export const withoutPlaceholders = (query: string): string => query.replace(/\{(?=\{)/g, '{ ')

/** The fields of a text in application/x-www-form-urlencoded, those of a query too. Secrets have no value. */
export function formParts(text: string): readonly Part[] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .slice(0, 1000)
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s, 2)
      return partOf(unescaped(name), unescaped(value))
    })
    .filter(({ name }) => name !== '' && name.length <= MAX_NAME)
}

/** A value that its name says is a secret is not kept. */
export function partOf(name: string, value: string | undefined): Part {
  return value === undefined || isSecretName(name) ? { name } : { name, value }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
