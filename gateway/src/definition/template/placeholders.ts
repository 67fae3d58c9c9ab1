import { redacted } from '../../secret.ts'
import type { Settings } from '../types.ts'

/** What a template is filled from. */
export interface Scope {
  readonly input: Readonly<Record<string, unknown>>
  readonly settings: Settings
}

/** `{{name}}` takes an input, `{{settings.name}}` a setting of the connection. */
export interface Reference {
  readonly name: string
  readonly setting: boolean
  /** Taken when the value is absent. */
  readonly fallback: unknown
}

/** The declared default of an input or setting; undefined when there is none. */
export type Fallback = (name: string, setting: boolean) => unknown
export const noFallback: Fallback = () => undefined

const settingPrefix = 'settings.'

export function toReference(expression: string, fallback: Fallback): Reference {
  const text = expression.trim()
  const setting = text.startsWith(settingPrefix)
  const name = setting ? text.slice(settingPrefix.length) : text
  return { name, setting, fallback: fallback(name, setting) }
}

/** The value with its type; undefined when absent. Only own properties count: `{{constructor}}` is an input like any other. */
export function resolve({ name, setting, fallback }: Reference, scope: Scope): unknown {
  const values = setting ? scope.settings : scope.input
  const value: unknown = Object.hasOwn(values, name) ? values[name] : undefined
  return value === undefined ? fallback : value
}

/** A text cut once into literals and references. */
export type Parts = readonly (string | Reference)[]

/** Cuts at `{{…}}`; `singleBraces` also at `{…}`, as OpenAPI writes paths. */
export function parseParts(text: string, fallback: Fallback, singleBraces = false): Parts {
  const parts: (string | Reference)[] = []
  let end = 0
  for (const match of text.matchAll(singleBraces ? /\{\{([^{}]*)\}\}|\{([^{}]*)\}/g : /\{\{([^{}]*)\}\}/g)) {
    if (match.index > end) parts.push(text.slice(end, match.index))
    parts.push(toReference(match[1] ?? match[2] ?? '', fallback))
    end = match.index + match[0].length
  }
  if (end < text.length || parts.length === 0) parts.push(text.slice(end))
  return parts
}

const credentialPlace = /\{\{\s*auth\.([^{}]*?)\s*\}\}/g

/** The keys that stand in a path as `{{auth.name}}`. */
export function credentialsInPath(path: string): readonly string[] {
  return [...path.matchAll(credentialPlace)].map((match) => match[1] ?? '')
}

/** Cuts a path at what comes from the input and the settings; where a credential goes, its literals have `[redacted]`, and so has the URL until the door. */
export function parsePathParts(path: string, fallback: Fallback): Parts {
  return parseParts(path.slice(1).replace(credentialPlace, redacted), fallback, true)
}

export function referencesOf(parts: Parts): readonly Reference[] {
  return parts.filter((part) => typeof part !== 'string')
}

/** How a value reads inside a text. */
export function toText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Every placeholder in a template value, however deep: texts in lists and objects too. */
export function collectReferences(template: unknown, found: Reference[] = []): Reference[] {
  if (typeof template === 'string') found.push(...referencesOf(parseParts(template, noFallback)))
  else if (typeof template === 'object' && template !== null)
    for (const item of Object.values(template)) collectReferences(item, found)
  return found
}
