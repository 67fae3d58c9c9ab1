import { expect, test } from 'vitest'
import { createRounds } from './rounds.ts'

const hour = 3_600_000

/** Rounds that wait to be let go, each with the number of those before it. */
function heldRounds() {
  const held: PromiseWithResolvers<void>[] = []
  const rounds = createRounds({
    everyMs: hour,
    round: () => {
      const one = Promise.withResolvers<void>()
      held.push(one)
      return one.promise
    },
  })
  return { rounds, held }
}
const never = (error: unknown) => expect.unreachable(String(error))

test('whoever wakes while a round is under way gets another after it', async () => {
  const { rounds, held } = heldRounds()
  const stop = rounds.start(never)
  rounds.wake()
  expect(held).toHaveLength(1)
  held[0]?.resolve()
  await expect.poll(() => held.length).toBe(2)
  const stopped = stop()
  held[1]?.resolve()
  await stopped
  expect(held).toHaveLength(2)
})

test('a round that fails is told of and does not end the rounds', async () => {
  const { rounds, held } = heldRounds()
  const failures: unknown[] = []
  const stop = rounds.start((error) => failures.push(error))
  held[0]?.reject('broken')
  await expect.poll(() => failures).toEqual(['broken'])
  rounds.wake()
  await expect.poll(() => held.length).toBe(2)
  held[1]?.resolve()
  await stop()
})

test('stopping waits for the round under way', async () => {
  const { rounds, held } = heldRounds()
  let stopped = false
  const stopping = rounds
    .start(never)()
    .then(() => {
      stopped = true
    })
  await new Promise(setImmediate)
  expect(stopped).toBe(false)
  held[0]?.resolve()
  await stopping
})
