import { isObject } from '../../definition/json-schema/keywords.ts'
import { Gaps, type LeftOut, shapeOf } from './left-out.ts'
import { memberPath } from './path.ts'

export interface Shortened {
  /** Of the same types as the whole, as long as that fits: lists have fewer items, texts fewer characters. */
  readonly value: unknown
  readonly leftOut: readonly LeftOut[]
}

/** How much of a value is shown. */
interface Level {
  readonly items: number
  readonly chars: number
  readonly members: number
  readonly depth: number
}

/** Nobody who walks through a value runs out of stack. */
const maxDepth = 64
/** From nearly all to next to nothing: a value gets the first that fits. Objects lose members, and trees their depth, last. */
const levels: readonly Level[] = [
  ...[4096, 2048, 1024, 512, 256, 128, 64].map((items) => ({ items, chars: items * 4, members: Infinity, depth: maxDepth })),
  ...[32, 16, 8, 4, 2, 1].map((items) => ({ items, chars: 60 + items * 4, members: Infinity, depth: maxDepth })),
  { items: 2, chars: 80, members: 100, depth: 6 },
  { items: 1, chars: 60, members: 40, depth: 4 },
  { items: 1, chars: 40, members: 20, depth: 3 },
  { items: 1, chars: 40, members: 8, depth: 2 },
]

class TooLarge extends Error {}

const bytesOf = (text: string) => Buffer.byteLength(text)

/** At most so many characters, and none of them halved. */
export function cutText(text: string, chars: number): string {
  const end = /[\uD800-\uDBFF]/.test(text.charAt(chars - 1)) ? chars - 1 : chars
  return text.slice(0, end)
}

function atLevel(whole: unknown, path: string, budget: number, { items, chars, members, depth }: Level): Shortened {
  const gaps = new Gaps()
  let left = budget
  const spend = (bytes: number) => {
    left -= bytes
    if (left < 0) throw new TooLarge()
  }
  const copy = (value: unknown, at: string, deep: number): unknown => {
    if (typeof value === 'string') {
      const shown = value.length > chars ? `${cutText(value, chars)}…` : value
      if (shown !== value) gaps.note(at, 'characters', shown.length - 1, value.length)
      spend(bytesOf(JSON.stringify(shown)) + 1)
      return shown
    }
    if (typeof value !== 'object' || value === null) {
      spend(bytesOf(JSON.stringify(value) ?? 'null') + 1)
      return value
    }
    if (deep >= depth) {
      gaps.note(at, 'inside', 0, Object.keys(value).length)
      return copy(shapeOf(value).slice(0, chars), at, 0)
    }
    spend(3)
    if (Array.isArray(value)) {
      if (value.length > items) gaps.note(at, 'items', items, value.length)
      return value.slice(0, items).map((item, index) => copy(item, `${at}[${index}]`, deep + 1))
    }
    const names = Object.keys(value)
    if (names.length > members) gaps.note(at, 'members', members, names.length)
    const shown = names.slice(0, members).map((name) => {
      spend(bytesOf(JSON.stringify(name)) + 1)
      return [name, copy(Reflect.get(value, name), memberPath(at, name), deep + 1)] as const
    })
    return Object.fromEntries(shown)
  }
  return { value: copy(whole, path, 0), leftOut: gaps.list() }
}

/** As much of a value as fits in so many bytes of JSON. `path` is where it is in the whole, for the notes. */
export function shorten(value: unknown, budget: number, path = ''): Shortened {
  for (const level of levels) {
    try {
      return atLevel(value, path, budget, level)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
    }
  }
  const of = isObject(value) || Array.isArray(value) ? Object.keys(value).length : 1
  return { value: shapeOf(value), leftOut: [{ path, kind: 'inside', shown: 0, of, places: 1 }] }
}
