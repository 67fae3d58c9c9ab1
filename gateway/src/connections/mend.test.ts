import { expect, test } from 'vitest'
import { mendOf } from './mend.ts'

const day = 24 * 3_600_000
const now = Date.parse('2026-06-01T00:00:00Z')
const facts = {
  detail: null,
  problem: null,
  byConsent: false,
  missing: [],
  end: null,
  now,
  url: 'http://gate/connections/con_1',
} as const
const ending = (of: 'certificate' | 'authorization', days: number) => ({ of, at: new Date(now + days * day) })

test('nothing is to be mended of what works, and of what nobody has tried', () => {
  expect(mendOf({ ...facts, status: 'active' })).toBeNull()
  expect(mendOf({ ...facts, status: 'untested', end: ending('certificate', 15) })).toBeNull()
})

test('every other state has a reason, a step and the place to take it', () => {
  expect(mendOf({ ...facts, status: 'needs_reauth', detail: 'The API answered 401.' })).toMatchObject({
    urgency: 'now',
    reason: 'The API answered 401.',
    step: 'rotate',
    url: facts.url,
  })
  expect(mendOf({ ...facts, status: 'needs_reauth', byConsent: true })).toMatchObject({ step: 'reauthorize' })
  expect(mendOf({ ...facts, status: 'failing' })).toMatchObject({ step: 'test', reason: 'The last test failed.' })
  expect(mendOf({ ...facts, status: 'active', problem: 'There is no such environment.' })).toMatchObject({ step: 'edit' })
})

test('an end is told two weeks before, and when it has come', () => {
  const soon = mendOf({ ...facts, status: 'active', byConsent: true, end: ending('authorization', 13) })
  expect(soon).toMatchObject({ urgency: 'soon', step: 'reauthorize', reason: 'The authorization ends on 2026-06-14.' })
  const over = mendOf({ ...facts, status: 'active', byConsent: true, end: ending('certificate', -1) })
  expect(over).toMatchObject({ urgency: 'now', step: 'rotate', reason: 'The client certificate ended on 2026-05-31.' })
})
