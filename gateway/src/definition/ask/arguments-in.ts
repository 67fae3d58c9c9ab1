import { isObject, type SchemaObject } from '../json-schema/keywords.ts'
import { schemaCompiler } from '../json-schema/validator.ts'
import { isStopWord, stemOf, wordsOf } from '../search/words.ts'
import type { Literal, Sentence } from './literals.ts'

/** What a sentence says of the arguments of a tool. */
export interface Found {
  readonly arguments: Readonly<Record<string, unknown>>
  /** Paths of what the tool needs and the sentence does not say. */
  readonly missing: readonly string[]
  /** Whether every value of the sentence has one place, and all together are what the tool takes. */
  readonly certain: boolean
  /** How well the worst of the values fits into its place: 1 for one that might as well go elsewhere, from 4 for one that is named. */
  readonly fit: number
}

/** A place for one value. */
interface Leaf {
  readonly path: readonly string[]
  readonly schema: SchemaObject
  readonly required: boolean
  /** Stems of its name. */
  readonly stems: readonly string[]
}

const maxLeaves = 100
const maxDepth = 3

const idWords = stemsOf('id ids key slug code number no sku uuid guid ref reference handle')
const dateWords = stemsOf('date day since until from to before after at on start end due')
const searchWords = stemsOf('q query search term keyword keywords')
const textWords = stemsOf('name title text message subject content note comment body description label value')
const countWords = stemsOf('limit count size top max maximum take')

function stemsOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' ').map(stemOf))
}

function leavesOf(schema: SchemaObject, path: readonly string[] = [], needed = true): readonly Leaf[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return properties
    .flatMap(([name, property]): readonly Leaf[] => {
      if (!isObject(property)) return []
      const must = needed && required.includes(name)
      const at = [...path, name]
      if (isObject(property.properties) && at.length < maxDepth) return leavesOf(property, at, must)
      return [{ path: at, schema: property, required: must, stems: wordsOf(name).map(stemOf) }]
    })
    .slice(0, maxLeaves)
}

const isAny = (stems: readonly string[], words: ReadonlySet<string>) => stems.some((stem) => words.has(stem))
const isLast = (stems: readonly string[], words: ReadonlySet<string>) => words.has(stems.at(-1) ?? '')

/** From 0, not at all, to 3, made for each other. */
function textFit({ schema, stems }: Leaf, { kind, text }: Literal, named: boolean): number {
  switch (schema.format) {
    case 'date':
      return kind === 'date' && text.length === 10 ? 3 : 0
    case 'date-time':
      return kind === 'date' && text.length > 10 ? 3 : 0
    case 'email':
      return kind === 'email' ? 3 : 0
    case 'uri':
    case 'url':
      return kind === 'url' ? 3 : 0
    case 'uuid':
      return kind === 'uuid' ? 3 : 0
    default:
  }
  if (isLast(stems, idWords)) {
    if (kind === 'id' || kind === 'uuid') return 3
    if (kind === 'number') return 2
    return kind === 'quoted' && !/\s/.test(text) ? 1 : 0
  }
  if (kind === 'date') return isAny(stems, dateWords) ? 3 : named ? 1 : 0
  if (kind === 'email') return isAny(stems, stemsOf('email mail')) ? 3 : 1
  if (kind === 'url') return isAny(stems, stemsOf('url uri link href website')) ? 3 : 1
  if (kind === 'number') return named ? 1 : 0
  const spoken = kind === 'quoted' || kind === 'name'
  if (isLast(stems, searchWords)) return spoken ? 3 : 1
  return spoken ? (isLast(stems, textWords) ? 2 : 1) : 1
}

function numberFit({ stems, required }: Leaf, { kind, text }: Literal, named: boolean): number {
  if (kind === 'id' && /^#\d+$/.test(text)) return isLast(stems, idWords) ? 3 : 0
  if (kind !== 'number') return 0
  if (isAny(stems, countWords)) return 3
  return required || named ? 2 : 0
}

/** The value a literal is in a place, and how well it fits there; null when it does not. */
function fitOf(leaf: Leaf, literal: Literal): { readonly score: number; readonly value: unknown } | null {
  const { schema, stems } = leaf
  const named =
    literal.before.some((word) => stems.includes(word) && !isStopWord(word)) || stems.includes(literal.before.at(-1) ?? '')
  const by = (fit: number, value: unknown) => {
    // What need not be said is taken only where it is plain.
    if (fit === 0 || (!leaf.required && !named && fit < 3)) return null
    return { score: fit + (named ? 4 : 0), value }
  }
  if (Array.isArray(schema.enum)) return null
  if (schema.type === 'array' && isObject(schema.items)) {
    const one = fitOf({ ...leaf, schema: schema.items }, literal)
    return one === null ? null : { score: one.score, value: [one.value] }
  }
  if (schema.type === 'integer' || schema.type === 'number')
    return by(numberFit(leaf, literal, named), Number(literal.text.replace(/^#/, '')))
  return schema.type === 'string' ? by(textFit(leaf, literal, named), literal.text) : null
}

const spaced = (text: string) => ` ${wordsOf(text).join(' ')} `

/** Values of an enum that a text names. */
function namedValues(values: readonly unknown[], text: string): readonly unknown[] {
  const said = spaced(text)
  const named = values.filter((value) => {
    const words = spaced(String(value))
    return words.trim() !== '' && !isStopWord(words.trim()) && said.includes(words)
  })
  // "in progress" names "in_progress", not also "progress".
  return named.filter((value) => !named.some((other) => other !== value && spaced(String(other)).includes(spaced(String(value)))))
}

function put(into: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    Object.defineProperty(into, name, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const inner = Object.hasOwn(into, name) && isObject(into[name]) ? { ...into[name] } : {}
  put(inner, rest, value)
  Object.defineProperty(into, name, { value: inner, enumerable: true, configurable: true, writable: true })
}

/**
 * Matches the values of a sentence to the places of an input schema: by the word before them, then by their form. Nothing is made
 * up, and two that could change places are not certain.
 */
export function argumentsIn(text: string, { literals }: Sentence, schema: SchemaObject): Found {
  const leaves = leavesOf(schema)
  const taken = new Map<Leaf, unknown>()
  const used = new Set<Literal>()
  let certain = true
  let worst = Number.POSITIVE_INFINITY
  for (const leaf of leaves) {
    if (!Array.isArray(leaf.schema.enum)) continue
    const values = namedValues(leaf.schema.enum, text)
    if (values.length > 1) certain = false
    if (values.length !== 1) continue
    taken.set(leaf, values[0])
    for (const literal of literals) if (spaced(literal.text) === spaced(String(values[0]))) used.add(literal)
  }
  const pairs = leaves
    .flatMap((leaf) =>
      literals.flatMap((literal) => {
        const fit = fitOf(leaf, literal)
        return fit === null ? [] : [{ leaf, literal, ...fit }]
      }),
    )
    .sort((a, b) => b.score - a.score)
  const isOpen = ({ leaf, literal }: (typeof pairs)[number]) => !taken.has(leaf) && !used.has(literal)
  for (const pair of pairs) {
    if (!isOpen(pair)) continue
    const rivals = pairs.filter(
      (other) =>
        other !== pair &&
        other.score === pair.score &&
        isOpen(other) &&
        (other.leaf === pair.leaf || other.literal === pair.literal),
    )
    if (rivals.length > 0) certain = false
    worst = Math.min(worst, pair.score)
    taken.set(pair.leaf, pair.value)
    used.add(pair.literal)
  }
  const found: Record<string, unknown> = {}
  for (const [{ path }, value] of taken) put(found, path, value)
  const missing = leaves.filter((leaf) => leaf.required && !taken.has(leaf)).map(({ path }) => path.join('.'))
  const fits = missing.length === 0 && schemaCompiler({}, { formats: true }).compile(schema)(found).length === 0
  return { arguments: found, missing, certain: certain && fits && used.size === literals.length, fit: worst }
}
