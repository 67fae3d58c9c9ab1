import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SallyportError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { canonicalJson, hmacSha256, randomToken, safeEqual, sha256, sha256Secret } from './digest.ts'

describe('digests', () => {
  it('agree with the published vectors', () => {
    // FIPS 180-2 appendix B.1; RFC 4231 test case 2
    expect(sha256('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256(Buffer.from('abc'))).toEqual(sha256('abc'))
    expect(sha256Secret(new Secret('abc'))).toEqual(sha256('abc'))
    expect(hmacSha256('Jefe', 'what do ya want for nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('compare equal only when every byte is', () => {
    expect(safeEqual(sha256('a'), sha256('a'))).toBe(true)
    expect(safeEqual(sha256('a'), sha256('b'))).toBe(false)
    expect(safeEqual(sha256('a'), sha256('a').subarray(1))).toBe(false)
    expect(safeEqual(Buffer.alloc(0), Buffer.alloc(0))).toBe(true)
  })

  it('make tokens of the asked strength in characters a URL holds', () => {
    const tokens = new Set(Array.from({ length: 1000 }, () => randomToken(32)))
    expect(tokens.size).toBe(1000)
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })
})

describe('canonical JSON', () => {
  it('agrees with the example of RFC 8785 section 3.2', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    )
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts members by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toEqual([4, 2, 6, 7, 1, 5, 3])
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
  })

  it('is the same for the same value in any order of members, and reads back as that value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        expect(canonicalJson(shuffled(value))).toBe(text)
        // JSON has no minus zero.
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it('is different for values that differ', () => {
    const values = [
      1,
      '1',
      true,
      'true',
      null,
      'null',
      [],
      {},
      [[]],
      [null],
      ['a', 'b'],
      ['ab'],
      { a: 1 },
      { a: '1' },
      { b: 1 },
      '\ud800',
      '\ufffd',
      '\\ud800',
    ]
    expect(new Set(values.map((value) => sha256(canonicalJson(value)).toString('hex'))).size).toBe(values.length)
  })

  it('keeps half a surrogate pair as an escape', () => {
    expect(canonicalJson('\udead')).toBe('"\\udead"')
  })

  it('keeps a member named __proto__', () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}')
  })

  it('leaves out members that are undefined, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
  })

  it.each([
    ['NaN', Number.NaN],
    ['infinity', { a: [Number.POSITIVE_INFINITY] }],
    ['undefined', undefined],
    ['a hole', [1, undefined]],
    ['a sparse array', new Array(3)],
    ['a bigint', 1n],
    ['a function', { f: () => 1 }],
    ['a symbol', Symbol('s')],
    ['a date', new Date(0)],
    ['a secret', { key: new Secret('x') }],
    ['a map', new Map()],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(SallyportError)
  })

  it('refuses what is nested too deep, or holds itself', () => {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    expect(() => canonicalJson(cycle)).toThrow(/nested deeper/)
    expect(() => canonicalJson(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toThrow(/nested deeper/)
  })
})

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}
