import { identifier, UniqueNames } from '../import/names.ts'
import type { SchemaObject } from '../json-schema/keywords.ts'
import { type Family, maxDepth } from './family.ts'
import type { Back, TextKind } from './restore.ts'
import { anything, type ReadShape, type Shape, type Source } from './shape.ts'
import { jsonBytes, trimText } from './text.ts'

/** How much of a schema is shown. */
export interface Level {
  readonly depth: number
  /** Bytes of one property's description. */
  readonly text: number
  /** Values of one `enum`. */
  readonly values: number
  /** Whether optional properties may be left out. */
  readonly sparse: boolean
}

/** From all there is to the least that says something: a tool gets the first that fits its budget. */
export const levels: readonly Level[] = [
  // An object whose inside is not shown counts too.
  { depth: maxDepth - 1, text: 400, values: 60, sparse: false },
  { depth: maxDepth - 1, text: 240, values: 40, sparse: false },
  { depth: 3, text: 160, values: 24, sparse: false },
  { depth: 3, text: 80, values: 12, sparse: false },
  { depth: 2, text: 80, values: 12, sparse: false },
  { depth: 1, text: 60, values: 8, sparse: false },
  { depth: 1, text: 40, values: 6, sparse: true },
]

/** Thrown when a level does not fit, as soon as that is certain. */
export class TooLarge extends Error {}

export interface Emitted {
  readonly schema: SchemaObject
  readonly back: Back
}

const words: Readonly<Record<string, string>> = {
  minimum: 'At least',
  exclusiveMinimum: 'More than',
  maximum: 'At most',
  exclusiveMaximum: 'Less than',
  multipleOf: 'A multiple of',
  minLength: 'Shortest length',
  maxLength: 'Longest length',
  minItems: 'Fewest items',
  maxItems: 'Most items',
  pattern: 'Pattern:',
  format: 'Format:',
  default: 'Default:',
  contentEncoding: 'Encoded as',
}
const appliesTo: Readonly<Record<string, readonly string[]>> = {
  minimum: ['integer', 'number'],
  exclusiveMinimum: ['integer', 'number'],
  maximum: ['integer', 'number'],
  exclusiveMaximum: ['integer', 'number'],
  multipleOf: ['integer', 'number'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  format: ['string'],
  contentEncoding: ['string'],
  minItems: ['array'],
  maxItems: ['array'],
}
/** Formats that say what the type says already. */
const emptyFormats = new Set(['int32', 'int64', 'float', 'double', 'string', 'integer', 'number', 'text'])
/** Longer values of a keyword say more to a machine than to a model. */
const maxFactChars = 120

/** Bounds that no reasonable value meets. */
function saysNothing(name: string, value: unknown): boolean {
  if (name === 'minLength' || name === 'minItems') return value === 0
  return (name === 'maxLength' || name === 'maxItems') && Number(value) >= 1000
}

function isRegExp(pattern: unknown): boolean {
  try {
    new RegExp(String(pattern), 'u')
    return true
  } catch {
    return false
  }
}

function stays(family: Family, name: string, value: unknown): boolean {
  if (!family.keywords.has(name)) return false
  if (name === 'pattern') return String(value).length <= maxFactChars && isRegExp(value)
  if (name === 'format') return family.formats === null || family.formats.has(String(value))
  return jsonBytes(value) <= maxFactChars
}

/** Values that travel as JSON text look like texts, so they are tried before those, and as one. */
function textsFirst(options: readonly Emitted[]): readonly Emitted[] {
  const of = options.flatMap(({ back }) => (back?.kind === 'text' ? back.of : []))
  if (of.length === 0) return options
  const texts = options
    .filter(({ back }) => back?.kind === 'text')
    .map(({ schema }) => ({ schema, back: { kind: 'text', of } as const }))
  return [...texts, ...options.filter(({ back }) => back?.kind !== 'text')]
}

/** Writes shapes as one family takes them, at one level, within a budget of bytes. */
export function emitter(family: Family, level: Level, budget: number, read: ReadShape) {
  let spent = 0
  const spend = (bytes: number) => {
    spent += bytes
    if (spent > budget && !level.sparse) throw new TooLarge()
  }

  /** Keywords the family knows, and sentences for the others. */
  function factsOf({ facts, types }: Shape, type: string): { keywords: Record<string, unknown>; notes: string[] } {
    const keywords: Record<string, unknown> = {}
    const notes: string[] = []
    for (const [name, value] of Object.entries(facts)) {
      const word = words[name]
      if (word === undefined || value === undefined || (appliesTo[name] && !appliesTo[name].includes(type))) continue
      if (name === 'default' && (types.length > 1 || value === null || value === '')) continue
      if (saysNothing(name, value)) continue
      if (name === 'format' && emptyFormats.has(String(value))) continue
      if (stays(family, name, value)) keywords[name] = value
      else if (jsonBytes(value) <= maxFactChars)
        notes.push(`${word} ${typeof value === 'string' ? value : JSON.stringify(value)}.`)
    }
    if (facts.deprecated === true) notes.push('Deprecated.')
    return { keywords, notes }
  }

  function described(schema: SchemaObject, shape: Shape, notes: readonly string[] = [], room = 60): SchemaObject {
    const text = trimText(shape.description, level.text)
    const extra = [...shape.notes, ...notes].filter((note) => note !== '').join(' ')
    const fits = extra !== '' && jsonBytes(extra) <= Math.max(level.text, room)
    const description = [text, ...(fits ? [extra] : [])].filter((part) => part !== '').join(' ')
    spend(description.length + 40)
    return description === '' ? schema : { ...schema, description }
  }

  const nullable = (schema: SchemaObject, shape: Shape): SchemaObject => {
    if (!shape.nullable || (shape.types.length === 0 && shape.values === null && shape.choices.length === 0)) return schema
    return orNull(schema)
  }
  const orNull = (schema: SchemaObject): SchemaObject => {
    if (Object.keys(schema).every((key) => key === 'description')) return schema
    const { description, ...rest } = schema
    // The way strict mode is documented.
    if (family.closed && typeof rest.type === 'string' && rest.enum === undefined && rest.type !== 'null') {
      return { ...schema, type: [rest.type, 'null'] }
    }
    const options = Array.isArray(rest.anyOf) ? rest.anyOf : [rest]
    const anyOf = options.some((option: SchemaObject) => option.type === 'null') ? options : [...options, { type: 'null' }]
    return { ...(description !== undefined && { description }), anyOf }
  }

  /** A value whose inside is not described. */
  function opaque(shape: Shape, kind: TextKind): Emitted {
    if (family.open) {
      const schema = kind === 'object' ? { type: 'object' } : kind === 'array' ? { type: 'array', items: {} } : {}
      return { schema: described(schema, shape, kind === 'object' ? [insideOf(shape)] : []), back: null }
    }
    const article = kind === 'object' ? 'an object' : kind === 'array' ? 'a list' : 'any value'
    return {
      schema: described({ type: 'string' }, shape, [`JSON text of ${article}.`, insideOf(shape)]),
      back: { kind: 'text', of: [kind] },
    }
  }
  const insideOf = ({ properties }: Shape) => {
    const names = [...properties.keys()].slice(0, 12).join(', ')
    return names === '' ? '' : `Holds ${names}${properties.size > 12 ? ' and more' : ''}.`
  }

  function enumerated(shape: Shape, all: readonly unknown[]): Emitted {
    const kinds = shape.types.length > 0 ? shape.types : [...new Set(all.map((value) => typeof value))]
    const type = kinds.includes('number') ? 'number' : kinds[0]
    const sort = type === 'integer' ? 'number' : type
    const values = [...new Set(all.filter((value) => sort === typeof value && (type !== 'integer' || Number.isInteger(value))))]
    if (kinds.some((kind) => !['string', 'number', 'integer', 'boolean'].includes(kind))) return opaque(shape, 'any')
    if (kinds.filter((kind) => kind !== 'integer').length > 1 || values.length === 0) return scalar({ ...shape, types: kinds })
    const { keywords, notes } = factsOf(shape, '')
    if (values.length <= level.values && (type === 'string' || !family.textEnums)) {
      spend(jsonBytes(values))
      return { schema: described({ type, enum: values, ...keywords }, shape, notes), back: null }
    }
    const shown = values.slice(0, level.values)
    const more = values.length > shown.length ? ` and ${values.length - shown.length} more` : ''
    const sentence = `One of ${shown.map((value) => JSON.stringify(value)).join(', ')}${more}.`
    return { schema: described({ type }, shape, [sentence, ...notes], 400), back: null }
  }

  function list(shape: Shape, depth: number): Emitted {
    const { keywords, notes } = factsOf(shape, 'array')
    if (depth > level.depth + 2) return opaque(shape, 'array')
    const items: Emitted = shape.items === undefined ? opaque(anything, 'any') : value(shape.items, depth + 1)
    const schema = described({ type: 'array', items: items.schema, ...keywords }, shape, notes)
    return { schema, back: items.back === null ? null : { kind: 'list', items: items.back } }
  }

  function choice(shape: Shape, depth: number): Emitted {
    const options = textsFirst(shape.choices.map((source) => value(source, depth)))
    const seen = new Map(options.toReversed().map((option) => [JSON.stringify(option.schema), option]))
    const different = [...seen.values()].reverse()
    const [only] = different
    if (only === undefined || different.some(({ schema }) => schema.type === undefined && schema.anyOf === undefined))
      return opaque(shape, 'any')
    const flat = different.flatMap(({ schema }) =>
      Array.isArray(schema.anyOf) && schema.description === undefined ? schema.anyOf : [schema],
    )
    const back: Back = different.every((option) => option.back === null) ? null : { kind: 'choice', options: different }
    if (different.length === 1)
      return { schema: shape.description === '' ? only.schema : described(only.schema, shape), back: only.back }
    return { schema: described({ anyOf: flat }, shape), back }
  }

  function scalar(shape: Shape): Emitted {
    const types = shape.types.includes('number') ? shape.types.filter((type) => type !== 'integer') : shape.types
    const [only] = types
    if (only !== undefined && types.length === 1) {
      const { keywords, notes } = factsOf(shape, only)
      return { schema: described({ type: only, ...keywords }, shape, notes), back: null }
    }
    return { schema: described({ anyOf: types.map((type) => ({ type, ...factsOf(shape, type).keywords })) }, shape), back: null }
  }

  function value(source: Source, depth: number): Emitted {
    const shape = read(source)
    const emitted = bare(shape, depth)
    return { schema: nullable(emitted.schema, shape), back: emitted.back }
  }

  function bare(shape: Shape, depth: number): Emitted {
    const { types, values, choices } = shape
    if (values !== null && values.length > 0) return enumerated(shape, values)
    if (choices.length > 0) return shape.cycle ? opaque(shape, 'any') : choice(shape, depth)
    const isObject = types.includes('object') || (family.guesses && types.length === 0 && shape.properties.size > 0)
    const isArray = types.includes('array') || (family.guesses && types.length === 0 && shape.items !== undefined)
    if (types.length > 1 && (isObject || isArray)) return opaque(shape, 'any')
    if (isObject) return shape.cycle || depth >= level.depth ? opaque(shape, 'object') : object(shape, depth + 1)
    if (isArray) return shape.cycle ? opaque(shape, 'array') : list(shape, depth)
    return types.length === 0 ? opaque(shape, 'any') : scalar(shape)
  }

  /** An object with its properties, `depth` objects deep; the root is 1. */
  function object(shape: Shape, depth: number): Emitted {
    const { required, rest } = shape
    // What must be there and is nowhere described can hold anything.
    const undescribed = [...required].filter((name) => !shape.properties.has(name))
    const properties = new Map([...shape.properties, ...undescribed.map((name) => [name, { all: [] }] as const)])
    if (properties.size === 0 && required.size === 0 && depth > 1) {
      if (!family.open || rest === undefined || typeof rest === 'boolean') return opaque(shape, 'object')
      const values = value(rest, depth)
      const back: Back = values.back === null ? null : { kind: 'object', fields: new Map(), rest: null, values: values.back }
      return { schema: described({ type: 'object', additionalProperties: values.schema }, shape), back }
    }
    const names = new UniqueNames()
    const wanted = [...properties.keys()].sort((a, b) => Number(required.has(b)) - Number(required.has(a)))
    // Legal names keep themselves whatever comes before them.
    const shownAs = new Map<string, string>()
    for (const name of wanted) if (family.key.test(name)) shownAs.set(name, names.take(name))
    for (const name of wanted) if (!shownAs.has(name)) shownAs.set(name, names.take(identifier(name)))

    const fields = new Map<string, { name: string; back: Back; nullIsAbsent: boolean }>()
    const shown: [string, SchemaObject][] = []
    const leftOut: string[] = []
    let changed = false
    for (const name of wanted) {
      const source = properties.get(name)
      const key = shownAs.get(name) ?? name
      if (source === undefined) continue
      const needed = required.has(name)
      if (level.sparse && spent > budget * (needed ? 0.9 : 0.6)) {
        leftOut.push(name)
        continue
      }
      spend(key.length + 24)
      const emitted = value(source, depth)
      const nullIsAbsent = family.closed && !needed
      shown.push([key, nullIsAbsent ? orNull(emitted.schema) : emitted.schema])
      fields.set(key, { name, back: emitted.back, nullIsAbsent })
      changed ||= key !== name || emitted.back !== null || nullIsAbsent
    }
    const lacks =
      !family.open &&
      (leftOut.length > 0 ||
        (depth === 1 && properties.size === 0 && rest !== false) ||
        rest === true ||
        typeof rest === 'object')
    const restName = lacks ? names.take('additional_properties') : null
    if (restName !== null) {
      const schema = { type: 'string', description: 'JSON text of an object with further properties.' }
      shown.push([restName, family.closed ? orNull(schema) : schema])
    }
    const keys = shown.map(([key]) => key)
    const must = family.closed ? keys : [...required].map((name) => shownAs.get(name) ?? name).filter((key) => keys.includes(key))
    const more =
      leftOut.length === 0 ? '' : `Also takes ${leftOut.slice(0, 20).join(', ')}${leftOut.length > 20 ? ' and more' : ''}.`
    const schema = described(
      {
        type: 'object',
        properties: Object.fromEntries(shown),
        ...((must.length > 0 || family.closed) && { required: must }),
        ...(family.closed && { additionalProperties: false }),
      },
      shape,
      [more],
      depth === 1 ? 400 : 60,
    )
    const back: Back = changed || restName !== null ? { kind: 'object', fields, rest: restName, values: null } : null
    return { schema, back }
  }

  return { root: (shape: Shape): Emitted => object({ ...shape, description: '' }, 1) }
}
