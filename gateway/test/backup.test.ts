import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLog } from '../src/log.ts'
import { Secret } from '../src/secret.ts'
import { backUpStore, restoreStore } from '../src/store/open.ts'
import { CountingUpstream, connectLedger } from './support/counting-upstream.ts'
import { gatewayBin, makeDataDir, temporaryDataDir } from './support/data-dir.ts'
import { type ExternalServer, startExternalServer } from './support/database.ts'
import { cleanEnvironment, type GatewayProcess, ownerToken, startGatewayProcess } from './support/gateway.ts'

const upstream = new CountingUpstream()
const folders: string[] = []
let folder: string
let source: GatewayProcess
let server: ExternalServer
let agentToken: string
let callIds: string[]

const newDataDir = async () => {
  const dataDir = await makeDataDir()
  folders.push(dataDir)
  return dataDir
}

async function query(text: string): Promise<void> {
  const client = new pg.Client(server.server.connection)
  await client.connect()
  await client.query(text)
  await client.end()
}

async function sallyport(args: readonly string[], env: Record<string, string>) {
  const { stdout } = await promisify(execFile)(process.execPath, [gatewayBin, '--json', ...args], { env: cleanEnvironment(env) })
  return JSON.parse(stdout) as { tables: { name: string; rows: number }[]; root_key: boolean }
}

/** In this process, which spares a start of the command line. */
const optionsOf = (env: Record<string, string>) => ({
  dataDir: env.SALLYPORT_DATA_DIR ?? '',
  databaseUrl: env.DATABASE_URL === undefined ? undefined : new Secret(env.DATABASE_URL),
  log: createLog('silent'),
})
const backup = (place: string, env: Record<string, string>) =>
  backUpStore({ ...optionsOf(env), folder: join(folder, place), version: '0.0.0' })
const restore = (place: string, env: Record<string, string>) => restoreStore({ ...optionsOf(env), folder: join(folder, place) })

/** Each row of each table of a backup, in an order of its own. */
async function rowsOf(place: string): Promise<Record<string, string[]>> {
  const files = (await readdir(join(folder, place))).filter((name) => name.endsWith('.gz'))
  const tables = files.map(async (name) => {
    const text = gunzipSync(await readFile(join(folder, place, name))).toString()
    return [name, text.trimEnd().split('\n').sort()] as const
  })
  return Object.fromEntries(await Promise.all(tables))
}

/** A gateway on what was restored does what the one before it did. */
async function expectTheSame(env: Record<string, string>, dataDir: string): Promise<void> {
  const gateway = await startGatewayProcess({ dataDir, env })
  try {
    const owner = gateway.client()
    for (const id of callIds) expect(await owner.calls.get(id)).toEqual(await source.client().calls.get(id))
    upstream.reset()
    const again = await gateway.client(agentToken).calls.create({ connector: 'ledger', action: 'look', input: {} })
    expect(again).toMatchObject({ success: true })
    expect(upstream.seen.map(({ headers }) => headers['x-key'])).toEqual(['ledger-key-0123456789'])
    expect(await owner.audit.verify({ from: 1 })).toMatchObject({ problems: [], next: null })
    expect((await owner.approvals.list({ status: 'pending' })).items).toHaveLength(1)
  } finally {
    await gateway.stop()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-backup-'))
  await upstream.start()
  const dataDir = await temporaryDataDir()
  folders.push(folder, dataDir)
  ;[source, server] = await Promise.all([startGatewayProcess({ dataDir }), startExternalServer()])
  const owner = source.client()
  await connectLedger(owner, upstream)
  agentToken = (await owner.tokens.create({ name: 'agent', role: 'member' })).token
  const agent = source.client(agentToken)
  const input = { amount: 7 }
  await agent.calls.create({ connector: 'ledger', action: 'look', input: {} })
  await agent.calls.create({ connector: 'ledger', action: 'pay', input, idempotency_key: 'a\tkey\\with "all" of it' })
  await agent.calls.create({ connector: 'ledger', action: 'pay_asked', input })
  await agent.calls.create({ connector: 'ledger', action: 'nothing', input: {} }).catch(() => {})
  callIds = (await owner.calls.list({ limit: 100 })).items.map(({ id }) => id)
  expect(callIds.length).toBeGreaterThanOrEqual(4)
}, 120_000)
afterAll(async () => {
  await source.stop()
  await Promise.all([upstream.stop(), server.close()])
  for (const each of folders) await rm(each, { recursive: true, force: true })
}, 120_000)

test('a backup taken while the gateway serves, restored elsewhere, answers calls and verifies', async () => {
  // Traffic goes on meanwhile: a snapshot may lie between two calls, never within one.
  const traffic = new AbortController()
  const agent = source.client(agentToken)
  const calling = (async () => {
    while (!traffic.signal.aborted) await agent.calls.create({ connector: 'ledger', action: 'look', input: {} })
  })()
  const { root_key, tables } = await sallyport(['backup', join(folder, 'first')], { SALLYPORT_DATA_DIR: source.dataDir })
  traffic.abort()
  await calling
  expect(root_key).toBe(false)
  expect(tables.find(({ name }) => name === 'calls')?.rows).toBeGreaterThanOrEqual(callIds.length)
  expect((await stat(join(folder, 'first'))).mode & 0o777).toBe(0o700)
  const files = await Promise.all((await readdir(join(folder, 'first'))).map((name) => readFile(join(folder, 'first', name))))
  const key = (await readFile(join(source.dataDir, 'root.key'), 'utf8')).trim()
  const written = files.map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString()).join('\n')
  for (const secret of [key, ownerToken, agentToken, 'ledger-key-0123456789']) expect(written).not.toContain(secret)

  const dataDir = await newDataDir()
  await sallyport(['restore', join(folder, 'first')], { SALLYPORT_DATA_DIR: dataDir })
  await cp(join(source.dataDir, 'root.key'), join(dataDir, 'root.key'))
  await backup('second', { SALLYPORT_DATA_DIR: dataDir })
  expect(await rowsOf('second')).toEqual(await rowsOf('first'))
  await expectTheSame({}, dataDir)
}, 120_000)

test('embedded to a PostgreSQL of the operator and back, as a login that is no superuser, loses nothing', async () => {
  const admin = { SALLYPORT_DATA_DIR: await newDataDir() }
  const login = { user: 'gateway', password: 'gateway-password' }
  await query(`create role gateway login password 'gateway-password'`)
  await query('create database moved owner gateway')
  const external = { ...admin, DATABASE_URL: server.url(login, 'moved') }
  await sallyport(['backup', join(folder, 'out'), '--with-root-key'], { SALLYPORT_DATA_DIR: source.dataDir })
  expect((await restore('out', external)).root_key).toBe(true)
  await backup('back', external)
  expect(await rowsOf('back')).toEqual(await rowsOf('out'))
  await expectTheSame({ DATABASE_URL: external.DATABASE_URL }, admin.SALLYPORT_DATA_DIR)
  const dataDir = await newDataDir()
  await restore('back', { SALLYPORT_DATA_DIR: dataDir })
  await backup('home', { SALLYPORT_DATA_DIR: dataDir })
  expect((await rowsOf('home'))['calls.copy.gz']).toEqual((await rowsOf('back'))['calls.copy.gz'])
}, 120_000)

test('nothing is replaced, and a damaged backup restores nothing at all', async () => {
  await backup('whole', { SALLYPORT_DATA_DIR: source.dataDir })
  await expect(backup('whole', { SALLYPORT_DATA_DIR: source.dataDir })).rejects.toThrow(/not there yet/)
  const dataDir = await newDataDir()
  await query('create database damaged')
  const env = { SALLYPORT_DATA_DIR: dataDir, DATABASE_URL: server.url(undefined, 'damaged') }
  const damages: readonly ((place: string) => Promise<void>)[] = [
    (place) => truncate(join(place, 'tokens.copy.gz'), 60),
    (place) => rm(join(place, 'workspaces.copy.gz')),
    async (place) => {
      const manifest = await readFile(join(place, 'manifest.json'), 'utf8')
      await writeFile(join(place, 'manifest.json'), manifest.replace('0001_initial', '9999_later'))
    },
    (place) => rm(join(place, 'manifest.json')),
  ]
  for (const [number, damage] of damages.entries()) {
    const place = `damaged-${number}`
    await cp(join(folder, 'whole'), join(folder, place), { recursive: true })
    await damage(join(folder, place))
    await expect(restore(place, env)).rejects.toThrow(/damaged|newer|no backup/)
  }
  await restore('whole', env)
  await expect(restore('whole', env)).rejects.toThrow(/holds data of Sallyport already/)
  // Not with a key of its own either.
  await expect(startGatewayProcess({ dataDir, env: { ...env, SALLYPORT_ROOT_KEY: 'ab'.repeat(32) } })).rejects.toThrow(
    /root key/i,
  )
}, 120_000)

/** Made by `sallyport backup` of the version in its name, and never made anew: with the root key and the owner's token below. */
test('the data of the first release come up to date, verify, and their credentials open', async () => {
  await query('create database upgraded')
  const env = { SALLYPORT_DATA_DIR: await newDataDir(), DATABASE_URL: server.url(undefined, 'upgraded') }
  await restoreStore({ ...optionsOf(env), folder: join(import.meta.dirname, 'data/release-0.1.0') })
  const rootKey = { SALLYPORT_ROOT_KEY: '07'.repeat(32) }
  const gateway = await startGatewayProcess({ dataDir: env.SALLYPORT_DATA_DIR, env: { ...env, ...rootKey } })
  try {
    const owner = gateway.client()
    expect(await owner.audit.verify({ from: 1 })).toMatchObject({ problems: [], next: null })
    const { items } = await owner.calls.list({})
    expect(items.map(({ action, status }) => `${action} ${status}`)).toEqual([
      'nothing failed',
      'pay_asked pending_approval',
      'pay succeeded',
      'look succeeded',
    ])
    // Its API is elsewhere now; the credential is the one that was sealed then.
    const document = {
      ...(await owner.connectors.get('ledger')),
      servers: { production: { url: upstream.url } },
      version: '2.0.0',
    }
    await owner.connectors.update('ledger', { document })
    upstream.reset()
    expect(await owner.calls.create({ connector: 'ledger', action: 'look', input: {} })).toMatchObject({ success: true })
    expect(upstream.seen.map(({ headers }) => headers['x-key'])).toEqual(['ledger-key-0123456789'])
  } finally {
    await gateway.stop()
  }
}, 120_000)
