import type { JsonSchemaValue } from '../document.ts'

/** A schema that is an object; its keywords are whatever a third party wrote. */
export type SchemaObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isSchema = (value: unknown): value is JsonSchemaValue => typeof value === 'boolean' || isObject(value)

const isCount = (value: unknown) => typeof value === 'number' && value >= 0
const isNumber = (value: unknown) => typeof value === 'number'
const isText = (value: unknown) => typeof value === 'string'
const isFlag = (value: unknown) => typeof value === 'boolean'
const isArray = (value: unknown) => Array.isArray(value)
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isSchemas = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isSchema)
const isSchemaMap = (value: unknown) => isObject(value) && Object.values(value).every(isSchema)

export const typeNames = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']
const isType = (value: unknown) =>
  isTexts(value) ? value.length > 0 && value.every((name) => typeNames.includes(name)) : typeNames.includes(String(value))

/** How subschemas lie in a keyword: one, a list, or a map by name. */
export const subschemaKeywords: ReadonlyMap<string, 'one' | 'list' | 'map'> = new Map([
  ...[
    'additionalProperties',
    'unevaluatedProperties',
    'propertyNames',
    'items',
    'additionalItems',
    'unevaluatedItems',
    'contains',
    'not',
    'if',
    'then',
    'else',
    'contentSchema',
  ].map((name) => [name, 'one'] as const),
  ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((name) => [name, 'list'] as const),
  ...['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'].map((name) => [name, 'map'] as const),
])

const shapes: ReadonlyMap<string, (value: unknown) => boolean> = new Map<string, (value: unknown) => boolean>([
  ...[...subschemaKeywords].map(
    ([name, kind]) => [name, kind === 'one' ? isSchema : kind === 'list' ? isSchemas : isSchemaMap] as const,
  ),
  ['items', (value) => isSchema(value) || isSchemas(value)],
  ['dependencies', (value) => isObject(value) && Object.values(value).every((item) => isSchema(item) || isTexts(item))],
  ['dependentRequired', (value) => isObject(value) && Object.values(value).every(isTexts)],
  ['type', isType],
  ['enum', isArray],
  ['required', isTexts],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((name) => [name, isNumber] as const),
  ['multipleOf', (value) => typeof value === 'number' && value > 0],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains'].map(
    (name) => [name, isCount] as const,
  ),
  ['uniqueItems', isFlag],
  ...['$ref', 'pattern', 'format', 'title', 'description', '$comment', '$anchor'].map((name) => [name, isText] as const),
  ['deprecated', isFlag],
  ['readOnly', isFlag],
  ['writeOnly', isFlag],
  ['examples', isArray],
])

/**
 * Whether a keyword's value has the form the specification gives it. Documents of third parties hold `required: true`,
 * `type: "date"` and the like; such a keyword counts as absent, so one slip doesn't take the whole action down.
 */
export function wellFormed(keyword: string, value: unknown): boolean {
  return shapes.get(keyword)?.(value) ?? true
}

/** Copies of a schema's keywords without the malformed ones. */
export function keywordsOf(schema: SchemaObject): SchemaObject {
  let clean = true
  for (const key in schema) if (!wellFormed(key, schema[key])) clean = false
  return clean ? schema : Object.fromEntries(Object.entries(schema).filter(([key, value]) => wellFormed(key, value)))
}

/** Visits the direct subschemas of a schema; malformed keywords are passed over. */
export function forEachSubschema(
  schema: SchemaObject,
  visit: (subschema: JsonSchemaValue, pointer: readonly string[]) => void,
): void {
  const visitMap = (key: string, map: Readonly<Record<string, unknown>>) => {
    for (const [name, item] of Object.entries(map)) if (isSchema(item)) visit(item, [key, name])
  }
  for (const [key, value] of Object.entries(schema)) {
    const kind = subschemaKeywords.get(key)
    if (key === 'dependencies' && isObject(value)) visitMap(key, value)
    if (kind === undefined || !wellFormed(key, value)) continue
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [key, String(index)])
    else if (kind === 'map' && isObject(value)) visitMap(key, value)
    else if (isSchema(value)) visit(value, [key])
  }
}
