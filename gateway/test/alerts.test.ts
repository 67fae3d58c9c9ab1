import { createSecretKey } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAlerts } from '../src/call/alerts/alerts.ts'
import { createAlertDeliveries } from '../src/call/alerts/deliveries.ts'
import { createEvaluator } from '../src/call/alerts/evaluator.ts'
import type { AlertKind } from '../src/call/alerts/kinds.ts'
import type { AlertRuleView, NewAlertRule } from '../src/call/alerts/types.ts'
import { createChannels } from '../src/call/notices/channels.ts'
import { createOutbox } from '../src/call/notices/outbox.ts'
import { createSealedCalls } from '../src/call/sealed-calls.ts'
import type { Caller } from '../src/caller.ts'
import { createKeyStore } from '../src/connections/key-store.ts'
import { createEgress } from '../src/egress/egress.ts'
import { newId } from '../src/id.ts'
import { createLog } from '../src/log.ts'
import type { NewCallRow } from '../src/store/schema.ts'
import { localRootKey } from '../src/vault/root-key.ts'
import { createVault } from '../src/vault/vault.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { callRow, startTestStore, superuserOf, type TestStore } from './support/database.ts'

/** Rules fire and clear by the figures of the database, at a clock of the test's own, and channels hear of it over real sockets. */

const minute = 60_000
const clock = { at: Date.parse('2026-03-02T10:07:00Z'), now: () => clock.at, monotonic: () => clock.at }
const workspaceId = 'ws_a'
const admin = {
  kind: 'token',
  id: 'tok_1',
  name: 'the admin',
  workspaceId,
  workspaceName: 'Atlas',
  role: 'admin',
} as unknown as Caller
const log = createLog('silent')
const egress = createEgress({ allow: ['127.0.0.1/32'] })
const publicUrl = () => 'https://sallyport.example.test'

let testStore: TestStore
let db: pg.Client
let chat: CountingUpstream
let make: () => ReturnType<typeof gatewayOf>
let gateway: ReturnType<typeof gatewayOf>
let hook: string

/** What one gateway runs of it, without its timers. */
function gatewayOf({ store }: TestStore) {
  const vault = createVault({ root: localRootKey(createSecretKey(Buffer.alloc(32, 7))), keys: createKeyStore(store), clock })
  const deliverers = { egress, mailer: null }
  const channels = createChannels({ store, clock, sealedCalls: createSealedCalls(vault, store), publicUrl, ...deliverers })
  const outbox = createOutbox({ store, clock, log, channels, ...deliverers }, [createAlertDeliveries({ store, publicUrl })])
  const evaluator = createEvaluator({ store, clock, log, wake: () => {} })
  const wake = { evaluation: () => {}, deliveries: () => {} }
  return { channels, outbox, evaluator, alerts: createAlerts({ store, clock, channels, publicUrl, wake, ...deliverers }) }
}

beforeAll(async () => {
  testStore = await startTestStore()
  db = await superuserOf(testStore.dataDir)
  // Fixtures name keys that are not there.
  await db.query("set search_path = sallyport; set timezone = 'UTC'")
  await db.query("insert into workspaces (id, name) values ('ws_a', 'Atlas')")
  for (const connector of ['crm', 'shop'])
    await db.query("insert into connectors (workspace_id, id, name, version, summary) values ('ws_a', $1, $1, '1.0.0', '{}')", [
      connector,
    ])
  for (const [id, connector] of [
    ['con_a', 'crm'],
    ['con_b', 'crm'],
    ['con_c', 'shop'],
  ])
    await db.query(
      `insert into connections (id, workspace_id, connector, name, environment, scheme, settings, status, created_by)
       values ($1, 'ws_a', $2, 'name of ' || $1, 'production', 'none', '{}', 'active', 'tok_1')`,
      [id, connector],
    )
  chat = await new CountingUpstream().start()
  make = () => gatewayOf(testStore)
  gateway = make()
  hook = (await gateway.channels.create(admin, { kind: 'webhook', name: 'Hook', url: `${chat.url}/hook` })).id
})
beforeEach(async () => {
  clock.at += 7 * 24 * 60 * minute
  for (const { id } of await gateway.alerts.rules(admin)) await gateway.alerts.deleteRule(admin, id)
  for (const { id } of await gateway.alerts.silences(admin)) await gateway.alerts.endSilence(admin, id)
  await db.query(`delete from alert_deliveries; delete from alerts; delete from calls; delete from call_figures; delete from approvals;
    update connections set status = 'active', credential_ends_at = null`)
  chat.reset()
})
afterAll(async () => {
  await db?.end()
  await testStore?.close()
  await egress.close()
  await chat?.stop()
})

/** A minute later: what is due is looked at, and what is to be told is told. Answers what the webhook was told. */
async function pass(minutes = 1): Promise<readonly Record<string, unknown>[]> {
  clock.at += minutes * minute
  const before = chat.seen.length
  await gateway.evaluator.round()
  await gateway.outbox.round()
  return chat.seen.slice(before).map(({ body }) => JSON.parse(body))
}

const watch = (kind: AlertKind, more: Partial<NewAlertRule> = {}): Promise<AlertRuleView> =>
  gateway.alerts.createRule(admin, { kind, name: `rule of ${kind}`, channels: [hook], ...more })
const stateOf = async () => (await gateway.alerts.list(admin, {})).items.map(({ state, label, value }) => [state, label, value])

async function calls(count: number, fields: Partial<NewCallRow> = {}): Promise<void> {
  const one = () => ({
    ...callRow({ connector: 'crm', connector_version: '1.0.0', action: 'look', connection_id: 'con_a' }),
    ...{ id: newId('call', clock.at), started_at: new Date(clock.at), ...fields },
  })
  await Promise.all(Array.from({ length: count }, () => testStore.store.calls.insert(one())))
}
const status = (id: string, to: string) => db.query('update connections set status = $2 where id = $1', [id, to])
const approval = async () => {
  await db.query(
    `begin; set local session_replication_role = replica;
     insert into approvals (id, workspace_id, call_id, status, caller, connector, connector_version, action, connection_id, preview, hash,
       sealed_call, sealed_key_id, created_at, expires_at) values ('apr_1', 'ws_a', 'call_1', 'pending', '{}', 'crm', '1.0.0', 'pay', 'con_a',
       '{}', '', '', '', '${new Date(clock.at).toISOString()}', '${new Date(clock.at + 600 * minute).toISOString()}'); commit`,
  )
}

interface KindCase {
  readonly rule?: Partial<NewAlertRule>
  readonly breaks: () => Promise<unknown>
  readonly mends: () => Promise<unknown>
  readonly value: number
  readonly label?: string
  readonly examples?: readonly string[]
}
const failed = { status: 'failed', error_code: 'UPSTREAM_ERROR', upstream_status: 503 } as const
const cases: Readonly<Record<AlertKind, KindCase>> = {
  connection_failing: {
    breaks: () => status('con_a', 'needs_reauth'),
    mends: () => status('con_a', 'active'),
    value: 1,
    examples: ['name of con_a'],
  },
  error_rate: {
    breaks: async () => {
      await calls(12)
      await calls(4, failed)
      // What a caller asked for wrongly says nothing of the API.
      await calls(4, { status: 'failed', error_code: 'INVALID_INPUT' })
    },
    mends: async () => {
      clock.at += 20 * minute
      await calls(20)
    },
    value: 20,
    examples: ['UPSTREAM_ERROR'],
  },
  latency: {
    rule: { for_minutes: 0, threshold: 2000 },
    breaks: async () => {
      await calls(18, { duration_ms: 3 })
      await calls(2, { duration_ms: 4000 })
    },
    mends: async () => {
      clock.at += 20 * minute
      await calls(20, { duration_ms: 3 })
    },
    value: 4000,
  },
  credential_expiring: {
    breaks: () =>
      db.query(`update connections set credential_ends_at = $1 where id = 'con_a'`, [new Date(clock.at + 13 * 1440 * minute)]),
    mends: () =>
      db.query(`update connections set credential_ends_at = $1 where id = 'con_a'`, [new Date(clock.at + 90 * 1440 * minute)]),
    value: 1,
    examples: ['name of con_a'],
  },
  limit_hit: {
    // Of a longer window, which is read from the figures.
    rule: { window_minutes: 120, threshold: 3 },
    breaks: async () => {
      await calls(3, { status: 'failed', error_code: 'RATE_LIMITED', outcome: 'not_sent' })
      await calls(9, { status: 'failed', error_code: 'RATE_LIMITED', upstream_status: 429 })
    },
    mends: async () => {
      clock.at += 150 * minute
    },
    value: 3,
  },
  approval_pending: {
    breaks: async () => {
      await approval()
      clock.at += 16 * minute
    },
    mends: () => db.query(`update approvals set status = 'rejected'`),
    value: 1,
    label: 'all connections',
    examples: ['crm pay'],
  },
}

describe.each(Object.entries(cases) as [AlertKind, KindCase][])(
  '%s',
  (kind, { rule, breaks, mends, value, label, examples = [] }) => {
    test('fires, is told once, and clears', async () => {
      await watch(kind, rule)
      expect(await pass()).toEqual([])
      await breaks()
      const [told, ...more] = await pass()
      expect(more).toEqual([])
      expect(told).toMatchObject({ type: 'alert.firing', kind, rule: `rule of ${kind}`, workspace: 'Atlas', examples })
      expect(told?.value).toBeCloseTo(value)
      expect(told?.label).toBe(label ?? 'name of con_a (crm)')
      expect(await pass()).toEqual([])
      expect((await gateway.alerts.rules(admin))[0]).toMatchObject({ firing: 1, problem: null })
      await mends()
      expect(await pass()).toMatchObject([{ type: 'alert.resolved', alert_id: told?.alert_id }])
      expect((await gateway.alerts.list(admin, {})).items).toMatchObject([{ state: 'resolved', id: told?.alert_id }])
      expect(await pass()).toEqual([])
    })
  },
)

test('one message tells of a whole group', async () => {
  await watch('connection_failing', { group_by: 'connector' })
  for (const id of ['con_a', 'con_b', 'con_c']) await status(id, 'failing')
  const told = await pass()
  expect(told.map(({ label, value, examples }) => [label, value, examples]).sort()).toEqual([
    ['crm', 2, ['name of con_a', 'name of con_b']],
    ['shop', 1, ['name of con_c']],
  ])
})

test('it fires only after a while, stays between its two thresholds, and clears only after a while', async () => {
  const slow = { threshold: 50, clear_below: 20, for_minutes: 3, clear_for_minutes: 2, window_minutes: 1, min_calls: 1 }
  await watch('error_rate', slow)
  const load = async (bad: number) => {
    await calls(bad, failed)
    await calls(10 - bad)
  }
  await load(9)
  expect(await pass(0)).toEqual([])
  expect(await stateOf()).toMatchObject([['pending', 'name of con_a (crm)', 90]])
  // A wait that comes to nothing leaves nothing.
  clock.at += 2 * minute
  expect(await pass(0)).toEqual([])
  expect(await stateOf()).toEqual([])
  const told: unknown[] = []
  for (const bad of [9, 9, 9, 9, 3, 3, 0, 3, 0, 0, 0]) {
    clock.at += minute + 1000
    await load(bad)
    told.push(...(await pass(0)).map(({ type }) => `${type} at ${bad}`), (await stateOf())[0]?.[0])
  }
  expect(told).toEqual([
    ...[
      'pending',
      'pending',
      'pending',
      'alert.firing at 9',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
    ],
    ...['alert.resolved at 0', 'resolved'],
  ])
})

test('while it is silenced nobody is told, and what fires still is told when that ends', async () => {
  const rule = await watch('connection_failing')
  await expect(
    gateway.alerts.silence(admin, { reason: 'late', until: new Date(clock.at - minute).toISOString() }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const until = new Date(clock.at + 10 * minute).toISOString()
  const silence = await gateway.alerts.silence(admin, { reason: 'migration', rule: rule.id, subject: 'con_a', until })
  expect(silence).toMatchObject({ by: { id: 'tok_1', name: 'the admin' }, reason: 'migration', until })
  for (const id of ['con_a', 'con_b']) await status(id, 'failing')
  expect(await pass()).toMatchObject([{ subject: 'con_b' }])
  const shown = (await gateway.alerts.list(admin, { state: 'firing' })).items
  expect(shown.map(({ subject, silenced }) => [subject, silenced]).sort()).toEqual([
    ['con_a', 'migration'],
    ['con_b', null],
  ])
  expect(await pass(5)).toEqual([])
  expect(await pass(5)).toMatchObject([{ type: 'alert.firing', subject: 'con_a' }])
  // One that came and went in silence is told at no time.
  await gateway.alerts.silence(admin, { reason: 'again', until: new Date(clock.at + 60 * minute).toISOString() })
  await status('con_c', 'failing')
  expect(await pass()).toEqual([])
  await status('con_c', 'active')
  expect(await pass()).toEqual([])
})

test('of several gateways one looks and one tells', async () => {
  await watch('connection_failing')
  for (const id of ['con_a', 'con_b', 'con_c']) await status(id, 'failing')
  const gateways = [gateway, make(), make()]
  await Promise.all(gateways.map(({ evaluator }) => evaluator.round()))
  await Promise.all(gateways.map(({ outbox }) => outbox.round()))
  expect(chat.seen.map(({ body }) => JSON.parse(body).subject).sort()).toEqual(['con_a', 'con_b', 'con_c'])
})

test('what did not arrive is tried again in order, and every attempt is on record', async () => {
  await watch('connection_failing')
  chat.behave = (_request, response) => response.writeHead(503).end()
  await status('con_a', 'failing')
  await pass()
  const [alert] = (await gateway.alerts.list(admin, {})).items
  const deliveries = async () => (await gateway.alerts.get(admin, alert?.id ?? '')).deliveries
  expect(await deliveries()).toMatchObject([
    { event: 'firing', channel: 'Hook', attempts: 1, delivered_at: null, last_error: expect.stringContaining('503') },
  ])
  await status('con_a', 'active')
  clock.at += 10_000
  await db.query(`update alert_rules set due_at = $1`, [new Date(clock.at)])
  // Its end waits for its beginning.
  expect(await pass(0)).toEqual([])
  chat.reset()
  const told = [...(await pass()), ...(await pass())]
  expect(told.map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved'])
  expect(await deliveries()).toMatchObject([
    { event: 'firing', attempts: 2, delivered_at: expect.any(String), due_at: null, last_error: null },
    { event: 'resolved', attempts: 1, delivered_at: expect.any(String), due_at: null },
  ])
})

test('PagerDuty opens one incident and closes it, chats get their own words, and a deleted rule leaves nothing open', async () => {
  const key = 'a0123456789abcdef0123456789abcde'
  const pager = await gateway.channels.create(admin, { kind: 'pagerduty', name: 'On call', url: `${chat.url}/enqueue`, key })
  const slack = await gateway.channels.create(admin, { kind: 'slack', name: 'Chat', url: `${chat.url}/slack` })
  expect(pager).toMatchObject({ approvals: false, target: new URL(chat.url).host, secret: null })
  const rule = await watch('connection_failing', { severity: 'critical', channels: [pager.id, slack.id] })
  await status('con_a', 'failing')
  const bodies = await pass()
  const event = bodies.find((body) => 'routing_key' in body)
  expect(event).toMatchObject({
    routing_key: key,
    event_action: 'trigger',
    payload: { severity: 'critical', source: 'sallyport' },
  })
  expect(bodies.find((body) => 'blocks' in body)).toMatchObject({
    text: expect.stringContaining('Firing: rule of connection_failing'),
  })
  await gateway.alerts.deleteRule(admin, rule.id)
  const after = await pass()
  expect(after.find((body) => 'routing_key' in body)).toMatchObject({ event_action: 'resolve', dedup_key: event?.dedup_key })
  expect(JSON.stringify((await db.query('select * from alert_deliveries')).rows)).not.toContain(key)
  for (const { id } of [pager, slack]) await gateway.channels.remove(admin, id)
})

test('the test of a rule says what it measures and which channels hear of it', async () => {
  const rule = await watch('connection_failing')
  await status('con_a', 'failing')
  expect(await gateway.alerts.testRule(admin, rule.id)).toEqual({
    readings: [{ subject: 'con_a', label: 'name of con_a', value: 1, breaching: true }],
    deliveries: [{ channel: 'Hook', error: null }],
  })
  expect(chat.seen.map(({ body }) => JSON.parse(body).type)).toEqual(['alert.test'])
  chat.behave = (_request, response) => response.writeHead(404).end()
  expect((await gateway.alerts.testRule(admin, rule.id)).deliveries).toMatchObject([{ error: expect.stringContaining('404') }])
  expect(await stateOf()).toEqual([])
})

test('rules that cannot be right, and callers who are no admins, are refused', async () => {
  const wrong = [{ clear_below: 50, threshold: 10 }, { channels: ['nch_none'] }] as const
  for (const more of wrong) await expect(watch('error_rate', more)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await watch('error_rate')
  await expect(watch('error_rate')).rejects.toMatchObject({ code: 'CONFLICT' })
  const manager = { ...admin, role: 'manager' } as unknown as Caller
  await expect(gateway.alerts.rules(manager)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(gateway.alerts.silence(manager, { reason: 'x', until: '2030-01-01T00:00:00Z' })).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})
