import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { DataDirInUseError } from '../src/store/data-dir.ts'
import { openStore } from '../src/store/open.ts'
import { makeDataDir } from './support/data-dir.ts'
import { callRow } from './support/database.ts'
import { spawnStore } from './support/store-process.ts'

const isRoot = process.getuid?.() === 0
const nobody = { uid: 65534, gid: 65534 }
/** Whether the unprivileged user gets at this checkout at all. */
const nobodyCanRun =
  isRoot &&
  spawnSync(process.execPath, ['-e', `require('fs').readFileSync(${JSON.stringify(import.meta.filename)})`], {
    ...nobody,
    cwd: '/',
  }).status === 0

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

async function dataDir(): Promise<string> {
  const path = await makeDataDir()
  undo.push(() => rm(path, { recursive: true, force: true }))
  return path
}

/** A directory with a database in it, which costs a second to make; all tests that leave it whole share it. */
let used = ''
beforeAll(async () => {
  used = await makeDataDir()
  await (await openStore({ dataDir: used, databaseUrl: undefined, log: createLog('silent') })).close()
})
afterAll(() => rm(used, { recursive: true, force: true }))

async function open(path: string) {
  const store = await openStore({ dataDir: path, databaseUrl: undefined, log: createLog('silent') })
  undo.push(() => store.close())
  return store
}

async function addWorkspace(store: Awaited<ReturnType<typeof open>>, id: string): Promise<void> {
  await store.workspace(id, (db) => db.insertInto('workspaces').values({ id, name: id }).execute())
}

const workspaceIds = async (store: Awaited<ReturnType<typeof open>>) =>
  (await store.system((db) => db.selectFrom('workspaces').select('id').orderBy('id').execute())).map(({ id }) => id)

async function postmasterPid(path: string): Promise<number> {
  return Number.parseInt(await readFile(join(path, 'postgres/postmaster.pid'), 'utf8'), 10)
}

/** Whether it runs; what has ended and waits for its parent to notice does not. */
function lives(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)])
    .stdout.toString()
    .trim()
  return state !== '' && !state.startsWith('Z')
}

/** Tries until it succeeds; each try is answered at once while the database is down. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + 15_000; ; ) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await delay(10)
    }
  }
}

describe('the embedded database', () => {
  it('keeps its content from one start to the next, and leaves nothing running', async () => {
    const path = await dataDir()
    const first = await open(path)
    await addWorkspace(first, 'ws_a')
    const pid = await postmasterPid(path)
    await first.close()
    expect(lives(pid)).toBe(false)
    const second = await open(path)
    expect(await workspaceIds(second)).toEqual(['ws_a'])
  })

  it('works at a path of any length below a directory closed to others', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'sallyport-closed-'))
    undo.push(() => rm(closed, { recursive: true, force: true }))
    await chmod(closed, 0o700)
    const path = join(closed, 'x'.repeat(120), 'data')
    const store = await open(path)
    await addWorkspace(store, 'ws_a')
    await store.close()
    expect(await workspaceIds(await open(path))).toEqual(['ws_a'])
  })

  it('keeps the password and the cluster from other users', async () => {
    const path = used
    await open(path)
    expect((await stat(join(path, 'postgres'))).mode & 0o077).toBe(0)
    expect((await stat(join(path, 'postgres.password'))).mode & 0o077).toBe(0)
  })

  it('listens on no network address', async () => {
    const store = await open(used)
    const { rows } = await store.people.executeQuery<{ listen_addresses: string }>({
      ...store.people.selectFrom('workspaces').selectAll().compile(),
      sql: 'show listen_addresses',
      parameters: [],
    })
    expect(rows).toEqual([{ listen_addresses: '' }])
  })

  it.runIf(nobodyCanRun)('runs for an ordinary user as well', async () => {
    const path = await dataDir()
    await chown(path, nobody.uid, nobody.gid)
    const gateway = spawnStore([path], nobody)
    await gateway.printed(1)
    expect(gateway.lines).toEqual(['open'])
    gateway.child.stdin.end()
    expect(await gateway.ended).toBe(0)
    // And what an ordinary user made, root opens without taking it away.
    await (await open(path)).close()
    const again = spawnStore([path], nobody)
    await again.printed(1)
    expect(again.lines).toEqual(['open'])
    again.child.stdin.end()
    expect(await again.ended).toBe(0)
  })
})

describe('a data directory in use', () => {
  it('is refused to a second gateway, until the first ends', async () => {
    const path = used
    const gateway = spawnStore([path])
    undo.push(() => gateway.ended)
    await gateway.printed(1)
    const refusal = await openStore({ dataDir: path, databaseUrl: undefined, log: createLog('silent') }).catch(
      (error: unknown) => error,
    )
    expect(refusal).toBeInstanceOf(DataDirInUseError)
    expect(String(refusal)).toContain(path)
    expect(String(refusal)).toContain('SALLYPORT_DATA_DIR')
    gateway.child.stdin.end()
    expect(await gateway.ended).toBe(0)
    await open(path)
  })

  it('is refused even while the other gateway still makes its database', async () => {
    const path = await dataDir()
    const [first, second] = await Promise.allSettled([open(path), open(path)])
    const refused = first.status === 'rejected' ? first : second
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect(refused).toMatchObject({ reason: expect.any(DataDirInUseError) })
  })
})

describe('after a crash', () => {
  it('of the server it is up again, without a restart of the gateway', async () => {
    const path = used
    const store = await open(path)
    const killed = await postmasterPid(path)
    process.kill(killed, 'SIGKILL')
    const { promise: down, resolve: isDown } = Promise.withResolvers<unknown>()
    await eventually(async () => {
      await store.ping().catch((error: unknown) => {
        isDown(error)
        throw error
      })
      // Right after the kill the old connections may still answer.
      if ((await postmasterPid(path)) === killed) throw new Error('not yet')
      return workspaceIds(store)
    })
    expect(await down).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 })
    expect(await workspaceIds(store)).toEqual([])
    await store.calls.insert(callRow())
  })

  it('of one server process it is up again', async () => {
    const store = await open(used)
    const { rows } = await store.people.executeQuery<{ pid: number }>({
      ...store.people.selectFrom('workspaces').selectAll().compile(),
      sql: 'select pg_backend_pid() as pid',
      parameters: [],
    })
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL')
    expect(await eventually(() => workspaceIds(store))).toEqual([])
    await eventually(() => store.calls.insert(callRow()))
  })

  it('of the gateway every acknowledged call is in the log, and one that had not ended says so', async () => {
    const path = used
    const gateway = spawnStore([path, '-', 'write'])
    await gateway.printed(200)
    const orphan = await postmasterPid(path)
    gateway.child.kill('SIGKILL')
    expect(await gateway.ended).toBe('SIGKILL')
    const acknowledged = gateway.lines.slice(1)

    const store = await open(path)
    expect(lives(orphan)).toBe(false)
    const rows = await store.system((db) => db.selectFrom('calls').select(['id', 'status', 'outcome', 'error_code']).execute())
    const logged = new Map(rows.map((row) => [row.id, row]))
    expect(acknowledged.filter((id) => !logged.has(id))).toEqual([])
    expect(logged.get(acknowledged[0] ?? '')).toMatchObject({
      status: 'failed',
      outcome: 'sent_unknown',
      error_code: 'OUTCOME_UNKNOWN',
    })
  })

  it('of the gateway and its server together it opens again', async () => {
    const path = used
    const gateway = spawnStore([path, '-', 'write'])
    await gateway.printed(50)
    process.kill(await postmasterPid(path), 'SIGKILL')
    gateway.child.kill('SIGKILL')
    await gateway.ended
    const store = await open(path)
    const logged = await store.system((db) => db.selectFrom('calls').select('id').execute())
    const ids = new Set(logged.map(({ id }) => id))
    expect(gateway.lines.slice(1).filter((id) => /^call_\w{26}$/.test(id) && !ids.has(id))).toEqual([])
  })

  it('of the gateway during the first start, the next start makes the database', async () => {
    const path = await dataDir()
    const gateway = spawnStore([path])
    const draft = async () => expect(await stat(join(path, 'postgres.password'))).toBeDefined()
    await eventually(draft)
    gateway.child.kill('SIGKILL')
    await gateway.ended
    await addWorkspace(await open(path), 'ws_a')
  })

  it('starts although the process id of the old server is now somebody else', async () => {
    const path = used
    // The check PostgreSQL makes concerns processes of its own user.
    const stranger = spawn('sleep', ['60'], isRoot ? nobody : {})
    undo.push(async () => stranger.kill())
    await once(stranger, 'spawn')
    const cluster = join(path, 'postgres')
    await writeFile(join(cluster, 'postmaster.pid'), `${stranger.pid}\n${cluster}\n1\n5432\n.\n\n 1 1\n`)
    await writeFile(join(cluster, '.s.PGSQL.5432.lock'), `${stranger.pid}\n`)
    await open(path)
    expect(stranger.exitCode ?? stranger.signalCode).toBe(null)
  })

  it('of a gateway that ends without closing, no server stays behind', async () => {
    const path = used
    const gateway = spawnStore([path, '-', 'exit'])
    await gateway.printed(1)
    const pid = await postmasterPid(path)
    await gateway.ended
    await eventually(async () => expect(lives(pid)).toBe(false))
  })
})

describe('a data directory that cannot serve is refused with what to do', () => {
  const refusal = async (path: string) => {
    const error = await openStore({ dataDir: path, databaseUrl: undefined, log: createLog('silent') }).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ConfigError)
    return error instanceof Error ? error.message : ''
  }

  it('when it is a file', async () => {
    const path = join(await dataDir(), 'file')
    await writeFile(path, '')
    expect(await refusal(path)).toContain('SALLYPORT_DATA_DIR must be a directory')
    expect(await refusal(join(path, 'below'))).toContain('SALLYPORT_DATA_DIR')
  })

  it.runIf(!isRoot || nobodyCanRun)('when it cannot be written', async () => {
    const path = await dataDir()
    await chmod(path, 0o555)
    if (isRoot) {
      const gateway = spawnStore([path], nobody)
      expect(await gateway.ended).toBe(1)
      expect(gateway.lines.join()).toContain(`ConfigError: The data directory ${path} cannot be written: permission denied.`)
    } else expect(await refusal(path)).toContain('cannot be written: permission denied')
  })

  it('when another PostgreSQL made it', async () => {
    await writeFile(join(used, 'postgres/PG_VERSION'), '12\n')
    expect(await refusal(used)).toContain('made by PostgreSQL 12')
    // And nothing holds it afterwards.
    await writeFile(join(used, 'postgres/PG_VERSION'), '18\n')
    await open(used)
  })

  it('when the database in it is something else', async () => {
    const path = await dataDir()
    await mkdir(join(path, 'postgres'))
    if (isRoot) await chown(join(path, 'postgres'), nobody.uid, nobody.gid)
    expect(await refusal(path)).toContain('is not a PostgreSQL database')
  })

  it('when the password is gone', async () => {
    const password = join(used, 'postgres.password')
    await rename(password, `${password}.away`)
    expect(await refusal(used)).toContain('postgres.password')
    await rename(`${password}.away`, password)
  })
})
