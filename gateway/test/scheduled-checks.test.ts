import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { systemClock } from '../src/clock.ts'
import { createScheduledChecks } from '../src/connections/scheduled-checks.ts'
import { SallyportError } from '../src/errors.ts'
import { startTestStore } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { smallSpec } from './support/small-spec.ts'

let gateway: GatewayProcess
let vendor: Server
let origin: string
/** Paths of the description as it is served now; null when the vendor has none any more. */
let paths: Readonly<Record<string, object>> | null = {}
let asked = 0
/** A check starts a process, on a machine that may be busy. */
const inTime = { timeout: 20_000 }

const operation = (operationId: string) => ({ get: { operationId, responses: { 200: { description: 'ok' } } } })

beforeAll(async () => {
  gateway = await startGatewayProcess()
  vendor = createServer((_request, response) => {
    asked += 1
    response.statusCode = paths === null ? 404 : 200
    response.end(paths === null ? '' : JSON.stringify(smallSpec(paths, { servers: [{ url: origin }] })))
  }).listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
})
afterAll(async () => {
  vendor?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

test('a scheduled check finds what changed, asks once, and tells of it everywhere', async () => {
  const owner = gateway.client()
  const versions = () => owner.connectors.versions('shop')
  paths = { '/a': operation('list_a'), '/b': operation('list_b') }
  await owner.connectors.create({ url: `${origin}/openapi.json`, connector: 'shop' })
  expect(await versions()).toMatchObject({ drift: null, checks: null })

  paths = { '/a': operation('list_a') }
  const before = asked
  const schedule = await owner.connectors.scheduleChecks('shop', 24)
  expect(schedule).toMatchObject({ every_hours: 24, problem: null })
  const { drift } = await vi.waitUntil(async () => {
    const found = await versions()
    return found.drift === null ? null : found
  }, inTime)
  expect(drift).toMatchObject({ class: 'major', pinned: false })
  const acts = () => owner.audit.list({ kind: 'connector.checked' })
  const { items } = await vi.waitUntil(async () => {
    const page = await acts()
    return page.items.length === 0 ? null : page
  }, inTime)
  expect(items).toMatchObject([{ actor: { kind: 'gateway' }, target: { id: 'shop' }, after: { class: 'major' } }])
  const next = Date.parse((await versions()).checks?.next_at ?? '')
  expect(next - Date.now()).toBeGreaterThan(23 * 3_600_000)
  expect(asked).toBe(before + 1)
  // Nothing of it was taken.
  expect(Object.keys((await owner.connectors.get('shop')).actions as object)).toEqual(['list_a', 'list_b'])
})

test('a check that cannot be made says why, and an end of it is an end', async () => {
  const owner = gateway.client()
  paths = null
  await owner.connectors.scheduleChecks('shop', 1)
  const checks = await vi.waitUntil(async () => {
    const found = (await owner.connectors.versions('shop')).checks
    return found?.problem == null ? null : found
  }, inTime)
  expect(checks.problem).toContain('404')
  await owner.connectors.scheduleChecks('shop', null)
  expect((await owner.connectors.versions('shop')).checks).toBeNull()
})

test('a connector of no address, an interval of no use, and a manager are refused', async () => {
  const owner = gateway.client()
  await owner.connectors.create({ spec: smallSpec({ '/a': operation('list_a') }, {}), connector: 'given' })
  await expect(owner.connectors.scheduleChecks('given', 24)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(owner.connectors.scheduleChecks('shop', 0)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(owner.connectors.scheduleChecks('nobody', 24)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const manager = gateway.client((await owner.tokens.create({ name: 'Manager', role: 'manager' })).token)
  await expect(manager.connectors.scheduleChecks('shop', 24)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('of two gateways on one database only one looks', async () => {
  const { store, close } = await startTestStore()
  try {
    const row = { id: 'ws_1', name: 'One' }
    await store.workspace('ws_1', async (db) => {
      await db.insertInto('workspaces').values(row).execute()
      const summary = JSON.stringify({})
      const due = { check_every_hours: 1, check_due: new Date(0) }
      await db
        .insertInto('connectors')
        .values(['a', 'b', 'c'].map((id) => ({ workspace_id: 'ws_1', id, name: id, version: '1.0.0', summary, ...due })))
        .execute()
    })
    const looked: string[] = []
    const keeper = () =>
      createScheduledChecks({
        store,
        clock: systemClock,
        look: async (_workspace, id) => {
          looked.push(id)
          throw new SallyportError('NOT_FOUND')
        },
      })
    const keepers = [keeper(), keeper()]
    // What one leaves to the other is done when both had their rounds.
    for (let rounds = 0; rounds < 2; rounds++) await Promise.all(keepers.map((one) => one.round()))
    expect(looked.sort()).toEqual(['a', 'b', 'c'])
  } finally {
    await close()
  }
})
