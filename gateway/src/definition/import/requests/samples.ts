import type { JsonSchemaValue } from '../../document.ts'
import { isRecord } from '../spec.ts'
import { looksLikeId } from './path-ids.ts'

/** Samples tell about their first levels; what lies deeper may be anything. */
const MAX_DEPTH = 12
const MAX_PROPERTIES = 200
/** Items of a list that are looked at. */
const MAX_ITEMS = 40
/** Objects with as many keys that are all ids are maps. */
const MAP_KEYS = 3

/**
 * The schema of what was seen: every type that occurred, every property, nothing required. A guess, since a sample shows what
 * can be and not what must.
 */
export function schemaOfSamples(samples: readonly unknown[], depth = 0): JsonSchemaValue {
  const types = new Set(samples.map(typeOf))
  if (types.size === 0 || (types.size === 1 && types.has('null'))) return {}
  if (types.has('number')) types.delete('integer')
  const [first, ...others] = types
  const type = others.length === 0 ? first : [...types]
  if (depth >= MAX_DEPTH) return { type }
  const objects = types.has('object') ? samples.filter(isRecord) : []
  const lists = types.has('array') ? samples.filter((sample) => Array.isArray(sample)) : []
  const items = lists.flatMap((list) => list.slice(0, MAX_ITEMS)).slice(0, MAX_ITEMS * 4)
  return {
    type,
    ...(objects.length === 0 ? {} : objectSchema(objects, depth)),
    ...(items.length === 0 ? {} : { items: schemaOfSamples(items, depth + 1) }),
  }
}

function objectSchema(objects: readonly Readonly<Record<string, unknown>>[], depth: number): { [keyword: string]: unknown } {
  const values = new Map<string, unknown[]>()
  for (const object of objects)
    for (const [key, value] of Object.entries(object)) {
      const known = values.get(key)
      if (known !== undefined) known.push(value)
      else if (values.size < MAX_PROPERTIES) values.set(key, [value])
    }
  const keys = [...values.keys()]
  if (keys.length >= MAP_KEYS && keys.every(looksLikeId))
    return { additionalProperties: schemaOfSamples([...values.values()].flat().slice(0, MAX_ITEMS), depth + 1) }
  if (keys.length === 0) return {}
  return { properties: Object.fromEntries([...values].map(([key, list]) => [key, schemaOfSamples(list, depth + 1)])) }
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'object' ? 'object' : typeof value
}

/** A text of a request as what it seems to mean: `10` is a number, `true` a flag. */
export function valueOfText(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(text) && String(Number(text)) === text ? Number(text) : text
}
