import type { JsonSchemaValue } from '../document.ts'
import { isObject, isSchema, keywordsOf, type SchemaObject } from '../json-schema/keywords.ts'
import { resolveReference, type Schemas } from '../json-schema/references.ts'

/** Where a value's schema stands: one place of the document, or several that hold together or in turn. */
export type Source =
  | { readonly schema: JsonSchemaValue; readonly root: JsonSchemaValue; readonly trail: readonly SchemaObject[] }
  | { readonly all: readonly Source[] }
  | { readonly any: readonly Source[] }
  /** One that is read already. */
  | { readonly shape: Shape }

/** What a schema says of a value, references followed and `allOf` merged; only ever looser than the schema itself. */
export interface Shape {
  readonly description: string
  /** Types without `null`; none when any will do. */
  readonly types: readonly string[]
  readonly nullable: boolean
  /** The only values, `null` left out. */
  readonly values: readonly unknown[] | null
  readonly properties: ReadonlyMap<string, Source>
  readonly required: ReadonlySet<string>
  /** What other properties hold: as `additionalProperties`. Undefined: the schema does not say. */
  readonly rest: Source | boolean | undefined
  readonly items: Source | undefined
  /** Every other keyword that says something of one value. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Shapes the value has one of. */
  readonly choices: readonly Source[]
  /** Sentences on what the shape can't hold. */
  readonly notes: readonly string[]
  /** It leads back to itself: its inside is not described again. */
  readonly cycle: boolean
  /** Nothing but `null` will do. */
  readonly onlyNull: boolean
}

/** Of a value about which nothing is said. */
export const anything: Shape = {
  description: '',
  types: [],
  nullable: true,
  values: null,
  properties: new Map(),
  required: new Set(),
  rest: undefined,
  items: undefined,
  facts: {},
  choices: [],
  notes: [],
  cycle: false,
  onlyNull: false,
}

const factNames = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['format', 'minItems', 'maxItems', 'default', 'contentEncoding', 'examples', 'example', 'deprecated'],
]
/** Alternatives beyond these are not told apart: the value may then be anything. */
const maxChoices = 8

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** A schema's own keywords; what it refers to or combines left out. */
function ownShape(schema: SchemaObject, at: (item: JsonSchemaValue) => Source): Shape {
  const types = (Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type]).map(String)
  const listed = Object.hasOwn(schema, 'const') ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : null
  const named = isObject(schema.properties) ? Object.entries(schema.properties) : []
  const lists = Array.isArray(schema.prefixItems) ? schema.prefixItems : Array.isArray(schema.items) ? schema.items : null
  const items = lists?.filter(isSchema).map(at)
  const { additionalProperties: rest } = schema
  return {
    description: textOf(schema.description),
    types: types.filter((type) => type !== 'null'),
    nullable: (types.length === 0 || types.includes('null')) && (listed === null || listed.includes(null)),
    values: listed?.filter((value) => value !== null) ?? null,
    // A property that nothing satisfies is one that must not be given.
    properties: new Map(named.flatMap(([name, item]) => (isSchema(item) && item !== false ? [[name, at(item)]] : []))),
    required: new Set(Array.isArray(schema.required) ? schema.required.map(String) : []),
    rest: typeof rest === 'boolean' ? rest : isSchema(rest) ? at(rest) : isObject(schema.patternProperties) ? true : undefined,
    items: items !== undefined ? { any: items } : isSchema(schema.items) ? at(schema.items) : undefined,
    facts: Object.fromEntries(factNames.flatMap((name) => (Object.hasOwn(schema, name) ? [[name, schema[name]]] : []))),
    choices: [],
    notes: [],
    cycle: false,
    onlyNull: types.length > 0 && types.every((type) => type === 'null'),
  }
}

function commonTypes(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  const holds = (types: readonly string[], type: string) =>
    types.includes(type) || (type === 'integer' && types.includes('number'))
  const common = [...a.filter((type) => holds(b, type)), ...b.filter((type) => !a.includes(type) && holds(a, type))]
  // Nothing satisfies both; the call's check will say so.
  return common.length > 0 ? common : a
}

function joined(a: ReadonlyMap<string, Source>, b: ReadonlyMap<string, Source>, how: 'all' | 'any'): Map<string, Source> {
  const both = new Map(a)
  for (const [name, source] of b) {
    const known = both.get(name)
    both.set(name, known === undefined ? source : how === 'all' ? { all: [known, source] } : { any: [known, source] })
  }
  return both
}

/** What holds when both hold. Of two bounds the first is kept. */
function both(a: Shape, b: Shape): Shape {
  const values = a.values !== null && b.values !== null ? a.values.filter((one) => b.values?.includes(one)) : null
  const rest = a.rest === false || b.rest === false ? false : (a.rest ?? b.rest)
  return {
    description: a.description || b.description,
    types: commonTypes(a.types, b.types),
    nullable: a.nullable && b.nullable,
    values: values !== null && values.length > 0 ? values : (a.values ?? b.values),
    properties: joined(a.properties, b.properties, 'all'),
    required: new Set([...a.required, ...b.required]),
    rest,
    items: a.items !== undefined && b.items !== undefined ? { all: [a.items, b.items] } : (a.items ?? b.items),
    facts: { ...b.facts, ...a.facts },
    choices: a.choices.length > 0 ? a.choices : b.choices,
    notes: [...a.notes, ...b.notes],
    cycle: a.cycle || b.cycle,
    onlyNull: a.onlyNull || b.onlyNull,
  }
}

const isObjectShape = ({ types, values, choices, cycle }: Shape) =>
  values === null && choices.length === 0 && !cycle && (types.length === 0 || (types.length === 1 && types[0] === 'object'))

const quoted = (names: Iterable<string>) => [...names].map((name) => `\`${name}\``).join(', ')

/** Which properties go together, where the alternatives differ in what they require. */
function alternativesNote(shapes: readonly Shape[], required: ReadonlySet<string>): readonly string[] {
  const own = shapes.map((shape) => [...shape.required].filter((name) => !required.has(name)))
  if (shapes.length > maxChoices || own.some((names) => names.length === 0)) return []
  return [`Needs ${[...new Set(own.map((names) => quoted(names)))].join(', or ')}.`]
}

/** One object that takes what any of the alternatives takes. */
function hoisted(shapes: readonly Shape[]): Shape {
  const [first = anything, ...others] = shapes
  const required = new Set([...first.required].filter((name) => others.every((other) => other.required.has(name))))
  return {
    ...anything,
    types: shapes.every(({ types }) => types.length > 0) ? ['object'] : [],
    nullable: shapes.some(({ nullable, types }) => nullable && types.length > 0),
    properties: others.reduce((known, { properties }) => joined(known, properties, 'any'), new Map(first.properties)),
    required,
    rest: shapes.some(({ rest }) => rest === true || isObject(rest)) ? true : undefined,
    notes: [...alternativesNote(shapes, required), ...new Set(shapes.flatMap(({ notes }) => notes))],
  }
}

/** `{type: "null"}` and `{enum: [null]}`. */
const isNull = ({ onlyNull, values }: Shape) => onlyNull || values?.length === 0

/** Alternatives that are lists of values, such as the kinds of a discriminated union: one list. */
function joinedValues(shapes: readonly Shape[]): Shape | null {
  const [first] = shapes
  if (first === undefined || shapes.some(({ values, types }) => values === null || String(types) !== String(first.types)))
    return null
  const values = [...new Set(shapes.flatMap((shape) => shape.values ?? []))]
  return { ...first, values, nullable: shapes.some(({ nullable }) => nullable) }
}

const combining = ['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', '$defs', 'definitions', 'not', 'discriminator']
const naming = ['title', '$schema', '$id']
/** Schemas read for one tool, at most: a document whose references multiply ends in shapes that take anything. */
const maxReads = 20_000

export type ReadShape = (source: Source, hoist?: boolean) => Shape

/**
 * Reads shapes: with `hoist`, alternatives of objects become one object, as every API wants it at the root. References that
 * lead back to where they came from end in a shape with `cycle`; the reads of one reader are bounded.
 */
export function shapeReader(schemas: Schemas): ReadShape {
  let reads = 0

  /** `base` and one of the alternatives. Objects are merged where the base has properties itself, or where `hoist` asks for it. */
  function withAlternatives(base: Shape, bare: Source | null, sources: readonly Source[], hoist: boolean): Shape {
    // What cannot be told apart takes anything.
    const tooMany: Shape = { ...base, rest: base.rest ?? true }
    if (sources.length > 8 * maxChoices) return tooMany
    const alternatives = sources.map((source) => ({ source, shape: read(source, hoist) }))
    const real = alternatives.filter(({ shape }) => !isNull(shape))
    const shapes = real.map(({ shape }) => shape)
    const nullable = base.nullable && (real.length < alternatives.length || shapes.some((shape) => shape.nullable))
    const [only] = shapes
    if (only === undefined) return { ...base, nullable }
    const listed = shapes.length === 1 ? only : joinedValues(shapes)
    if (listed !== null) return { ...both(base, listed), nullable }
    const together = hoist || base.properties.size > 0 || real.length > maxChoices
    if (together && shapes.every(isObjectShape)) return { ...both(base, hoisted(shapes)), nullable }
    if (real.length > maxChoices) return tooMany
    if (bare === null) return { ...base, nullable, choices: real.map(({ source }) => source) }
    const choices = real.map(({ source }): Source => ({ all: [bare, source] }))
    return { ...base, nullable, choices, properties: new Map(), required: new Set() }
  }

  /** A shape whose alternatives hold its properties: one `allOf` may bring properties, another alternatives. */
  function settled(shape: Shape, hoist: boolean): Shape {
    if (shape.choices.length === 0 || shape.properties.size === 0) return shape
    const shapes = shape.choices.map((source) => read(source, hoist))
    const bare = { ...shape, choices: [] }
    if (shapes.every(isObjectShape)) return both(bare, hoisted(shapes))
    const choices = shape.choices.map((source): Source => ({ all: [source, { shape: { ...bare, description: '' } }] }))
    return { ...shape, choices, properties: new Map(), required: new Set() }
  }

  function read(source: Source, hoist = false): Shape {
    reads += 1
    if (reads > maxReads) return anything
    if ('shape' in source) return source.shape
    if ('all' in source) return settled(source.all.map((part) => read(part, hoist)).reduce(both, anything), hoist)
    if ('any' in source) {
      const seen = new Set<JsonSchemaValue>()
      const different = source.any.filter((one) => !('schema' in one) || (!seen.has(one.schema) && seen.add(one.schema)))
      return withAlternatives(anything, null, different, hoist)
    }
    if (typeof source.schema === 'boolean') return anything
    const schema = keywordsOf(source.schema)
    const trail = [...source.trail, source.schema]
    const at = (item: JsonSchemaValue): Source => ({ schema: item, root: source.root, trail })

    let shape = ownShape(schema, at)
    if (typeof schema.$ref === 'string') {
      const target = resolveReference(schema.$ref, source.root, schemas)
      if (target !== null && isObject(target.schema)) {
        shape = both(shape, trail.includes(target.schema) ? closedCircle(target.schema) : read({ ...target, trail }, hoist))
      }
    }
    if (Array.isArray(schema.allOf)) {
      for (const part of schema.allOf) if (isSchema(part)) shape = both(shape, read(at(part), hoist))
    }
    for (const branch of [schema.then, schema.else]) {
      // What it takes under a condition it takes; that it must, the call's check says.
      if (isSchema(branch)) shape = { ...shape, properties: joined(shape.properties, read(at(branch)).properties, 'any') }
    }
    const alternatives = schema.anyOf ?? schema.oneOf
    if (!Array.isArray(alternatives)) return settled(shape, hoist)
    const { anyOf: _any, oneOf: _one, description: _text, ...bare } = schema
    const saysMore = Object.keys(bare).some(
      (key) => !naming.includes(key) && (key === '$ref' || key === 'allOf' || !combining.includes(key)),
    )
    const base = saysMore ? { schema: bare, root: source.root, trail } : null
    return settled(withAlternatives(shape, base, alternatives.filter(isSchema).map(at), hoist), hoist)
  }

  return read
}

/** A schema met inside itself: what kind of value it is, and no more. */
function closedCircle(schema: SchemaObject): Shape {
  const { description, types, nullable } = ownShape(keywordsOf(schema), () => ({ all: [] }))
  const isObjectLike = types.length === 0 && isObject(schema.properties)
  return { ...anything, description, types: isObjectLike ? ['object'] : types, nullable, cycle: true }
}
