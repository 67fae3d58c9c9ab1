import { expect, test } from 'vitest'
import { CallTape, fingerprint, givenBack } from './call-tape.ts'

test('a replay gives back what was recorded, in order, and refuses a call that is another', () => {
  const [note, pay] = [fingerprint({ action: 'note' }), fingerprint({ action: 'pay' })]
  const first = new CallTape()
  first.record(note, { ok: true, payload: 1 })
  first.record(pay, { ok: false, code: 'NOT_FOUND', detail: 'gone' })
  const again = new CallTape(first.recorded)
  expect(again.replay(note)).toEqual({ ok: true, payload: 1 })
  expect(() => again.replay(note)).toThrow(/other calls than before/)
  expect(() => givenBack(again.replay(pay) ?? { ok: true, payload: 0 })).toThrow('gone')
  expect(again.replay(note)).toBeUndefined()
})
