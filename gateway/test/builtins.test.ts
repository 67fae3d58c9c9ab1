import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { socketDoors } from '../src/egress/doors.ts'
import { superuserOf } from './support/database.ts'
import { socketDoorActions } from './support/doors.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let gateway: GatewayProcess
let api: Server
let apiUrl: string
const asked: Asked[] = []

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

/** What an action came to, whichever way. */
async function call(connector: string, action: string, input: object, more: object = {}) {
  const response = await fetch(`${gateway.url}/api/v1/calls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ connector, action, input, ...more }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  return { status: response.status, json: (await response.json()) as any }
}

const make = (connector: string, type: string, more: object = {}) =>
  gateway
    .client()
    .connectors.create({ connector, name: connector, kind: 'builtin', builtin: { type }, limits: { per_minute: 1000 }, ...more })

beforeAll(async () => {
  api = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    asked.push({ method, path: url, headers, body })
    if (url.startsWith('/away')) return response.writeHead(302, { location: 'http://127.0.0.1:1/elsewhere' }).end()
    if (url.startsWith('/missing')) return response.writeHead(404, { 'content-type': 'application/json' }).end('{"no":"such"}')
    if (url.startsWith('/slow')) return
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ path: url, auth: headers.authorization ?? null }))
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  apiUrl = `http://127.0.0.1:${portOf(api)}`
  gateway = await startGatewayProcess()
})
afterAll(async () => {
  api?.closeAllConnections()
  api?.close()
  await gateway?.stop()
  await removeDataDir(gateway.dataDir)
})

describe('a built-in connector (F1, F2, F9)', () => {
  test('is one of the types that are listed, with what each asks for', async () => {
    const { items } = await gateway.client().connectors.builtinTypes()
    expect(items.map(({ type }) => type)).toEqual(['delay', 'http', 'smtp', 'sql'])
    const sql = items.find(({ type }) => type === 'sql')
    expect(sql?.actions).toEqual([
      { name: 'query', description: expect.any(String), effect: 'read', mocks: expect.arrayContaining(['default']) },
      { name: 'execute', description: expect.any(String), effect: 'destructive', mocks: expect.any(Array) },
    ])
    expect(sql?.fields).toEqual(
      expect.arrayContaining([
        { name: 'host', type: 'string', required: true },
        { name: 'password', type: 'secret', required: false },
        { name: 'dialect', type: 'select', required: false, default: 'postgres', options: ['postgres', 'mysql'] },
      ]),
    )
  })

  test('is an instance that people make, with actions, settings and schemas from its type', async () => {
    await gateway.client().connectors.create({ text: 'connector: pause\nname: Pause\nkind: builtin\nbuiltin: { type: delay }\n' })
    await gateway.client().connections.create({ connector: 'pause' })
    const { actions } = await gateway.client().connectors.capabilities('pause')
    expect(actions).toMatchObject([
      { action: 'wait', effect: 'read', method: null, path: null, input_schema: { required: ['delay_ms'] } },
    ])
    const tools = await gateway.client().tools.list({ connector: 'pause' })
    expect(tools.items).toMatchObject([{ action: 'wait', method: null }])
    const { json } = await call('pause', 'wait', { delay_ms: 5 })
    expect(json).toMatchObject({ success: true, outcome: 'done', status: null, payload: { delayed_ms: 5 } })
    const record = await gateway.client().calls.get(json.id)
    expect(record).toMatchObject({ status: 'succeeded', method: null, url: null, input: { delay_ms: 5 } })
    expect(record.trace.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['allow-url', 'limit', 'validate-input', 'use-credential', 'send', 'check-response', 'redact']),
    )
  })

  test('is refused for a type that does not exist, and for what is decided by the type', async () => {
    await expect(make('odd', 'nothing')).rejects.toMatchObject({
      detail: expect.stringContaining('There are: delay, http, smtp, sql'),
    })
    await expect(
      gateway.client().connectors.create({ connector: 'odd', name: 'odd', kind: 'script', actions: { a: {} } }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  test('has its input checked before it runs, and is ended at its deadline', async () => {
    const wrong = await call('pause', 'wait', { delay_ms: 'long' })
    expect(wrong.json).toMatchObject({ code: 'INVALID_INPUT', detail: expect.stringContaining('delay_ms') })
    await make('short', 'delay', { limits: { timeout_ms: 200 } })
    await gateway.client().connections.create({ connector: 'short' })
    const late = await call('short', 'wait', { delay_ms: 60_000 })
    expect(late.json).toMatchObject({ code: 'TIMEOUT' })
  })

  test('shows in a dry run the command and its input, and waits for approval where the instance says so', async () => {
    await make('asks', 'delay', { actions: { wait: { confirm: true } } })
    await gateway.client().connections.create({ connector: 'asks' })
    const { json: plan } = await call('asks', 'wait', { delay_ms: 1 }, { dry_run: true })
    expect(plan).toMatchObject({ outcome: 'not_sent', plan: { command: 'wait', input: { delay_ms: 1 }, needs_approval: true } })
    const pending = await call('asks', 'wait', { delay_ms: 1 })
    expect(pending.status).toBe(202)
    expect(await gateway.client().approvals.get(pending.json.approval.id)).toMatchObject({
      request: { command: 'wait', input: { delay_ms: 1 } },
    })
  })

  test('keeps its version rules: a smaller guard is a patch, and the type may not be taken away (F10)', async () => {
    const document = await gateway.client().connectors.get('pause')
    const changed = { ...document, description: 'Rests.' }
    const { version } = await gateway.client().connectors.update('pause', { document: changed, autoBump: true })
    expect(version).toBe('1.0.1')
  })
})

test('a connection of code may get its secrets later: until then its calls say so (F2)', async () => {
  await make('later', 'http', { auth: { token: { type: 'bearer' } }, security: { url_patterns: [`${apiUrl}/*`] } })
  const { id, status } = await gateway.client().connections.create({ connector: 'later' })
  expect(status).toBe('needs_reauth')
  expect((await call('later', 'get', { url: `${apiUrl}/a` })).json.code).toBe('NEEDS_REAUTH')
  await gateway.client().connections.rotate(id, { fields: { token: 'entered-later' } })
  expect((await call('later', 'get', { url: `${apiUrl}/a` })).json.success).toBe(true)
})

describe('the built-in http (F20)', () => {
  beforeAll(async () => {
    await make('web', 'http', {
      auth: { token: { type: 'bearer' } },
      security: { url_patterns: [`${apiUrl}/*`] },
      limits: { per_minute: 1000, timeout_ms: 2000 },
    })
    await gateway.client().connections.create({ connector: 'web', auth: { fields: { token: 'the-web-secret' } } })
  })

  test('asks for any URL of the allowlist with the credential of the connection, which comes back redacted', async () => {
    const { json } = await call('web', 'get', { url: `${apiUrl}/a?b=1`, query: { 'c d': 'é' } })
    expect(json).toMatchObject({ success: true, payload: { status: 200, body: { path: '/a?b=1&c%20d=%C3%A9' } } })
    expect(asked.at(-1)?.headers.authorization).toBe('Bearer the-web-secret')
    expect(JSON.stringify(json)).not.toContain('the-web-secret')
  })

  test('sends any method with a JSON body', async () => {
    const { json } = await call('web', 'request', { url: `${apiUrl}/b`, method: 'PATCH', body: { a: [1] } })
    expect(json.success).toBe(true)
    expect(asked.at(-1)).toMatchObject({ method: 'PATCH', body: '{"a":[1]}', headers: { 'content-type': 'application/json' } })
  })

  test('refuses what the allowlist does not name, also as a redirect, and private addresses', async () => {
    const before = asked.length
    for (const url of [
      'http://127.0.0.1:1/',
      'https://example.com/',
      'http://169.254.169.254/latest',
      '/relative',
      'file:///etc/passwd',
      '',
    ]) {
      const { json } = await call('web', 'get', { url })
      expect([url, json.code]).toEqual([url, url === '' ? 'UPSTREAM_ERROR' : 'URL_NOT_ALLOWED'])
    }
    expect(asked.length).toBe(before)
    expect((await call('web', 'get', { url: `${apiUrl}/away` })).json).toMatchObject({ code: 'URL_NOT_ALLOWED' })
  })

  test('tells a status that is no success as the same error that a described request would have', async () => {
    const { json } = await call('web', 'get', { url: `${apiUrl}/missing` })
    expect(json).toMatchObject({ code: 'ENDPOINT_NOT_FOUND', diagnostics: { status: 404, body: { no: 'such' } } })
  })

  test('ends a read at its deadline as TIMEOUT and a write as unknown', async () => {
    expect((await call('web', 'get', { url: `${apiUrl}/slow` })).json.code).toBe('TIMEOUT')
    const write = await call('web', 'request', { url: `${apiUrl}/slow`, method: 'POST' })
    expect(write.json.code).toBe('OUTCOME_UNKNOWN')
  })
})

describe('the built-in sql', () => {
  let database: ReturnType<typeof createTcpServer>
  const sql = (action: string, text: string, values?: unknown[], connector = 'shop') =>
    call(connector, action, { sql: text, ...(values && { values }) })

  beforeAll(async () => {
    const admin = await superuserOf(gateway.dataDir)
    await admin.query(`create role clerk login password 'the-clerk-secret'`)
    await admin.query('create database shop owner clerk')
    await admin.end()
    const path = join(gateway.dataDir, 'postgres', '.s.PGSQL.5432')
    // The embedded server has no port; this one leads to its socket.
    database = createTcpServer((socket) => {
      const inner = connect(path)
      socket.pipe(inner).pipe(socket)
      socket.on('error', () => inner.destroy())
      inner.on('error', () => socket.destroy())
    }).listen(0, '127.0.0.1')
    await once(database, 'listening')
    await make('shop', 'sql', { limits: { per_minute: 1000, timeout_ms: 4000 } })
    const settings = { host: '127.0.0.1', port: portOf(database), database: 'shop', user: 'clerk', tls: 'off', max_rows: 3 }
    await gateway
      .client()
      .connections.create({ connector: 'shop', name: 'Reads', settings, auth: { fields: { password: 'the-clerk-secret' } } })
    await make('shop-rw', 'sql')
    await gateway.client().connections.create({
      connector: 'shop-rw',
      settings: { ...settings, allow_writes: true },
      auth: { fields: { password: 'the-clerk-secret' } },
    })
    expect(
      (await sql('execute', 'create table items (id int primary key, name text, at timestamptz)', undefined, 'shop-rw')).json
        .success,
    ).toBe(true)
  })
  afterAll(() => database?.close())

  test('runs parameterised statements: a value is never a part of the statement', async () => {
    const evil = `'); drop table items; --`
    const insert = await sql('execute', 'insert into items values ($1, $2, now()) returning name', [1, evil], 'shop-rw')
    expect(insert.json).toMatchObject({ success: true, payload: { rows: [{ name: evil }], row_count: 1 } })
    const { json } = await sql('query', 'select id, name, at from items where name = $1', [evil])
    expect(json).toMatchObject({ success: true, payload: { rows: [{ id: 1, name: evil }], truncated: false } })
  })

  test.each([
    ['an insert', 'insert into items values (2, null, null)'],
    ['an insert inside a query', 'with x as (insert into items values (3, null, null) returning 1) select * from x'],
    ['a table', 'create table more (id int)'],
    ['several statements', 'commit; delete from items'],
    ['a way out of the transaction', "select set_config('transaction_read_only', 'off', false), 1 from items"],
  ])('keeps a query from writing: %s is refused by the database itself', async (_, text) => {
    expect((await sql('query', text)).json).toMatchObject({
      code: 'UPSTREAM_ERROR',
      diagnostics: { sqlstate: expect.any(String) },
    })
    expect((await sql('query', 'select count(*)::int as n from items')).json.payload.rows).toEqual([{ n: 1 }])
  })

  test('writes only where the connection allows it', async () => {
    const { json } = await sql('execute', 'delete from items')
    expect(json).toMatchObject({ code: 'UPSTREAM_ERROR', detail: expect.stringContaining('allow_writes') })
  })

  test('cuts off at the limit of rows and at the deadline', async () => {
    const { json } = await sql('query', 'select * from generate_series(1, 1000000) as n')
    expect(json.payload).toEqual({ rows: [{ n: 1 }, { n: 2 }, { n: 3 }], row_count: 3, truncated: true })
    const slow = await sql('query', 'select pg_sleep(60)')
    expect(slow.json.code).toMatch(/TIMEOUT|UPSTREAM_ERROR/)
  })

  test('takes one connection string for host, database, user and password, and refuses other databases', async () => {
    await make('stringed', 'sql')
    const connectWith = (text: string) =>
      gateway.client().connections.create({
        connector: 'stringed',
        auth: { scheme: 'connection_string', fields: { connection_string: text } },
      })
    const address = `clerk:the-clerk-secret@127.0.0.1:${portOf(database)}/shop`
    await expect(connectWith(`mongodb://${address}`)).rejects.toMatchObject({
      detail: expect.stringMatching(/dialect.*postgres/),
    })
    const { settings } = await connectWith(`postgresql://${address}?sslmode=disable`)
    expect(settings).toMatchObject({ host: '127.0.0.1', port: portOf(database), database: 'shop', user: 'clerk', tls: 'off' })
    expect((await sql('query', 'select 1 as one', undefined, 'stringed')).json).toMatchObject({
      success: true,
      payload: { rows: [{ one: 1 }] },
    })
  })

  test('verifies before anything is stored: by asking the database, through the door, in its own words', async () => {
    const { verify } = gateway.client().connectors
    const dsn = (password: string, host = `127.0.0.1:${portOf(database)}`) => ({
      scheme: 'connection_string',
      fields: { connection_string: `postgres://clerk:${password}@${host}/shop?sslmode=disable` },
    })
    const fields = { host: '127.0.0.1', port: String(portOf(database)), database: 'shop', user: 'clerk', tls: 'off' }
    expect(await verify('shop', dsn('the-clerk-secret'))).toEqual({ ok: true, message: '' })
    expect(await verify('shop', { fields: { ...fields, password: 'the-clerk-secret' } })).toEqual({ ok: true, message: '' })
    expect(await verify('shop', dsn('not-the-secret'))).toEqual({
      ok: false,
      message: 'The other side refused: password authentication failed for user "clerk"',
    })
    expect(await verify('shop', { fields: { ...fields, password: 'the-clerk-secret', database: 'void' } })).toMatchObject({
      ok: false,
      message: expect.stringContaining('"void"'),
    })
    await expect(verify('shop', dsn('the-clerk-secret', '169.254.169.254:5432'))).rejects.toMatchObject({
      code: 'URL_NOT_ALLOWED',
    })
  })

  test('says that the password is wrong, marks the connection, and shows the password nowhere', async () => {
    const settings = { host: '127.0.0.1', port: portOf(database), database: 'shop', user: 'clerk', tls: 'off' }
    await make('locked', 'sql')
    const { id } = await gateway
      .client()
      .connections.create({ connector: 'locked', settings, auth: { fields: { password: 'not-the-secret' } } })
    expect((await sql('query', 'select 1', undefined, 'locked')).json).toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect(await gateway.client().connections.get(id)).toMatchObject({ status: 'needs_reauth' })
    expect(gateway.output()).not.toMatch(/the-clerk-secret|not-the-secret/)
  })
})

describe('the built-in smtp', () => {
  test('sends a mail by the server of the connection, once, with its password', async () => {
    const mails: string[] = []
    const logins: string[] = []
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        logins.push(`${username}:${password}`)
        if (password === 'mail-secret') done(null, { user: username })
        else done(new Error('no'))
      },
      onData(stream, _session, done) {
        let text = ''
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8')
        })
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    const listening = server.listen(0, '127.0.0.1')
    await once(listening, 'listening')
    try {
      await make('mail', 'smtp')
      const settings = { host: '127.0.0.1', port: portOf(listening), tls: 'off', user: 'me', from: 'gate@example.test' }
      await gateway
        .client()
        .connections.create({ connector: 'mail', name: 'Right', settings, auth: { fields: { password: 'mail-secret' } } })
      const { json } = await call('mail', 'send', { to: ['a@example.test'], subject: 'Hi\r\nBcc: x@example.test', text: 'Hello' })
      expect(json).toMatchObject({ success: true, payload: { accepted: ['a@example.test'], rejected: [] } })
      expect(mails).toHaveLength(1)
      expect(mails[0]).toMatch(/^From: gate@example\.test/m)
      expect(mails[0]).not.toMatch(/^Bcc:/m)
      expect(logins).toEqual(['me:mail-secret'])
      const evil = await call('mail', 'send', { to: ['a@example.test, b@example.test'], subject: 'x', text: 'x' })
      expect(evil.json.code).toBe('INVALID_INPUT')
      await gateway
        .client()
        .connections.create({ connector: 'mail', name: 'Wrong', settings, auth: { fields: { password: 'other' } } })
      const refused = await call('mail', 'send', { to: ['a@example.test'], subject: 'x', text: 'x' }, { connection: 'Wrong' })
      expect(refused.json.code).toBe('AUTHENTICATION_FAILED')
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  })
})

describe.each(socketDoors)('the door %s', (door) => {
  const { settings, call: attempt } = socketDoorActions[door]
  let last = 0

  async function knock(host: string, port: number) {
    const name = `${door}-${++last}`
    await gateway.client().connections.create({ connector: `door-${door}`, name, settings: { ...settings, host, port } })
    const { action, input } = attempt
    return (await call(`door-${door}`, action, input, { connection: name })).json
  }

  beforeAll(() => make(`door-${door}`, door, { limits: { per_minute: 1000, timeout_ms: 3000 } }))

  test.each([
    ...[
      '169.254.169.254',
      '10.0.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '127.0.0.2',
      '2130706434',
      '0x7f.2',
      '::1',
      '[::1]',
    ],
    ...[
      '::ffff:10.0.0.1',
      'fd00:ec2::254',
      'metadata.google.internal',
      'metadata',
      'instance-data',
      'user@127.0.0.1',
      '127.0.0.1/x',
    ],
    ...['127.0.0.1?x', '127.0.0.1#x', 'a b', '127.0.0.1\\x', ''],
  ])('does not lead to %s (F20)', async (host) => {
    const { code, detail } = await knock(host, 5432)
    if (host === '') expect(detail).toContain('Missing required field(s) of the connection: host')
    else expect(['URL_NOT_ALLOWED', 'CONNECTION_REFUSED']).toContain(code)
  })

  test('does not lead to the gateway itself, and leads to what the operator opened', async () => {
    expect((await knock('127.0.0.1', Number(new URL(gateway.url).port))).code).toBe('URL_NOT_ALLOWED')
    const met = Promise.withResolvers<void>()
    const server = createTcpServer((socket) => {
      met.resolve()
      socket.end()
      socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const answer = knock('127.0.0.1', portOf(server))
    await met.promise
    expect((await answer).code).toMatch(/UPSTREAM_ERROR|OUTCOME_UNKNOWN/)
    server.close()
  })
})
