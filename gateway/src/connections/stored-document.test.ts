import { expect, test } from 'vitest'
import { lazyRecord } from './stored-document.ts'

test('parses a part of a stored document when it is looked at, once, whatever it is called', async () => {
  const record = await lazyRecord<{ n: number }>([
    { key: '__proto__', text: '{"n":1}' },
    { key: 'constructor', text: '{"n":2}' },
    { key: 'broken', text: '{' },
  ])
  expect(Object.keys(record)).toEqual(['__proto__', 'constructor', 'broken'])
  expect(Object.hasOwn(record, 'toString')).toBe(false)
  expect(record.constructor).toEqual({ n: 2 })
  expect(record.constructor).toBe(record.constructor)
  expect(Reflect.get(record, '__proto__')).toEqual({ n: 1 })
  // Nothing looked at the others meanwhile.
  expect(() => record.broken).toThrow(SyntaxError)
})
