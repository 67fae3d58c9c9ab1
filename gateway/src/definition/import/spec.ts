/** An OpenAPI document as values, and the lazy walk along its references. Nothing is dereferenced, copied or fetched. */

export type Json = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A key that comes from the document, which may be called `constructor`. */
export function own(object: Json, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** The text, or undefined for anything else and for blank text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Own entries of a map that hold objects; extensions (`x-…`) are not part of it. */
export function* entriesOf(map: unknown): Generator<[string, Json]> {
  if (!isRecord(map)) return
  for (const key of Object.keys(map)) {
    const value = map[key]
    if (!key.startsWith('x-') && isRecord(value)) yield [key, value]
  }
}

/** A JSON Pointer (RFC 6901) with further segments. */
export function pointer(base: string, ...segments: readonly (string | number)[]): string {
  let text = base
  for (const segment of segments) text += `/${typeof segment === 'string' ? escaped(segment) : segment}`
  return text
}

function escaped(segment: string): string {
  return segment.includes('~') || segment.includes('/') ? segment.replaceAll('~', '~0').replaceAll('/', '~1') : segment
}

/** Segments of `#/a/b` (percent-decoded, then `~1` and `~0`), or null when the reference does not point into this document. */
export function segmentsOf(ref: string): readonly string[] | null {
  if (ref === '#') return []
  if (!ref.startsWith('#/')) return null
  return ref
    .slice(2)
    .split('/')
    .map((segment) => percentDecoded(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Where a reference leads. `lost` completes the sentence "The reference …". */
export type Target =
  | { readonly value: unknown; readonly at: string; readonly lost?: undefined }
  | { readonly lost: string; readonly value?: undefined; readonly at?: undefined }

export class Spec {
  readonly root: Json
  /** 3.0 has its own dialect of JSON Schema, 3.1 uses draft 2020-12. */
  readonly dialect: '3.0' | '3.1'
  readonly version: string
  /** Whether any schema may be marked so; false spares looking. */
  readonly marks: { readonly readOnly: boolean; readonly writeOnly: boolean }
  readonly #targets = new Map<string, Target>()

  constructor(root: Json, version: string, marks: { readonly readOnly: boolean; readonly writeOnly: boolean }) {
    this.root = root
    this.version = version
    this.dialect = version.startsWith('3.0') ? '3.0' : '3.1'
    this.marks = marks
  }

  /** The value one reference points at; it may be a reference itself. */
  resolve(ref: string): Target {
    const known = this.#targets.get(ref)
    if (known !== undefined) return known
    const target = this.#lookUp(ref)
    this.#targets.set(ref, target)
    return target
  }

  /** The value itself, or what its chain of references ends at. */
  follow(value: unknown, at: string): Target {
    let target: Target = { value, at }
    const seen = new Set<string>()
    while (target.lost === undefined && isRecord(target.value) && typeof target.value.$ref === 'string') {
      if (seen.has(target.value.$ref)) return { lost: `"${target.value.$ref}" leads back to itself` }
      seen.add(target.value.$ref)
      target = this.resolve(target.value.$ref)
    }
    return target
  }

  #lookUp(ref: string): Target {
    const segments = segmentsOf(ref)
    if (segments === null) return { lost: `"${ref}" leads out of the document, and other documents are never fetched` }
    let value: unknown = this.root
    for (const segment of segments) {
      if (Array.isArray(value) && /^\d+$/.test(segment)) value = value[Number(segment)]
      else value = isRecord(value) ? own(value, segment) : undefined
      if (value === undefined) return { lost: `"${ref}" points at nothing in the document` }
    }
    return { value, at: pointer('', ...segments) }
  }
}
