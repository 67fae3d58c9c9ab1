import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../secret.ts'
import { undoEscapes } from './escapes.ts'
import { createRedactor } from './redact.ts'

const mark = '[redacted]'
const redactorOf = (...values: readonly string[]) => createRedactor(values.map((value) => new Secret(value)))

type Encode = (text: string) => string
const eachUnit =
  (write: (unit: number) => string): Encode =>
  (text) =>
    Array.from({ length: text.length }, (_, at) => write(text.charCodeAt(at))).join('')
const eachByte =
  (write: (byte: number) => string): Encode =>
  (text) =>
    [...Buffer.from(text)].map(write).join('')
const hex = (code: number, length: number) => code.toString(16).padStart(length, '0')
const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

/** What encoders make of a text; those in capitals escape every single character. */
const encoders = {
  url: encodeURIComponent,
  form: (text) => new URLSearchParams({ text }).toString().slice('text='.length),
  URL: eachByte((byte) => `%${hex(byte, 2).toUpperCase()}`),
  'URL in lower case': eachByte((byte) => `%${hex(byte, 2)}`),
  'the old escape': escape,
  json: (text) => JSON.stringify(text).slice(1, -1),
  'json with escaped slashes': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  JSON: eachUnit((unit) => `\\u${hex(unit, 4)}`),
  'JSON in upper case': eachUnit((unit) => `\\u${hex(unit, 4).toUpperCase()}`),
  JAVASCRIPT: (text) => [...text].map((character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  PYTHON: (text) => [...text].map((character) => `\\U${hex(character.codePointAt(0) ?? 0, 8)}`).join(''),
  html: (text) => text.replace(/[&<>"']/g, (character) => `&${names[character]};`),
  'HTML decimal': (text) => [...text].map((character) => `&#${character.codePointAt(0)};`).join(''),
  'HTML decimal with zeros': (text) => [...text].map((character) => `&#00${character.codePointAt(0)};`).join(''),
  'HTML hex': (text) => [...text].map((character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`).join(''),
  'HTML HEX': (text) =>
    [...text].map((character) => `&#X${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()};`).join(''),
} satisfies Readonly<Record<string, Encode>>

/** C and shell escapes write bytes, so only ASCII survives them. */
const asciiEncoders = {
  C: eachByte((byte) => `\\x${hex(byte, 2)}`),
  OCTAL: eachByte((byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  'UTF-16 read as bytes': (text) => `${[...text].join('\0')}\0`,
} satisfies Readonly<Record<string, Encode>>

const key = 'sk_live_51Hx8aBcDeFgHiJkLmNo'
const odd = `p@ss "w0rd" & <m'ore>/+=\\ 100%`
const secrets = [
  key,
  odd,
  'wörd-geheim-ключ-🔑',
  'a%41b&amp;c\\u0041d',
  'hunter2',
  'x1y2',
  'f47ac10b-58cc-4372-a567-0e02b2c3d479',
]
const isAscii = (text: string) => /^[ -~]*$/.test(text)

describe('a secret comes out of', () => {
  const cases = secrets.flatMap((secret) =>
    Object.entries({ ...encoders, ...(isAscii(secret) ? asciiEncoders : {}) }).map(([name, encode]) => ({
      name,
      secret,
      encode,
    })),
  )
  it.each(cases)('$name: $secret', ({ secret, encode }) => {
    const redactor = redactorOf(secret)
    const encoded = encode(secret)
    expect(redactor.text(`before ${encoded} after, and ${encoded}.`)).toBe(`before ${mark} after, and ${mark}.`)
    expect(redactor.suspects(JSON.stringify({ echo: `x${encoded}x` }))).toBe(true)
    expect(redactor.value({ [encoded]: [encoded] })).toEqual({ [mark]: [mark] })
  })

  it.each(secrets)('two encodings, one over the other: %s', (secret) => {
    const redactor = redactorOf(secret)
    const known = Object.entries({ ...encoders, ...(isAscii(secret) ? asciiEncoders : {}) })
    for (const [innerName, inner] of known) {
      for (const [outerName, outer] of known) {
        const encoded = outer(inner(secret))
        expect([innerName, outerName, redactor.text(`a ${encoded} z`)]).toEqual([innerName, outerName, `a ${mark} z`])
        expect([innerName, outerName, redactor.suspects(JSON.stringify(`a ${encoded} z`))]).toEqual([innerName, outerName, true])
      }
    }
  })

  it('three encodings, and escapes of some characters only, for any secret', () => {
    const escaper = fc.constantFrom(...Object.values(encoders))
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' }),
        fc.array(escaper, { maxLength: 3 }),
        escaper,
        fc.array(fc.boolean(), { minLength: 8, maxLength: 40 }),
        (secret, layers, some, which) => {
          // Whoever writes escapes escapes what begins one.
          const chosen = (character: string, at: number) => which[at % which.length] || /[\\%& ]/.test(character)
          const partly = [...secret].map((character, at) => (chosen(character, at) ? some(character) : character)).join('')
          const redactor = redactorOf(secret)
          for (const encoded of [layers.reduce((text, encode) => encode(text), secret), partly]) {
            const redacted = redactor.text(`<< ${encoded} >>`)
            expect(redactor.suspects(JSON.stringify({ echo: encoded }))).toBe(true)
            expect(redacted).toContain(mark)
            // Nothing of it is left for anybody who undoes what the server did.
            for (let text: string | undefined = redacted, layer = 0; text !== undefined && layer < 5; layer++) {
              expect(text).not.toContain(secret)
              text = undoEscapes(text)?.text
            }
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it.each(secrets)('base64 and hex in JSON, in URLs and in base64 once more: %s', (secret) => {
    const redactor = redactorOf(secret)
    for (const around of ['', 'k', 'ke', 'key', 'key=']) {
      const bytes = Buffer.from(`${around}${secret}${around}`)
      for (const encoded of [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex').toUpperCase()]) {
        if (secret.length < 6) continue
        for (const outer of [encodeURIComponent, encoders.json, encoders['json with escaped slashes'], encoders.JSON]) {
          expect(redactor.suspects(JSON.stringify({ echo: outer(encoded) }))).toBe(true)
          expect(redactor.text(outer(encoded))).toContain(mark)
        }
      }
    }
  })

  it('what a scheme makes of it, encoded once more', () => {
    const pair = Buffer.from('alice:hunter2-hunter2').toString('base64')
    const redactor = redactorOf('hunter2-hunter2', 'alice:hunter2-hunter2', pair)
    for (const encoded of [
      Buffer.from(`Basic ${pair}`).toString('base64'),
      Buffer.from(pair).toString('hex'),
      encoders.URL(pair),
    ]) {
      expect(redactor.text(`x ${encoded} y`)).toContain(mark)
      expect(redactor.suspects(encoded)).toBe(true)
    }
  })

  it('text that was read in a wrong character set', () => {
    const secret = 'wörd-geheim'
    const redactor = redactorOf(secret)
    expect(redactor.text(`x ${Buffer.from(secret).toString('latin1')} y`)).toBe(`x ${mark} y`)
    expect(redactor.text(`x ${Buffer.from(secret, 'latin1').toString('utf8')} y`)).toBe(`x ${mark} y`)
    expect(redactor.text('x w%F6rd-geheim y')).toBe(`x ${mark} y`)
    expect(redactor.text('x w&ouml;rd-geheim y')).toBe(`x ${mark} y`)
  })

  it('bytes, whatever they are', () => {
    for (const secret of [key, odd]) {
      const redactor = redactorOf(secret)
      for (const bytes of [
        Buffer.from(secret),
        Buffer.from(secret, 'utf16le'),
        Buffer.from(secret, 'utf16le').swap16(),
        Buffer.from(Buffer.from(secret).toString('base64')),
        Buffer.from(encodeURIComponent(secret)),
      ]) {
        const file = Buffer.concat([Buffer.from([0x89, 0, 0xff, 0xfe]), bytes, Buffer.from([0, 0xff])])
        expect(redactor.suspectsBytes(file)).toBe(true)
      }
      expect(redactor.suspectsBytes(Buffer.from(Array.from({ length: 4096 }, (_, i) => i & 0xff)))).toBe(false)
    }
  })
})

describe('a long text', () => {
  it('is looked through to its end, wherever the secret stands and however it is written', () => {
    const redactor = redactorOf(key)
    const nested = encoders.URL(encoders.JSON(key))
    for (const encoded of [key, nested, Buffer.from(key).toString('base64')]) {
      for (const before of [65_536 - encoded.length - 3, 65_535, 65_536, 65_537, 131_000, 1_000_000]) {
        const text = `${'%20x'.repeat(Math.ceil(before / 4)).slice(0, before)} ${encoded} end`
        const redacted = redactor.text(text)
        expect(redacted.endsWith(` ${mark} end`)).toBe(true)
        expect(redacted.length).toBe(text.length - encoded.length + mark.length)
      }
    }
  })

  it('with nothing in it is told from one with a secret by what suspects says, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, echoed) => {
        const redactor = redactorOf(key, odd)
        const whole = echoed ? { value, echo: [`${key}!`] } : { value }
        // False is certain: what is not suspected must not change when it is looked through.
        if (!redactor.suspects(JSON.stringify(whole))) expect(redactor.value(whole)).toBe(whole)
        else expect(echoed).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a secret of digits', () => {
  it('is always suspected, because a number has many spellings', () => {
    const redactor = redactorOf('12345678')
    expect(redactor.suspects('{"a":1.2345678e7}')).toBe(true)
    expect(redactor.value(JSON.parse('{"a":1.2345678e7}'))).toEqual({ a: mark })
  })
})
