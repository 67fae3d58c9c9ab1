import { reveal, Secret } from '../secret.ts'

/** Takes secrets out of what an API sent back, in every form in which servers echo what they were sent. */
export interface Redactor {
  text(text: string): string
  /** A copy with every text and key redacted; the value itself when there is nothing to redact in it. */
  value(value: unknown): unknown
}

const mark = '[redacted]'
/** Shorter secrets would take ordinary words apart. */
const minSecret = 4
/** Shorter encoded forms, say four characters of base64, occur by chance. */
const minEncoded = 6
const maxDepth = 200

/** Nothing in it that URLs, JSON or HTML would write differently. */
const sameEverywhere = /^[A-Za-z0-9_.-]+$/

function upperHex(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`
}

function unicodeEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** As JavaScript, forms (`+` for a space) and strict RFC 3986 encoders write it, with hex digits of either case. */
function urlForms(value: string): string[] {
  const component = encodeURIComponent(value)
  const strict = component.replace(/[!'()*~]/g, upperHex)
  const forms = [encodeURI(value), component, strict, strict.replaceAll('%20', '+'), component.replaceAll('%20', '+')]
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))]
}

/** As JavaScript, Python (ASCII only), PHP (`\/`), Go (`<`, `>` and `&` escaped) and Rails (`'` too) write it. */
function jsonForms(value: string): string[] {
  const plain = JSON.stringify(value).slice(1, -1)
  const ascii = plain.replace(/[\u0080-\uffff]/g, unicodeEscape)
  const html = plain.replace(/[<>&\u2028\u2029]/g, unicodeEscape)
  return [plain, ascii, html, html.replaceAll("'", '\\u0027'), plain.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')]
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function htmlForms(value: string): string[] {
  const text = value.replace(/[&<>]/g, (char) => named[char] ?? char)
  const quoted = value.replace(/[&<>"]/g, (char) => named[char] ?? char)
  return [text, quoted, ...['&#39;', '&#x27;', '&apos;', '&#039;'].map((apostrophe) => quoted.replaceAll("'", apostrophe))]
}

/** Base64 writes three bytes as four characters, so the same bytes look different at each of three offsets. */
function base64Forms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const forms = [bytes.toString('base64')]
  for (const offset of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
    // Without the characters that hold bits of a neighbour.
    forms.push(shifted.toString('base64').slice(Math.ceil((offset * 8) / 6), Math.floor((shifted.length * 8) / 6)))
  }
  return forms.flatMap((form) =>
    /[+/=]/.test(form)
      ? [
          form,
          encodeURIComponent(form),
          form.replaceAll('+', '-').replaceAll('/', '_'),
          form.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
        ]
      : [form],
  )
}

function encodedForms(value: string): string[] {
  const hex = Buffer.from(value, 'utf8').toString('hex')
  const forms = [...base64Forms(value), hex, hex.toUpperCase()]
  return sameEverywhere.test(value) ? forms : [...forms, ...urlForms(value), ...jsonForms(value), ...htmlForms(value)]
}

/** The secret texts inside one: a scheme before a token (`Bearer x`), and what is in Basic credentials (RFC 7617). */
function partsOf(value: string): string[] {
  const credential = /^[A-Za-z][A-Za-z0-9-]* +(\S.*)$/.exec(value)?.[1]
  if (credential === undefined) return [value]
  if (!/^basic /i.test(value)) return [value, credential]
  const pair = Buffer.from(credential, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  // A key without a password is sent as the user name; otherwise the user name is no secret.
  const password = pair.slice(colon + 1)
  return [value, credential, pair, password === '' ? pair.slice(0, colon) : password]
}

/** Neither text nor made of texts. */
function isOpaque(value: unknown): value is null | undefined | boolean | symbol | (() => unknown) | Secret | Date {
  return typeof value !== 'object' || value === null || Secret.is(value) || value instanceof Date
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Everything to look for, longest first, so that a whole goes before its parts. */
function needlesOf(secrets: readonly Secret[]): string[] {
  const values = secrets.map((secret) => reveal(secret).toWellFormed())
  const needles = new Set<string>()
  for (const value of values.flatMap(partsOf)) {
    if (value.length < minSecret) continue
    needles.add(value)
    for (const form of encodedForms(value)) if (form.length >= minEncoded) needles.add(form)
  }
  // A user name and a password, given as two secrets in a row, are sent as one base64 text.
  for (const [index, value] of values.entries()) {
    const next = values[index + 1]
    if (next !== undefined) for (const form of base64Forms(`${value}:${next}`)) if (form.length >= minEncoded) needles.add(form)
  }
  return [...needles].sort((a, b) => b.length - a.length)
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

/** Cheap to make: the forms are worked out when the first text comes. */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  let known: { readonly needles: readonly string[]; readonly shortest: number } | null = null

  function prepared() {
    if (known === null) {
      const needles = needlesOf(secrets)
      known = { needles, shortest: needles.at(-1)?.length ?? Number.POSITIVE_INFINITY }
    }
    return known
  }

  function text(input: string): string {
    const { needles, shortest } = prepared()
    if (input.length < shortest) return input
    let output = input
    for (const needle of needles) if (output.includes(needle)) output = output.replaceAll(needle, mark)
    return output
  }

  function walk(value: unknown, copies: Map<object, unknown>, depth: number): unknown {
    if (typeof value === 'string') return text(value)
    // A secret of digits may come back as a number.
    if (typeof value === 'number' || typeof value === 'bigint') return text(String(value)) === String(value) ? value : mark
    if (isOpaque(value)) return value
    if (depth > maxDepth) return mark
    if (value instanceof Uint8Array) return text(latin1(value)) === latin1(value) ? value : mark
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

  function value(input: unknown): unknown {
    const { needles } = prepared()
    if (needles.length === 0) return input
    const texts = gather(input)
    if (texts !== null && !needles.some((needle) => texts.includes(needle))) return input
    return walk(input, new Map(), 0)
  }

  return { text, value }
}
