import type { SchemaProblem } from '../types.ts'

/** More than this many problems help nobody, and a hostile value could have millions. */
export const maxProblems = 20

/** A problem while it travels up: its path grows at the front, its sentence gets the subject at the end. */
export interface Finding {
  readonly path: (string | number)[]
  /** The sentence without its subject: "is required". */
  readonly text: string
  /** What the place would have accepted, so that alternatives can be merged into one sentence. */
  readonly expected?: { readonly kind: 'type' | 'value'; readonly options: readonly string[] }
}

/** Findings are collected in a list; `null` only asks whether the value is valid and stops at the first problem. */
export type Sink = Finding[] | null

/** Property names (or item indexes) that some subschema has looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
export type Seen = Set<string | number> | null

export type Check = (value: unknown, sink: Sink, seen: Seen) => boolean

/** Notes a problem; always false, so that a check can return it. */
export function fail(sink: Sink, text: string, path: (string | number)[] = [], expected?: Finding['expected']): false {
  if (sink !== null && sink.length < maxProblems) sink.push(expected === undefined ? { path, text } : { path, text, expected })
  return false
}

/** Runs the check of a child value; what it finds gets the child's key in front of its path. */
export function checkChild(check: Check, value: unknown, key: string | number, sink: Sink): boolean {
  if (sink === null) return check(value, null, null)
  const before = sink.length
  if (check(value, sink, null)) return true
  for (let i = before; i < sink.length; i++) sink[i]?.path.unshift(key)
  return false
}

const shorten = (text: string, max: number) => (text.length > max ? `${text.slice(0, max)}…` : text)

/** "a", "b" or "c": at most ten of them. */
export function listOptions(options: readonly string[]): string {
  const shown = options.slice(0, 10).map((option) => shorten(option, 60))
  if (options.length > 10) return `${shown.join(', ')} or ${options.length - 10} more`
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}

const escapePointer = (key: string | number) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')
export const toPointer = (path: readonly (string | number)[]): string => path.map((key) => `/${escapePointer(key)}`).join('')

/** A path as people write it: `items[0].price`, `["odd key"]`; "The value" for the whole. */
export function readablePath(path: readonly (string | number)[]): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${JSON.stringify(shorten(key, 80))}]`
  }
  return text === '' ? 'The value' : shorten(text, 200)
}

export function toProblem(finding: Finding): SchemaProblem {
  return { path: shorten(toPointer(finding.path), 500), message: `${readablePath(finding.path)} ${finding.text}` }
}
