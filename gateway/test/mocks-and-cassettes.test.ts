import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Sallyport } from '@sallyport/sdk'
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
  api = createServer((request, response) => {
    requests++
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.url === '/orders/404') answer(404, { message: 'no such order' })
    else if (request.url === '/orders/503') answer(503, { message: 'later' })
    else if (request.url?.startsWith('/echo'))
      answer(201, { got: request.headers.authorization, [`the-token ${requests}`]: requests })
    else answer(200, { real: true })
  }).listen(0, '127.0.0.1')
  await once(api, 'listening')
  gateway = await startGatewayProcess()
  await gateway.client().connectors.create({
    connector: 'shop',
    name: 'Shop',
    servers: { production: { url: `http://127.0.0.1:${(api.address() as AddressInfo).port}` } },
    auth: { key: { type: 'bearer' } },
    limits: { per_minute: 1000, retries: 0 },
    schemas: { Note: { type: 'object', properties: { note: {} } } },
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
      echo: {
        method: 'POST',
        path: '/echo',
        input: { $ref: '#/schemas/Note' },
        body: { type: 'json', value: '{{note}}' },
        response: { variables: { got: 'got' } },
      },
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
    expect(record.trace.at(-1)).toMatchObject({ stage: 'mock', name: 'default' })
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

describe('a cassette (B11)', () => {
  const stagesOf = async (id: string) => (await gateway.client().calls.get(id)).trace.map(({ stage }) => stage)
  const cassettes = () => gateway.client().cassettes

  test('answers a recorded call again, writes too, by its canonical input; nothing is sent', async () => {
    const input = { note: { b: 1, a: ['x'] } }
    const recorded = await call('echo', input, { record: 'tape' })
    expect(recorded).toMatchObject({ outcome: 'done', status: 201 })
    expect(await stagesOf(recorded.id)).toContain('tape')
    const before = requests
    const replayed = await call('echo', { note: { a: ['x'], b: 1 } }, { replay: 'tape', idempotency_key: 'replayed' })
    expect(replayed).toMatchObject({ outcome: 'not_sent', status: 201, payload: recorded.payload, variables: recorded.variables })
    const stages = await stagesOf(replayed.id)
    expect(stages.at(-1)).toBe('replay')
    const namesOf = async (id: string) => (await gateway.client().calls.get(id)).trace.flatMap(({ name }) => name ?? [])
    expect([await namesOf(recorded.id), await namesOf(replayed.id)]).toEqual([['tape'], ['tape']])
    expect(stages).not.toContain('use-credential')
    expect(requests).toBe(before)
    const anew = await call('echo', input, { record: 'tape' })
    expect(anew.payload).not.toEqual(recorded.payload)
    expect(await call('echo', input, { replay: 'tape' })).toMatchObject({ payload: anew.payload })
  })

  test('holds no secret, neither what the API sent back of one nor what the caller put in (canary)', async () => {
    await call('echo', { note: 'it is the-token' }, { record: 'secret' })
    const file = JSON.stringify(await cassettes().export('secret'))
    expect(file).toContain('[redacted]')
    const { items } = await cassettes().recordings('secret')
    for (const text of [file, JSON.stringify(items)])
      for (const form of ['the-token', Buffer.from('the-token').toString('base64').replace(/=+$/, '')])
        expect(text).not.toContain(form)
  })

  test('answers refusals of the API as well, but records nothing that passes', async () => {
    expect(await call('getOrder', { id: 404 }, { record: 'tape' })).toMatchObject({ code: 'ENDPOINT_NOT_FOUND' })
    expect(await call('getOrder', { id: 503 }, { record: 'tape' })).toMatchObject({ code: 'UPSTREAM_ERROR' })
    const before = requests
    expect(await call('getOrder', { id: 404 }, { replay: 'tape' })).toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
      outcome: 'not_sent',
      diagnostics: { upstream_body: { message: 'no such order' } },
    })
    expect(await call('getOrder', { id: 503 }, { replay: 'tape' })).toMatchObject({ code: 'RECORDING_MISSING' })
    expect(await call('getOrder', { id: 1 }, { replay: 'none' })).toMatchObject({
      code: 'RECORDING_MISSING',
      detail: 'The cassette "none" has no recording of "getOrder" of "shop".',
    })
    expect(await call('getOrder', { id: 1 }, { replay: 'tape', mock: 'default' })).toMatchObject({ code: 'INVALID_INPUT' })
    expect(requests).toBe(before)
  })

  test('is everything to a token bound to it: no call of it is sent, whatever it asks for, and it opens nothing else', async () => {
    await call('getOrder', { id: 1 }, { record: 'bound' })
    const owner = gateway.client()
    const { id, token } = await owner.tokens.create({ name: 'ci', role: 'member', cassette: 'bound' })
    await expect(owner.tokens.create({ name: 'ci', role: 'manager', cassette: 'bound' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    const before = requests
    const ci = gateway.client(token)
    const get = (orderId: number, more: object = {}) =>
      ci.calls.create({ connector: 'shop', connection: 'Real', action: 'getOrder', input: { id: orderId }, ...more })
    expect(await get(1)).toMatchObject({ payload: { real: true }, outcome: 'not_sent' })
    expect(await get(1, { mock: 'default' })).toMatchObject({ payload: { real: true } })
    await expect(get(2)).rejects.toMatchObject({ code: 'RECORDING_MISSING' })
    await expect(get(1, { record: 'bound' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(ci.connections.list()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(
      await cassettes()
        .list()
        .then(({ items }) => items.find(({ name }) => name === 'bound')),
    ).toMatchObject({ replaying: [{ id }] })
    await cassettes().delete('bound')
    await expect(get(1)).rejects.toMatchObject({ code: 'RECORDING_MISSING' })
    expect(requests).toBe(before)
    await owner.tokens.update(id, { cassette: null })
    expect(await get(1)).toMatchObject({ outcome: 'done' })
  })

  test('records all calls over a connection of the workspace until it is told to stop, and over no others', async () => {
    const owner = gateway.client()
    const { items } = await owner.connections.list({ connector: 'shop' })
    const id = items.find(({ name }) => name === 'Real')?.id ?? ''
    expect(await owner.connections.update(id, { record: 'all' })).toMatchObject({ record: 'all' })
    await call('getOrder', { id: 31 })
    await call('getOrder', { id: 32 }, { dry_run: true })
    await owner.connections.update(id, { record: null })
    await call('getOrder', { id: 33 })
    expect((await cassettes().recordings('all')).items).toMatchObject([{ input: { id: 31 }, status: 200, stale: false }])
    const team = await owner.teams.create({ name: 'Shoppers' })
    const { token: teams } = await owner.tokens.create({ name: 'of the team', role: 'manager', team: team.id })
    const own = gateway.client(teams)
    const { id: owned } = await own.connections.create({
      connector: 'shop',
      name: 'Own',
      team: team.id,
      auth: { fields: { token: 't' } },
    })
    const refused = { code: 'FORBIDDEN', detail: expect.stringContaining('Only calls over connections of the workspace') }
    await expect(own.connections.update(owned, { record: 'all' })).rejects.toMatchObject(refused)
    const asked = { connector: 'shop', connection: 'Real', action: 'getOrder', input: { id: 1 }, record: 'all' }
    await expect(own.calls.create({ ...asked, connection: 'Own' })).rejects.toMatchObject(refused)
    const { token: member } = await owner.tokens.create({ name: 'member', role: 'member' })
    await expect(gateway.client(member).calls.create(asked)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(gateway.client(member).cassettes.recordings('all')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('goes into a file and back as it was, by flags of the command line and of the SDK', async () => {
    const env = { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token }
    const real = { connection: 'Real' }
    await new Sallyport({ url: gateway.url, token: gateway.token, record: 'filed' }).custom.shop?.getOrder?.({ id: 5 }, real)
    await call('echo', { note: 'first' }, { record: 'filed' })
    const { stdout: text } = await runCli(['cassettes', 'export', 'filed'], { env })
    const path = join(gateway.dataDir, 'filed.json')
    await writeFile(path, text)
    const lost = ['cassettes', 'export', 'filed', '--out', join(gateway.dataDir, 'none', 'filed.json')]
    await expect(runCli(lost, { env })).resolves.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('its folder is not there'),
    })
    await cassettes().delete('filed')
    await runCli(['cassettes', 'import', 'filed', path], { env })
    expect(`${JSON.stringify(await cassettes().export('filed'), null, 2)}\n`).toBe(text)
    expect(JSON.parse(text).recordings).toMatchObject([
      { action: 'echo', method: 'POST', url: '/echo', version: '1.0.0' },
      { action: 'getOrder', url: '/orders/{id}', input: { id: 5 } },
    ])
    const before = requests
    const get = ['call', 'shop', 'getOrder', 'id:=5', '--connection', 'Real', '--json', '--replay', 'filed']
    expect(JSON.parse((await runCli(get, { env })).stdout)).toMatchObject({ outcome: 'not_sent' })
    const replaying = new Sallyport({ url: gateway.url, token: gateway.token, replay: 'filed' })
    expect(await replaying.custom.shop?.getOrder?.({ id: 5 }, real)).toEqual({ real: true })
    expect(requests).toBe(before)
  })

  test('is stale once the action has another path, request or schema, but not for other words', async () => {
    const owner = gateway.client()
    await call('getOrder', { id: 1 }, { record: 'aged' })
    await call('echo', { note: 1 }, { record: 'aged' })
    const change = async (edit: (document: ReturnType<typeof JSON.parse>) => void) => {
      const document = structuredClone(await owner.connectors.get('shop'))
      edit(document)
      await owner.connectors.update('shop', { document, autoBump: true })
    }
    await change(({ actions, schemas }) => {
      actions.getOrder.description = 'Other words.'
      schemas.Note.description = 'Other words.'
    })
    expect(await call('getOrder', { id: 1 }, { replay: 'aged' })).toMatchObject({ success: true })
    expect(await call('echo', { note: 1 }, { replay: 'aged' })).toMatchObject({ success: true })
    await change(({ actions, schemas }) => {
      actions.getOrder.path = '/v2/orders/{id}'
      schemas.Note.properties.more = { type: 'string' }
    })
    const before = requests
    expect(await call('getOrder', { id: 1 }, { replay: 'aged' })).toMatchObject({
      code: 'RECORDING_STALE',
      detail: expect.stringContaining('It was GET /orders/{id} and is GET /v2/orders/{id}.'),
    })
    expect(await call('echo', { note: 1 }, { replay: 'aged' })).toMatchObject({ code: 'RECORDING_STALE' })
    // Also for an input that was never recorded, which may be one of the new form.
    expect(await call('echo', { note: 2 }, { replay: 'aged' })).toMatchObject({ code: 'RECORDING_STALE' })
    expect((await cassettes().recordings('aged')).items.map(({ stale }) => stale)).toEqual([true, true])
    expect(requests).toBe(before)
  })
})
