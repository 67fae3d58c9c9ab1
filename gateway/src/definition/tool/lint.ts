import { isObject, type SchemaObject } from '../json-schema/keywords.ts'
import { families, maxDepth, maxDescriptionBytes, maxNameLength, maxSchemaBytes, type ToolFormat } from './family.ts'
import { jsonBytes } from './text.ts'

/** A tool as one model's API is given it. */
export interface ShownTool {
  readonly name: string
  readonly description: string
  readonly schema: SchemaObject
}

/** One rule: what breaks it, as sentences; nothing when it holds. */
type Rule = (tool: ShownTool) => Iterable<string>

interface Place {
  readonly at: string
  readonly schema: SchemaObject
  /** Objects around it and itself; the root is 1. */
  readonly depth: number
}

const hasType = ({ type }: SchemaObject, name: string) => type === name || (Array.isArray(type) && type.includes(name))

function* places(schema: unknown, at = '#', depth = 0): Generator<Place> {
  if (!isObject(schema)) return
  const own = depth + (hasType(schema, 'object') ? 1 : 0)
  yield { at, schema, depth: own }
  if (isObject(schema.properties)) {
    for (const [name, inner] of Object.entries(schema.properties)) yield* places(inner, `${at}/properties/${name}`, own)
  }
  for (const key of ['items', 'additionalProperties']) yield* places(schema[key], `${at}/${key}`, own)
  if (Array.isArray(schema.anyOf))
    for (const [index, inner] of schema.anyOf.entries()) yield* places(inner, `${at}/anyOf/${index}`, own)
}

const everywhere = (broken: (schema: SchemaObject, depth: number) => string | false): Rule =>
  function* ({ schema }) {
    for (const place of places(schema)) {
      const problem = broken(place.schema, place.depth)
      if (problem !== false) yield `${place.at} ${problem}`
    }
  }

const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const fitsType = (type: unknown, value: unknown) =>
  type === typeOf(value) || ((type === 'integer' || type === 'number') && typeof value === 'number')

/** Within 37 characters and in what Anthropic's, OpenAI's and Gemini's APIs all take: a letter or `_` first (Gemini's error
 * "Invalid function name. Must start with a letter or an underscore", google-gemini/gemini-cli#2966), no dots (copilot-cli#1879). */
const name: Rule = function* ({ name: given }) {
  if (given.length > maxNameLength || !/^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(given)) yield `the name ${given} does not fit`
}

/** Claude Code cuts at 2 KB. An empty description tells a model nothing. */
const description: Rule = function* ({ description: text }) {
  if (text.trim() === '') yield 'the description is empty'
  if (jsonBytes(text) > maxDescriptionBytes) yield `the description has ${jsonBytes(text)} bytes`
}

/** Our own bound, see {@link maxSchemaBytes}. */
const size: Rule = function* ({ schema }) {
  if (jsonBytes(schema) > maxSchemaBytes) yield `the schema has ${jsonBytes(schema)} bytes`
}

/** Anthropic ("input_schema does not support oneOf, allOf, or anyOf at the top level") and OpenAI ("schema must have type
 * 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level") refuse the whole request (notion-mcp-server#340). */
const rootIsObject: Rule = function* ({ schema }) {
  if (schema.type !== 'object' || !isObject(schema.properties)) yield 'the root is no object with properties'
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'enum', 'not', '$ref']) if (keyword in schema) yield `the root has ${keyword}`
}

/** References are refused or not followed by many clients, and circles never end (gemini-cli#13326, fastmcp#2808); what the
 * family does not document is refused (Gemini: "Unknown name …: Cannot find field", OpenAI strict: "… is not permitted"). */
const onlyKnownKeywords = (format: ToolFormat): Rule => {
  const known = new Set([...families[format].keywords, 'type', 'description', 'properties', 'required', 'items', 'enum', 'anyOf'])
  if (families[format].closed) known.add('additionalProperties')
  return everywhere((schema) => Object.keys(schema).find((key) => !known.has(key)) ?? false)
}

/** SDKs of MCP before 2.0 drop the whole list of tools for a property whose schema is a boolean. */
const onlySchemas: Rule = everywhere((schema) => {
  const inner = isObject(schema.properties) ? Object.values(schema.properties) : []
  return inner.every(isObject) ? false : 'has a property that is no object'
})

/** One type each: clients that turn schemas into their own types read the first of a list, or fail. */
const oneType: Rule = everywhere((schema) => Array.isArray(schema.type) && 'has a list of types')

/** Structured Outputs: "optional" is a list of a type and null. */
const typeOrNull: Rule = everywhere(
  ({ type }) => Array.isArray(type) && (type.length !== 2 || type[1] !== 'null') && 'has a list of types other than with null',
)

/** OpenAI: "array schema missing items"; Gemini: "items: missing field" (cline#7339). */
const itemsFilled: Rule = everywhere((schema) => hasType(schema, 'array') && !isObject(schema.items) && 'has no items')

/** Anthropic: "Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'" (claude-code#79418). */
const keys = (format: ToolFormat): Rule =>
  everywhere((schema) => {
    const wrong = isObject(schema.properties) && Object.keys(schema.properties).find((key) => !families[format].key.test(key))
    return typeof wrong === 'string' && `has the property ${JSON.stringify(wrong)}`
  })

/** Every required name is a property (Gemini: "property is not defined"), and listed once (JSON Schema validation, 6.5.3). */
const requiredExists: Rule = everywhere((schema) => {
  if (!Array.isArray(schema.required)) return false
  const properties = isObject(schema.properties) ? schema.properties : {}
  if (new Set(schema.required).size < schema.required.length) return 'requires a property twice'
  return schema.required.every((key) => Object.hasOwn(properties, String(key))) ? false : 'requires what it does not have'
})

/** Values of an enum are of its type and differ. */
const enumsFit: Rule = everywhere((schema) => {
  if (!Array.isArray(schema.enum)) return false
  const fits = schema.enum.length > 0 && schema.enum.every((value) => fitsType(schema.type, value))
  return fits && new Set(schema.enum).size === schema.enum.length ? false : 'has an enum that does not fit its type'
})

/** Five objects deep: the limit of OpenAI's strict mode until 2025, now ten (Structured Outputs, "Limitations"). */
const depth: Rule = everywhere((_schema, deep) => deep > maxDepth && `is ${deep} objects deep`)

/** Structured Outputs: every object is closed, every property required. */
const closed: Rule = everywhere((schema) => {
  if (!hasType(schema, 'object')) return false
  const names = Object.keys(isObject(schema.properties) ? schema.properties : {})
  if (schema.additionalProperties !== false) return 'is not closed'
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  return names.every((key) => required.includes(key)) ? false : 'has properties that are not required'
})

/** Structured Outputs: 5,000 properties, 1,000 values of enums, 120,000 characters of names and values; of one enum with more
 * than 250 values 15,000 characters. The bound on bytes lies far below, so this only says so. */
const strictTotals: Rule = function* ({ schema }) {
  const all = [...places(schema)]
  const properties = all.reduce(
    (sum, place) => sum + Object.keys(isObject(place.schema.properties) ? place.schema.properties : {}).length,
    0,
  )
  const values = all.reduce((sum, place) => sum + (Array.isArray(place.schema.enum) ? place.schema.enum.length : 0), 0)
  if (properties > 5000 || values > 1000) yield `there are ${properties} properties and ${values} values`
}

/** Structured Outputs and Gemini: every value says what it is. Gemini: objects are not empty ("should be non-empty for OBJECT
 * type"), the root apart, and `enum` lists texts only (Schema: "enum[]: string"). */
const typed: Rule = everywhere((schema) => schema.type === undefined && schema.anyOf === undefined && 'has no type')
const notEmpty: Rule = function* ({ schema }) {
  for (const place of places(schema)) {
    const empty =
      place.schema.type === 'object' && Object.keys(isObject(place.schema.properties) ? place.schema.properties : {}).length === 0
    if (empty && place.at !== '#') yield `${place.at} is an empty object`
  }
}
const textEnums: Rule = everywhere(
  (schema) => Array.isArray(schema.enum) && schema.type !== 'string' && 'lists values that are no texts',
)

const common = [name, description, size, rootIsObject, onlySchemas, itemsFilled, requiredExists, enumsFit, depth]
const extra: Readonly<Record<ToolFormat, readonly Rule[]>> = {
  mcp: [oneType],
  anthropic: [oneType],
  openai: [oneType],
  'openai-strict': [closed, strictTotals, typed, typeOrNull],
  gemini: [oneType, typed, notEmpty, textEnums],
}

/** What a family's API would refuse about a tool; empty for every tool the compiler makes. */
export function lintTool(tool: ShownTool, format: ToolFormat): readonly string[] {
  const rules = [...common, onlyKnownKeywords(format), keys(format), ...extra[format]]
  return rules.flatMap((rule) => [...rule(tool)])
}
