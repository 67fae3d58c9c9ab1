import { expect, test } from 'vitest'
import { formatDuration, formatLeft, formatRate, plural } from './format.ts'

test('never rounds a failure away', () => {
  expect(formatRate(1)).toBe('100 %')
  expect(formatRate(0.99999)).toBe('99.99 %')
  expect(formatRate(0.992)).toBe('99.2 %')
  expect(formatRate(0)).toBe('0.0 %')
})

test('shows a duration in the unit a reader thinks in', () => {
  expect([0, 0.02, 0.42, 7.25, 127.4, 2310, 42_500, 64_000].map(formatDuration)).toEqual([
    '0.0 ms',
    '< 0.1 ms',
    '0.4 ms',
    '7.3 ms',
    '127 ms',
    '2.31 s',
    '42.5 s',
    '1 min 4 s',
  ])
})

test('counts down to nothing, never below', () => {
  expect([86_340_000, 249_000, 12_000, 0, -5000].map(formatLeft)).toEqual(['23 h 59 min', '4 min 09 s', '12 s', '', ''])
})

test('agrees in number', () => {
  expect([plural(1, 'action'), plural(3, 'action'), plural(0, 'call')]).toEqual(['1 action', '3 actions', '0 calls'])
})
