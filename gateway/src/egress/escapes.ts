/** Text in which somebody wrote characters as escapes, undone by one level, in every notation at once. */
export interface Unescaped {
  readonly text: string
  /** Where in the source the characters from `start` to `end` (excluded) came from. */
  source(start: number, end: number): readonly [start: number, end: number]
}

/** The names of HTML for ASCII, and for U+00A0 to U+00FF in their order. */
const ascii =
  'Tab\t NewLine\n excl! quot" QUOT" num# dollar$ percnt% amp& AMP& apos\' lpar( rpar) ast* midast* plus+ comma, period. sol/ colon: semi; lt< LT< equals= gt> GT> quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] Hat^ lowbar_ grave` lcub{ lbrace{ verbar| vert| rcub} rbrace} hyphen- dash-'
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'
const entities = new Map<string, string>([
  ...ascii.split(/ (?=[A-Za-z])/).map((entry) => [entry.slice(0, -1), entry.slice(-1)] as const),
  ...latin1.split(' ').map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
])

const percent = 0x25
const ampersand = 0x26
const backslash = 0x5c
/** What a backslash and a letter stand for. */
const controls: Readonly<Record<string, number>> = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }
/** Names that browsers know without a semicolon. */
const unterminated = /^(?:amp|lt|gt|quot)$/i

/** One escape: the character, and how many characters of source it takes. */
type Escape = readonly [code: number, length: number]

/** The number that `count` digits at `at` stand for; -1 when they are not all there. */
function digits(text: string, at: number, count: number, base: 8 | 16): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const code = text.charCodeAt(i)
    const digit =
      code >= 0x30 && code <= 0x39 ? code - 0x30 : (code | 0x20) >= 0x61 && (code | 0x20) <= 0x66 ? (code | 0x20) - 0x57 : base
    if (digit >= base || i >= text.length) return -1
    value = value * base + digit
  }
  return value
}

/** `%41`, `%C3%B6` (what is no UTF-8 counts as ISO 8859-1), and `%u0041` of the old `escape`. */
function percentAt(text: string, at: number): Escape | null {
  const next = text.charCodeAt(at + 1)
  if (next === 0x75) {
    const code = digits(text, at + 2, 4, 16)
    return code === -1 ? null : [code, 6]
  }
  const first = digits(text, at + 1, 2, 16)
  if (first === -1) return null
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
  let code = more === 0 ? first : first & (0x3f >> more)
  for (let i = 1; i <= more; i++) {
    const byte = text.charCodeAt(at + i * 3) === percent ? digits(text, at + i * 3 + 1, 2, 16) : -1
    if (byte === -1 || (byte & 0xc0) !== 0x80) return [first, 3]
    code = (code << 6) | (byte & 0x3f)
  }
  return code > 0x10ffff ? [first, 3] : [code, (more + 1) * 3]
}

/** JSON, JavaScript and C: `\u0041`, `\u{41}`, `\U00000041`, `\x41`, `\101`, `\n`, `\"`. */
function backslashAt(text: string, at: number): Escape | null {
  const next = text[at + 1]
  if (next === undefined) return null
  if (next === 'u' && text[at + 2] === '{') {
    const end = text.indexOf('}', at + 3)
    const code = end === -1 || end > at + 9 ? -1 : digits(text, at + 3, end - at - 3, 16)
    return code === -1 || code > 0x10ffff ? null : [code, end + 1 - at]
  }
  const count = next === 'u' ? 4 : next === 'U' ? 8 : next === 'x' ? 2 : 0
  if (count > 0) {
    const code = digits(text, at + 2, count, 16)
    return code === -1 || code > 0x10ffff ? null : [code, 2 + count]
  }
  if (next >= '0' && next <= '3') {
    const code = digits(text, at + 1, 3, 8)
    return code === -1 ? null : [code, 4]
  }
  const control = controls[next]
  if (control !== undefined) return [control, 2]
  if (/[0-9A-Za-z]/.test(next)) return null
  // `\\&lt;` is a backslash before `<` as HTML writes it, rather than an escaped ampersand.
  if ((next === '&' && entityAt(text, at + 1) !== null) || (next === '%' && percentAt(text, at + 1) !== null)) return null
  return [next.charCodeAt(0), 2]
}

const entity = /&(?:#[xX]0{0,8}([0-9a-fA-F]{1,6})|#0{0,8}([0-9]{1,7})|([A-Za-z]{2,8}[0-9]{0,2}));?/y

/** HTML and XML: `&#65;`, `&#x41;`, `&amp;`. */
function entityAt(text: string, at: number): Escape | null {
  entity.lastIndex = at
  const match = entity.exec(text)
  if (match === null) return null
  const [whole, hex, decimal, name] = match
  if (name === undefined) {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0x10ffff ? null : [code, whole.length]
  }
  const character = whole.endsWith(';') || unterminated.test(name) ? entities.get(name) : undefined
  return character === undefined ? null : [character.charCodeAt(0), whole.length]
}

function escapeAt(text: string, at: number, code: number): Escape | null {
  switch (code) {
    case percent:
      return percentAt(text, at)
    case backslash:
      return backslashAt(text, at)
    default:
      return entityAt(text, at)
  }
}

/**
 * Undoes the escapes of URLs (RFC 3986), of strings in JSON, JavaScript and C, and of HTML and XML. Where there are NULs, it
 * drops these and no more: they stand between the letters of UTF-16 that is read as bytes. Null when there is nothing to undo.
 */
export function undoEscapes(input: string): Unescaped | null {
  const nuls = input.includes('\0')
  // No escape is shorter than what it stands for.
  const output = new Uint16Array(input.length)
  const origins = new Uint32Array(input.length + 1)
  let length = 0
  let widest = 0
  let undone = false
  for (let at = 0; at < input.length; ) {
    let code = input.charCodeAt(at)
    let used = 1
    if (!nuls && (code === percent || code === backslash || code === ampersand)) {
      const found = escapeAt(input, at, code)
      if (found !== null) {
        undone = true
        code = found[0]
        used = found[1]
      }
    }
    if (code === 0) undone = true
    else if (code > 0xffff) {
      origins[length] = at
      output[length++] = 0xd7c0 + (code >> 10)
      origins[length] = at
      output[length++] = 0xdc00 + (code & 0x3ff)
      widest = 0xffff
    } else {
      origins[length] = at
      output[length++] = code
      widest |= code
    }
    at += used
  }
  if (!undone) return null
  origins[length] = input.length
  const units = output.subarray(0, length)
  // A text of one byte a character is searched in half the time.
  const text = widest <= 0xff ? Buffer.from(units).toString('latin1') : Buffer.from(units.buffer, 0, length * 2).toString('ucs2')
  return { text, source: (start, end) => [origins[start] ?? 0, origins[end] ?? input.length] }
}

const letter = '(?:00|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|2[356]|5[cC])'
const letterEscapes: readonly (readonly [mark: string, pattern: RegExp])[] = [
  ['%', new RegExp(`%(?:${letter}|u00${letter})`)],
  ['\\', new RegExp(`\\\\(?:u00${letter}|u\\{|U000000${letter}|x${letter}|[01][0-7]{2})`)],
  [
    '&',
    new RegExp(
      `&(?:#0*(?:4[89]|5[0-7]|6[5-9]|[78][0-9]|9[0-9]|1[01][0-9]|12[0-2]|3[578])(?![0-9])|#[xX]0*${letter}|(?:amp|AMP);?(?:#|%|\\\\|amp|AMP|num|percnt|bsol)|num;|percnt;|bsol;)`,
    ),
  ],
]

/**
 * Whether an escape stands for a letter, a digit, a NUL between them, or a character that begins another escape. Ordinary encoders write none
 * of them so, which makes this the cheap question to ask of a long text.
 */
export function hidesLetters(text: string): boolean {
  return letterEscapes.some(([mark, pattern]) => text.includes(mark) && pattern.test(text)) || text.includes('\0')
}

/** Whether there may be anything to undo. */
export function mayHaveEscapes(text: string): boolean {
  return text.includes('%') || text.includes('\\') || text.includes('&') || text.includes('\0')
}
