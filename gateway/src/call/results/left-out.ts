import { isObject } from '../../definition/json-schema/keywords.ts'

/** What is missing in a shortened value, and where; alike places are told together. */
export interface LeftOut {
  /** In the dialect of path.ts; `[*]` stands for several places. */
  readonly path: string
  readonly kind: 'items' | 'characters' | 'members' | 'inside'
  /** Of all places together. */
  readonly shown: number
  readonly of: number
  readonly places: number
}

/** Kinds of places that are told; the largest gaps first. */
const mostNotes = 20

/** Gathers what a shortening leaves out. */
export class Gaps {
  readonly #seen = new Map<string, { first: string; all: LeftOut }>()

  /** `path` with the index of each list. */
  note(path: string, kind: LeftOut['kind'], shown: number, of: number): void {
    const pattern = path.replace(/\[\d+\]/g, '[*]')
    const key = `${kind} ${pattern}`
    const known = this.#seen.get(key)
    if (known === undefined) {
      this.#seen.set(key, { first: path, all: { path: pattern, kind, shown, of, places: 1 } })
      return
    }
    const { all } = known
    known.all = { ...all, shown: all.shown + shown, of: all.of + of, places: all.places + 1 }
  }

  list(): readonly LeftOut[] {
    return [...this.#seen.values()]
      .map(({ first, all }) => (all.places === 1 ? { ...all, path: first } : all))
      .sort((a, b) => b.of - b.shown - (a.of - a.shown))
      .slice(0, mostNotes)
  }
}

/** What a value is, in a few words. */
export function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length}`
  if (!isObject(value)) return typeof value
  const names = Object.keys(value)
  const shown = names.slice(0, 8).map((name) => name.slice(0, 40))
  return `object of ${names.length}: ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`
}
