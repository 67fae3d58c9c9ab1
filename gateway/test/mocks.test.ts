import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run as runCli } from './cli-harness.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

let gateway: GatewayProcess
let api: Server
/** Requests that reached the API. */
let requests = 0

/** What an action came to, whichever way. */
async function call(action: string, input: object, more: object = {}) {
  const response = await fetch(`${gateway.url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector: 'shop', connection: 'Real', action, input, ...more }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  return (await response.json()) as any
}

beforeAll(async () => {
  api = createServer((_request, response) => {
    requests++
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"real":true}')
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  gateway = await startGatewayProcess()
  await gateway.client().connectors.create({
    connector: 'shop',
    name: 'Shop',
    servers: { production: { url: `http://127.0.0.1:${(api.address() as AddressInfo).port}` } },
    auth: { key: { type: 'bearer' } },
    limits: { per_minute: 1000 },
    actions: {
      getOrder: {
        method: 'GET',
        path: '/orders/{id}',
        input: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } },
        mocks: {
          default: { payload: { id: 7, state: 'paid' }, variables: { orderId: 7 } },
          refused: { error: 'The key is not right.', diagnostics: { status: 401 } },
          computed: { script: 'function mock() { return { payload: { id: sallyport.params.id * 2 } } }' },
          typed: { script: 'export const mock = (): object => ({ payload: 1 as number })', language: 'typescript' },
          curious: { script: 'function mock() { return { payload: sallyport.http.get("/orders/1").body } }' },
        },
      },
      pay: { method: 'POST', path: '/pay', confirm: true, mocks: { default: { payload: { paid: true } } } },
      cancel: { method: 'POST', path: '/cancel', mocks: { default: {} } },
    },
  })
  await gateway.client().connections.create({ connector: 'shop', name: 'Real', auth: { fields: { token: 'the-token' } } })
})
afterAll(async () => {
  api?.closeAllConnections()
  api?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

describe('a call that asks for a mock (F6)', () => {
  test('is answered with the scenario, and nothing is sent', async () => {
    const before = requests
    const result = await call('getOrder', { id: 1 }, { mock: 'default' })
    expect(result).toMatchObject({
      success: true,
      outcome: 'not_sent',
      status: null,
      payload: { id: 7, state: 'paid' },
      variables: { orderId: 7 },
    })
    expect(await call('getOrder', { id: 21 }, { mock: 'computed' })).toMatchObject({ payload: { id: 42 } })
    expect(await call('getOrder', { id: 21 }, { mock: 'typed' })).toMatchObject({ payload: 1 })
    expect(requests).toBe(before)
    const record = await gateway.client().calls.get(result.id)
    expect(record).toMatchObject({ status: 'succeeded', outcome: 'not_sent' })
    const stages = record.trace.map(({ stage }) => stage)
    expect(stages.at(-1)).toBe('mock')
    expect(stages).not.toContain('use-credential')
  })

  test('fails as a real one would, but says nothing about the connection', async () => {
    expect(await call('getOrder', { id: 1 }, { mock: 'refused' })).toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      diagnostics: { status: 401 },
    })
    const { items } = await gateway.client().connections.list({ connector: 'shop' })
    expect(items).toMatchObject([{ name: 'Real', status: 'untested' }])
  })

  test('names the scenarios there are, checks the input, and lets a script reach nothing', async () => {
    const before = requests
    expect(await call('getOrder', { id: 1 }, { mock: 'none' })).toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringContaining('It has: default, refused, computed, typed, curious.'),
    })
    expect(await call('getOrder', { id: 'x' }, { mock: 'default' })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(await call('getOrder', { id: 1 }, { mock: 'curious' })).toMatchObject({ code: 'SCRIPT_FAILED' })
    expect(requests).toBe(before)
  })

  test('waits for nobody, and uses no idempotency key up', async () => {
    expect(await call('pay', {}, { mock: 'default' })).toMatchObject({ success: true, payload: { paid: true } })
    const before = requests
    expect(await call('cancel', {}, { mock: 'default', idempotency_key: 'once' })).toMatchObject({ success: true })
    expect(await call('cancel', {}, { idempotency_key: 'once' })).toMatchObject({ payload: { real: true } })
    expect(requests).toBe(before + 1)
  })

  test('takes the scenario of a built-in type, unless the instance has one of its own', async () => {
    for (const [connector, mocks] of [
      ['pause', {}],
      ['own', { default: { payload: 'mine' } }],
    ] as const) {
      const actions = { wait: { mocks } }
      await gateway
        .client()
        .connectors.create({ connector, name: connector, kind: 'builtin', builtin: { type: 'delay' }, actions })
      await gateway.client().connections.create({ connector, name: 'Real' })
    }
    const input = { delay_ms: 200_000 }
    expect(await call('wait', input, { connector: 'pause', mock: 'default' })).toMatchObject({ payload: { delayed_ms: 200_000 } })
    expect(await call('wait', input, { connector: 'own', mock: 'default' })).toMatchObject({ payload: 'mine' })
  })

  test('is one flag of the command line', async () => {
    const env = { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token }
    const { stdout } = await runCli(['call', 'shop', 'getOrder', 'id:=1', '--connection', 'Real', '--mock', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ payload: { state: 'paid' } })
  })
})

test('a connection answers with mocks until it is told to call: without a secret, and without a test (F6)', async () => {
  const before = requests
  const made = await gateway.client().connections.create({ connector: 'shop', name: 'Mocked', mock: 'default' })
  expect(made).toMatchObject({ mock: 'default', status: 'needs_reauth' })
  const asked = { connection: 'Mocked' }
  expect(await call('getOrder', { id: 1 }, asked)).toMatchObject({ payload: { id: 7 } })
  expect(await call('getOrder', { id: 4 }, { ...asked, mock: 'computed' })).toMatchObject({ payload: { id: 8 } })
  await expect(gateway.client().connections.test(made.id)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(await gateway.client().connections.update(made.id, { mock: null })).toMatchObject({ mock: null })
  expect(await call('getOrder', { id: 1 }, asked)).toMatchObject({ code: 'NEEDS_REAUTH' })
  expect(requests).toBe(before)
})
