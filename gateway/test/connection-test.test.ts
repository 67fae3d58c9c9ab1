import type { ServerResponse } from 'node:http'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What the test of a connection finds out, against an API that answers as it is told. */

let gateway: GatewayProcess
let upstream: CountingUpstream
let owner: Sallyport

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
})
beforeEach(() => upstream.reset())
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

const document = (connector: string, more: object = {}) => ({
  connector,
  name: connector,
  servers: { production: { url: `${upstream.url}/api` } },
  auth: { key: { type: 'api_key', name: 'X-Key' } },
  limits: { per_minute: 100_000, retries: 0 },
  actions: { look: { method: 'GET', path: '/look' }, book: { method: 'POST', path: '/book' } },
  ...more,
})

const key = 'probe-key-0123456789'
async function connect(connector: string, more: object = {}): Promise<string> {
  await owner.connectors.create(document(connector, more))
  return (await owner.connections.create({ connector, auth: { fields: { key } } })).id
}

const answering =
  (status: number, body: object) =>
  (_: Seen, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
const statuses = (checks: readonly { id: string; status: string }[]) =>
  Object.fromEntries(checks.map(({ id, status }) => [id, status]))

test('tells of each check as it is done, and tries no write', async () => {
  const id = await connect('live')
  const heard: string[] = []
  let seenThen = 0
  const result = await owner.connections.test(id, ({ id: check }) => {
    if (heard.length === 0) seenThen = upstream.seen.length
    heard.push(check)
  })
  expect(heard).toEqual(['reachable', 'action:look', 'authenticated', 'schema'])
  expect(seenThen).toBeGreaterThan(0)
  expect(result).toMatchObject({ ok: true, connection: { status: 'active' } })
  expect(upstream.seen.every(({ method }) => method === 'GET')).toBe(true)
})

test.each([
  ['http://127.0.0.1:1', { dns: 'passed', tcp: 'failed', tls: 'skipped' }],
  ['http://nowhere.invalid', { dns: 'failed', tcp: 'skipped', tls: 'skipped' }],
  ['plain', { dns: 'passed', tcp: 'passed', tls: 'failed' }],
])('says how far the way went to %s', async (url, phases) => {
  const at = url === 'plain' ? upstream.url.replace('http:', 'https:') : url
  const name = `way_${phases.dns}_${phases.tcp}`
  const id = await connect(name, { servers: { production: { url: at } }, security: { allow_http: true } })
  const { checks } = await owner.connections.test(id)
  expect(checks[0]).toMatchObject({ id: 'reachable', status: 'failed', phases })
})

describe('a probe of its own', () => {
  const verify = { path: '/whoami', query: { full: '1' }, expect: { json: { ok: true, 'user.id': { exists: true } } } }

  test('is one read of the connector’s own server, with the credential, on record', async () => {
    const id = await connect('probed', { verify })
    upstream.behave = answering(200, { ok: true, user: { id: 7 } })
    const { ok, checks } = await owner.connections.test(id)
    expect({ ok, ...statuses(checks) }).toEqual({
      ok: true,
      reachable: 'passed',
      authenticated: 'passed',
      'action:$verify': 'passed',
      schema: 'passed',
    })
    const [, probe] = upstream.seen
    expect(probe).toMatchObject({ method: 'GET', path: '/api/whoami?full=1', headers: { 'x-key': key } })
    const { call_id } = checks.find((check) => check.call_id !== undefined) ?? {}
    expect(await owner.calls.get(call_id ?? '')).toMatchObject({ action: '$verify', entrance: 'test', status: 'succeeded' })
    expect(upstream.seen).toHaveLength(2)
  })

  test('means a refused credential when the answer is not as it must be, whatever its status', async () => {
    const id = await connect('lies', { verify })
    upstream.behave = answering(200, { ok: false, error: 'invalid_auth' })
    const { ok, checks, connection } = await owner.connections.test(id)
    expect({ ok, ...statuses(checks) }).toMatchObject({ ok: false, authenticated: 'failed', 'action:$verify': 'failed' })
    expect(checks.find((check) => check.id === 'action:$verify')?.detail).toContain('"ok" is not true')
    expect(connection.status).toBe('needs_reauth')
  })

  test('takes the statuses that it names and no others', async () => {
    const id = await connect('teapot', { verify: { path: '/whoami', expect: { status: [404] } } })
    upstream.behave = answering(404, {})
    expect((await owner.connections.test(id)).ok).toBe(true)
    upstream.behave = answering(200, {})
    expect((await owner.connections.test(id)).ok).toBe(false)
  })

  test('is tried with a new credential before that replaces the stored one', async () => {
    const id = await connect('turning', { verify })
    upstream.behave = answering(200, { ok: false })
    await expect(owner.connections.rotate(id, { fields: { key: 'another-key-0123456789' } })).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      detail: expect.stringContaining('The stored credential stays'),
    })
  })

  test('is asked before anything is stored, and a refusal is no error of the gateway', async () => {
    await owner.connectors.create(document('asked', { verify }))
    upstream.behave = answering(200, { ok: true, user: { id: 7 } })
    expect(await owner.connectors.verify('asked', { fields: { key } })).toEqual({ ok: true, message: '' })
    expect(upstream.seen).toMatchObject([{ path: '/api/whoami?full=1', headers: { 'x-key': key } }])
    upstream.behave = answering(200, { ok: false, error: { message: `${key} ${'x'.repeat(5000)}` } })
    const { ok, message } = await owner.connectors.verify('asked', { fields: { key } })
    expect(ok).toBe(false)
    expect(message).toMatch(/^The provider answered 200, in its answer "ok" is not true: /)
    expect(message).not.toContain(key)
    expect(message.length).toBeLessThan(400)
  })

  test('can be called by nobody else', async () => {
    await connect('hidden', { verify })
    await expect(owner.calls.create({ connector: 'hidden', action: '$verify', input: {} })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(upstream.seen).toHaveLength(0)
  })

  test.each([
    ['a path that leaves the server', { path: '/../admin' }, '"." or ".."'],
    ['an address', { path: 'https://elsewhere.example/' }, 'verify'],
    ['a write', { path: '/x', method: 'POST' }, 'verify'],
    ['the header of the credential', { path: '/x', headers: { 'x-key': 'mine' } }, 'carries the credential'],
    ['an input', { path: '/x/{id}' }, '{{id}}'],
    ['a path in the answer that is none', { path: '/x', expect: { json: { 'a..b': 1 } } }, 'must be a path'],
    ['a refusal', { path: '/x', expect: { status: [401] } }, 'must not be 401'],
  ])('is refused with %s', async (_, bad, says) => {
    await expect(owner.connectors.create(document('refused', { verify: bad }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringContaining(says),
    })
  })
})
