import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallResult } from '../src/call/types.ts'
import { SallyportError } from '../src/errors.ts'
import { alice, answered, bob, closeAll, expiresAt, failed, start } from './mcp-harness.ts'

afterEach(closeAll)

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

function inject(
  app: FastifyInstance,
  body: unknown,
  headers: Record<string, string>,
  method: 'POST' | 'GET' | 'DELETE' = 'POST',
) {
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
    expect(response.headers['www-authenticate']).toMatch(
      /^Bearer realm="sallyport", resource_metadata="http:\/\/127[^"]*\/.well-known\/oauth-protected-resource\/mcp"$/,
    )
    expect(response.json()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: -32000,
        message: expect.any(String),
        data: { code: 'UNAUTHENTICATED', resolution: expect.stringContaining('Bearer sp_') },
      },
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

  it.each(['http://evil.example', 'null', 'https://127.0.0.1.evil.example', 'not a url'])(
    'refuses the web origin %s',
    async (origin) => {
      const { app } = await start()
      const response = await inject(app, discover, { ...modernHeaders, ...as(alice), origin })
      expect(response.statusCode).toBe(403)
      expect(response.json()).toMatchObject({ jsonrpc: '2.0', error: { data: { code: 'FORBIDDEN' } } })
    },
  )

  it('refuses a page on the same machine once the gateway is public', async () => {
    const { app } = await start({}, { publicUrl: 'https://sallyport.example.com' })
    const from = (origin: string) =>
      inject(app, discover, { ...modernHeaders, ...as(alice), origin }).then(({ statusCode }) => statusCode)
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
    [
      'an unknown revision',
      { ...discover, params: { _meta: { ...discover.params._meta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } } },
      { ...modernHeaders, 'mcp-protocol-version': '2099-01-01' },
      400,
      -32022,
    ],
    ['a header that disagrees with the body', discover, { ...modernHeaders, 'mcp-method': 'tools/call' }, 400, -32020],
    [
      'a tool in the header that is not the one in the body',
      { ...discover, method: 'tools/call', params: { ...discover.params, name: 'get_customer', arguments: {} } },
      { ...modernHeaders, 'mcp-method': 'tools/call', 'mcp-name': 'delete_customer' },
      400,
      -32020,
    ],
  ])('answers %s with a JSON-RPC error', async (_what, body, headers, status, code) => {
    const { app } = await start()
    const response = await inject(app, body, { ...as(alice), ...headers })
    expect(response.statusCode).toBe(status)
    expect(response.json()).toMatchObject({ jsonrpc: '2.0', error: { code, message: expect.any(String) } })
  })

  it('tells clients of the new revision how long a list may be kept', async () => {
    const { app } = await start()
    const response = await inject(app, discover, { ...modernHeaders, ...as(alice) })
    expect(response.json().result).toMatchObject({
      resultType: 'complete',
      ttlMs: 10_000,
      cacheScope: 'private',
      tools: [{ name: 'get_customer' }, { name: 'read_result' }],
    })
  })

  it('offers no stream outside of a session', async () => {
    const { app } = await start()
    const response = await inject(app, undefined, as(alice), 'GET')
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET, POST, DELETE'])
  })
})

describe('a session of the older protocol', () => {
  async function open(app: FastifyInstance, token = alice): Promise<string> {
    const response = await inject(app, initialize, as(token))
    expect(response.statusCode).toBe(200)
    return String(response.headers['mcp-session-id'])
  }
  const list = (app: FastifyInstance, session: string, token = alice) =>
    inject(
      app,
      { jsonrpc: '2.0', id: 2, method: 'tools/list' },
      { ...as(token), 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
    )

  it('does not exist for another token', async () => {
    const { app } = await start()
    const session = await open(app)
    expect(session).toMatch(/^[0-9a-f-]{36}$/)
    const foreign = await list(app, session, bob)
    expect(foreign.statusCode).toBe(404)
    expect(foreign.body).toBe((await list(app, crypto.randomUUID(), bob)).body)
    expect((await inject(app, undefined, { ...as(bob), 'mcp-session-id': session }, 'DELETE')).statusCode).toBe(404)
    expect((await list(app, session)).json().result.tools).toHaveLength(2)
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
    const call = inject(
      app,
      { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'get_customer', arguments: {} } },
      { ...as(alice), 'mcp-session-id': session },
    )
    await called.promise
    const refused = await inject(app, initialize, as(bob))
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
    finish(answered({ ok: true }))
    expect((await call).json().result.structuredContent).toEqual({ ok: true })
    await open(app, bob)
    expect((await list(app, session)).statusCode).toBe(404)
  })
})

describe('a plain call of the newer revision', () => {
  const call = (changes: object = {}, name = 'get_customer') => ({
    ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
    params: { name, arguments: { id: 7 }, _meta: { ...discover.params._meta, ...changes } },
  })
  const headers = { ...modernHeaders, ...as(alice), 'mcp-method': 'tools/call', 'mcp-name': 'get_customer' }

  it.each([
    ['an answer', answered({ name: 'Ada' })],
    ['a failure', failed(new SallyportError('TIMEOUT'))],
    ['a call that waits', { kind: 'pending', id: 'call_3', approvalId: 'apr_3', expiresAt }],
  ] as const)('is answered as the SDK answers it: %s', async (_what, result) => {
    const { app, behind } = await start({ answer: () => result })
    const short = await inject(app, call(), headers)
    // A word of somebody else's is for the SDK to judge.
    const long = await inject(app, call({ 'example.com/word': 1 }), headers)
    expect(short.json()).toEqual(long.json())
    expect([short.statusCode, short.headers['content-type']]).toEqual([long.statusCode, long.headers['content-type']])
    expect(behind.requests).toHaveLength(2)
  })

  it.each([
    ['another method in the header', {}, { 'mcp-method': 'tools/list' }, 400],
    ['another name in the header', {}, { 'mcp-name': 'other' }, 400],
    ['another revision in the body', { 'io.modelcontextprotocol/protocolVersion': '2025-11-25' }, {}, 400],
    ['no token', {}, { authorization: 'Bearer sp_wrong' }, 401],
  ])('is refused with %s, and nothing runs', async (_what, changes, wrong, status) => {
    const { app, behind } = await start()
    expect((await inject(app, call(changes), { ...headers, ...wrong })).statusCode).toBe(status)
    expect(behind.requests).toEqual([])
  })

  it('is told of an unknown tool as before', async () => {
    const { app, behind } = await start()
    const unknown = await inject(app, call({}, 'get_custmer'), { ...headers, 'mcp-name': 'get_custmer' })
    expect(unknown.json()).toMatchObject({ id: 1, error: { code: -32602, message: expect.stringContaining('get_customer?') } })
    expect(behind.requests).toEqual([])
  })
})
