import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createClient } from '@redis/client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { places } from '../../src/places.ts'
import { openRedisLimiter, RedisLimiter } from '../../src/store/redis-limiter.ts'
import { externalRedis } from '../support/external-servers.ts'
import { removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { expectExactlyTheLimit, expectExactWindows } from '../support/limits.ts'

const redis = createClient({ url: externalRedis })
const prefix = `test-${crypto.randomUUID()}`
const stored = (key: string) => `sallyport:limit:${key}`
const minute = (key: string, limit: number) => ({ key: `${prefix}/${key}`, limit, spanMs: 60_000 })

beforeAll(async () => {
  await redis.connect()
})
const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})
afterAll(() => redis.close())

async function open(url = externalRedis): Promise<RedisLimiter> {
  const limiter = await openRedisLimiter(url)
  undo.push(() => limiter.close())
  return limiter
}

/** A limiter that reads the time from a key, which stands still until it is moved. */
async function openStopped(): Promise<{ limiter: RedisLimiter; advance: (ms: number) => Promise<void> }> {
  // No window may end by itself before its time, so this one is far ahead.
  const clock = `${prefix}/clock-${crypto.randomUUID()}`
  await redis.set(clock, '4000000000000', { EX: 600 })
  const script = await readFile(places.redisScript, 'utf8')
  const stopped = script.replace(
    "redis.call('TIME')",
    `{ math.floor(redis.call('GET', '${clock}') / 1000), redis.call('GET', '${clock}') % 1000 * 1000 }`,
  )
  expect(stopped).not.toBe(script)
  const limiter = new RedisLimiter(externalRedis, stopped)
  undo.push(() => limiter.close())
  return {
    limiter,
    advance: async (ms) => {
      await redis.incrBy(clock, ms)
    },
  }
}

test('admits exactly the limit in any window, counts a refused call nowhere, and says when the next one fits', async () => {
  await expectExactWindows(await openStopped().then((stopped) => () => stopped), 60)
})

test('clients of one server admit exactly the limit out of 1,000 parallel calls', async () => {
  await expectExactlyTheLimit([await open(), await open(), await open()], prefix)
})

test('a call is admitted right after Retry-After on the clock of the server', async () => {
  const limiter = await open()
  const quota = { key: `${prefix}/short`, limit: 2, spanMs: 300 }
  expect(await limiter.take([quota])).toBeNull()
  expect(await limiter.take([quota])).toBeNull()
  const refusal = await limiter.take([quota])
  expect(refusal?.retryAfterMs).toBeGreaterThan(0)
  expect(refusal?.retryAfterMs).toBeLessThanOrEqual(301)
  await new Promise((resolve) => setTimeout(resolve, refusal?.retryAfterMs))
  expect(await limiter.take([quota])).toBeNull()
})

test('a server clock that is set back lets nobody past the limit, and holds nobody for longer than a window', async () => {
  const { limiter, advance } = await openStopped()
  for (let i = 0; i < 3; i++) {
    expect(await limiter.take([minute('back', 3)])).toBeNull()
    await advance(1_000)
  }
  await advance(-7_200_000)
  expect(await limiter.take([minute('back', 3)])).toMatchObject({ retryAfterMs: 60_000 })
  await advance(59_999)
  expect(await limiter.take([minute('back', 3)])).not.toBeNull()
  await advance(1)
  for (let i = 0; i < 3; i++) expect(await limiter.take([minute('back', 3)])).toBeNull()
  expect(await limiter.take([minute('back', 3)])).toMatchObject({ retryAfterMs: 60_000 })
})

test('a window goes by itself once its last call has left it', async () => {
  const limiter = await open()
  const quotas = [minute('ttl', 5), { key: `${prefix}/ttl-day`, limit: 5, spanMs: 86_400_000 }]
  await limiter.take(quotas)
  await limiter.take(quotas)
  for (const { key, spanMs } of quotas) {
    const left = await redis.pTTL(stored(key))
    expect(left).toBeGreaterThan(spanMs - 5_000)
    expect(left).toBeLessThanOrEqual(spanMs + 1)
  }
})

/** A way to Redis that can be cut, and that can fall silent. */
async function startDetour() {
  const { hostname, port } = new URL(externalRedis)
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((near) => {
    const far = connect(Number(port || 6379), hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => {})
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
    }
    if (silent) return
    near.pipe(far)
    far.pipe(near)
  })
  let silent = false
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const ownPort = await listen(0)
  const cut = async () => {
    // Ends each connection and waits until the other side has noticed.
    await Promise.all([...pairs].map(([near]) => once(near.end().resume(), 'close')))
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  undo.push(cut)
  const url = new URL(externalRedis)
  url.host = `127.0.0.1:${ownPort}`
  return {
    url: url.href,
    cut,
    restore: () => listen(ownPort),
    silence: () => {
      silent = true
      for (const [near, far] of pairs) {
        near.unpipe(far)
        far.unpipe(near)
      }
    },
    speak: () => {
      silent = false
    },
  }
}

async function expectUnavailable(limiter: RedisLimiter): Promise<number> {
  const began = performance.now()
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => limiter.take([minute('away', 2)])))
  for (const result of results) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } })
  }
  return performance.now() - began
}

test('refuses at once while the server is away, and goes on by itself when it is back', async () => {
  const detour = await startDetour()
  const limiter = await open(detour.url)
  expect(await limiter.take([minute('away', 2)])).toBeNull()
  await detour.cut()
  expect(await expectUnavailable(limiter)).toBeLessThan(500)
  await expect(limiter.ready()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
  await detour.restore()
  await limiter.ready()
  expect(await limiter.take([minute('away', 2)])).toBeNull()
  expect(await limiter.take([minute('away', 2)])).toMatchObject({ quota: minute('away', 2) })
})

test('refuses within a second while the server is silent, on an open connection and on a new one', async () => {
  const detour = await startDetour()
  const limiter = await open(detour.url)
  expect(await limiter.take([minute('silent', 2)])).toBeNull()
  detour.silence()
  for (let i = 0; i < 2; i++) {
    const ms = await expectUnavailable(limiter)
    expect(ms).toBeGreaterThan(900)
    expect(ms).toBeLessThan(1_500)
  }
  detour.speak()
  expect(await limiter.take([minute('silent', 2)])).toBeNull()
})

test('a gateway says that it is not ready while it refuses calls because Redis is away', async () => {
  const detour = await startDetour()
  const gateway = await startGatewayProcess({ env: { REDIS_URL: detour.url } })
  undo.push(async () => {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  })
  const ask = async (path: string) => {
    const response = await fetch(gateway.url + path)
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text: await response.text() }
  }
  expect(await ask('/readyz')).toMatchObject({ status: 200 })
  await detour.cut()
  expect(await ask('/readyz')).toMatchObject({ status: 503, retryAfter: '1', text: expect.stringContaining('Redis') })
  expect(await ask('/healthz')).toMatchObject({ status: 200 })
  await detour.restore()
  expect(await ask('/readyz')).toMatchObject({ status: 200 })
})

test('a connection that broke while nothing was under way costs no call', async () => {
  const detour = await startDetour()
  const limiter = await open(detour.url)
  await detour.cut()
  await detour.restore()
  expect(await limiter.take([minute('idle', 2)])).toBeNull()
})

test('a script that the server has forgotten is sent again', async () => {
  const limiter = await open()
  await redis.scriptFlush()
  expect(await limiter.take([minute('flushed', 1)])).toBeNull()
})

test('a REDIS_URL that leads nowhere is named, without its password', async () => {
  const error = await openRedisLimiter('redis://user:pass-word@127.0.0.1:1').catch((thrown: unknown) => thrown)
  expect(String(error)).toMatch(/REDIS_URL: Redis at 127\.0\.0\.1:1 cannot be used \(.*ECONNREFUSED/)
  expect(`${String(error)} ${error instanceof Error ? error.stack : ''}`).not.toContain('pass-word')
})
