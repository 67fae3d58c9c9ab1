import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayBeUnstorable, storableJson, storableText } from './json-text.ts'

describe('JSON text for the database', () => {
  it('stays as it is when it can be stored', () => {
    for (const value of ['plain', 'a\\u0000b', '\\', '\\\\u0000', '😀', '\n"', { '\\ud800': [1, null] }]) {
      const json = JSON.stringify(value)
      expect(storableJson(json)).toBe(json)
    }
    expect(storableJson('"\\ud83d\\ude00 \\u0041"')).toBe('"\\ud83d\\ude00 \\u0041"')
  })

  it('has U+FFFD for what cannot', () => {
    expect(JSON.parse(storableJson('"a\\u0000b\\\\\\u0000"'))).toBe('a\ufffdb\\\ufffd')
    expect(JSON.parse(storableJson('"\\ud800 \\uDC00 \\ud83d\\ude00 \\ud800\\ud83d\\ude00"'))).toBe('\ufffd \ufffd 😀 \ufffd😀')
  })

  it('means the same but for those characters, whatever the value', () => {
    const nasty = fc.string({ unit: fc.constantFrom('\0', '\ud800', '\udc00', '😀', '\\', 'u0000', 'ud800', '"', 'a') })
    const anything = fc.oneof(nasty, fc.array(nasty), fc.dictionary(nasty, nasty))
    fc.assert(
      fc.property(anything, (value) => {
        const stored = storableJson(JSON.stringify(value))
        const expected: unknown = JSON.parse(JSON.stringify(value), (_key, item: unknown) =>
          typeof item === 'string' ? storableText(item) : item,
        )
        if (typeof value === 'string' || Array.isArray(value)) expect(JSON.parse(stored)).toEqual(expected)
        expect(JSON.stringify(JSON.parse(stored))).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i)
      }),
    )
  })

  it('is found by the quick look whenever it needs the thorough one', () => {
    for (const text of ['\0', '\ud800', 'a\udfff']) expect(mayBeUnstorable(JSON.stringify(text))).toBe(true)
    expect(mayBeUnstorable(JSON.stringify('plain 😀 \n'))).toBe(false)
  })
})
