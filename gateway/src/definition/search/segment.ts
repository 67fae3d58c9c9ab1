import { setImmediate } from 'node:timers/promises'
import type { ConnectorDocument } from '../document.ts'
import { fields, type SearchField, searchEntry, weights } from './entry.ts'
import { type Deed, isCommonVerb, stemOf, wordsOf } from './words.ts'

/** Actions that hold a word. The three arrays run in parallel, sorted by action. */
export interface Postings {
  readonly actions: Uint32Array
  /** The word's weighted frequency in the action, its fields joined (BM25F). */
  readonly weights: Float32Array
  /** A bit for each of `fields` it stands in. */
  readonly fields: Uint8Array
  /** What it weighs in a name: much when it is rare, nothing when it is a verb that every API has, or the connector's name. */
  readonly nameWeight: number
}

/** The index of one version of one connector. A change of another connector leaves it as it is. */
export interface Segment {
  readonly actions: readonly string[]
  readonly deeds: readonly Deed[]
  /** Parts of the path of each action. */
  readonly depths: readonly number[]
  /** What the words of each action's name weigh together, by how rare they are: what a request leaves of it was not asked for. */
  readonly nameMass: Float32Array
  /** Words of the connector's own name: they choose among connectors, not among actions. */
  readonly names: ReadonlySet<string>
  /** All words, sorted, for those that are typed in part or with a slip. */
  readonly vocabulary: readonly string[]
  postings(word: string): Postings | undefined
}

/** Bits of {@link Postings.fields}. */
export const bitOf = (field: SearchField): number => 1 << fields.indexOf(field)
const nameBit = bitOf('name')

/** Words that nobody but one API uses are not much rarer than others: most requests hold one that documents hardly know. */
const smoothing = 8
/** What a word is worth that stands in `count` of `total` actions. */
export const rarityOf = (count: number, total: number): number => Math.log(1 + (total - count + smoothing) / (count + smoothing))

/** Actions indexed before others may run: a few milliseconds. */
const slice = 100

class Growing {
  readonly actions: number[] = []
  readonly weights: number[] = []
  readonly fields: number[] = []
}

/** Reads a connector's actions into an index, a slice at a time, so that calls go on meanwhile. */
export async function buildSegment(document: ConnectorDocument): Promise<Segment> {
  const actions = Object.keys(document.actions)
  const deeds: Deed[] = []
  const depths: number[] = []
  const growing = new Map<string, Growing>()
  const found = new Map<string, { weight: number; fields: number }>()

  for (const [action, name] of actions.entries()) {
    if (action % slice === slice - 1) await setImmediate()
    const entry = searchEntry(name, document)
    deeds.push(entry?.deed ?? 'read')
    depths.push(entry?.depth ?? 0)
    if (entry === null) continue
    found.clear()
    for (const [bit, field] of fields.entries()) add(entry.words[field], field, bit)
    for (const [word, { weight, fields: bits }] of found) {
      let list = growing.get(word)
      if (list === undefined) {
        list = new Growing()
        growing.set(word, list)
      }
      list.actions.push(action)
      list.weights.push(weight)
      list.fields.push(bits)
    }
  }

  function add(words: readonly string[], field: SearchField, bit: number): void {
    const { weight, usual, b } = weights[field]
    const each = weight / (1 - b + (b * words.length) / usual)
    for (const word of words) {
      const known = found.get(word)
      if (known === undefined) found.set(word, { weight: each, fields: 1 << bit })
      else {
        known.weight += each
        known.fields |= 1 << bit
      }
    }
  }

  const names = new Set([...wordsOf(document.connector), ...wordsOf(document.name)].map(stemOf))
  const nameMass = new Float32Array(actions.length)
  const packed = new Map<string, Postings>()
  for (const [word, list] of growing) {
    const nameWeight = names.has(word) || isCommonVerb(word) ? 0 : rarityOf(list.actions.length, actions.length)
    for (let index = 0; nameWeight > 0 && index < list.actions.length; index++) {
      const action = list.actions[index] ?? 0
      if (((list.fields[index] ?? 0) & nameBit) !== 0) nameMass[action] = (nameMass[action] ?? 0) + nameWeight
    }
    packed.set(word, {
      actions: Uint32Array.from(list.actions),
      weights: Float32Array.from(list.weights),
      fields: Uint8Array.from(list.fields),
      nameWeight,
    })
  }
  return {
    actions,
    deeds,
    depths,
    nameMass,
    names,
    vocabulary: [...packed.keys()].sort(),
    postings: (word) => packed.get(word),
  }
}
