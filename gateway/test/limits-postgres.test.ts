import { rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SallyportError } from '../src/errors.ts'
import { createLog } from '../src/log.ts'
import { Secret } from '../src/secret.ts'
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts'
import { openStore } from '../src/store/open.ts'
import type { SharedLimiter } from '../src/store/quota.ts'
import type { Store } from '../src/store/types.ts'
import { makeDataDir } from './support/data-dir.ts'
import { callRow, type ExternalServer, startExternalServer } from './support/database.ts'
import { expectExactlyTheLimit, expectExactWindows } from './support/limits.ts'

let server: ExternalServer
let superuser: pg.Client
const undo: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  server = await startExternalServer()
  superuser = new pg.Client({ connectionString: server.url() })
  await superuser.connect()
})
afterAll(async () => {
  for (const step of undo.reverse()) await step()
  await superuser?.end()
  await server?.close()
})

let databases = 0
/** Limiters of as many gateways on one new database, and a connection to it as the superuser. */
async function gateways(count: number): Promise<{ limiters: readonly SharedLimiter[]; admin: pg.Client }> {
  const name = `limits_${++databases}`
  await superuser.query(`create database ${name}`)
  const url = server.url(undefined, name)
  const limiters = await Promise.all(Array.from({ length: count }, async () => limiterOf(await open(url))))
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  undo.push(() => admin.end())
  await admin.query('set search_path = sallyport')
  return { limiters, admin }
}

async function open(url: string): Promise<Store> {
  const store = await openStore({ dataDir: '/nowhere', databaseUrl: new Secret(url), log: createLog('silent') })
  undo.push(() => store.close())
  return store
}

function limiterOf({ limiter }: Store): SharedLimiter {
  if (limiter === null) throw new Error('a database of the operator has no limiter')
  return limiter
}

/** Makes the database's time stand still; returns what moves it. */
async function stopClock(admin: pg.Client): Promise<(ms: number) => Promise<void>> {
  await admin.query(`create table stopped_clock as select 1800000000000 as at; grant select on stopped_clock to public;
    create or replace function limit_clock() returns double precision language sql volatile
    as 'select at::double precision from sallyport.stopped_clock'`)
  return async (ms) => {
    await admin.query('update stopped_clock set at = at + $1', [ms])
  }
}

const minute = (key: string, limit: number) => ({ key, limit, spanMs: 60_000 })

test('admits exactly the limit in any window, counts a refused call nowhere, and says when the next one fits', async () => {
  const { limiters, admin } = await gateways(1)
  const advance = await stopClock(admin)
  await expectExactWindows(() => ({ limiter: limiters[0] as SharedLimiter, advance }), 60)
})

test('gateways on one database admit exactly the limit out of 1,000 parallel calls', async () => {
  const { limiters } = await gateways(3)
  await expectExactlyTheLimit(limiters, 'parallel')
})

test('the limit holds where the database reads serializably by default', async () => {
  const { limiters, admin } = await gateways(2)
  await admin.query(`alter database limits_${databases} set default_transaction_isolation = 'serializable'`)
  await expectExactlyTheLimit(limiters, 'serializable')
})

test('a database clock that is set back lets nobody past the limit, and holds nobody for longer than a window', async () => {
  const { limiters, admin } = await gateways(1)
  const advance = await stopClock(admin)
  const [limiter] = limiters
  for (let i = 0; i < 3; i++) {
    expect(await limiter?.take([minute('key', 3)])).toBeNull()
    await advance(1_000)
  }
  await advance(-7_200_000)
  expect(await limiter?.take([minute('key', 3)])).toMatchObject({ retryAfterMs: 60_000 })
  await advance(59_999)
  expect(await limiter?.take([minute('key', 3)])).not.toBeNull()
  await advance(1)
  expect(await Promise.all(Array.from({ length: 4 }, () => limiter?.take([minute('key', 3)])))).toMatchObject([
    null,
    null,
    null,
    { retryAfterMs: 60_000 },
  ])
})

test('windows nobody asks for any more are removed by the calls of others', async () => {
  const { limiters, admin } = await gateways(1)
  const advance = await stopClock(admin)
  const rows = async () => (await admin.query<{ count: number }>('select count(*)::int as count from limit_steps')).rows[0]?.count
  await Promise.all(Array.from({ length: 3_000 }, (_, i) => limiters[0]?.take([minute(`idle-${i}`, 5)])))
  expect(await rows()).toBe(3_000)
  await advance(60_000)
  for (let i = 0; i < 10; i++) {
    await Promise.all(Array.from({ length: 200 }, (_, key) => limiters[0]?.take([minute(`busy-${i}-${key}`, 5)])))
  }
  expect(await rows()).toBe(2_000)
})

/** What is answered once the database is known to be back: until then each call is refused at once. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof SallyportError) || error.code !== 'UNAVAILABLE') throw error
      await nextTurn()
    }
  }
}

test('a crash of the database forgets no call that is on record', async () => {
  const dataDir = await makeDataDir()
  undo.push(() => rm(dataDir, { recursive: true, force: true }))
  const server = await startEmbeddedPostgres(dataDir, createLog('silent'))
  undo.push(() => server.stop())
  const { host, user, password } = server.connection
  const store = await open(`postgresql://${user}:${password}@/postgres?host=${encodeURIComponent(host)}`)
  const quotas = [minute('key', 3)]
  for (let i = 0; i < 3; i++) expect(await limiterOf(store).take(quotas)).toBeNull()
  await store.calls.insert(callRow())
  // PostgreSQL throws its shared memory away when one of its processes dies like this, and recovers from its log.
  const admin = new pg.Client(server.connection)
  admin.on('error', () => {})
  await admin.connect()
  const { rows } = await admin.query<{ pid: number }>(
    "select pid from pg_stat_activity where query like '%from limit_take%' and pid <> pg_backend_pid()",
  )
  for (const { pid } of rows) process.kill(pid, 'SIGKILL')
  expect(rows).toHaveLength(1)
  // The first call that gets an answer gets the right one.
  expect(await firstAnswer(() => limiterOf(store).take(quotas))).toMatchObject({ quota: quotas[0] })
})

test('refuses while the database is away, and goes on by itself when it is back', async () => {
  const dataDir = await makeDataDir()
  undo.push(() => rm(dataDir, { recursive: true, force: true }))
  const first = await startEmbeddedPostgres(dataDir, createLog('silent'))
  const { host, user, password } = first.connection
  const limiter = limiterOf(await open(`postgresql://${user}:${password}@/postgres?host=${encodeURIComponent(host)}`))
  expect(await limiter.take([minute('key', 2)])).toBeNull()
  await first.stop()
  const began = performance.now()
  const refused = await Promise.allSettled(Array.from({ length: 300 }, () => limiter.take([minute('key', 2)])))
  for (const result of refused) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } })
  }
  expect(performance.now() - began).toBeLessThan(2_000)
  const second = await startEmbeddedPostgres(dataDir, createLog('silent'))
  undo.push(() => second.stop())
  expect(await firstAnswer(() => limiter.take([minute('key', 2)]))).toBeNull()
  expect(await limiter.take([minute('key', 2)])).toMatchObject({ quota: minute('key', 2) })
})
