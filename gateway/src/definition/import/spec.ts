/** An API document as values, and the lazy walk along its references. Nothing is dereferenced or copied. */

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

/** Segments of the JSON Pointer in a fragment: percent-decoded, then `~1` and `~0`. */
export function segmentsOf(fragment: string): readonly string[] {
  return fragment
    .split('/')
    .slice(1)
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
export type Target = Found | { readonly lost: string; readonly value?: undefined; readonly at?: undefined }

export interface Found {
  readonly value: unknown
  /** JSON Pointer in the root; in another document after its id and a `#`. */
  readonly at: string
  readonly lost?: undefined
}

/** What was read, every reference in it rewritten to `#…` in the root or `<id>#…` in another document. */
export interface SpecParts {
  readonly root: Json
  readonly version: string
  /** Other documents by id: the path of a file, or an address. */
  readonly documents: ReadonlyMap<string, unknown>
  /** Of schemas with an `$id`, and of anchors, by what refers to them. */
  readonly named: ReadonlyMap<string, Found>
  /** Why a document is not there, by id; completes "The reference …". */
  readonly missing: ReadonlyMap<string, string>
  /** Whether any schema may be marked so; false spares looking. */
  readonly marks: { readonly readOnly: boolean; readonly writeOnly: boolean }
}

export class Spec {
  readonly root: Json
  /** 3.0 has its own dialect of JSON Schema, which that of Swagger 2.0 became; 3.1 and later use draft 2020-12. */
  readonly dialect: '3.0' | '3.1'
  readonly version: string
  /** Swagger 2.0 describes bodies, answers, servers and credentials in another way: see swagger.ts. */
  readonly isSwagger: boolean
  readonly marks: SpecParts['marks']
  readonly #parts: SpecParts
  readonly #targets = new Map<string, Target>()

  constructor(parts: SpecParts) {
    this.root = parts.root
    this.version = parts.version
    this.isSwagger = parts.version.startsWith('2')
    this.dialect = this.isSwagger || parts.version.startsWith('3.0') ? '3.0' : '3.1'
    this.marks = parts.marks
    this.#parts = parts
  }

  /** As people call it. */
  get format(): string {
    return `${this.isSwagger ? 'Swagger' : 'OpenAPI'} ${this.version}`
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
    if (!isRecord(value) || typeof value.$ref !== 'string') return target
    const seen = new Set<string>()
    while (target.lost === undefined && isRecord(target.value) && typeof target.value.$ref === 'string') {
      if (seen.has(target.value.$ref)) return { lost: `"${target.value.$ref}" leads back to itself` }
      seen.add(target.value.$ref)
      target = this.resolve(target.value.$ref)
    }
    return target
  }

  #lookUp(ref: string): Target {
    const [id = '', fragment = ''] = ref.split(/#(.*)/s, 2)
    const named = this.#parts.named.get(id)
    const start = this.#startOf(id) ?? named
    if (start === undefined)
      return { lost: `"${ref}" ${this.#parts.missing.get(id) ?? 'leads to a document that was not given'}` }
    if (fragment !== '' && !fragment.startsWith('/'))
      return this.#parts.named.get(ref) ?? { lost: `"${ref}" names no anchor of the document` }
    return (
      within(start, fragment) ??
      // Documents give a schema an $id and go on to refer to the whole document all the same.
      (named === undefined ? undefined : within({ value: this.root, at: '' }, fragment)) ?? {
        lost: `"${ref}" points at nothing in the document`,
      }
    )
  }

  #startOf(id: string): Found | undefined {
    if (id === '') return { value: this.root, at: '' }
    return this.#parts.documents.has(id) ? { value: this.#parts.documents.get(id), at: `${id}#` } : undefined
  }
}

function within(start: Found, fragment: string): Found | undefined {
  let { value, at } = start
  for (const segment of segmentsOf(fragment)) {
    if (Array.isArray(value) && /^\d+$/.test(segment)) value = value[Number(segment)]
    else value = isRecord(value) ? own(value, segment) : undefined
    if (value === undefined) return undefined
    at = pointer(at, segment)
  }
  return { value, at }
}
