import { expect, test } from 'vitest'
import { type Departure, liveThroughOutage } from '../support/outage.ts'

test.concurrent.each<Departure>(['stopped', 'frozen'])(
  'a minute without the database (%s): fast refusals, no unrecorded call, back within five seconds',
  async (how) => {
    const outage = await liveThroughOutage(how, 60_000)
    expect(new Set(outage.refusals.map(({ code }) => code))).toEqual(new Set(['UNAVAILABLE']))
    expect(Math.max(...outage.refusals.slice(8).map(({ ms }) => ms))).toBeLessThan(1_000)
    expect(outage.unrecorded).toEqual([])
    expect(outage.recoveredMs).toBeLessThan(5_000)
    expect(outage).toMatchObject({ problems: [], exitCode: null })
  },
  180_000,
)
