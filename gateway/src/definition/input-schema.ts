import type { ActionDocument, ConnectorDocument, JsonSchemaValue } from './document.ts'
import { isObject, isSchema, keywordsOf, type SchemaObject } from './json-schema/keywords.ts'
import { dereferenceTop, type Schemas } from './json-schema/references.ts'
import { collectReferences, noFallback, parsePathParts, type Reference, referencesOf } from './template/placeholders.ts'

/** The inputs an action's templates use: those of the path can't be left out. */
export function placeholdersOf(action: ActionDocument): { path: readonly Reference[]; other: readonly Reference[] } {
  const { query, headers, cookies, body } = action
  return {
    path: action.path === undefined ? [] : referencesOf(parsePathParts(action.path, noFallback)),
    other: [query, headers, cookies, body?.value].flatMap((template) => collectReferences(template)),
  }
}

const inputNames = (references: readonly Reference[]) => [
  ...new Set(references.filter(({ setting }) => !setting).map(({ name }) => name)),
]

/** What an action without an input schema takes: its placeholders. */
function derivedSchema(action: ActionDocument): SchemaObject {
  const { path, other } = placeholdersOf(action)
  const required = inputNames(path)
  const properties = [
    ...inputNames(other).map((name) => [name, {}]),
    ...required.map((name) => [name, { type: ['string', 'number', 'boolean'] }]),
  ]
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

const opening = [
  'additionalProperties',
  'unevaluatedProperties',
  'patternProperties',
  'propertyNames',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  '$ref',
  'dependentSchemas',
]

export interface InputShape {
  /** The schema as callers see it and are checked against. */
  readonly schema: SchemaObject
  /** Values of inputs that the request needs and a caller may leave out. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/** The declared properties of an input schema; null when it doesn't list them all. */
export function declaredProperties(input: JsonSchemaValue, schemas: Schemas): ReadonlySet<string> | null {
  const { schema } = dereferenceTop({ schema: input, root: input }, schemas)
  if (!isObject(schema) || !isObject(schema.properties) || opening.some((keyword) => Object.hasOwn(schema, keyword))) return null
  return new Set(Object.keys(schema.properties))
}

/**
 * The input schema in the form everything else relies on: an object; closed when it lists its properties, because an argument
 * that no template uses would be dropped in silence; path inputs required; a required property with a default may be left out
 * and is filled in.
 */
export function inputShape(action: ActionDocument, schemas: Schemas): InputShape {
  const written = action.input === undefined || action.input === true ? derivedSchema(action) : action.input
  const { schema: top, root } = dereferenceTop({ schema: written, root: written }, schemas)
  if (!isObject(top)) return { schema: { type: 'object', additionalProperties: top }, defaults: {} }

  const { $defs, definitions } = isObject(root) ? root : {}
  const keywords = keywordsOf({
    ...($defs !== undefined && { $defs }),
    ...(definitions !== undefined && { definitions }),
    ...top,
  })
  const properties = isObject(keywords.properties) ? keywords.properties : {}
  const pathInputs = inputNames(placeholdersOf(action).path)
  const needed = new Set([...(Array.isArray(keywords.required) ? keywords.required.map(String) : []), ...pathInputs])
  const defaults: Record<string, unknown> = {}
  for (const name of needed) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    const { schema } = dereferenceTop({ schema: isSchema(property) ? property : true, root: keywords }, schemas)
    const value = isObject(schema) ? schema.default : undefined
    // Some documents say `default: ""` for want of a better one; a path can't use that.
    const usable = value !== undefined && !(pathInputs.includes(name) && (value === '' || value === null))
    if (usable) defaults[name] = value
  }
  const required = [...needed].filter((name) => !Object.hasOwn(defaults, name))
  const { type: _type, required: _required, ...rest } = keywords
  const closes = isObject(keywords.properties) && !opening.some((keyword) => Object.hasOwn(keywords, keyword))
  return {
    schema: { type: 'object', ...rest, ...(required.length > 0 && { required }), ...(closes && { additionalProperties: false }) },
    defaults,
  }
}

/** The schemas a document shares between its actions. */
export const schemasOf = (document: ConnectorDocument): Schemas => document.schemas ?? {}
