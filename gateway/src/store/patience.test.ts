import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startPatience } from './patience.ts'

test('time in which the process itself was held up does not make an answer late', async () => {
  const over = Promise.withResolvers<void>()
  let ended = false
  startPatience(1_000, () => {
    ended = true
    over.resolve()
  })
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
  // Timers come between the two.
  await setImmediate()
  await setImmediate()
  expect(ended).toBe(false)
  // It does not keep a process alive by itself.
  const alive = setInterval(() => {}, 1_000)
  await over.promise
  clearInterval(alive)
})
