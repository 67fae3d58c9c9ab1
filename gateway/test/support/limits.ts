import fc from 'fast-check'
import { expect } from 'vitest'
import type { Limiter, Quota } from '../../src/store/quota.ts'

/** A limiter whose clock stands still until it is moved. */
export interface TimedLimiter {
  readonly limiter: Limiter
  advance(ms: number): void | Promise<void>
}

const spans = [1_000, 60_000, 86_400_000] as const

/** What exact sliding windows are, as slowly and plainly as can be. */
class Model {
  readonly #counted: { readonly key: string; readonly at: number }[] = []

  used({ key, spanMs }: Quota, now: number): number {
    return this.#counted.filter((call) => call.key === key && call.at > now - spanMs).length
  }

  full(quotas: readonly Quota[], now: number): readonly Quota[] {
    return quotas.filter((quota) => this.used(quota, now) >= quota.limit)
  }

  count(quotas: readonly Quota[], now: number): void {
    for (const { key } of quotas) this.#counted.push({ key, at: now })
  }
}

const call = fc.record({
  gap: fc.oneof(
    fc.integer({ min: 0, max: 2_000 }),
    fc.integer({ min: 0, max: 50_000 }),
    fc.integer({ min: 0, max: 40_000_000 }),
    // As long as the last refusal said, and a millisecond less.
    fc.constantFrom('until there is room' as const, 'just before' as const),
  ),
  together: fc.integer({ min: 1, max: 4 }),
  subjects: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
})
const limits = fc.tuple(...[0, 1, 2, 3].map(() => fc.tuple(...spans.map(() => fc.integer({ min: 1, max: 6 })))))

let runs = 0

/**
 * Holds a limiter against the plain definition, over histories of calls with several quotas each: it admits exactly the
 * limit in any window, counts a refused call nowhere, and says to the millisecond when the next one fits.
 */
export async function expectExactWindows(make: () => TimedLimiter | Promise<TimedLimiter>, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(limits, fc.array(call, { maxLength: 60 }), async (limitsOf, calls) => {
    const { limiter, advance } = await make()
    const model = new Model()
    const prefix = `property-${process.pid}-${++runs}`
    let now = 0
    let wait = 0
    for (const { gap, together, subjects } of calls) {
      const ms = typeof gap === 'number' ? gap : gap === 'just before' ? Math.max(0, wait - 1) : wait
      await advance(ms)
      now += ms
      wait = 0
      const quotas = subjects.flatMap((subject) =>
        spans.map((spanMs, i) => ({ key: `${prefix}/${subject}/${spanMs}`, spanMs, limit: limitsOf[subject]?.[i] ?? 1 })),
      )
      for (const refusal of await Promise.all(Array.from({ length: together }, () => limiter.take(quotas)))) {
        const full = model.full(quotas, now)
        if (refusal === null) {
          expect(full).toEqual([])
          model.count(quotas, now)
          continue
        }
        const { quota, retryAfterMs } = refusal
        wait = retryAfterMs
        expect(full).toContain(quota)
        expect(model.full(quotas, now + retryAfterMs)).toEqual([])
        expect(model.full(quotas, now + retryAfterMs - 1)).toContain(quota)
      }
    }
  })
  await fc.assert(property, { numRuns })
}

/** Many calls at once through several limiters that share their windows: exactly as many as the narrowest window admits. */
export async function expectExactlyTheLimit(limiters: readonly Limiter[], prefix: string): Promise<void> {
  const shared = { key: `${prefix}/connection`, limit: 100, spanMs: 60_000 }
  const calls = Array.from({ length: 1_000 }, (_, i) => {
    const own = { key: `${prefix}/action-${i % 7}`, limit: 20, spanMs: 60_000 }
    // In any order: windows that two calls share must not keep them waiting for each other.
    return { limiter: limiters[i % limiters.length], quotas: i % 2 === 0 ? [own, shared] : [shared, own] }
  })
  const answers = await Promise.all(calls.map(({ limiter, quotas }) => limiter?.take(quotas)))
  const admitted = calls.filter((_, i) => answers[i] === null)
  expect(admitted).toHaveLength(100)
  for (let action = 0; action < 7; action++) {
    const key = `${prefix}/action-${action}`
    expect(admitted.filter(({ quotas }) => quotas.some((quota) => quota.key === key)).length).toBeLessThanOrEqual(20)
  }
  // What was refused was counted nowhere: beside the full window, every action has the places it had.
  for (let action = 0; action < 7; action++) {
    const own = { key: `${prefix}/action-${action}`, limit: 20, spanMs: 60_000 }
    const used = admitted.filter(({ quotas }) => quotas.some(({ key }) => key === own.key)).length
    const more = await Promise.all(Array.from({ length: 25 }, () => limiters[0]?.take([own])))
    expect(more.filter((answer) => answer === null)).toHaveLength(20 - used)
  }
}
