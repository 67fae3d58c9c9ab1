import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startContactsCrm } from '../../examples/external-service/crm.ts'
import { startExampleService } from './support/example-service.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const serviceSecret = 'canary-service-4c1d90aa'
const apiKey = 'canary-crm-key-77b2e6f1'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
type Answer = readonly [status: number, body: unknown] | 'never'

let gateway: GatewayProcess
let service: Server
let serviceUrl = ''
let crm: Awaited<ReturnType<typeof startContactsCrm>>
let answer: (asked: Asked) => Answer = () => [404, null]
const asked: Asked[] = []

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** What an action came to, whichever way. */
async function call(connector: string, action: string, input: object = {}) {
  const response = await fetch(`${gateway.url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector, action, input }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  return (await response.json()) as any
}

const schema = {
  protocolVersion: '2.0',
  name: 'Greeter',
  version: '1.0.0',
  connectionConfig: { apiKey: { type: 'string', required: true, secret: true }, tone: { type: 'string', default: 'kind' } },
  commands: {
    greet: {
      description: 'Greets.',
      effect: 'read',
      params: ['name'],
      paramSchema: { name: { type: 'string', required: true } },
      outputs: ['text'],
    },
    tell: { description: 'Tells everybody.' },
    oldGreet: { effect: 'read', deprecated: true, deprecatedMessage: 'Use greet.' },
  },
}

let count = 0
let shared: ReturnType<typeof connected> | undefined
/** One for the tests that only call. */
const one = () => {
  shared ??= connected()
  return shared
}
/** The fake service as a connector with a connection. */
async function connected(limits: object = {}) {
  const connector = `greeter_${++count}`
  answer = () => [200, schema]
  await gateway.client().connectors.create({ url: `${serviceUrl}/schema`, connector })
  const document = await gateway.client().connectors.get(connector)
  await gateway.client().connectors.update(connector, {
    document: { ...document, limits: { per_minute: 1000, retries: 0, ...limits } },
    autoBump: true,
  })
  const fields = { 'signature.secret': serviceSecret, 'keys.apiKey': apiKey }
  const { id } = await gateway.client().connections.create({ connector, auth: { fields } })
  return { connector, id }
}

beforeAll(async () => {
  service = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body }
    asked.push(one)
    const given = answer(one)
    if (given === 'never') return
    const [status, value] = given
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  crm = await startContactsCrm(apiKey)
  serviceUrl = `http://127.0.0.1:${portOf(service)}`
  gateway = await startGatewayProcess()
})
afterAll(async () => {
  service?.closeAllConnections()
  service?.close()
  crm?.stop()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

describe('an external connector (F15)', () => {
  test('is made of what the service says of itself', async () => {
    const { connector } = await connected()
    const { actions } = await gateway.client().connectors.capabilities(connector)
    expect(actions).toMatchObject([
      {
        action: 'greet',
        effect: 'read',
        method: null,
        input_schema: { required: ['name'], properties: { name: { type: 'string' } } },
      },
      { action: 'tell', effect: 'write' },
      { action: 'oldGreet', deprecated: true, deprecated_message: 'Use greet.' },
    ])
    expect(await gateway.client().connectors.get(connector)).toMatchObject({
      kind: 'external',
      servers: { production: { url: serviceUrl } },
      fields: { tone: { default: 'kind' } },
    })
  })

  test('asks the service in protocol 2.0, signed over time and body, and gives back its outcome', async () => {
    const { connector } = await connected({ timeout_ms: 9000 })
    answer = () => [200, { success: true, payload: { text: `Hello, ${apiKey}` }, variables: { greeted: 1 } }]
    const result = await call(connector, 'greet', { name: 'Ada' })
    expect(result).toMatchObject({
      success: true,
      outcome: 'done',
      payload: { text: 'Hello, [redacted]' },
      variables: { greeted: 1 },
    })
    const request = asked.at(-1)
    const body = JSON.parse(request?.body ?? '')
    expect(request).toMatchObject({ method: 'POST', path: '/execute' })
    expect(body).toEqual({
      protocolVersion: '2.0',
      command: 'greet',
      config: { baseUrl: serviceUrl, tone: 'kind', apiKey },
      params: { name: 'Ada' },
      variables: {},
      metadata: { stepId: '', runId: result.id, timeout: expect.any(Number) },
    })
    expect(body.metadata.timeout).toBeLessThanOrEqual(9000)
    const timestamp = request?.headers['x-sallyport-timestamp']
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(60)
    expect(request?.headers['x-sallyport-signature']).toBe(
      `sha256=${createHmac('sha256', serviceSecret).update(`${timestamp}.${request?.body}`).digest('hex')}`,
    )
    expect(request?.body).not.toContain(serviceSecret)
  })

  test('checks the input before the service is asked', async () => {
    const { connector } = await one()
    const before = asked.length
    expect(await call(connector, 'greet', {})).toMatchObject({ code: 'INVALID_INPUT' })
    expect(asked.length).toBe(before)
  })

  test.each([
    ['a failure', 200, { success: false, error: 'no', diagnostics: { statusCode: 404 } }, { code: 'ENDPOINT_NOT_FOUND' }],
    [
      'a failure with a status',
      422,
      { success: false, error: 'no', diagnostics: { a: 1 } },
      { code: 'UPSTREAM_ERROR', diagnostics: { a: 1 } },
    ],
    ['a refused signature', 401, { error: 'no' }, { code: 'AUTHENTICATION_FAILED' }],
    ['an error that is no outcome', 500, 'oh', { code: 'UPSTREAM_ERROR', diagnostics: { status: 500 } }],
    ['a success with the status of a failure', 500, { success: true }, { code: 'UPSTREAM_ERROR' }],
    [
      'data of 1.x',
      200,
      { success: true, data: {} },
      { code: 'SCHEMA_MISMATCH', detail: expect.stringMatching(/1\.x.*Upgrade.*payload/s) },
    ],
    [
      'outputVariables of 1.x',
      200,
      { success: false, outputVariables: {} },
      { code: 'SCHEMA_MISMATCH', detail: expect.stringContaining('Upgrade') },
    ],
    [
      'another version',
      200,
      { success: true, protocolVersion: '1.3' },
      { code: 'SCHEMA_MISMATCH', detail: expect.stringContaining('Upgrade') },
    ],
    ['nothing', 200, {}, { code: 'SCHEMA_MISMATCH' }],
    ['a text', 200, 'done', { code: 'SCHEMA_MISMATCH' }],
  ])('tells %s by an error of the catalogue', async (_, status, body, expected) => {
    const { connector } = await one()
    answer = () => [status, body]
    expect(await call(connector, 'greet', { name: 'Ada' })).toMatchObject(expected)
  })

  test('ends a read at its deadline as TIMEOUT, and a write as unknown, which is never sent again', async () => {
    const { connector } = await connected({ timeout_ms: 300 })
    answer = () => 'never'
    const before = asked.length
    expect(await call(connector, 'greet', { name: 'Ada' })).toMatchObject({ code: 'TIMEOUT' })
    expect(await call(connector, 'tell')).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(asked.length).toBe(before + 2)
  })

  test('is refused where its schema speaks protocol 1.x, or is none', async () => {
    answer = () => [200, { ...schema, protocolVersion: '1.1' }]
    const source = { url: `${serviceUrl}/schema`, connector: 'old' }
    await expect(gateway.client().connectors.create(source)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringMatching(/1\.1.*Upgrade.*payload/s),
    })
    answer = () => [200, { ...schema, commands: { greet: { params: 'name' } } }]
    await expect(gateway.client().connectors.create(source)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      detail: expect.stringContaining('/commands/greet/params'),
    })
  })

  test('shows how the schema of the service has drifted, and takes it as a version of its own', async () => {
    const { connector } = await connected()
    const before = await gateway.client().connectors.get(connector)
    const { tell: _, ...kept } = schema.commands
    answer = () => [200, { ...schema, commands: { ...kept, wave: { effect: 'read' } } }]
    const found = await gateway.client().connectors.check(connector)
    expect(found).toMatchObject({ class: 'major', counts: { major: 1, minor: 1 } })
    expect((await gateway.client().connectors.get(connector)).version).toBe(before.version)
    const taken = await gateway.client().connectors.reimport(connector)
    expect(taken.actions).toEqual(['greet', 'oldGreet', 'wave'])
    expect(await gateway.client().connectors.get(connector)).toMatchObject({
      version: taken.version,
      limits: { per_minute: 1000 },
      removed: { tell: { version: taken.version } },
    })
    expect((await gateway.client().connectors.versions(connector)).items.map(({ version }) => version)).toContain(before.version)
  })

  test('shows that a command which was chosen is gone', async () => {
    const connector = `greeter_${++count}`
    answer = () => [200, schema]
    await gateway.client().connectors.create({ url: `${serviceUrl}/schema`, connector, select: ['greet', 'tell'] })
    const { tell: _, ...kept } = schema.commands
    answer = () => [200, { ...schema, commands: kept }]
    expect(await gateway.client().connectors.check(connector)).toMatchObject({ class: 'major', counts: { major: 1 } })
  })

  test('asks its health in a test of the connection', async () => {
    const { id } = await one()
    answer = ({ path }) => (path === '/health' ? [200, { status: 'ok' }] : [200, { success: true }])
    const well = await gateway.client().connections.test(id)
    expect(well.checks[0]).toMatchObject({ id: 'reachable', status: 'passed' })
    expect(asked.some(({ path }) => path === '/health')).toBe(true)
    answer = () => [503, { status: 'starting' }]
    const ill = await gateway.client().connections.test(id)
    expect(ill.ok).toBe(false)
    expect(ill.checks[0]).toMatchObject({ id: 'reachable', status: 'failed' })
  })
})

describe.each([
  ['TypeScript', process.execPath, 'service.ts'],
  ['Python', 'python3', 'service.py'],
])('the example service in %s', (language, program, file) => {
  test('is imported, connected and called', async () => {
    const { url, stop } = await startExampleService(program, file, serviceSecret)
    onTestFinished(() => void stop())
    const connector = `contacts_${language.toLowerCase()}`
    await gateway.client().connectors.create({ url: `${url}/schema`, connector })
    const settings = { baseUrl: crm.url }
    const fields = { 'signature.secret': serviceSecret, 'keys.apiKey': apiKey }
    const { id } = await gateway.client().connections.create({ connector, settings, auth: { fields } })
    expect(await call(connector, 'listContacts', { limit: 1 })).toMatchObject({
      success: true,
      payload: { contacts: [{ id: 'c_1' }], total: 2 },
      variables: { contactCount: 2 },
    })
    expect(await call(connector, 'getContact', { id: 'none' })).toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
      diagnostics: { upstream_status: 404, upstream_body: { error: 'There is no contact "none".' } },
    })
    expect(await gateway.client().connections.test(id)).toMatchObject({ ok: true })

    const body = JSON.stringify({
      protocolVersion: '2.0',
      command: 'listContacts',
      params: {},
      config: { baseUrl: crm.url, apiKey },
    })
    for (const timestamp of [Math.floor(Date.now() / 1000), 1000]) {
      const signature = createHmac('sha256', timestamp === 1000 ? serviceSecret : 'another').update(`${timestamp}.${body}`)
      const headers = {
        'x-sallyport-timestamp': String(timestamp),
        'x-sallyport-signature': `sha256=${signature.digest('hex')}`,
      }
      expect((await fetch(`${url}/execute`, { method: 'POST', headers, body })).status).toBe(401)
    }
  })
})

test('no secret of a service is in the log', () => {
  for (const secret of [serviceSecret, apiKey]) expect(gateway.output()).not.toContain(secret)
})
