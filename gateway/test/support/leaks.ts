/** Finds secrets in what a gateway has said or written, by means of its own: nothing here is shared with the gateway. */

const hex = (value: number, length: number) => value.toString(16).padStart(length, '0')
const units = (text: string, write: (unit: number) => string) =>
  Array.from({ length: text.length }, (_, at) => write(text.charCodeAt(at))).join('')
const bytes = (text: string, write: (byte: number) => string) => [...Buffer.from(text)].map(write).join('')

/** Base64 of the whole groups of three bytes from an offset on: it stands in the base64 of anything with the text in it. */
function inner(text: string, offset: number): string {
  const all = Buffer.from(text)
  return all.subarray(offset, all.length - ((all.length - offset) % 3)).toString('base64')
}

/** A secret as servers and programs are known to write it. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  raw: (s) => s,
  url: (s) => encodeURIComponent(s),
  form: (s) => new URLSearchParams({ s }).toString().slice(2),
  'url, every byte': (s) => bytes(s, (byte) => `%${hex(byte, 2).toUpperCase()}`),
  'url, twice': (s) => encodeURIComponent(bytes(s, (byte) => `%${hex(byte, 2)}`)),
  json: (s) => JSON.stringify(s).slice(1, -1),
  'json, every character': (s) => units(s, (unit) => `\\u${hex(unit, 4)}`),
  'javascript, every character': (s) => bytes(s, (byte) => `\\x${hex(byte, 2)}`),
  html: (s) =>
    s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'html, decimal': (s) => units(s, (unit) => `&#${unit};`),
  'html, hex': (s) => units(s, (unit) => `&#x${hex(unit, 2)};`),
  base64: (s) => Buffer.from(s).toString('base64'),
  base64url: (s) => Buffer.from(s).toString('base64url'),
  'base64 behind one byte': (s) => Buffer.from(`:${s}:`).toString('base64'),
  'base64 behind two bytes': (s) => Buffer.from(`k=${s};`).toString('base64'),
  hex: (s) => Buffer.from(s).toString('hex'),
  HEX: (s) => Buffer.from(s).toString('hex').toUpperCase(),
  'utf-16': (s) => units(s, (unit) => `${String.fromCharCode(unit)}\0`),
}

function formsOf(secret: string): readonly string[] {
  const written = Object.entries(encodings)
    .filter(([name]) => !name.startsWith('base64'))
    .map(([, encode]) => encode(secret))
  const groups = [0, 1, 2].flatMap((offset) => {
    const group = inner(secret, offset)
    return [group, group.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [...new Set([...written, ...groups])].filter((form) => form.length >= 6)
}

/** The names of the secrets that stand in a text or in bytes, in any encoding. */
export function leaks(haystack: string | Buffer, secrets: Readonly<Record<string, string>>): readonly string[] {
  const text = typeof haystack === 'string' ? haystack : haystack.toString('latin1')
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const found = formsOf(secret).find((form) => text.includes(form))
    if (found === undefined) return []
    const at = text.indexOf(found)
    return [
      `${name}: …${text.slice(Math.max(0, at - 60), at)}<<${found.slice(0, 12)}…>>${text.slice(at + found.length, at + found.length + 40)}…`,
    ]
  })
}
