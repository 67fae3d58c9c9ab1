import { expect, test } from 'vitest'
import { visible } from './visible.ts'

test('writes out what nobody sees and what turns text around, and leaves the rest', () => {
  expect(visible('al\u200bi\u2060ce\ufeff')).toBe('al\\u{200b}i\\u{2060}ce\\u{feff}')
  expect(visible('\u202egpj.exe')).toBe('\\u{202e}gpj.exe')
  expect(visible('hi\u{e0069}')).toBe('hi\\u{e0069}')
  expect(visible('a\u2028b\u0007')).toBe('a\\u{2028}b\\u{7}')
  expect(visible('Zoë, 日本語 🚀\n\tend')).toBe('Zoë, 日本語 🚀\n\tend')
})
