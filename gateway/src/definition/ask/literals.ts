import { deedsOf, isStopWord, stemOf, wordsOf } from '../search/words.ts'

/** In the order in which they are looked for. */
const kinds = ['quoted', 'url', 'email', 'uuid', 'date', 'id', 'number', 'name'] as const
export type LiteralKind = (typeof kinds)[number]

/** A value that somebody wrote into a sentence. */
export interface Literal {
  readonly kind: LiteralKind
  readonly text: string
  /** Stems of the words right before it, at most three: "customer" of `customer 7`. */
  readonly before: readonly string[]
}

export interface Sentence {
  readonly literals: readonly Literal[]
  /** The words around the values. */
  readonly words: string
}

const patterns: Readonly<Record<LiteralKind, string>> = {
  quoted: String.raw`"[^"]+"|“[^”]+”|\x60[^\x60]+\x60|(?<![\p{L}\p{N}])'[^']+'(?![\p{L}\p{N}])`,
  url: String.raw`https?:\/\/[^\s"'<>]+[^\s"'<>.,;:!?)]`,
  email: String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`,
  uuid: String.raw`\b[\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12}\b`,
  date: String.raw`\b\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?\b`,
  id: String.raw`(?<![\w-])(?:#\d+|#?(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])[A-Za-z\d]+(?:[_-]+[A-Za-z\d]+)*)(?![\w-])`,
  number: String.raw`(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)`,
  name: String.raw`(?<![\p{L}\p{N}_])\p{Lu}\p{Ll}[\p{L}'’-]*(?: \p{Lu}\p{Ll}[\p{L}'’-]*)*`,
}
const pattern = new RegExp(kinds.map((kind) => `(?<${kind}>${patterns[kind]})`).join('|'), 'gu')

/** A name without the capital that a sentence begins with, and without what everybody here is called; empty when nothing is left. */
function properName(name: string, begins: boolean, known: ReadonlySet<string>): string {
  const parts = name.replace(/['’]s?$/, '').split(' ')
  const says = (part: string) => wordsOf(part).every((word) => isStopWord(word) || deedsOf(stemOf(word)).size > 0)
  const first = parts[0]
  if (begins && first !== undefined && (parts.length === 1 || says(first))) parts.shift()
  return parts.every((part) => wordsOf(part).every((word) => known.has(stemOf(word)))) ? '' : parts.join(' ')
}

/** The values in a sentence, in order. `known` holds stems of words that are no names here, such as those of the tools. */
export function readSentence(text: string, known: ReadonlySet<string>): Sentence {
  const literals: Literal[] = []
  let words = ''
  let end = 0
  for (const match of text.matchAll(pattern)) {
    const kind = kinds.find((one) => match.groups?.[one] !== undefined) ?? 'quoted'
    const begins = /(?:^|[.!?:]\s)\s*$/.test(text.slice(0, match.index))
    const value =
      kind === 'quoted' ? match[0].slice(1, -1).trim() : kind === 'name' ? properName(match[0], begins, known) : match[0]
    if (value === '') continue
    // Of a name the words before it that are none stay where they are.
    const from = match.index + Math.max(0, kind === 'name' ? match[0].indexOf(value) : 0)
    const between = text.slice(end, from)
    words += between
    literals.push({ kind, text: value, before: wordsOf(between).slice(-3).map(stemOf) })
    end = match.index + match[0].length
    words += ' '
  }
  return { literals, words: words + text.slice(end) }
}
