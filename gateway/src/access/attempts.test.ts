import { describe, expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

function setup() {
  let now = 1_000_000
  const clock = { now: () => now, monotonic: () => now }
  const attempts = new Attempts(clock, { most: 3, windowMs: 60_000 })
  const advance = (ms: number) => {
    now += ms
  }
  return { attempts, advance }
}

describe('attempts', () => {
  test('are refused beyond the limit, by name, until the oldest leaves the window', () => {
    const { attempts, advance } = setup()
    attempts.begin('a')
    advance(10_000)
    attempts.begin('a')
    attempts.begin('a')
    expect(() => attempts.begin('a')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', retryAfterSeconds: 50 }))
    attempts.begin('b')
    advance(50_000)
    attempts.begin('a')
    expect(() => attempts.begin('a')).toThrow('RATE_LIMITED')
  })

  test('that were refused do not count, so that waiting helps however often one asks', () => {
    const { attempts, advance } = setup()
    for (let n = 0; n < 3; n++) attempts.begin('a')
    advance(59_999)
    for (let n = 0; n < 10; n++) expect(() => attempts.begin('a')).toThrow('RATE_LIMITED')
    advance(1)
    attempts.begin('a')
  })

  test('that were no guess are forgiven one by one', () => {
    const { attempts } = setup()
    attempts.begin('a')
    attempts.begin('a')
    for (let n = 0; n < 10; n++) {
      attempts.begin('a')
      attempts.forgive('a')
    }
    attempts.begin('a')
    expect(() => attempts.begin('a')).toThrow('RATE_LIMITED')
  })

  test('are forgotten at once when asked to', () => {
    const { attempts } = setup()
    for (let n = 0; n < 3; n++) attempts.begin('a')
    attempts.forget('a')
    for (let n = 0; n < 3; n++) attempts.begin('a')
  })

  test('of ever new names take no more than a bounded memory, and drop the quietest', () => {
    const { attempts } = setup()
    for (let n = 0; n < 3; n++) attempts.begin('first')
    for (let n = 0; n < 9_999; n++) attempts.begin(`name ${n}`)
    expect(() => attempts.begin('first')).toThrow('RATE_LIMITED')
    attempts.begin('one more')
    attempts.begin('first')
  })
})
