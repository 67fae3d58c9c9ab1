import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

function timeline() {
  let now = 0
  return { clock: { now: () => now, monotonic: () => now }, advance: (ms: number) => (now += ms), at: () => now }
}

test('admits exactly the limit in any 60 seconds, however the calls are spread', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 200 }),
      (perMinute, gaps) => {
        const time = timeline()
        const limiter = createLimiter(time.clock)
        const admitted: number[] = []
        for (const gap of gaps) {
          time.advance(gap)
          const inWindow = admitted.filter((at) => at > time.at() - 60_000).length
          const refusal = limiter.take('key', perMinute, null)
          expect(refusal === null).toBe(inWindow < perMinute)
          if (refusal === null) admitted.push(time.at())
          else expect(admitted.filter((at) => at > time.at() + refusal.retryAfterMs - 60_000).length).toBeLessThan(perMinute)
        }
      },
    ),
  )
})

test('a call is admitted as soon as Retry-After has passed, and not a millisecond before', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  for (let i = 0; i < 3; i++) {
    expect(limiter.take('key', 3, null)).toBeNull()
    time.advance(1_000)
  }
  const refusal = limiter.take('key', 3, null)
  expect(refusal).toMatchObject({ limit: 3, window: 'minute', retryAfterMs: 57_000 })
  time.advance(56_999)
  expect(limiter.take('key', 3, null)).not.toBeNull()
  time.advance(1)
  expect(limiter.take('key', 3, null)).toBeNull()
})

test('the limit of a day holds beside the limit of a minute, and a refused call is not counted', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  for (let i = 0; i < 5; i++) {
    expect(limiter.take('key', 2, 5)).toBeNull()
    time.advance(60_000)
  }
  expect(limiter.take('key', 2, 5)).toMatchObject({ limit: 5, window: 'day' })
  time.advance(86_400_000)
  expect(limiter.take('key', 2, 5)).toBeNull()
})

test('one key does not use up the limit of another', () => {
  const limiter = createLimiter(timeline().clock)
  expect(limiter.take('a', 1, null)).toBeNull()
  expect(limiter.take('b', 1, null)).toBeNull()
  expect(limiter.take('a', 1, null)).not.toBeNull()
})
