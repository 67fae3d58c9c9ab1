import { fields, type SearchField } from './entry.ts'
import { bitOf, type Postings, rarityOf, type Segment } from './segment.ts'
import { type Deed, deedsOf, isCommonVerb, isStopWord, spelledOut, stemOf, synonymsOf, wordsOf } from './words.ts'

export interface Hit<Key> {
  readonly key: Key
  readonly action: string
  readonly score: number
  /** Words of the request that it holds, and where. */
  readonly matched: readonly { readonly word: string; readonly in: readonly SearchField[] }[]
}

interface Variant {
  readonly word: string
  readonly weight: number
}

interface Term {
  /** As it was asked. */
  readonly word: string
  readonly variants: readonly Variant[]
  /** Whether it is what is asked for, rather than where that is: "cards" of "cards of a board". */
  readonly isObject: boolean
}

/** BM25's saturation: a word that is there often counts little more. */
const k1 = 3
/** What words that stand for another count beside it. */
const synonymWeight = 0.6
const commonVerbWeight = 0.5
const prefixWeight = 0.7
const slipWeight = 0.6
/** Words of one request; the others are left out. */
const maxTerms = 24
const maxVariants = 12
/** Places of words looked at for one request: a few milliseconds. */
const maxWork = 80_000

/** Whether two words differ by one letter: changed, left out, added, or two changed places. */
function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const left = a.length - start - end
  const right = b.length - start - end
  if (left <= 1 && right <= 1) return true
  return left === 2 && right === 2 && a[start] === b[start + 1] && a[start + 1] === b[start]
}

/** Where the words of a sorted vocabulary that are not before `from` begin. */
function firstAfter(vocabulary: readonly string[], from: string): number {
  let low = 0
  let high = vocabulary.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((vocabulary[middle] ?? '') < from) low = middle + 1
    else high = middle
  }
  return low
}

function variantsOf(word: string, segments: readonly Segment[], last: boolean): readonly Variant[] {
  const root = stemOf(word)
  // What a common verb stands for is told by the deed of an action, better than by its words.
  if (isCommonVerb(root)) return [{ word: root, weight: commonVerbWeight }]
  const variants = new Map<string, number>([[root, 1]])
  for (const synonym of synonymsOf(root)) variants.set(synonym, synonymWeight)
  const known = segments.some((segment) => segment.postings(root) !== undefined)
  if (!known || (last && root.length < 5)) {
    for (const { vocabulary } of segments) {
      for (let at = firstAfter(vocabulary, root); root.length >= 3 && variants.size < maxVariants; at++) {
        const one = vocabulary[at]
        if (one?.startsWith(root) !== true) break
        if (!variants.has(one)) variants.set(one, prefixWeight * (root.length / one.length))
      }
      if (known || root.length < 4) continue
      const first = root.charAt(0)
      for (let at = firstAfter(vocabulary, first); variants.size < maxVariants; at++) {
        const one = vocabulary[at]
        if (one?.startsWith(first) !== true) break
        if (isSlip(root, one) && !variants.has(one)) variants.set(one, slipWeight)
      }
    }
  }
  return [...variants].map(([one, weight]) => ({ word: one, weight }))
}

/** After one of these comes where a thing is, or for whom. */
const prepositions = new Set('of in on at from to into onto for with within inside under by about over between'.split(' '))
/** What follows the verb of a command. */
const determiners = new Set(
  `a an the my mine our your his her its their this that these those some any every all another each new somebody someone
  somebodys someones us me him them it up on off out to in`.split(/\s+/),
)

/** What is wanted to be done. Its first verb says so; later ones may belong to a thing's name. `meant` is what its turns of speech mean. */
function deedsWanted(meant: readonly string[], said: readonly string[]): ReadonlySet<Deed> {
  const deedIn = (words: readonly string[]) => words.map((word) => deedsOf(stemOf(word))).find(({ size }) => size > 0)
  const [first = '', second = ''] = said
  // "Star a repository": whatever it is, it changes something.
  const isCommand = !isStopWord(first) && deedsOf(stemOf(first)).size === 0 && determiners.has(second)
  const deeds = deedIn(meant) ?? (isCommand ? new Set<Deed>(['create', 'update']) : deedIn(said))
  if (deeds !== undefined) return deeds
  // "My playlists", "boards I belong to": several of them.
  return new Set(said.slice(0, 2).some((word) => word.length > 3 && /[^su]s$/.test(word)) ? ['list'] : [])
}

function parse(request: string, segments: readonly Segment[]): { terms: readonly Term[]; wanted: ReadonlySet<Deed> } {
  const all = wordsOf(spelledOut(request))
  const where = all.findIndex((word, index) => index > 0 && prepositions.has(word))
  const objects = new Set(where < 0 ? all : all.slice(0, where))
  const telling = all.filter((word) => !isStopWord(word))
  const words = [...new Set(telling.length > 0 ? telling : all)].slice(0, maxTerms)
  const terms = words.map((word, index) => ({
    word,
    isObject: objects.has(word),
    variants: variantsOf(word, segments, index === words.length - 1),
  }))
  // "web hook" is a webhook.
  for (const [index, word] of words.entries()) {
    const joined = stemOf(word + (words[index + 1] ?? ''))
    if (index + 1 < words.length && segments.some((segment) => segment.postings(joined) !== undefined)) {
      terms.push({ word: joined, isObject: objects.has(word), variants: [{ word: joined, weight: 1 }] })
    }
  }
  // "Trello, archive a card": the name of an API comes before what is said.
  const said = wordsOf(request)
  const start = said.findIndex((word) => !segments.some(({ names }) => names.has(stemOf(word))))
  return { terms, wanted: deedsWanted(all.slice(0, all.length - said.length), said.slice(Math.max(0, start))) }
}

/** What the deed of an action does to its score when the request names another: a hint, as verbs are used loosely. */
const otherDeed = 0.5
const nearDeed = 0.75
const nearDeeds: ReadonlySet<string> = new Set(['read list', 'list read', 'update create', 'create update'])

function deedFactor(deed: Deed, wanted: ReadonlySet<Deed>): number {
  if (wanted.size === 0) return deed === 'list' ? 1 : 0.9
  if (wanted.has(deed)) return 1
  return [...wanted].some((one) => nearDeeds.has(`${one} ${deed}`)) ? nearDeed : otherDeed
}

/** Each part of a path beyond the shortest makes an action less likely to be meant. */
const depthFactor = (depth: number) => 1 / (1 + depthWeight * Math.min(depth, 12))
const depthWeight = 0.12

const nameBit = bitOf('name')
/** Where a thing stands that is asked for, and where that stands which it belongs to. */
const objectBits = bitOf('resource')
const contextBits = bitOf('path')
const rightPlace = 1.15

/** What an action's name says beyond the request makes it a special case of what is meant. */
const nameFactor = (asked: number, whole: number) => (whole === 0 ? 1 : 0.4 + 0.6 * Math.min(1, asked / whole))

interface Searched<Key> {
  readonly key: Key
  readonly segment: Segment
}

/** Words with what they count by how rare they are, and the weight of the whole term. */
function weigh(terms: readonly Term[], segments: readonly Segment[], total: number) {
  const counted = terms.map(({ word, isObject, variants }) => ({
    word,
    isObject,
    variants: variants.flatMap((variant) => {
      const count = segments.reduce((sum, segment) => sum + (segment.postings(variant.word)?.actions.length ?? 0), 0)
      const rarity = rarityOf(count, total)
      return count === 0 ? [] : [{ word: variant.word, count, value: rarity * variant.weight }]
    }),
  }))
  // The rarest first: when the work is done, what is left would hardly change the order.
  let work = maxWork
  const affordable = new Set(
    counted
      .flatMap(({ variants }) => variants)
      .sort((one, other) => one.count - other.count)
      .filter(({ count }, index) => {
        work -= count
        return work >= 0 || index === 0
      }),
  )
  return counted.map(({ word, isObject, variants: all }) => {
    const variants = all.filter((variant) => affordable.has(variant))
    return { word, isObject, variants, mass: Math.max(0, ...variants.map(({ value }) => value)) }
  })
}

const arrays = (size: number) => ({
  scores: new Float32Array(size),
  covered: new Float32Array(size),
  term: new Float32Array(size),
  asked: new Float32Array(size),
})
let kept = arrays(0)
/** Zeros for one segment, the same memory each time: a search never waits, so that no two use it at once. */
function scratch(size: number): typeof kept {
  if (kept.scores.length < size) kept = arrays(size)
  for (const array of Object.values(kept)) array.fill(0, 0, size)
  return kept
}

/**
 * The actions of all segments that answer a request best, best first. Every word counts by how rare it is over all of them
 * (BM25F); synonyms, beginnings and slips count less; actions that hold more of the words, and do what the request's verb says,
 * come first. The work is bounded: at most 24 words, and so many places where they stand.
 */
export function searchSegments<Key>(request: string, searched: readonly Searched<Key>[], limit: number): readonly Hit<Key>[] {
  const segments = searched.map(({ segment }) => segment)
  const { terms, wanted } = parse(request, segments)
  const total = segments.reduce((sum, { actions }) => sum + actions.length, 0)
  const weighed = weigh(terms, segments, total)
  const mass = weighed.reduce((sum, term) => sum + term.mass, 0)
  const best: { at: number; action: number; score: number }[] = []

  for (const [at, { segment }] of searched.entries()) {
    const named = weighed.filter((term) => segment.names.has(stemOf(term.word)))
    const { scores, covered, term, asked } = scratch(segment.actions.length)
    for (const { variants, mass: weight, word, isObject } of weighed) {
      const isName = segment.names.has(stemOf(word))
      const touched: Postings[] = []
      for (const variant of variants) {
        const postings = segment.postings(variant.word)
        if (postings === undefined) continue
        touched.push(postings)
        const factor = variant.value * (isName ? 0.5 : 1)
        for (let index = 0; index < postings.actions.length; index++) {
          const action = postings.actions[index] ?? 0
          const frequency = postings.weights[index] ?? 0
          const bits = postings.fields[index] ?? 0
          if ((bits & nameBit) !== 0) asked[action] = (asked[action] ?? 0) + postings.nameWeight
          const inPlace = (bits & (isObject ? objectBits : contextBits)) !== 0
          const score = ((inPlace ? rightPlace : 1) * factor * frequency * (k1 + 1)) / (frequency + k1)
          // Of a word and those that stand for it the best counts.
          if (score > (term[action] ?? 0)) term[action] = score
        }
      }
      for (const { actions } of touched) {
        for (const action of actions) {
          const score = term[action] ?? 0
          if (score === 0) continue
          scores[action] = (scores[action] ?? 0) + score
          covered[action] = (covered[action] ?? 0) + weight
          term[action] = 0
        }
      }
    }
    const boost = 1 + 0.5 * named.length
    const namedMass = named.reduce((sum, one) => sum + one.mass, 0)
    for (let action = 0; action < segment.actions.length; action++) {
      const raw = scores[action] ?? 0
      if (raw === 0) continue
      const whole = Math.min(1, ((covered[action] ?? 0) + namedMass) / (mass || 1))
      const score =
        raw *
        boost *
        (0.25 + 0.75 * whole) *
        nameFactor(asked[action] ?? 0, segment.nameMass[action] ?? 0) *
        deedFactor(segment.deeds[action] ?? 'read', wanted) *
        depthFactor(segment.depths[action] ?? 0)
      const worst = best.length < limit ? 0 : (best.at(-1)?.score ?? 0)
      if (score <= worst) continue
      let place = best.length
      while (place > 0 && (best[place - 1]?.score ?? 0) < score) place--
      best.splice(place, 0, { at, action, score })
      if (best.length > limit) best.pop()
    }
  }
  return best.flatMap(({ at, action, score }) => {
    const from = searched[at]
    if (from === undefined) return []
    const matched = weighed.flatMap((term) => {
      const places = new Set(term.variants.flatMap(({ word }) => fieldsIn(from.segment.postings(word), action)))
      return places.size === 0 ? [] : [{ word: term.word, in: fields.filter((field) => places.has(field)) }]
    })
    return [{ key: from.key, action: from.segment.actions[action] ?? '', score, matched }]
  })
}

function fieldsIn(postings: Postings | undefined, action: number): readonly SearchField[] {
  if (postings === undefined) return []
  let low = 0
  let high = postings.actions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((postings.actions[middle] ?? 0) < action) low = middle + 1
    else high = middle
  }
  const bits = postings.actions[low] === action ? (postings.fields[low] ?? 0) : 0
  return fields.filter((_field, bit) => (bits & (1 << bit)) !== 0)
}
