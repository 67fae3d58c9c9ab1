import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { SallyportProblem } from '@sallyport/sdk'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { closeAll, start } from './cli-harness.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type ExternalServer, startExternalServer } from './support/database.ts'
import { type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from './support/gateway.ts'

vi.setConfig({ testTimeout: 180_000 })

/** Two gateways on one database, and an API that knows which credentials each connection has ever had. */
const connections = 10
const readers = 25
const writers = connections
const askers = 15
const env = { SALLYPORT_ROOT_KEY: randomBytes(32).toString('base64'), SALLYPORT_LOG_LEVEL: 'warn' }

let server: ExternalServer
let database: pg.Client
let upstream: CountingUpstream
const gateways: GatewayProcess[] = []
const valid = new Map<string, Set<string>>()

async function startGateway(): Promise<GatewayProcess> {
  const gateway = await startGatewayProcess({ env: { ...env, DATABASE_URL: server.url() } })
  gateways.push(gateway)
  return gateway
}

beforeAll(async () => {
  server = await startExternalServer()
  upstream = await new CountingUpstream().start()
  const known = ({ 'x-connection': name, authorization = '' }: IncomingHttpHeaders) =>
    valid.get(String(name))?.has(authorization.replace('Bearer ', ''))
  upstream.behave = ({ headers }, response) =>
    response.writeHead(known(headers) ? 200 : 401, { 'content-type': 'application/json' }).end('{"ok":true}')
  const first = await startGateway()
  const owner = first.client()
  await owner.connectors.create({
    connector: 'api',
    name: 'API',
    version: '1.0.0',
    servers: { production: { url: upstream.url } },
    auth: { token: { type: 'bearer' } },
    limits: { per_minute: 1_000_000 },
    actions: {
      read: { method: 'GET', path: '/read', effect: 'read', headers: { 'X-Connection': '{{name}}' }, input: named },
      write: { method: 'POST', path: '/write', headers: { 'X-Connection': '{{name}}' }, input: named },
      ask: { method: 'POST', path: '/ask', headers: { 'X-Connection': '{{name}}' }, input: named, confirm: true },
    },
  })
  for (let i = 0; i < connections; i++) {
    const token = randomBytes(24).toString('hex')
    valid.set(`c${i}`, new Set([token]))
    await owner.connections.create({ connector: 'api', name: `c${i}`, auth: { fields: { token } } })
  }
  database = new pg.Client(server.url())
  await database.connect()
}, 120_000)

const named = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }

afterAll(async () => {
  await closeAll()
  for (const gateway of gateways) {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  }
  await database?.end()
  await upstream?.stop()
  await server?.close()
}, 60_000)

async function keyCount(): Promise<number> {
  const { rows } = await database.query<{ count: string }>('select count(*) as count from sallyport.workspace_keys')
  return Number(rows[0]?.count)
}

const client = (i: number) => {
  const gateway = gateways[i % gateways.length]
  if (gateway === undefined) throw new Error('no gateway')
  return gateway.client()
}

const rotateBy = (gateway: GatewayProcess) =>
  start(['vault', 'rotate', '--json'], { url: gateway.url, env: { SALLYPORT_TOKEN: ownerToken } })

describe('sallyport vault rotate', () => {
  test(`while ${readers + writers + askers} readers and writers work over two gateways: none of them fails`, async () => {
    const second = await startGateway()
    const [first] = gateways
    if (first === undefined) return expect.unreachable()
    // People who did not ask decide.
    const { token: agent } = await first.client().tokens.create({ name: 'agent', role: 'member' })
    let working = true
    const failures: string[] = []
    const done = { read: 0, rotated: 0, asked: 0, repeated: 0 }
    const worker = async (kind: string, i: number, work: (turn: number) => Promise<void>) => {
      for (let turn = 0; working; turn++) {
        try {
          await work(turn)
        } catch (error) {
          failures.push(`${kind} ${i}: ${error instanceof SallyportProblem ? `${error.code} ${error.detail}` : String(error)}`)
        }
      }
    }
    const work = [
      ...Array.from({ length: readers }, (_, i) =>
        worker('reader', i, async (turn) => {
          const name = `c${(i + turn) % connections}`
          await client(i + turn).calls.create({ connector: 'api', connection: name, action: 'read', input: { name } })
          done.read++
        }),
      ),
      ...Array.from({ length: writers }, (_, i) =>
        worker('writer', i, async (turn) => {
          const name = `c${i}`
          const token = randomBytes(24).toString('hex')
          valid.get(name)?.add(token)
          const found = (await client(turn).connections.list({ search: name })).items.find((each) => each.name === name)
          await client(turn + 1).connections.rotate(found?.id ?? '', { fields: { token } })
          done.rotated++
        }),
      ),
      ...Array.from({ length: askers }, (_, i) =>
        worker('asker', i, async (turn) => {
          const name = `c${i % connections}`
          const gateway = gateways[turn % gateways.length] ?? first
          const asker = gateway.client(agent)
          if (i % 3 === 0) {
            // The answer of a write is sealed for whoever repeats it.
            const body = { connector: 'api', connection: name, action: 'write', input: { name }, idempotency_key: `${i}-${turn}` }
            const repeater = (gateways[(turn + 1) % gateways.length] ?? first).client(agent)
            const [call, again] = [await asker.calls.create(body), await repeater.calls.create(body)]
            if (call.id !== again.id) throw new Error('the repetition was another call')
            done.repeated++
            return
          }
          const pending = await asker.calls.create({ connector: 'api', connection: name, action: 'ask', input: { name } })
          if (!('approval' in pending)) throw new Error('did not wait')
          const { call, problem } = await client(turn + 1).approvals.approve(pending.approval.id)
          if (call === null) throw new Error(`${problem?.code}: ${problem?.detail}`)
          const record = await asker.calls.get(pending.id)
          if (record.result === null) throw new Error('its answer cannot be read')
          done.asked++
        }),
      ),
    ]
    const keys = new Set<string>()
    for (const gateway of [first, second, first, second]) {
      const { code, stdout, stderr } = await rotateBy(gateway).ended
      expect([code, stderr]).toEqual([0, ''])
      const answer = JSON.parse(stdout) as { key_id: string; state: string; remaining: number }
      expect(answer).toMatchObject({ state: 'done', remaining: 0, unopenable: [] })
      keys.add(answer.key_id)
    }
    working = false
    await Promise.all(work)
    expect(failures).toEqual([])
    expect(keys.size).toBe(4)
    for (const [kind, count] of Object.entries(done)) expect([kind, count > 20]).toEqual([kind, true])
    // Writers that were late by seconds may have left a value to the key before: one more, in peace, leaves a single key.
    expect((await rotateBy(first).ended).code).toBe(0)
    expect(await keyCount()).toBe(1)
  })

  const approvals = 'select count(*) > 0 as yes from sallyport.approvals'
  test.each([
    ['the new key is made', 'before insert on workspace_keys', 'true'],
    ['the first value is sealed anew', 'before update on connections', 'new.credential_key_id <> old.credential_key_id'],
    [
      'some values are sealed anew',
      'before update on connections',
      "new.credential_key_id <> old.credential_key_id and new.name = 'c4'",
    ],
    ['the credentials are sealed anew and calls are not', 'before update on approvals', 'new.sealed_key_id <> old.sealed_key_id'],
    ['everything is sealed anew and the old key is there', 'before delete on workspace_keys', 'true'],
    ['the old key is removed, before it is certain', 'after delete on workspace_keys', 'true'],
  ])('killed when %s: goes on, with every secret opening at every moment', async (_, event, condition) => {
    for (const gateway of gateways.splice(0)) {
      await gateway.stop()
      await removeDataDir(gateway.dataDir)
    }
    expect((await database.query<{ yes: boolean }>(approvals)).rows[0]?.yes).toBe(true)
    const gateway = await startGateway()
    expect(await keyCount()).toBe(1)
    const [, table = ''] = /on (\w+)/.exec(event) ?? []
    // At this moment time stands still, until the gateway is killed.
    await database.query(`set search_path = sallyport;
      create function stand_still() returns trigger language plpgsql as $$
        begin if ${condition} then perform pg_sleep(600); end if; return coalesce(new, old); end $$;
      create trigger stand_still ${event} for each row execute function stand_still()`)
    const rotating = rotateBy(gateway)
    const pid = await sleeping()
    gateway.process.kill('SIGKILL')
    expect((await rotating.ended).code).toBe(1)
    gateways.length = 0
    await database.query('select pg_terminate_backend($1)', [pid])
    await database.query(`drop trigger stand_still on ${table}; drop function stand_still()`)
    await removeDataDir(gateway.dataDir)

    const next = await startGateway()
    await everythingOpens(next)
    expect((await rotateBy(next).ended).code).toBe(0)
    expect(await keyCount()).toBe(1)
    await everythingOpens(next)
  })
})

/** The session that stands still. */
async function sleeping(): Promise<number> {
  return vi.waitUntil(
    async () => {
      const { rows } = await database.query<{ pid: number }>("select pid from pg_stat_activity where wait_event = 'PgSleep'")
      return rows[0]?.pid
    },
    { timeout: 30_000, interval: 10 },
  )
}

async function everythingOpens(gateway: GatewayProcess): Promise<void> {
  const owner = gateway.client()
  for (let i = 0; i < connections; i++)
    await owner.calls.create({ connector: 'api', connection: `c${i}`, action: 'read', input: { name: `c${i}` } })
  const { items } = await owner.approvals.list({ limit: 200 })
  expect(items.length).toBeGreaterThan(10)
  for (const { call_id } of items.slice(0, 20)) expect((await owner.calls.get(call_id)).result).toMatchObject({ success: true })
}
