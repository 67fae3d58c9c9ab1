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
    fc.constant(0),
    fc.integer({ min: 0, max: 2_000 }),
    fc.integer({ min: 0, max: 50_000 }),
    fc.integer({ min: 0, max: 40_000_000 }),
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
    for (const { gap, together, subjects } of calls) {
      await advance(gap)
      now += gap
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
        expect(full).toContain(quota)
        expect(model.full(quotas, now + retryAfterMs)).toEqual([])
        expect(model.full(quotas, now + retryAfterMs - 1)).toContain(quota)
      }
    }
  })
  await fc.assert(property, { numRuns })
}
