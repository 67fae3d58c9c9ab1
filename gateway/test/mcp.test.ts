import { setImmediate } from 'node:timers/promises'
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallRequest, CallResult, ToolQuery, ToolView } from '../src/call/types.ts'
import type { Caller } from '../src/caller.ts'
import { SallyportError } from '../src/errors.ts'
import { type MountOptions, mountMcp } from '../src/mcp/mount.ts'
import { reveal } from '../src/secret.ts'

/** The gateway behind the entrance, in memory: what is tested here is the entrance. */
interface Behind {
  tools: ToolView[]
  answer: (request: CallRequest) => Promise<CallResult> | CallResult
  requests: CallRequest[]
  listError?: Error
  /** Called when the entrance is about to be closed. */
  closing?: () => void
}

const alice = 'sp_alice_0123456789abcdef0123456789'
const bob = 'sp_bob_0123456789abcdef0123456789'
const expiresAt = '2030-01-01T00:00:00.000Z'

function tool(name: string, changes: Partial<ToolView> = {}): ToolView {
  return {
    name,
    connector: 'crm',
    action: name,
    connection: { id: 'con_1', name: 'CRM', environment: 'production' },
    title: `Title of ${name}`,
    description: `Does ${name}.`,
    effect: 'read',
    confirm: false,
    deprecated: false,
    method: 'GET',
    path: `/${name}`,
    input_schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
    output_schema: null,
    ...changes,
  }
}

function answered(payload: unknown): CallResult {
  return { kind: 'answered', id: 'call_1', outcome: 'done', status: 200, durationMs: 1, answer: { success: true, payload } }
}

function failed(error: SallyportError, outcome: 'not_sent' | 'sent_unknown' | 'done' = 'done'): CallResult {
  return { kind: 'failed', id: 'call_9', outcome, status: null, durationMs: 1, error }
}

function callerOf(token: string): Caller {
  if (token !== alice && token !== bob) throw new SallyportError('UNAUTHENTICATED', { detail: 'This token is not known.' })
  const caller = { kind: 'token', id: token.slice(0, 6), name: token, email: null, workspaceId: 'ws_1', workspaceName: 'Acme', role: 'member', createdBy: 'usr_1' }
  return caller as unknown as Caller
}

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function start(changes: Partial<Behind> = {}, options: MountOptions & { publicUrl?: string } = {}) {
  const behind: Behind = { tools: [tool('get_customer')], answer: () => answered({ name: 'Ada' }), requests: [], ...changes }
  const app = Fastify({ forceCloseConnections: 'idle' })
  app.addHook('preClose', async () => behind.closing?.())
  let address = ''
  const services = {
    access: {
      authenticate: async (credentials: { kind: string; token?: unknown }) => {
        if (credentials.kind !== 'bearer') throw new SallyportError('UNAUTHENTICATED')
        return callerOf(reveal(credentials.token as never))
      },
    },
    tools: {
      list: async (caller: Caller, { limit = 50, cursor }: ToolQuery) => {
        if (behind.listError !== undefined) throw behind.listError
        const mine = behind.tools.filter((view) => !view.name.startsWith('only_alice') || caller.id === alice.slice(0, 6))
        const from = Number(cursor ?? 0)
        if (!Number.isInteger(from)) throw new SallyportError('INVALID_INPUT', { detail: 'This cursor is not one of ours.' })
        return { items: mine.slice(from, from + limit), next_cursor: from + limit < mine.length ? String(from + limit) : null }
      },
      find: async (_caller: Caller, name: string) => behind.tools.find((view) => view.name === name) ?? null,
    },
    calls: {
      run: async (request: CallRequest) => {
        behind.requests.push(request)
        return behind.answer(request)
      },
    },
    publicUrl: () => options.publicUrl ?? address,
  }
  mountMcp(app, services, options)
  address = await app.listen({ port: 0, host: '127.0.0.1' })
  opened.push(() => app.close())
  return { behind, app, url: `${address}/mcp` }
}

type Era = 'modern' | 'legacy'

async function connect(url: string, era: Era, token = alice) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } })
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } })
  await client.connect(transport)
  opened.push(() => client.close())
  return { client, transport }
}

function textOf(result: { content: readonly unknown[] }): string {
  expect(result.content).toHaveLength(1)
  const [block] = result.content
  expect(block).toMatchObject({ type: 'text', text: expect.any(String) })
  return (block as { text: string }).text
}

describe.each(['modern', 'legacy'] as const)('a %s client', (era) => {
  it('negotiates its era and reads who serves it', async () => {
    const { url } = await start()
    const { client } = await connect(url, era)
    expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25')
    expect(client.getServerVersion()).toMatchObject({ name: 'sallyport', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(client.getInstructions()).toContain('pending_approval')
    expect(client.getServerCapabilities()).toEqual({ tools: {} })
  })

  it('lists the tools of its token with schema and hints', async () => {
    const output_schema = { type: 'object', properties: { name: { type: 'string' } } }
    const { url } = await start({ tools: [tool('get_customer', { output_schema }), tool('delete_customer', { effect: 'destructive', method: 'DELETE' }), tool('only_alice')] })
    const { tools } = await (await connect(url, era)).client.listTools()
    expect(tools).toEqual([
      {
        name: 'get_customer',
        title: 'Title of get_customer',
        description: 'Does get_customer.',
        inputSchema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
        outputSchema: output_schema,
        annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
      },
      expect.objectContaining({ name: 'delete_customer', annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true } }),
      expect.objectContaining({ name: 'only_alice' }),
    ])
    const bobs = await (await connect(url, era, bob)).client.listTools()
    expect(bobs.tools.map(({ name }) => name)).toEqual(['get_customer', 'delete_customer'])
  })

  it('reads a long list in pages', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `tool_${index}`)
    const { url } = await start({ tools: names.map((name) => tool(name)) })
    const { client } = await connect(url, era)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(names)
    const page = await client.listTools({ cursor: '400' })
    expect(page.tools).toHaveLength(50)
    expect(page.nextCursor).toBeUndefined()
  })

  it('is told that a cursor is wrong, as invalid params', async () => {
    const { url } = await start()
    const { client } = await connect(url, era)
    const error: unknown = await client.listTools({ cursor: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('This cursor is not one of ours.') })
  })

  it('calls a tool through the pipeline and gets text and structure', async () => {
    const { url, behind } = await start({ answer: () => answered({ name: 'Ada', tags: ['x'] }) })
    const { client } = await connect(url, era)
    const result = await client.callTool({ name: 'get_customer', arguments: { id: 7 } })
    expect(result.isError ?? false).toBe(false)
    expect(JSON.parse(textOf(result))).toEqual({ name: 'Ada', tags: ['x'] })
    expect(result.structuredContent).toEqual({ name: 'Ada', tags: ['x'] })
    expect(behind.requests).toHaveLength(1)
    const [{ credentials, ...request }] = behind.requests as [CallRequest]
    expect(request).toEqual({ entrance: 'mcp', ip: '127.0.0.1', connector: 'crm', action: 'get_customer', connection: 'con_1', input: { id: 7 } })
    expect(credentials.kind === 'bearer' && reveal(credentials.token)).toBe(alice)
  })

  it.each([
    [[1, 2], '[1,2]'],
    ['plain text', 'plain text'],
    [null, 'null'],
    [undefined, 'Done. The API sent no content.'],
  ])('gets the payload %j as text alone', async (payload, text) => {
    const { url, behind } = await start({ answer: () => answered(payload) })
    const { client } = await connect(url, era)
    const result = await client.callTool({ name: 'get_customer' })
    expect(textOf(result)).toBe(text)
    expect(result.structuredContent).toBeUndefined()
    expect(behind.requests[0]?.input).toEqual({})
  })

  it('reads from a failure what happened and what to do', async () => {
    const error = new SallyportError('UPSTREAM_ERROR', { detail: 'The API answered 422.', diagnostics: { status: 422, body: 'name is taken' }, internal: 'secret-internal' })
    const { url } = await start({ answer: () => failed(error) })
    const result = await (await connect(url, era)).client.callTool({ name: 'get_customer', arguments: {} })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toBe(
      [
        'UPSTREAM_ERROR: The API answered 422.',
        'What to do: Read the diagnostics for the status and the body the API sent.',
        'Diagnostics: {"status":422,"body":"name is taken"}',
        'Call id: call_9',
      ].join('\n'),
    )
    expect(JSON.stringify(result)).not.toContain('secret-internal')
  })

  it('is warned when a write may have taken effect, and told when to try again', async () => {
    const { url, behind } = await start({ answer: () => failed(new SallyportError('OUTCOME_UNKNOWN'), 'sent_unknown') })
    const { client } = await connect(url, era)
    expect(textOf(await client.callTool({ name: 'get_customer', arguments: {} }))).toContain('It is unknown whether the API carried it out.')
    behind.answer = () => failed(new SallyportError('RATE_LIMITED', { retryAfterSeconds: 12 }), 'not_sent')
    const limited = textOf(await client.callTool({ name: 'get_customer', arguments: {} }))
    expect(limited).toContain('Try again after 12 seconds.')
    expect(limited).toContain('Nothing was sent to the API.')
  })

  it('gets the link to a pending approval, and no error', async () => {
    const output_schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    const { url } = await start(
      { tools: [tool('add_note', { confirm: true, effect: 'write', method: 'POST', output_schema })], answer: () => ({ kind: 'pending', id: 'call_3', approvalId: 'apr_3', expiresAt }) },
      { publicUrl: 'https://sallyport.example.com' },
    )
    const { client } = await connect(url, era)
    await client.listTools()
    const result = await client.callTool({ name: 'add_note', arguments: {} })
    expect(result.isError ?? false).toBe(false)
    const pending = { status: 'pending_approval', id: 'call_3', url: 'https://sallyport.example.com/approvals/apr_3', expires_at: expiresAt }
    expect(result.structuredContent).toEqual(pending)
    const [advice, json] = textOf(result).split('\n') as [string, string]
    expect(advice).toMatch(/person must approve.*do not call again/)
    expect(JSON.parse(json)).toEqual(pending)
  })

  it('gets invalid params for a tool that does not exist, and nothing runs', async () => {
    const { url, behind } = await start()
    const { client } = await connect(url, era)
    const error: unknown = await client.callTool({ name: 'drop_everything', arguments: {} }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('Unknown tool: drop_everything') })
    expect(behind.requests).toEqual([])
  })

  it('learns nothing of a fault inside', async () => {
    const { url } = await start({ listError: new Error('password authentication failed for user postgres') })
    const error: unknown = await (await connect(url, era)).client.listTools().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: -32603, message: expect.stringContaining('Internal error') })
    expect(String(error)).not.toContain('postgres')
  })
})

it('gives an auto-negotiating client the newer era', async () => {
  const { url } = await start()
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${alice}` } } }))
  opened.push(() => client.close())
  expect(client.getProtocolEra()).toBe('modern')
  expect((await client.listTools()).tools).toHaveLength(1)
})

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}
const discover = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
}
const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }

function inject(app: FastifyInstance, body: unknown, headers: Record<string, string>, method: 'POST' | 'GET' | 'DELETE' = 'POST') {
  const payload = body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }
  return app.inject({ method, url: '/mcp', headers: { host: '127.0.0.1', ...json, ...headers }, ...payload })
}
const as = (token: string) => ({ authorization: `Bearer ${token}` })

describe('the door', () => {
  it.each([
    ['the handshake', initialize, {}],
    ['a stateless request', discover, modernHeaders],
    ['a request with a cookie alone', discover, { ...modernHeaders, cookie: 'session=1' }],
  ])('refuses %s without a token', async (_what, body, headers) => {
    const { app } = await start()
    const response = await inject(app, body, headers)
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sallyport"')
    expect(response.json()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32000, message: expect.any(String), data: { code: 'UNAUTHENTICATED', resolution: expect.stringContaining('Bearer sp_') } },
    })
  })

  it('refuses a wrong token and says that the token is the fault', async () => {
    const { app } = await start()
    for (const authorization of ['Bearer sp_wrong', 'Basic c3A6c3A=', `Bearer ${alice} ${bob}`]) {
      const response = await inject(app, discover, { ...modernHeaders, authorization })
      expect([authorization, response.statusCode]).toEqual([authorization, 401])
      expect(response.headers['www-authenticate']).toContain('error="invalid_token"')
    }
  })

  it.each(['http://evil.example', 'null', 'https://127.0.0.1.evil.example', 'not a url'])('refuses the web origin %s', async (origin) => {
    const { app } = await start()
    const response = await inject(app, discover, { ...modernHeaders, ...as(alice), origin })
    expect(response.statusCode).toBe(403)
    expect(response.json()).toMatchObject({ jsonrpc: '2.0', error: { data: { code: 'FORBIDDEN' } } })
  })

  it('refuses a page on the same machine once the gateway is public', async () => {
    const { app } = await start({}, { publicUrl: 'https://sallyport.example.com' })
    const from = (origin: string) => inject(app, discover, { ...modernHeaders, ...as(alice), origin }).then(({ statusCode }) => statusCode)
    expect(await from('http://localhost:6274')).toBe(403)
    expect(await from('http://sallyport.example.com')).toBe(403)
    expect(await from('https://sallyport.example.com')).toBe(200)
  })

  it('accepts its own origin and, on one machine, local tools', async () => {
    const { app, url } = await start()
    for (const origin of [new URL(url).origin, 'http://localhost:6274', 'http://[::1]:3000']) {
      expect((await inject(app, discover, { ...modernHeaders, ...as(alice), origin })).statusCode).toBe(200)
    }
  })

  it('refuses a name that is not its own in the Host header, before looking at the token', async () => {
    const { app } = await start({}, { publicUrl: 'https://sallyport.example.com' })
    for (const host of ['evil.example', 'evil.example:8080', '127.0.0.1.nip.io', 'sallyport.example.com.evil.example']) {
      expect([host, (await inject(app, discover, { ...modernHeaders, host })).statusCode]).toEqual([host, 403])
    }
    for (const host of ['sallyport.example.com', 'SALLYPORT.example.com:443', 'localhost:8080', '10.1.2.3:8080', '[::1]:8080']) {
      expect([host, (await inject(app, discover, { ...modernHeaders, ...as(alice), host })).statusCode]).toEqual([host, 200])
    }
  })

  it.each([
    ['broken JSON', '{"jsonrpc":', {}, 400, -32700],
    ['an empty body', '', {}, 400, -32700],
    ['a prototype key', '{"__proto__":{"a":1},"jsonrpc":"2.0","id":1,"method":"tools/list"}', {}, 400, -32700],
    ['a body over 4 MiB', JSON.stringify({ ...discover, padding: 'x'.repeat(4 * 1024 * 1024) }), {}, 413, -32000],
    ['another content type', '<x/>', { 'content-type': 'text/xml' }, 415, -32000],
    ['JSON that is no message', { hello: 'world' }, {}, 400, -32600],
    ['an unknown revision', { ...discover, params: { _meta: { ...discover.params._meta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } } }, { ...modernHeaders, 'mcp-protocol-version': '2099-01-01' }, 400, -32022],
    ['a header that disagrees with the body', discover, { ...modernHeaders, 'mcp-method': 'tools/call' }, 400, -32020],
  ])('answers %s with a JSON-RPC error', async (_what, body, headers, status, code) => {
    const { app } = await start()
    const response = await inject(app, body, { ...as(alice), ...headers })
    expect(response.statusCode).toBe(status)
    expect(response.json()).toMatchObject({ jsonrpc: '2.0', error: { code, message: expect.any(String) } })
  })

  it('tells clients of the new revision how long a list may be kept', async () => {
    const { app } = await start()
    const response = await inject(app, discover, { ...modernHeaders, ...as(alice) })
    expect(response.json().result).toMatchObject({ resultType: 'complete', ttlMs: 10_000, cacheScope: 'private', tools: [{ name: 'get_customer' }] })
  })

  it('offers no stream', async () => {
    const { app } = await start()
    const response = await inject(app, undefined, as(alice), 'GET')
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST, DELETE'])
  })
})

describe('a session of the older protocol', () => {
  async function open(app: FastifyInstance, token = alice): Promise<string> {
    const response = await inject(app, initialize, as(token))
    expect(response.statusCode).toBe(200)
    return String(response.headers['mcp-session-id'])
  }
  const list = (app: FastifyInstance, session: string, token = alice) =>
    inject(app, { jsonrpc: '2.0', id: 2, method: 'tools/list' }, { ...as(token), 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' })

  it('does not exist for another token', async () => {
    const { app } = await start()
    const session = await open(app)
    expect(session).toMatch(/^[0-9a-f-]{36}$/)
    const foreign = await list(app, session, bob)
    expect(foreign.statusCode).toBe(404)
    expect(foreign.body).toBe((await list(app, crypto.randomUUID(), bob)).body)
    expect((await inject(app, undefined, { ...as(bob), 'mcp-session-id': session }, 'DELETE')).statusCode).toBe(404)
    expect((await list(app, session)).json().result.tools).toHaveLength(1)
  })

  it('ends when its client says so', async () => {
    const { app } = await start()
    const session = await open(app)
    expect((await inject(app, undefined, { ...as(alice), 'mcp-session-id': session }, 'DELETE')).statusCode).toBe(200)
    expect((await list(app, session)).statusCode).toBe(404)
  })

  it('must be opened first', async () => {
    const { app } = await start()
    expect((await inject(app, { jsonrpc: '2.0', id: 2, method: 'tools/list' }, as(alice))).statusCode).toBe(400)
    expect((await inject(app, undefined, as(alice), 'DELETE')).statusCode).toBe(400)
  })

  it('gives way to newer ones of the same caller when there are too many', async () => {
    const { app } = await start({}, { sessions: { max: 3, idleMs: 60_000 } })
    const bobs = await open(app, bob)
    const [first, second] = [await open(app), await open(app)]
    await list(app, first)
    const third = await open(app)
    expect((await list(app, bobs, bob)).statusCode).toBe(200)
    expect((await list(app, first)).statusCode).toBe(200)
    expect((await list(app, second)).statusCode).toBe(404)
    expect((await list(app, third)).statusCode).toBe(200)
  })

  it('is not dropped in the middle of a call; others are refused for the moment', async () => {
    let finish: (result: CallResult) => void = () => {}
    const called = Promise.withResolvers<void>()
    const answer = () => {
      called.resolve()
      return new Promise<CallResult>((resolve) => {
        finish = resolve
      })
    }
    const { app } = await start({ answer }, { sessions: { max: 1, idleMs: 60_000 } })
    const session = await open(app)
    const call = inject(app, { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'get_customer', arguments: {} } }, { ...as(alice), 'mcp-session-id': session })
    await called.promise
    const refused = await inject(app, initialize, as(bob))
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
    finish(answered({ ok: true }))
    expect((await call).json().result.structuredContent).toEqual({ ok: true })
    await open(app, bob)
    expect((await list(app, session)).statusCode).toBe(404)
  })
})

it.each(['modern', 'legacy'] as const)('lets a running %s call finish when the gateway closes', async (era) => {
  let finish: (result: CallResult) => void = () => {}
  const called = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const { url, app } = await start({
    answer: () => {
      called.resolve()
      return new Promise((resolve) => {
        finish = resolve
      })
    },
    closing: closing.resolve,
  })
  const { client } = await connect(url, era)
  const call = client.callTool({ name: 'get_customer', arguments: {} })
  await called.promise
  const closed = app.close()
  await closing.promise
  await setImmediate()
  finish(answered({ ok: true }))
  expect((await call).structuredContent).toEqual({ ok: true })
  await closed
})
