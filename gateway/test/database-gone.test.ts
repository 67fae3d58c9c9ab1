import { expect, test } from 'vitest'
import { type Departure, liveThroughOutage } from './support/outage.ts'

/** The full minute is in external/database-gone.test.ts. */
test.each<Departure>(['stopped', 'frozen'])(
  'while the database is %s, calls are refused at once, none goes out unrecorded, and it goes on by itself',
  async (how) => {
    const outage = await liveThroughOutage(how, 6_000)
    expect(outage.refusals.length).toBeGreaterThan(8)
    expect(new Set(outage.refusals.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']))
    // Those that were under way when it went wait until it is clear that it is gone; whoever comes later does not.
    const later = outage.refusals.slice(8).map(({ ms }) => ms)
    expect(later.toSorted((a, b) => a - b)[Math.floor(later.length / 2)]).toBeLessThan(500)
    expect(Math.max(...later)).toBeLessThan(1_500)
    expect(outage.unrecorded).toEqual([])
    expect(outage.lastSeenMs).toBeLessThan(4_500)
    expect(outage.recoveredMs).toBeLessThan(5_000)
    expect(outage).toMatchObject({ problems: [], exitCode: null })
  },
  60_000,
)
