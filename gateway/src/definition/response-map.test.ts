import { describe, expect, test } from 'vitest'
import type { ResponseDocument } from './document.ts'
import { compileResponse, parsePathExpression } from './response-map.ts'

const body = {
  data: { id: 1, items: [{ name: 'a', tags: [{ t: 1 }, { t: 2 }] }, { name: 'b' }, null], 'odd key': 'x', 'dot.ted': 'y' },
  total: 0,
  none: null,
}
const map = (response: ResponseDocument, value: unknown = body) => compileResponse(response)(value)

describe('a response map', () => {
  test.each([
    ['data.id', 1],
    ['data.items[0].name', 'a'],
    ['data.items[].name', ['a', 'b']],
    ['data.items[].tags[].t', [[1, 2]]],
    ['data["odd key"]', 'x'],
    ['["data"]["dot.ted"]', 'y'],
    ['total', 0],
    ['none', null],
  ])('finds %s', (path, value) => {
    expect(map({ map: { field: path } })).toEqual({ field: value })
  })

  test.each(['data.nope', 'data.id.deeper', 'data.items[9]', 'data[0]', 'data.items.name', 'total[]', 'none.x'])(
    'leaves the field of %s out',
    (path) => {
      expect(map({ map: { field: path, total: 'total' } })).toEqual({ total: 0 })
    },
  )

  test('starts at the root, which may be missing', () => {
    expect(map({ root: 'data.items[0]' })).toEqual({ name: 'a', tags: [{ t: 1 }, { t: 2 }] })
    expect(map({ root: 'data', map: { id: 'id' } })).toEqual({ id: 1 })
    expect(map({ root: 'nope' })).toBeNull()
    expect(map({ root: 'nope', map: { id: 'id' } })).toEqual({})
  })

  test('maps a list item by item, unless the paths say which items', () => {
    expect(map({ root: 'data.items', map: { n: 'name' } })).toEqual([{ n: 'a' }, { n: 'b' }, {}])
    expect(map({ root: 'data.items', map: { first: '[0].name', all: '[].name' } })).toEqual({ first: 'a', all: ['a', 'b'] })
  })

  test('gives the body as it is when there is nothing to map', () => {
    expect(map({})).toBe(body)
    expect(map({}, 'text')).toBe('text')
    expect(map({ map: {} })).toEqual({})
  })

  test('follows own properties only and pollutes nothing', () => {
    for (const path of ['constructor', '__proto__', 'data.constructor.name', 'data.items.length', 'total.toFixed'])
      expect(map({ map: { x: path } })).toEqual({})
    const answer = map({ map: Object.fromEntries([['__proto__', 'data']]) }) as object
    expect(Object.getPrototypeOf(answer)).toBe(Object.prototype)
    expect(Object.keys(answer)).toEqual(['__proto__'])
  })

  test('refuses what is no path', () => {
    for (const path of ['.a', 'a.', 'a..b', 'a[', 'a[x]', 'a]', 'a[0]b', 'a["x]', ' a', 'a.[0]', '["\\x"]'])
      expect(parsePathExpression(path), path).toBeNull()
    expect(parsePathExpression('')).toEqual([])
  })
})
