import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { Secret } from '../src/secret.ts'
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts'
import { openStore } from '../src/store/open.ts'
import { makeDataDir } from './support/data-dir.ts'
import { callRow, type ExternalServer, startExternalServer } from './support/database.ts'
import { spawnStore } from './support/store-process.ts'

let external: ExternalServer
beforeAll(async () => {
  external = await startExternalServer()
})
afterAll(() => external.close())

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Runs SQL as the superuser. */
async function admin(statement: string, database = 'postgres'): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: external.url(undefined, database) })
  await client.connect()
  return client.query(statement).finally(() => client.end())
}

let databases = 0
async function newDatabase(): Promise<string> {
  const name = `test_${++databases}`
  await admin(`create database ${name}`)
  return name
}

async function newLogin(attributes = ''): Promise<{ user: string; password: string }> {
  const user = `login_${++databases}`
  await admin(`create role ${user} login password 'pass-word' ${attributes}`)
  return { user, password: 'pass-word' }
}

function start(databaseUrl: string, log = createLog('silent')) {
  return openStore({ dataDir: '/nowhere', databaseUrl: new Secret(databaseUrl), log })
}

async function open(databaseUrl: string, log = createLog('silent')) {
  const store = await start(databaseUrl, log)
  undo.push(() => store.close())
  return store
}

async function refusal(databaseUrl: string): Promise<string> {
  const error = await start(databaseUrl).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  const said = error instanceof Error ? `${error.message}${error.stack}${JSON.stringify(error)}${String(error.cause)}` : ''
  expect(said).not.toContain('pass-word')
  return error instanceof Error ? error.message : ''
}

describe('a database of the operator', () => {
  it('is bound by row-level security though the login is a superuser', async () => {
    const database = await newDatabase()
    const store = await open(external.url(undefined, database))
    await store.workspace('ws_a', (db) => db.insertInto('workspaces').values({ id: 'ws_a', name: 'a' }).execute())
    expect(await store.workspace('ws_b', (db) => db.selectFrom('workspaces').selectAll().execute())).toEqual([])
    expect(await store.people.selectFrom('workspaces').selectAll().execute()).toEqual([])
    const { rows } = await admin("select tableowner as owner from pg_tables where schemaname = 'sallyport' group by 1", database)
    expect(rows).toEqual([{ owner: 'sallyport_owner' }])
  })

  it('is bound though the superuser is itself called sallyport', async () => {
    await admin("create role sallyport superuser login password 'pass-word'")
    const store = await open(external.url({ user: 'sallyport', password: 'pass-word' }, await newDatabase()))
    await store.workspace('ws_a', (db) => db.insertInto('workspaces').values({ id: 'ws_a', name: 'a' }).execute())
    expect(await store.workspace('ws_b', (db) => db.selectFrom('workspaces').selectAll().execute())).toEqual([])
  })

  it('needs no more than an ordinary login that may create a schema', async () => {
    const [database, login] = [await newDatabase(), await newLogin()]
    await admin(`grant create on database ${database} to ${login.user}`)
    const store = await open(external.url(login, database))
    await store.workspace('ws_a', (db) => db.insertInto('workspaces').values({ id: 'ws_a', name: 'a' }).execute())
    expect(await store.workspace('ws_b', (db) => db.selectFrom('workspaces').selectAll().execute())).toEqual([])
    await store.calls.insert(callRow())
  })

  it('leaves everything outside its schema alone', async () => {
    const database = await newDatabase()
    await open(external.url(undefined, database))
    const { rows } = await admin(
      "select schemaname from pg_tables where schemaname not in ('pg_catalog', 'information_schema') group by 1",
      database,
    )
    expect(rows).toEqual([{ schemaname: 'sallyport' }])
  })

  it('warns when the login bypasses row-level security', async () => {
    const [database, login] = [await newDatabase(), await newLogin('bypassrls')]
    await admin(`grant create on database ${database} to ${login.user}`)
    let logged = ''
    const log = pino(
      { level: 'warn' },
      new Writable({
        write(chunk, _encoding, done) {
          logged += String(chunk)
          done()
        },
      }),
    )
    await open(external.url(login, database), log)
    expect(logged).toContain('BYPASSRLS')
  })

  it('is shared by gateways, whose calls under way stay under way when another one starts', async () => {
    const url = external.url(undefined, await newDatabase())
    const first = await open(url)
    const row = callRow({ status: 'started', outcome: 'sent_unknown' })
    await first.calls.insert(row)
    const second = await open(url)
    expect(await second.system((db) => db.selectFrom('calls').select('status').execute())).toEqual([{ status: 'started' }])
  })
})

describe('migrations', () => {
  it('are done once by gateways that start together', async () => {
    const url = external.url(undefined, await newDatabase())
    const gateways = [spawnStore(['-', url]), spawnStore(['-', url])]
    await Promise.all([open(url), open(url), open(url), open(url), ...gateways.map((gateway) => gateway.printed(1))])
    for (const { lines } of gateways) expect(lines).toEqual(['open'])
    for (const { child, ended } of gateways) {
      child.stdin.end()
      expect(await ended).toBe(0)
    }
  })

  it('of two databases of one server do not meet at the role they share', async () => {
    const names = await Promise.all([newDatabase(), newDatabase(), newDatabase()])
    await Promise.all(names.map((name) => open(external.url(undefined, name))))
  })

  it('refuse a database that a newer version has migrated', async () => {
    const database = await newDatabase()
    await (await start(external.url(undefined, database))).close()
    await admin("insert into sallyport.migrations values ('9999_future.sql', 'x')", database)
    expect(await refusal(external.url(undefined, database))).toContain('newer Sallyport (9999_future.sql)')
  })

  it('refuse a database made with other migrations of the same name', async () => {
    const database = await newDatabase()
    await (await start(external.url(undefined, database))).close()
    await admin("update sallyport.migrations set checksum = 'other'", database)
    expect(await refusal(external.url(undefined, database))).toContain('0001_initial.sql is not the one')
  })

  it('keep nothing of one that fails', async () => {
    const database = await newDatabase()
    await admin('create schema sallyport; create table sallyport.calls (id text)', database)
    await expect(start(external.url(undefined, database))).rejects.toThrow(/0001_initial.sql failed, and nothing of it was kept/)
    const tables = "select tablename as name from pg_tables where schemaname = 'sallyport' order by 1"
    expect((await admin(tables, database)).rows).toEqual([{ name: 'calls' }, { name: 'migrations' }])
    // The note that it was done belongs to it.
    await admin("drop table sallyport.calls; alter table sallyport.migrations add check (name = 'no note')", database)
    await expect(start(external.url(undefined, database))).rejects.toThrow(/nothing of it was kept/)
    expect((await admin(tables, database)).rows).toEqual([{ name: 'migrations' }])
  })
})

describe('a DATABASE_URL that leads nowhere is refused with what to do, and never shown', () => {
  it('when the password is wrong', async () => {
    const login = await newLogin()
    expect(await refusal(external.url({ ...login, password: 'pass-word-wrong' }))).toContain(`refuses the user ${login.user}`)
  })

  it('when the database does not exist', async () => {
    expect(await refusal(external.url(undefined, 'absent'))).toContain('create database absent')
  })

  it('when nothing listens', async () => {
    expect(await refusal('postgresql://u:pass-word@127.0.0.1:1/db')).toContain('no PostgreSQL accepts connections at 127.0.0.1:1')
    expect(await refusal('postgresql://u:pass-word@/db?host=/nowhere')).toContain('/nowhere')
  })

  it('when it is no URL', async () => {
    expect(await refusal('postgresql://u:pass-word@[/db')).toContain('must be a URL')
  })

  it('when the login may not create the schema', async () => {
    const [database, login] = [await newDatabase(), await newLogin()]
    expect(await refusal(external.url(login, database))).toContain(`create schema sallyport authorization "${login.user}"`)
  })

  it('when the schema is somebody else’s', async () => {
    const [database, login] = [await newDatabase(), await newLogin()]
    await (await start(external.url(undefined, database))).close()
    expect(await refusal(external.url(login, database))).toContain(`grant "sallyport_owner" to "${login.user}"`)
  })

  it('when the owner of the schema is above row-level security', async () => {
    const [database, login] = [await newDatabase(), await newLogin()]
    await admin(`grant create on database ${database} to ${login.user}`)
    await (await start(external.url(login, database))).close()
    await admin(`alter role ${login.user} superuser`)
    // A superuser's schema goes to the ordinary role; its tables stay and are refused by name rather than used unprotected.
    await expect(start(external.url(login, database))).rejects.toThrow()
  })
})

describe('while the database is away', () => {
  it('everything answers UNAVAILABLE at once, and works again when it is back', async () => {
    const dataDir = await makeDataDir()
    undo.push(() => rm(dataDir, { recursive: true, force: true }))
    let server = await startEmbeddedPostgres(dataDir, createLog('silent'))
    const { host, user, password } = server.connection
    const store = await open(`postgresql://${user}:${password}@/postgres?host=${encodeURIComponent(host)}`)
    await store.calls.insert(callRow())
    const cut = store.workspace('ws_a', async (db) => {
      await server.stop()
      await db.selectFrom('tokens').selectAll().execute()
    })
    const away = { code: 'UNAVAILABLE', retryAfterSeconds: 1 }
    await expect(cut).rejects.toMatchObject(away)
    await expect(store.ping()).rejects.toMatchObject(away)
    await expect(store.workspace('ws_a', (db) => db.selectFrom('tokens').selectAll().execute())).rejects.toMatchObject(away)
    await expect(store.people.selectFrom('members').selectAll().execute()).rejects.toMatchObject(away)
    const rows = Array.from({ length: 300 }, () => callRow())
    for (const result of await Promise.allSettled(rows.map((row) => store.calls.insert(row)))) {
      expect(result).toMatchObject({ status: 'rejected', reason: away })
    }
    server = await startEmbeddedPostgres(dataDir, createLog('silent'))
    undo.splice(1, 0, () => server.stop())
    const back = performance.now()
    while (
      await store.ping().then(
        () => false,
        () => true,
      )
    )
      await delay(10)
    expect(performance.now() - back).toBeLessThan(5_000)
    await store.calls.insert(callRow())
    // The calls that were sent have their records all the same.
    expect(await store.workspace('ws_a', (db) => db.selectFrom('calls').select('id').execute())).toHaveLength(302)
  })

  it('nobody waits long though it does not even refuse', async () => {
    const dataDir = await makeDataDir()
    undo.push(() => rm(dataDir, { recursive: true, force: true }))
    const server = await startEmbeddedPostgres(dataDir, createLog('silent'))
    undo.push(() => server.stop())
    const { host, user, password } = server.connection
    const store = await open(`postgresql://${user}:${password}@/postgres?host=${encodeURIComponent(host)}`)
    const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
    process.kill(postmaster, 'SIGSTOP')
    undo.push(async () => process.kill(postmaster, 'SIGCONT'))
    const began = performance.now()
    const rows = Array.from({ length: 3_000 }, () => callRow())
    const results = await Promise.allSettled([
      ...rows.map((row) => store.calls.insert(row)),
      ...rows.slice(0, 30).map(() => store.system((db) => db.selectFrom('calls').select('id').execute())),
    ])
    // The one connection that was open may still serve.
    expect(results.slice(0, 3_000).every(({ status }) => status === 'rejected')).toBe(true)
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
    }
    expect(performance.now() - began).toBeLessThan(8_000)
  })
})
