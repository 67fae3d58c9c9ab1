import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { smallSpec } from './support/small-spec.ts'

/** An API whose description changes under a connector: what changed, whom it concerns, and staying, taking all, or a part. */

let gateway: GatewayProcess
let vendor: Server
let origin: string
/** The description as it is served now. */
let description = ''

beforeAll(async () => {
  gateway = await startGatewayProcess()
  vendor = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(request.url?.startsWith('/openapi.json') ? description : JSON.stringify({ at: request.url }))
  })
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`
})

afterAll(async () => {
  vendor?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

const ok = { responses: { 200: { description: 'ok' } } }
const query = (name: string, type: string, required = false) => ({ name, in: 'query', required, schema: { type } })
const get = (operationId: string, ...parameters: object[]) => ({ get: { operationId, parameters, ...ok } })
const serve = (paths: Record<string, unknown>) => {
  description = JSON.stringify(smallSpec(paths, { servers: [{ url: origin }] }))
}
const first = {
  '/orders': get('list_orders', query('page', 'integer')),
  '/customers': get('list_customers'),
  '/old': get('find_old'),
  '/quiet': get('be_quiet'),
}
const second = {
  '/orders': get('list_orders', query('page', 'string'), query('account', 'string', true)),
  '/customers': get('list_customers', query('city', 'string')),
  '/old': get('find_new'),
  '/quiet': get('be_quiet'),
}

let count = 0
/** A connector of the first description with a connection, and a token that used two of its actions. */
async function used() {
  const owner = gateway.client()
  const id = `shop_${++count}`
  serve(first)
  await owner.connectors.create({ url: `${origin}/openapi.json?key=canary-in-address`, connector: id })
  const connection = await owner.connections.create({ connector: id, name: 'Shop' })
  const agent = gateway.client((await owner.tokens.create({ name: `Agent ${count}`, role: 'member' })).token)
  await agent.calls.create({ connector: id, action: 'list_orders', input: {} })
  await agent.calls.create({ connector: id, action: 'list_orders', input: {} })
  await agent.calls.create({ connector: id, action: 'be_quiet', input: {} })
  return { owner, agent, id, connection }
}

test('a check says what changed, how grave it is, and who used it, and takes nothing', async () => {
  const { owner, id } = await used()
  expect(await owner.connectors.check(id)).toMatchObject({
    class: null,
    fingerprint: null,
    version: '1.0.0',
    changes: [],
    parts: [],
  })

  await owner.toolsets.create({
    slug: `drift-${count}`,
    name: 'Orders',
    mode: 'direct',
    format: 'mcp',
    approval: 'never',
    selection: { select: null, include: [{ connector: id, action: 'list_orders' }], exclude: [] },
  })
  serve(second)
  const found = await owner.connectors.check(id)
  expect(found).toMatchObject({ class: 'major', current: '1.0.0', version: '2.0.0', counts: { major: 3, minor: 2, patch: 0 } })
  expect(found.changes.map(({ message }) => message)).toEqual([
    'action list_orders: input page has another type: integer → string',
    'action list_orders: input account is new and required',
    'action find_old was removed',
    'action list_customers: input city is new',
    'action find_new is new',
  ])
  expect(found.affected.callers).toMatchObject([{ kind: 'token', name: `Agent ${count}`, calls: 2, actions: ['list_orders'] }])
  expect(found.affected.toolsets).toEqual([{ slug: `drift-${count}`, name: 'Orders', actions: ['list_orders'] }])

  const { items, address, drift } = await owner.connectors.versions(id)
  expect(items.map(({ version }) => version)).toEqual(['1.0.0'])
  expect(address).toBe(`${origin}/openapi.json?…`)
  expect(drift).toMatchObject({ fingerprint: found.fingerprint, class: 'major', pinned: false })
})

test('taking all makes the next version; connections stay, and calls by an old name are told which is the new one', async () => {
  const { owner, agent, id, connection } = await used()
  serve(second)
  const { fingerprint } = await owner.connectors.check(id)
  expect(await owner.connectors.reimport(id, { fingerprint: fingerprint ?? '' })).toMatchObject({ version: '2.0.0' })
  expect(await owner.connections.get(connection.id)).toMatchObject({ connector_version: '2.0.0', status: 'active' })
  const answer = await agent.calls.create({ connector: id, action: 'find_new', input: {} })
  expect(answer).toMatchObject({ success: true })
  await expect(agent.calls.create({ connector: id, action: 'find_old', input: {} })).rejects.toMatchObject({
    code: 'NOT_FOUND',
    detail: expect.stringMatching(/no action "find_old" since version 2\.0\.0\. "find_new" makes the same request now/),
  })
  expect(await owner.connectors.check(id)).toMatchObject({ class: null })
  await expect(owner.connectors.reimport(id)).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('taking part leaves the rest as it was, and the next check tells of the rest', async () => {
  const { owner, agent, id } = await used()
  serve(second)
  const taken = await owner.connectors.reimport(id, { take: { actions: ['list_customers', 'find_new'] } })
  expect(taken.version).toBe('1.1.0')
  await agent.calls.create({ connector: id, action: 'list_orders', input: { page: 1 } })
  await agent.calls.create({ connector: id, action: 'find_old', input: {} })
  const rest = await owner.connectors.check(id)
  expect(rest.parts.map(({ action }) => action)).toEqual(['list_orders', 'find_old'])
})

test('staying on the old version holds until the document changes again, and is in the audit log', async () => {
  const { owner, id } = await used()
  serve(second)
  const { fingerprint } = await owner.connectors.check(id)
  await owner.connectors.pin(id, fingerprint ?? '')
  expect(await owner.connectors.check(id)).toMatchObject({ pinned: true, fingerprint })
  const { items } = await owner.audit.list({ kind: 'connector.pinned', target: id })
  expect(items).toHaveLength(1)
  serve({ ...second, '/more': get('more') })
  expect(await owner.connectors.check(id)).toMatchObject({ pinned: false })
  await expect(owner.connectors.pin(id, fingerprint ?? '')).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('what was decided on is what is taken: a document that changed in between is refused', async () => {
  const { owner, id } = await used()
  serve(second)
  const { fingerprint } = await owner.connectors.check(id)
  serve({ ...second, '/more': get('more') })
  await expect(owner.connectors.reimport(id, { fingerprint: fingerprint ?? '' })).rejects.toMatchObject({ code: 'CONFLICT' })
})

test('of two who take the same at once, one is told that the other was faster', async () => {
  const { owner, id } = await used()
  serve(second)
  const both = await Promise.allSettled([owner.connectors.reimport(id), owner.connectors.reimport(id)])
  expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(both.find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'CONFLICT' })
})

test('what people here set outlives a new document', async () => {
  const { owner, id } = await used()
  const document = await owner.connectors.get(id)
  const actions = document.actions as Record<string, object>
  const confirmed = { ...document, actions: { ...actions, list_orders: { ...actions.list_orders, confirm: true } } }
  await owner.connectors.update(id, { document: { ...confirmed, security: { caller_ips: ['127.0.0.1'] } }, autoBump: true })
  serve(second)
  await owner.connectors.reimport(id)
  expect(await owner.connectors.get(id)).toMatchObject({
    security: { caller_ips: ['127.0.0.1'] },
    actions: { list_orders: { confirm: true } },
  })
})

test('a newer document may also be given, and one that came from nowhere has to be', async () => {
  const { owner } = await used()
  const id = `pasted_${count}`
  serve(first)
  await owner.connectors.create({ text: description, connector: id, select: ['list_orders'] })
  await expect(owner.connectors.check(id)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    detail: expect.stringMatching(/was not imported from an address/),
  })
  serve(second)
  // What was chosen at the import is chosen again.
  expect((await owner.connectors.check(id, { text: description })).parts).toEqual([
    { action: 'list_orders', class: 'major', changes: 2 },
  ])
  const { drift } = await owner.connectors.versions(id)
  expect(drift).toMatchObject({ class: 'major' })

  // What somebody writes himself is no news of the API.
  const stored = await owner.connectors.get(id)
  const draft = { ...stored, actions: { list_orders: { method: 'GET', path: '/mine' } } }
  expect(await owner.connectors.check(id, { text: JSON.stringify(draft) })).toMatchObject({ class: 'major', report: null })
  expect((await owner.connectors.versions(id)).drift).toEqual(drift)
})
