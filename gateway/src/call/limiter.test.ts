import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { expectExactWindows } from '../../test/support/limits.ts'
import { createLimiter, type Past } from './limiter.ts'

function timeline() {
  let now = 0
  return {
    clock: { now: () => now, monotonic: () => now },
    advance: (ms: number) => {
      now += ms
    },
    at: () => now,
  }
}

const minute = (key: string, limit: number) => ({ key, limit, spanMs: 60_000 })
const day = (key: string, limit: number) => ({ key, limit, spanMs: 86_400_000 })

test('admits exactly the limit in any window, counts a refused call nowhere, and says when the next one fits', async () => {
  await expectExactWindows(() => {
    const { clock, advance } = timeline()
    return { limiter: createLimiter(clock), advance }
  }, 300)
})

test('a call is admitted as soon as Retry-After has passed, and not a millisecond before', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  for (let i = 0; i < 3; i++) {
    expect(limiter.take([minute('key', 3)])).toBeNull()
    time.advance(1_000)
  }
  expect(limiter.take([minute('key', 3)])).toEqual({ quota: minute('key', 3), retryAfterMs: 57_000 })
  time.advance(56_999)
  expect(limiter.take([minute('key', 3)])).not.toBeNull()
  time.advance(1)
  expect(limiter.take([minute('key', 3)])).toBeNull()
})

test('of several full windows, the one that stays full for longest is named', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  const quotas = [minute('a', 1), day('b', 1)]
  expect(limiter.take(quotas)).toBeNull()
  expect(limiter.take(quotas)).toEqual({ quota: quotas[1], retryAfterMs: 86_400_000 })
})

test('a limit that was lowered holds at once, and says when enough calls have left', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  for (let i = 0; i < 5; i++) {
    expect(limiter.take([minute('key', 5)])).toBeNull()
    time.advance(1_000)
  }
  expect(limiter.take([minute('key', 2)])).toMatchObject({ retryAfterMs: 58_000 })
  time.advance(58_000)
  expect(limiter.take([minute('key', 2)])).toBeNull()
  expect(limiter.take([minute('key', 2)])).not.toBeNull()
})

test('the wall clock may jump: only time that really passes counts', () => {
  let wall = 1_000_000_000_000
  let passed = 0
  const limiter = createLimiter({ now: () => wall, monotonic: () => passed })
  expect(limiter.take([minute('key', 1)])).toBeNull()
  for (const jump of [86_400_000, -86_400_000 * 2]) {
    wall += jump
    expect(limiter.take([minute('key', 1)])).toMatchObject({ retryAfterMs: 60_000 })
  }
  passed += 60_000
  expect(limiter.take([minute('key', 1)])).toBeNull()
})

test('a window in use for hours forgets nothing too early and nothing too late', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  const admitted: number[] = []
  for (let i = 0; i < 50_000; i++) {
    const oldestThatCounts = admitted.at(-300) ?? Number.NEGATIVE_INFINITY
    const refusal = limiter.take([minute('key', 300)])
    expect(refusal === null).toBe(oldestThatCounts <= time.at() - 60_000)
    if (refusal === null) admitted.push(time.at())
    time.advance((i * 37) % 200)
  }
})

test('a day with a limit of millions keeps 60,000 numbers, and never more calls than its limit', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  const quota = day('key', 100_000)
  const admitted: number[] = []
  // 1.5 calls a second for more than a day: the last ones of the first day have to wait for its first ones.
  for (let second = 0; second < 90_000; second++) {
    for (let i = 0; i <= second % 2; i++) if (limiter.take([quota]) === null) admitted.push(time.at())
    time.advance(1_000)
  }
  expect(admitted.length).toBeGreaterThan(100_000)
  for (let i = quota.limit; i < admitted.length; i++) {
    expect((admitted[i] ?? 0) - (admitted[i - quota.limit] ?? 0)).toBeGreaterThanOrEqual(quota.spanMs)
  }
})

test('windows of a million keys are held in bounded memory, and let go as they pass', () => {
  const time = timeline()
  const limiter = createLimiter(time.clock)
  setFlagsFromString('--expose-gc')
  const collectGarbage: unknown = runInNewContext('gc')
  const heldMb = () => {
    if (typeof collectGarbage === 'function') collectGarbage()
    return process.memoryUsage().heapUsed / 1e6
  }
  const before = heldMb()
  let refused = 0
  for (let i = 0; i < 1_000_000; i++) {
    if (limiter.take([minute(`con_0123456789abcdefghijklmnop/action_${i}/minute`, 10)]) !== null) refused++
  }
  expect(refused).toBe(0)
  // Measured: 240 bytes each, half of them the key.
  expect(heldMb() - before).toBeLessThan(300)
  time.advance(120_000)
  expect(limiter.take([minute('another', 1)])).toBeNull()
  expect(heldMb() - before).toBeLessThan(10)
})

test('what was counted before a restart still counts, until it leaves the window', async () => {
  const time = timeline()
  const asked: string[] = []
  const past = async ({ key }: { key: string }): Promise<Past> => {
    asked.push(key)
    return key === 'key'
      ? [
          { agoMs: 50_000, calls: 2 },
          { agoMs: 10_000, calls: 1 },
        ]
      : []
  }
  const limiter = createLimiter(time.clock, past)
  const quotas = [minute('key', 4), minute('other', 9)]
  const answers = await Promise.all([limiter.take(quotas), limiter.take(quotas), limiter.take(quotas)])
  expect(answers.map((answer) => answer?.retryAfterMs ?? null)).toEqual([null, 10_000, 10_000])
  expect(asked).toEqual(['key', 'other'])
  time.advance(10_000)
  expect([limiter.take(quotas), limiter.take(quotas)]).toEqual([null, null])
  expect(limiter.take(quotas)).toMatchObject({ retryAfterMs: 40_000 })
  // Whoever comes a window later has nothing from before the start.
  time.advance(60_000)
  expect(limiter.take([minute('late', 1)])).toBeNull()
  expect(asked).toHaveLength(2)
})

test('calls are refused while the past cannot be asked, and the next one asks again', async () => {
  let broken = true
  const limiter = createLimiter(timeline().clock, async () => {
    if (broken) throw new Error('no database')
    return [{ agoMs: 1_000, calls: 1 }]
  })
  const quotas = [minute('a', 1), minute('b', 1)]
  await expect(limiter.take(quotas)).rejects.toThrow('no database')
  broken = false
  expect(await limiter.take(quotas)).toMatchObject({ retryAfterMs: 59_000 })
})

test('one key does not use up the limit of another', () => {
  const limiter = createLimiter(timeline().clock)
  expect(limiter.take([minute('a', 1)])).toBeNull()
  expect(limiter.take([minute('b', 1)])).toBeNull()
  expect(limiter.take([minute('a', 1)])).not.toBeNull()
})
