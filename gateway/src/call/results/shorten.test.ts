import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pageOf } from './page.ts'
import { parsePath, valueAt } from './path.ts'
import { shorten } from './shorten.ts'

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' })
const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value)

/** Whether every list is the beginning of the one it was made of, every text of its, and everything else the same. */
function isPartOf(short: unknown, whole: unknown): boolean {
  if (typeof short === 'string' && typeof whole === 'string')
    return short === whole || (short.endsWith('…') && whole.startsWith(short.slice(0, -1)))
  if (kindOf(short) !== kindOf(whole)) return typeof short === 'string' && /^(list|object) of \d+/.test(short)
  if (Array.isArray(short)) return short.every((item, index) => isPartOf(item, (whole as unknown[])[index]))
  if (typeof short === 'object' && short !== null)
    return Object.entries(short).every(([key, value]) => isPartOf(value, (whole as Record<string, unknown>)[key]))
  return short === whole
}

describe('shortening', () => {
  test('fits any value into any budget, as valid JSON of whole characters, and says of every gap', () => {
    fc.assert(
      fc.property(fc.array(json, { maxLength: 60 }), fc.integer({ min: 1024, max: 8192 }), (value, budget) => {
        const { value: short, leftOut } = shorten(value, budget)
        expect(bytes(short)).toBeLessThanOrEqual(budget)
        expect(JSON.stringify(short).isWellFormed()).toBe(JSON.stringify(value).isWellFormed())
        expect(isPartOf(short, value)).toBe(true)
        expect(leftOut.length > 0).toBe(JSON.stringify(short) !== JSON.stringify(value))
      }),
    )
  })

  test('keeps the types of everything, and what is at the top, where that fits', () => {
    const row = (id: number) => ({ id, name: `Customer ${id}`, notes: 'x'.repeat(500) })
    const whole = { total: 4000, items: Array.from({ length: 4000 }, (_, id) => row(id)), next: null }
    const { value, leftOut } = shorten(whole, 20_000)
    const { items, ...rest } = value as typeof whole
    expect(rest).toEqual({ total: 4000, next: null })
    expect(items.length).toBeGreaterThan(10)
    expect(leftOut).toContainEqual({ path: 'items', kind: 'items', shown: items.length, of: 4000, places: 1 })
    expect(leftOut.map(({ path }) => path)).toContain('items[*].notes')
  })

  test('ends on trees of any depth and width', () => {
    let deep: unknown = 1
    for (let level = 0; level < 3000; level++) deep = { inside: deep }
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key-${index}`, { index }]))
    for (const value of [deep, wide, { [`k${'x'.repeat(50_000)}`]: 1 }, 'x'.repeat(3_000_000)])
      expect(bytes(shorten(value, 1024).value)).toBeLessThanOrEqual(1024)
  })
})

describe('a path', () => {
  const value = { items: [{ id: 1, 'odd key': { a: [true] } }, { id: 2 }], __proto__: 3 }

  test('leads to keys, items, and the same place of all items', () => {
    const at = (path: string) => valueAt(value, parsePath(path))
    expect(at('')).toBe(value)
    expect(at('$')).toBe(value)
    expect(at('$.items[1].id')).toBe(2)
    expect(at('items[0]["odd key"].a[0]')).toBe(true)
    expect(at('items[*].id')).toEqual([1, 2])
    expect(at('items[*]["odd key"].a')).toEqual([[true], null])
  })

  test('says how far it leads, and reaches nothing that is not in the value', () => {
    for (const path of ['items[2]', 'items.length', 'constructor', 'items[0].toString', '__proto__.x'])
      expect(() => valueAt(value, parsePath(path))).toThrow(/leads nowhere/)
    expect(() => valueAt(value, parsePath('items[0].nme'))).toThrow('items[0] is an object of 2: id, odd key')
    for (const path of ['items[', 'a b', 'items[-1]', 'items[?(@.id)]', '..', 'a..b', 'a()', 'x'.repeat(1001)])
      expect(() => parsePath(path)).toThrow(/no path/)
  })
})

test('pages of a value, read one after the other, give all of it and never half of a thing', () => {
  const collect = (value: unknown) => {
    const pages: unknown[] = []
    for (let cursor: string | undefined; ; ) {
      const page = pageOf({ at: value }, 'at', cursor, 2048)
      expect(bytes(page.value)).toBeLessThanOrEqual(2048)
      if (page.left_out.length === 0) pages.push(page.value)
      if (page.next_cursor === null) return pages
      cursor = page.next_cursor
    }
  }
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(), text: fc.string({ maxLength: 200, unit: 'grapheme' }) }), { maxLength: 80 }),
      (list) => {
        expect(collect(list).flat()).toEqual(list)
      },
    ),
  )
  const text = 'Grüße 👋🏽 '.repeat(2000)
  expect(collect(text).join('')).toBe(text)
  const object = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, 'v'.repeat(index)]))
  expect(Object.assign({}, ...collect(object))).toEqual(object)
  const pieces = pageOf([['x'.repeat(9000)], 2], '', undefined, 2048)
  expect(pieces).toMatchObject({ total: 2, from: 0, left_out: [{ path: '[0][0]', kind: 'characters', of: 9000 }] })
  expect(pageOf([['x'], 2], '', pieces.next_cursor ?? '', 2048).value).toEqual([2])
})
