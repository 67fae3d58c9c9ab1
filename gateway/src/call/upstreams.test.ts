import { expect, test } from 'vitest'
import { createUpstreams, type Turn } from './upstreams.ts'

function timeline() {
  let now = 1_000
  return { clock: { now: () => now, monotonic: () => now }, advance: (ms: number) => (now += ms) }
}

function finish(turn: Turn, how: 'succeeded' | 'failed') {
  turn[how]()
  turn.end()
}

test('after five failures in a row an API is left alone, then tried by exactly one call', () => {
  const time = timeline()
  const upstreams = createUpstreams(time.clock)
  for (let i = 0; i < 5; i++) finish(upstreams.enter('api'), 'failed')
  expect(() => upstreams.enter('api')).toThrow('held back')
  time.advance(1_000)
  const probe = upstreams.enter('api')
  expect(() => upstreams.enter('api')).toThrow('held back')
  finish(probe, 'succeeded')
  finish(upstreams.enter('api'), 'succeeded')
})

test('each failed try doubles the pause, up to thirty seconds, and a success resets it', () => {
  const time = timeline()
  const upstreams = createUpstreams(time.clock)
  for (let i = 0; i < 5; i++) finish(upstreams.enter('api'), 'failed')
  for (const pause of [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    time.advance(pause - 1)
    expect(() => upstreams.enter('api')).toThrow('held back')
    time.advance(1)
    finish(upstreams.enter('api'), 'failed')
  }
  time.advance(30_000)
  finish(upstreams.enter('api'), 'succeeded')
  for (let i = 0; i < 4; i++) finish(upstreams.enter('api'), 'failed')
  finish(upstreams.enter('api'), 'succeeded')
})

test('the failures of one API do not touch another', () => {
  const upstreams = createUpstreams(timeline().clock)
  for (let i = 0; i < 5; i++) finish(upstreams.enter('a'), 'failed')
  finish(upstreams.enter('b'), 'succeeded')
})

test('a storm of failures adds at most a fifth to the load of an API', () => {
  const time = timeline()
  const upstreams = createUpstreams(time.clock)
  let sent = 0
  for (let call = 0; call < 1_000; call++) {
    time.advance(5)
    const turn = upstreams.enter('api')
    sent++
    while (turn.mayRetry()) sent++
    finish(turn, 'succeeded') // 503s that the breaker does not see, so that only the budget holds
  }
  expect(sent).toBeGreaterThan(1_000)
  expect(sent).toBeLessThanOrEqual(1_200)
})

test('what is under way is bounded, and the refusal says when to come back', () => {
  const upstreams = createUpstreams(timeline().clock)
  const turns = Array.from({ length: 1_000 }, () => upstreams.enter('api'))
  expect(() => upstreams.enter('api')).toThrow(expect.objectContaining({ code: 'UNAVAILABLE', retryAfterSeconds: 1 }))
  finish(upstreams.enter('other'), 'succeeded')
  for (const turn of turns) finish(turn, 'succeeded')
  finish(upstreams.enter('api'), 'succeeded')
})
