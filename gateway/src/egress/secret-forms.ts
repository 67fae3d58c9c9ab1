import { mayHaveEscapes, undoEscapes } from './escapes.ts'

/**
 * In which forms a secret may come back. Escapes (of URLs, JSON, HTML and so on) are undone in the text that is searched, so
 * the forms here are those that no escape makes: the secret itself, base64 and hex.
 */

/** Shorter secrets would take ordinary words apart. */
export const minSecret = 4
/** Shorter encoded forms, say four characters of base64, occur by chance. */
const minEncoded = 6
/** A run of letters and digits that is long enough to be told by: seldom in other texts, and in base64 still four characters. */
const minWord = 6
/** As much of a long word as makes the search quick. */
const maxWord = 30
/** A part of a secret that nobody would have written as a word, and which is looked for by itself. */
const minRandomWord = 16
/** Encodings one over the other, e.g. JSON in a URL in JSON. */
export const maxLayers = 5

/** The longest run of letters and digits: what all encoders but base64 and hex leave as it is. */
function longestWord(value: string): string {
  let longest = ''
  for (const word of value.match(/[0-9A-Za-z]+/g) ?? []) if (word.length > longest.length) longest = word
  return longest
}

/** Base64 of the groups of three bytes from `offset` on: what is the same whatever stands before and behind. */
function innerBase64(bytes: Buffer, offset: number): string {
  const end = bytes.length - ((bytes.length - offset) % 3)
  return bytes.toString('base64', offset, end)
}

/** What to ask of a text before it is looked at more closely. */
export interface Suspicion {
  /** A text with none of these, and none in what its escapes stand for, holds no secret. */
  readonly needles: readonly string[]
  /** Whether only escapes of letters and digits matter, because every needle is made of these alone. */
  readonly words: boolean
  /** Length of the longest secret. */
  readonly longest: number
  /** Whether a secret may come back as a number in another spelling, such as 1.2e3. */
  readonly numeric: boolean
}

/** Made for every call, so it is quick, and nothing of a secret has to be kept between calls. */
export function suspicionOf(values: readonly string[]): Suspicion {
  const needles: string[] = []
  const seen: string[] = []
  let words = true
  let numeric = false
  let longest = 0
  for (const value of values) {
    if (value.length < minSecret) continue
    longest = Math.max(longest, value.length)
    numeric ||= /^[0-9.]+$/.test(value)
    // What contains a word that is looked for already needs no needles of its own.
    if (seen.some((part) => value.includes(part))) continue
    const word = longestWord(value)
    if (word.length >= minWord) {
      const part = word.slice(0, maxWord)
      seen.push(part)
      const bytes = Buffer.from(part, 'latin1')
      const hex = bytes.toString('hex')
      needles.push(part, innerBase64(bytes, 0), innerBase64(bytes, 1), innerBase64(bytes, 2), hex, hex.toUpperCase())
    } else {
      words = false
      needles.push(...formsOf(value))
    }
  }
  return { needles, words, longest, numeric }
}

const beyondLatin1 = /[\u0100-\uffff]/

/** As it is, as forms (`+` for a space) and wrong character sets have it, and with the escapes in it undone. */
function spellings(value: string): readonly string[] {
  // A backslash at the end makes an escape of whatever follows.
  const forms = new Set([value, value.replace(/\\+$/, ''), value.replaceAll(' ', '+')])
  // As most servers write it, for where the text before makes an escape of another kind with its beginning.
  forms.add(encodeURIComponent(value)).add(JSON.stringify(value).slice(1, -1))
  if (/[\u0080-\uffff]/.test(value)) {
    forms.add(Buffer.from(value, 'utf8').toString('latin1'))
    // What a server echoes that takes the bytes of a header for UTF-8.
    if (!beyondLatin1.test(value)) forms.add(Buffer.from(value, 'latin1').toString('utf8'))
  }
  // A set goes on to what is added to it: escapes that stand in the secret itself are undone in the text as well.
  for (const form of forms) {
    const undone = mayHaveEscapes(form) ? undoEscapes(form) : null
    if (undone !== null) forms.add(undone.text)
  }
  return [...forms]
}

function bytesOf(value: string): readonly Buffer[] {
  const utf8 = Buffer.from(value, 'utf8')
  const latin1 = Buffer.from(value, 'latin1')
  return utf8.length !== value.length && !beyondLatin1.test(value) ? [utf8, latin1] : [utf8]
}

/** Base64 writes three bytes as four characters, so the same bytes look different at each of three offsets. */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [bytes.toString('base64')]
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    // Without the characters that hold bits of a neighbour.
    forms.push(shifted.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6)))
  }
  return forms.flatMap((form) => {
    const urlSafe = form.replaceAll('+', '-').replaceAll('/', '_')
    return [form, urlSafe, urlSafe.replaceAll('=', '')]
  })
}

/** Everything to take out of a text for one secret. */
function formsOf(value: string): readonly string[] {
  const forms = new Set(spellings(value).filter((form) => form.length >= minSecret))
  const word = longestWord(value)
  const parts = word.length >= minRandomWord && /\d/.test(word) && /\D/.test(word) ? [value, word] : [value]
  for (const part of parts) {
    forms.add(part)
    for (const bytes of bytesOf(part)) {
      const hex = bytes.toString('hex')
      for (const form of [...base64Forms(bytes), hex, hex.toUpperCase()]) if (form.length >= minEncoded) forms.add(form)
    }
  }
  return [...forms]
}

/** Everything to take out of a text, longest first, so that a whole goes before its parts. */
export function needlesOf(values: readonly string[]): readonly string[] {
  const needles = new Set(values.filter((value) => value.length >= minSecret).flatMap(formsOf))
  return [...needles].sort((a, b) => b.length - a.length)
}
