import { unreachable } from '../../errors.ts'
import type { JsonSchemaValue } from '../document.ts'
import { type Direction, Directions } from './directions.ts'
import { schemaName, UniqueNames } from './names.ts'
import type { ReportCode, Reporter } from './report.ts'
import { fixed, kindOf, upgraded } from './schema-keywords.ts'
import { isRecord, type Json, pointer, type Spec, segmentsOf } from './spec.ts'

interface Entry {
  readonly name: string
  readonly value: unknown
  readonly at: string
  readonly direction: Direction
}

/** One walk through a schema: where it is, for the report, and what surrounds it. */
interface Walk {
  readonly direction: Direction
  readonly operation: string
  readonly base: string
  readonly path: (string | number)[]
}

/**
 * The schemas of the new connector: converts those of operations and, once each, those they reach, as `#/schemas/<name>`.
 * What needs no change is shared with the source.
 */
export class SchemaLibrary {
  readonly #spec: Spec
  readonly #report: Reporter
  readonly #entries = new Map<string, Entry>()
  readonly #names = new UniqueNames(120)
  readonly #queue: Entry[] = []
  readonly #directions: Directions
  /** Schemas that are nothing but a reference, once each: large documents have a hundred thousand of them. */
  readonly #references = new Map<Direction, Map<string, JsonSchemaValue>>([
    ['input', new Map()],
    ['output', new Map()],
  ])

  constructor(spec: Spec, report: Reporter) {
    this.#spec = spec
    this.#report = report
    this.#directions = new Directions(spec)
  }

  /** A schema of an operation; `at` is its JSON Pointer. */
  convert(schema: unknown, direction: Direction, at: string, operation: string): JsonSchemaValue {
    return this.#schema({ direction, operation, base: at, path: [] }, schema, [])
  }

  /** Everything that was referred to, and what that refers to. Undefined when nothing was. */
  finish(): Record<string, JsonSchemaValue> | undefined {
    const schemas: Record<string, JsonSchemaValue> = {}
    for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
      schemas[entry.name] = this.#schema({ direction: entry.direction, operation: '', base: entry.at, path: [] }, entry.value, [])
    }
    return this.#entries.size === 0 ? undefined : schemas
  }

  #schema(walk: Walk, node: unknown, outer: readonly Json[]): JsonSchemaValue {
    if (typeof node === 'boolean') return node
    if (!isRecord(node)) {
      this.#note(walk, 'schema_adjusted', 'This is not a schema; any value is accepted here.')
      return true
    }
    if (typeof node.$ref === 'string' && isBare(node)) {
      const known = this.#references.get(walk.direction)?.get(node.$ref)
      if (known !== undefined) return known
    }
    const source = typeof node.$ref === 'string' && this.#spec.dialect === '3.0' ? referenceOf30(node) : node
    let out: Record<string, unknown> | null = null
    for (const key in source) {
      const before = source[key]
      const after = this.#keyword(walk, key, before, source, outer)
      if (after === before) continue
      out ??= { ...source }
      if (after === undefined) delete out[key]
      else out[key] = after
    }
    if (typeof node.$ref === 'string' && isBare(node) && typeof out?.$ref === 'string')
      this.#references.get(walk.direction)?.set(node.$ref, out)
    return upgraded(out ?? source)
  }

  #keyword(walk: Walk, key: string, value: unknown, owner: Json, outer: readonly Json[]): unknown {
    if (key === '$ref' && typeof value === 'string') return this.#reference(walk, value)
    const kind = kindOf(key)
    switch (kind) {
      case 'schema':
        return this.#inside(walk, key, () => this.#schema(walk, value, []))
      case 'items':
        // A list of schemas, one per place, was never OpenAPI, but is in documents; draft 2020-12 calls it prefixItems.
        if (!Array.isArray(value)) return this.#inside(walk, key, () => this.#schema(walk, value, []))
        this.#noteAt(walk, key, 'schema_adjusted', '"items" is a list here; its first schema is taken for every item.')
        return this.#inside(walk, key, () => this.#inside(walk, 0, () => this.#schema(walk, value[0] ?? true, [])))
      case 'schemas':
        return this.#inside(walk, key, () => this.#list(walk, value, key === 'allOf' ? [owner, ...outer] : []))
      case 'schema-map':
        return this.#inside(walk, key, () => this.#map(walk, value))
      case 'required':
        return this.#required(walk, value, [owner, ...outer])
      case 'discriminator':
        return this.#discriminator(walk, value)
      case 'unsupported':
        if (key === 'id' && typeof value !== 'string') return value
        if (key !== '$schema')
          this.#noteAt(walk, key, 'schema_adjusted', `"${key}" is left out: references here are JSON Pointers only.`)
        return undefined
      case 'type':
      case 'number':
      case 'bound':
      case 'text':
      case 'flag':
      case 'list':
      case 'examples':
      case 'later': {
        const after = fixed(kind, value)
        if (after === undefined || (kind === 'type' && after !== value))
          this.#noteAt(walk, key, 'schema_adjusted', unfit(key, value, after))
        return after
      }
      case undefined:
        return value
      default:
        return unreachable(kind)
    }
  }

  #list(walk: Walk, value: unknown, outer: readonly Json[]): unknown {
    if (!Array.isArray(value) || value.length === 0) {
      this.#note(walk, 'schema_adjusted', 'This should be a list of schemas; it is left out.')
      return undefined
    }
    let out: unknown[] | null = null
    for (let index = 0; index < value.length; index++) {
      const after = this.#inside(walk, index, () => this.#schema(walk, value[index], outer))
      if (after === value[index]) continue
      out ??= [...value]
      out[index] = after
    }
    return out ?? value
  }

  #map(walk: Walk, value: unknown): unknown {
    if (!isRecord(value)) {
      this.#note(walk, 'schema_adjusted', 'This should be a map of schemas; it is left out.')
      return undefined
    }
    let out: Record<string, unknown> | null = null
    for (const name in value) {
      const before = value[name]
      const after = this.#inside(walk, name, () => this.#schema(walk, before, []))
      if (after === before) continue
      out ??= { ...value }
      out[name] = after
    }
    return out ?? value
  }

  #required(walk: Walk, value: unknown, owners: readonly Json[]): unknown {
    if (!Array.isArray(value)) {
      this.#noteAt(walk, 'required', 'schema_adjusted', '"required" should be a list of names; it is left out.')
      return undefined
    }
    const kept = [...new Set(value)].filter(
      (name) => typeof name === 'string' && !this.#directions.isHidden(name, owners, walk.direction),
    )
    if (kept.length === value.length) return value
    return kept.length === 0 ? undefined : kept
  }

  #discriminator(walk: Walk, value: unknown): unknown {
    if (this.#spec.isSwagger && typeof value === 'string') return { propertyName: value }
    if (!isRecord(value) || typeof value.propertyName !== 'string') {
      this.#noteAt(walk, 'discriminator', 'schema_adjusted', '"discriminator" has no propertyName; it is left out.')
      return undefined
    }
    if (!isRecord(value.mapping)) return value
    const mapping: Record<string, unknown> = {}
    for (const [name, ref] of Object.entries(value.mapping)) {
      if (typeof ref !== 'string' || !ref.includes('#')) mapping[name] = ref
      else if (this.#spec.resolve(ref).lost === undefined) mapping[name] = this.#reference(walk, ref) ?? ref
      else
        this.#noteAt(
          walk,
          'discriminator',
          'reference_lost',
          `The discriminator value "${name}" is left out: "${ref}" points at nothing.`,
        )
    }
    return { ...value, mapping }
  }

  /** `#/schemas/<name>` for what a reference leads to, or undefined when it leads nowhere. */
  #reference(walk: Walk, ref: string): string | undefined {
    const end = this.#spec.follow({ $ref: ref }, '')
    if (end.lost !== undefined) {
      this.#noteAt(walk, '$ref', 'reference_lost', `The reference ${end.lost}; any value is accepted here.`)
      return undefined
    }
    const target = this.#aliased(ref)
    const differs = this.#directions.differs(target.at, target.value, walk.direction)
    const key = differs ? `${walk.direction} ${target.at}` : target.at
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      const name = this.#names.take(nameAt(target.at) + (differs ? `_${walk.direction}` : ''))
      entry = { name, value: target.value, at: target.at, direction: walk.direction }
      this.#entries.set(key, entry)
      this.#queue.push(entry)
    }
    return `#/schemas/${entry.name}`
  }

  /** What a reference leads to, past schemas that are nothing but a reference themselves. The chain is known to end. */
  #aliased(ref: string): { readonly value: unknown; readonly at: string } {
    let target = this.#spec.resolve(ref)
    while (
      target.lost === undefined &&
      isRecord(target.value) &&
      typeof target.value.$ref === 'string' &&
      Object.keys(target.value).length === 1
    ) {
      target = this.#spec.resolve(target.value.$ref)
    }
    return target.lost === undefined ? target : { value: true, at: ref }
  }

  #inside<T>(walk: Walk, segment: string | number, visit: () => T): T {
    walk.path.push(segment)
    const result = visit()
    walk.path.pop()
    return result
  }

  #note(walk: Walk, code: ReportCode, message: string): void {
    this.#report.add(code, walk.operation, pointer(walk.base, ...walk.path), message)
  }

  #noteAt(walk: Walk, key: string, code: ReportCode, message: string): void {
    this.#report.add(code, walk.operation, pointer(walk.base, ...walk.path, key), message)
  }
}

function isBare(node: Json): boolean {
  for (const key in node) if (key !== '$ref') return false
  return true
}

const beside30 = new Set([
  '$ref',
  'description',
  'title',
  'deprecated',
  'readOnly',
  'writeOnly',
  'nullable',
  'default',
  'example',
])

/** Beside `$ref`, OpenAPI 3.0 ignores everything; annotations do no harm, and `nullable` is meant. */
function referenceOf30(node: Json): Json {
  const keys = Object.keys(node)
  if (keys.length === 1 || keys.every((key) => beside30.has(key))) return node
  return Object.fromEntries(Object.entries(node).filter(([key]) => beside30.has(key)))
}

const steps = new Set([
  'components',
  'schemas',
  'properties',
  'paths',
  'schema',
  'content',
  'items',
  'responses',
  'definitions',
  '$defs',
  'requestBody',
  'parameters',
])

/** `/components/schemas/Pet` → `Pet`; `/components/schemas/Pet/properties/tag` → `Pet_tag`. */
function nameAt(at: string): string {
  const [place = '', file] = at.split('#', 2).reverse()
  const segments = segmentsOf(place)
  // A file that is one schema is named like it: schemas/Pet.yaml.
  if (segments.length === 0) return schemaName((file ?? '').replace(/^.*\/(?=.)|\.(json|ya?ml)$/g, ''))
  if (segments.length === 3 && segments[1] === 'schemas') return schemaName(segments[2] ?? '')
  const telling = segments.filter((segment) => !steps.has(segment))
  return schemaName(telling.slice(-3).join('_'))
}

function unfit(key: string, value: unknown, after: unknown): string {
  const shown =
    typeof value === 'string'
      ? `"${value.slice(0, 60)}"`
      : Array.isArray(value)
        ? 'a list'
        : value === null
          ? 'null'
          : typeof value
  return after === undefined
    ? `"${key}" is ${shown} here, which JSON Schema does not know; it is left out.`
    : `"${key}" is ${shown} here; taken as "${String(after)}".`
}
