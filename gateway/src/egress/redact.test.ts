import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../secret.ts'
import { createRedactor } from './redact.ts'

const mark = '[redacted]'
const plain = 'sk_live_51Hx8aBcDeFgHiJkLmNo'
const odd = `p@ss "wörd" & <m'ore>/+=\\ 100%`
const redactorOf = (...values: readonly string[]) => createRedactor(values.map((value) => new Secret(value)))

function goEscape(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')
}

const forms: Record<string, (secret: string) => string> = {
  raw: (s) => s,
  encodeURIComponent: encodeURIComponent,
  'encodeURIComponent in lower case': (s) => encodeURIComponent(s).replace(/%../g, (code) => code.toLowerCase()),
  encodeURI,
  'a form (URLSearchParams)': (s) => new URLSearchParams({ s }).toString().slice(2),
  'a form in Python (quote_plus)': (s) =>
    encodeURIComponent(s)
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`.toUpperCase())
      .replaceAll('%20', '+'),
  JSON: (s) => JSON.stringify(s).slice(1, -1),
  'JSON in ASCII (Python)': (s) => JSON.stringify(s).slice(1, -1).replaceAll('ö', '\\u00f6'),
  'JSON with escaped slashes (PHP)': (s) => JSON.stringify(s).slice(1, -1).replaceAll('/', '\\/'),
  'JSON for HTML (Go)': goEscape,
  'HTML text': (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  'HTML attribute': (s) =>
    s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
  'HTML in Python': (s) =>
    s
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#x27;'),
  base64: (s) => Buffer.from(s).toString('base64'),
  base64url: (s) => Buffer.from(s).toString('base64url'),
  'base64 in a URL': (s) => encodeURIComponent(Buffer.from(s).toString('base64')),
  hex: (s) => Buffer.from(s).toString('hex'),
  HEX: (s) => Buffer.from(s).toString('hex').toUpperCase(),
}

describe('a secret is taken out', () => {
  it.each(Object.entries(forms).flatMap(([name, encode]) => [plain, odd].map((secret) => [name, secret, encode] as const)))(
    'as %s: %s',
    (_, secret, encode) => {
      expect(redactorOf(secret).text(`before ${encode(secret)} after ${encode(secret)}`)).toBe(`before ${mark} after ${mark}`)
    },
  )

  it.each([plain, odd])('from the middle of a base64 text, wherever it starts: %s', (secret) => {
    const redactor = redactorOf(secret)
    for (const prefix of ['', 'u', 'us', 'use', 'user:']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const redacted = redactor.text(Buffer.from(`${prefix}${secret}${prefix}`).toString(encoding))
        expect(redacted).toContain(mark)
        // At most the bits that share a character with a neighbour are left.
        const left = redacted
          .split(mark)
          .map((part) => Buffer.from(part, 'base64').toString('latin1'))
          .join('')
        for (let at = 0; at + 3 <= secret.length; at++)
          expect(left).not.toContain(Buffer.from(secret.slice(at, at + 3)).toString('latin1'))
      }
    }
  })

  it('in every form for any secret of printable characters', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' }),
        fc.string({ unit: 'grapheme' }),
        (secret, around) => {
          const redactor = redactorOf(secret)
          for (const encode of [forms.raw, encodeURIComponent, forms.JSON, forms.base64, forms.hex]) {
            const encoded = encode?.(secret) ?? ''
            expect(redactor.text(`${around}${encoded}${around}`)).not.toContain(encoded)
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  it('with what its header puts before it', () => {
    const redactor = redactorOf(`Bearer ${plain}`)
    expect(redactor.text(`Authorization: Bearer ${plain}`)).toBe(`Authorization: ${mark}`)
    expect(redactor.text(`token=${plain}`)).toBe(`token=${mark}`)
  })

  it('with user name and password of Basic credentials, joined, encoded and alone', () => {
    const basic = Buffer.from('alice:hunter2-hunter2').toString('base64')
    for (const redactor of [redactorOf('alice', 'hunter2-hunter2'), redactorOf(`Basic ${basic}`)]) {
      for (const text of ['hunter2-hunter2', basic, `Basic ${basic}`, 'alice:hunter2-hunter2']) {
        expect(redactor.text(text)).not.toMatch(/hunter2|aHVudGVy|Omh1bnRlc/)
        expect(redactor.text(`x ${text} y`)).toContain(mark)
      }
    }
    // The user name came along in a header only: it is no secret.
    expect(redactorOf(`Basic ${basic}`).text('alice bought it')).toBe('alice bought it')
    const keyOnly = Buffer.from(`${plain}:`).toString('base64')
    expect(redactorOf(`Basic ${keyOnly}`).text(`key ${plain}`)).toBe(`key ${mark}`)
  })

  it('whole, when another secret is a part of it', () => {
    expect(redactorOf('abcd', 'abcdefgh').text('abcdefgh abcd')).toBe(`${mark} ${mark}`)
  })
})

describe('a text', () => {
  it('stays the same without secrets in it', () => {
    const text = JSON.stringify({ name: 'Ann', note: 'a & b <c>' }).repeat(10)
    expect(redactorOf(plain, odd).text(text)).toBe(text)
    expect(createRedactor([]).text(plain)).toBe(plain)
  })

  it('is not taken apart by secrets of less than four characters', () => {
    expect(redactorOf('', 'a', 'abc').text('abc abcd YWJj 616263')).toBe('abc abcd YWJj 616263')
  })

  it('may hold characters that mean something to patterns and replacements', () => {
    expect(redactorOf('$&$1.*(x)').text('a $&$1.*(x) b')).toBe(`a ${mark} b`)
  })
})

describe('a value', () => {
  const redactor = redactorOf(plain, '12345678')

  it('is redacted through and through, keys too', () => {
    const value = { list: [plain, { deep: `x${plain}y` }], [plain]: 1, none: null, yes: true, big: 1n, date: new Date(0) }
    expect(redactor.value(value)).toEqual({
      list: [mark, { deep: `x${mark}y` }],
      [mark]: 1,
      none: null,
      yes: true,
      big: 1n,
      date: new Date(0),
    })
    expect(value.list[0]).toBe(plain)
  })

  it('is itself when there is nothing to redact in it', () => {
    const value = { a: [1, 'two', { three: null }] }
    expect(redactor.value(value)).toBe(value)
  })

  it('hides a secret of digits that comes back as a number', () => {
    expect(redactor.value({ pin: 12345678, id: 12345, big: 12345678n })).toEqual({ pin: mark, id: 12345, big: mark })
  })

  it('hides a secret in bytes', () => {
    expect(redactor.value({ data: Buffer.from(`x${plain}`) })).toEqual({ data: mark })
    const clean = { data: Buffer.from('clean') }
    expect(redactor.value(clean)).toBe(clean)
  })

  it('may hold itself', () => {
    const value: { self?: unknown; key: string } = { key: plain }
    value.self = value
    const copy = redactor.value(value) as typeof value
    expect(copy.key).toBe(mark)
    expect(copy.self).toBe(copy)
  })

  it('may be nested deeper than a stack is tall; what is too deep to look at is not shown', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5000)}"${plain}"${']'.repeat(5000)}`)
    const shown = JSON.stringify(redactor.value(deep))
    expect(shown).not.toContain(plain)
    expect(shown).toContain(mark)
  })

  it('keeps a member named __proto__ and pollutes nothing', () => {
    const value: unknown = JSON.parse(`{"__proto__":{"polluted":true},"key":"${plain}"}`)
    const copy = redactor.value(value) as object
    expect(JSON.stringify(copy)).toBe(`{"__proto__":{"polluted":true},"key":"${mark}"}`)
    expect('polluted' in copy).toBe(false)
  })

  it('of any shape never shows the secret', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, around) => {
        const shown = JSON.stringify(redactor.value({ value, [`${around}${plain}`]: [around + plain, plain + around] }))
        expect(shown).not.toContain(plain)
      }),
      { numRuns: 200 },
    )
  })
})
