import { redacted, reveal, Secret } from '../secret.ts'
import { hidesLetters, mayHaveEscapes, type Unescaped, undoEscapes } from './escapes.ts'
import { maxLayers, needlesOf, type Suspicion, suspicionOf } from './secret-forms.ts'

/** Takes secrets out of what an API sent back, in every form in which servers echo what they were sent. */
export interface Redactor {
  /** Whether a secret may be in a text; false is certain. Quick: most answers hold none. */
  suspects(text: string): boolean
  /** Whether a secret may be in these bytes, whatever they are. */
  suspectsBytes(bytes: Uint8Array): boolean
  text(text: string): string
  /** A copy with every text and key redacted; the value itself when there is nothing to redact in it. */
  value(value: unknown): unknown
}

const mark = redacted
/** Stands for bytes that hold a secret. */
export const withheld = mark
const maxDepth = 200
/** Long texts are looked through in pieces of this many characters, which bounds what the search needs of memory. */
const pieceLength = 65_536
/** An escape of an escape writes a character with up to this many. */
const maxStretch = 24

/** The secret texts inside one: a scheme before a token (`Bearer x`), and what is in Basic credentials (RFC 7617). */
function partsOf(value: string): string[] {
  const credential = /^[A-Za-z][A-Za-z0-9-]* +(\S.*)$/.exec(value)?.[1]
  if (credential === undefined) return [value]
  if (!/^basic /i.test(value)) return [value, credential]
  const pair = Buffer.from(credential, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  // A key without a password is sent as the user name; otherwise the user name is no secret.
  const password = pair.slice(colon + 1)
  return [password === '' ? pair.slice(0, colon) : password, pair, credential, value]
}

/** Neither text nor made of texts. */
function isOpaque(value: unknown): value is null | undefined | boolean | symbol | (() => unknown) | Secret | Date {
  return typeof value !== 'object' || value === null || Secret.is(value) || value instanceof Date
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** More values than an answer of the largest permitted size holds; a cycle gets there quickly. */
const maxGathered = 2_000_000

/**
 * Runs every text inside a value together, to be searched at once: 3 times faster than one by one, and most answers hold
 * no secret. Null for what is too deep, too large or goes in circles.
 */
function gather(root: unknown): string | null {
  let texts = ''
  let count = 0
  function visit(value: unknown, depth: number): boolean {
    if (++count > maxGathered || depth > maxDepth) return false
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') texts += `${value}\n`
    else if (isOpaque(value)) return true
    else if (value instanceof Uint8Array) texts += `${latin1(value)}\n`
    else if (Array.isArray(value)) {
      for (const item of value) if (!visit(item, depth + 1)) return false
    } else {
      // Not Object.entries: it costs three times the whole search.
      for (const key in value) {
        texts += `${key}\n`
        if (!visit(value[key as keyof typeof value], depth + 1)) return false
      }
    }
    return true
  }
  return visit(root, 0) ? texts : null
}

function holdsAny(text: string, needles: readonly string[]): boolean {
  for (const needle of needles) if (text.includes(needle)) return true
  return false
}

/** A text cut up, each piece behind where it starts; what is at most as long as the overlap is whole in one of them. */
function* pieces(text: string, overlap: number): Generator<readonly [start: number, piece: string]> {
  const length = Math.max(pieceLength, overlap * 4)
  for (let start = 0; ; start += length - overlap) {
    yield [start, text.slice(start, start + length)]
    if (start + length >= text.length) return
  }
}

/** A span of a text, from its first character to behind its last. */
type Span = readonly [start: number, end: number]

/** Every needle in a piece of text, as it stands and in what its escapes stand for, as spans of the piece. */
function find(piece: string, needles: readonly string[]): readonly Span[] {
  const spans: Span[] = []
  const layers: Unescaped[] = []
  for (let text = piece; ; ) {
    for (const needle of needles) {
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
        spans.push(layers.reduceRight<Span>(([start, end], layer) => layer.source(start, end), [at, at + needle.length]))
      }
    }
    if (layers.length === maxLayers || !mayHaveEscapes(text)) return spans
    const layer = undoEscapes(text)
    if (layer === null) return spans
    layers.push(layer)
    text = layer.text
  }
}

function replace(text: string, spans: readonly Span[]): string {
  let output = ''
  let done = 0
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (end <= done) continue
    // What overlaps, or follows without a gap, goes with the mark before.
    if (start > done || done === 0) output += text.slice(done, start) + mark
    done = end
  }
  return output + text.slice(done)
}

/** Cheap to make: what takes long to work out waits until a text is suspected to hold a secret. */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  let suspicion: Suspicion | null = null
  let needles: readonly string[] | null = null

  const values = () => secrets.flatMap((secret) => partsOf(reveal(secret).toWellFormed()))

  function mayHaveHidden({ words }: Suspicion, text: string): boolean {
    return words ? hidesLetters(text) : mayHaveEscapes(text)
  }

  /** As {@link Redactor.suspects}, for texts that are no JSON. */
  function mayHold(input: string): boolean {
    suspicion ??= suspicionOf(values())
    if (holdsAny(input, suspicion.needles)) return true
    if (suspicion.needles.length === 0 || !mayHaveHidden(suspicion, input)) return false
    for (const [, piece] of pieces(input, suspicion.longest * maxStretch)) {
      for (let text = piece, layer = 0; layer < maxLayers && mayHaveHidden(suspicion, text); layer++) {
        const undone = undoEscapes(text)
        if (undone === null) break
        text = undone.text
        if (holdsAny(text, suspicion.needles)) return true
      }
    }
    return false
  }

  function text(input: string): string {
    if (!mayHold(input)) return input
    needles ??= needlesOf(values())
    const spans: Span[] = []
    for (const [start, piece] of pieces(input, (needles[0]?.length ?? 0) * maxStretch)) {
      if (mayHold(piece)) for (const [from, to] of find(piece, needles)) spans.push([start + from, start + to])
    }
    return replace(input, spans)
  }

  function walk(value: unknown, copies: Map<object, unknown>, depth: number): unknown {
    if (typeof value === 'string') return text(value)
    // A secret of digits may come back as a number.
    if (typeof value === 'number' || typeof value === 'bigint') return text(String(value)) === String(value) ? value : mark
    if (isOpaque(value)) return value
    if (depth > maxDepth) return mark
    if (value instanceof Uint8Array) return mayHold(latin1(value)) ? mark : value
    const known = copies.get(value)
    if (known !== undefined) return known
    if (Array.isArray(value)) {
      const list: unknown[] = []
      copies.set(value, list)
      for (const item of value) list.push(walk(item, copies, depth + 1))
      return list
    }
    const object: Record<string, unknown> = {}
    copies.set(value, object)
    for (const [key, member] of Object.entries(value)) {
      const name = text(key)
      const copy = walk(member, copies, depth + 1)
      // Assigning __proto__ would change the object instead of giving it a member.
      if (name === '__proto__')
        Object.defineProperty(object, name, { value: copy, enumerable: true, writable: true, configurable: true })
      else object[name] = copy
    }
    return object
  }

  return {
    suspects(input) {
      suspicion ??= suspicionOf(values())
      return suspicion.numeric || mayHold(input)
    },
    suspectsBytes: (bytes) => mayHold(latin1(bytes)),
    text,
    value(input) {
      const texts = gather(input)
      return texts !== null && !mayHold(texts) ? input : walk(input, new Map(), 0)
    },
  }
}
