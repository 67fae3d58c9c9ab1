import { unreachable } from '../../errors.ts'
import { isRecord } from './spec.ts'

/** How the walk treats a keyword of JSON Schema. What is not listed is an annotation and stays as it is. */
export type KeywordKind = SchemaKind | ValueKind

/** Keywords that hold schemas, or that the walk has to look at in their place. */
type SchemaKind =
  | 'schema'
  | 'schemas' // a list of schemas
  | 'schema-map'
  | 'items'
  | 'required'
  | 'discriminator'
  | 'unsupported'

/** Keywords whose value alone tells whether it fits. */
export type ValueKind =
  | 'type'
  | 'number'
  | 'bound' // a number, or in OpenAPI 3.0 a boolean
  | 'text'
  | 'flag'
  | 'list'
  | 'examples'
  | 'later' // see upgraded()

const table: Readonly<Record<KeywordKind, readonly string[]>> = {
  schema: [
    'not',
    'if',
    'then',
    'else',
    'contains',
    'propertyNames',
    'additionalProperties',
    'unevaluatedItems',
    'unevaluatedProperties',
    'contentSchema',
  ],
  schemas: ['allOf', 'anyOf', 'oneOf', 'prefixItems'],
  'schema-map': ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'],
  required: ['required'],
  type: ['type'],
  items: ['items'],
  discriminator: ['discriminator'],
  number: [
    'minimum',
    'maximum',
    'multipleOf',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'minProperties',
    'maxProperties',
    'minContains',
    'maxContains',
  ],
  bound: ['exclusiveMinimum', 'exclusiveMaximum'],
  text: ['title', 'description', 'format', 'pattern', '$comment', 'contentEncoding', 'contentMediaType'],
  flag: ['readOnly', 'writeOnly', 'deprecated', 'uniqueItems'],
  list: ['enum'],
  examples: ['examples'],
  later: ['example', 'nullable'],
  // They would give a schema another base or a second name; references here are pointers only.
  unsupported: [
    '$id',
    '$schema',
    '$anchor',
    '$vocabulary',
    '$dynamicAnchor',
    '$dynamicRef',
    '$recursiveAnchor',
    '$recursiveRef',
    'id',
  ],
}

const kinds = new Map(Object.entries(table).flatMap(([kind, names]) => names.map((name) => [name, kind as KeywordKind] as const)))

export function kindOf(keyword: string): KeywordKind | undefined {
  return kinds.get(keyword)
}

const types: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** The value as draft 2020-12 wants it: itself, another one, or undefined when it means nothing there. */
export function fixed(kind: ValueKind, value: unknown): unknown {
  switch (kind) {
    case 'type': {
      if (types.has(value)) return value
      if (value === 'file') return 'string'
      if (!Array.isArray(value)) return undefined
      if (value.length > 0 && value.every((name) => types.has(name)) && new Set(value).size === value.length) return value
      const known = [...new Set(value)].filter((name) => types.has(name))
      return known.length === 0 ? undefined : known
    }
    case 'number':
    case 'bound':
      if (typeof value === 'number' || (kind === 'bound' && typeof value === 'boolean')) return value
      return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'flag':
      return typeof value === 'boolean' ? value : undefined
    case 'list':
      return Array.isArray(value) && value.length > 0 ? value : undefined
    case 'examples':
      return Array.isArray(value) ? value : [value]
    case 'later':
      return value
    default:
      return unreachable(kind)
  }
}

/** What depends on several keywords at once: the dialect of OpenAPI 3.0, and what 3.1 inherited from it. Returns the same object when nothing applies. */
export function upgraded(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let out = schema
  if (typeof out.exclusiveMinimum === 'boolean') out = withBound(out, 'exclusiveMinimum', 'minimum')
  if (typeof out.exclusiveMaximum === 'boolean') out = withBound(out, 'exclusiveMaximum', 'maximum')
  if (Object.hasOwn(out, 'example')) {
    const { example, ...rest } = out
    out = rest.examples === undefined ? { ...rest, examples: [example] } : rest
  }
  if (Object.hasOwn(out, 'x-nullable')) out = withSwaggerNull(out)
  if (Object.hasOwn(out, 'nullable')) out = withNull(out)
  return out
}

function withBound(
  schema: Readonly<Record<string, unknown>>,
  exclusive: string,
  inclusive: string,
): Readonly<Record<string, unknown>> {
  const { [exclusive]: isExclusive, ...rest } = schema
  if (isExclusive !== true || typeof rest[inclusive] !== 'number') return rest
  const { [inclusive]: bound, ...others } = rest
  return { ...others, [exclusive]: bound }
}

/** How Swagger 2.0, and what was made of it, says `nullable`. */
function withSwaggerNull(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { 'x-nullable': nullable, ...rest } = schema
  return rest.nullable === undefined ? { ...rest, nullable } : rest
}

const annotations = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'] as const

function withNull(schema: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { nullable, ...rest } = schema
  if (nullable !== true) return rest
  if (['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'const'].some((keyword) => Object.hasOwn(rest, keyword))) {
    const outer: Record<string, unknown> = {}
    const inner: Record<string, unknown> = { ...rest }
    for (const keyword of annotations) {
      if (!Object.hasOwn(inner, keyword)) continue
      outer[keyword] = inner[keyword]
      delete inner[keyword]
    }
    return { ...outer, anyOf: [inner, { type: 'null' }] }
  }
  const type = typeof rest.type === 'string' ? [rest.type] : Array.isArray(rest.type) ? rest.type : null
  const out: Record<string, unknown> = { ...rest }
  if (type !== null && !type.includes('null')) out.type = [...type, 'null']
  // Documents list the other values only, and answer null all the same.
  if (Array.isArray(rest.enum) && !rest.enum.includes(null)) out.enum = [...rest.enum, null]
  return out
}

/** Whether a schema allows JSON objects or lists, as far as it says so itself. */
export function isStructured(schema: unknown): boolean {
  if (!isRecord(schema)) return true
  const type = schema.type
  const named = typeof type === 'string' ? [type] : Array.isArray(type) ? type : null
  if (named !== null) return named.includes('array') || named.includes('object')
  return schema.properties !== undefined || schema.items !== undefined || schema.enum === undefined
}
