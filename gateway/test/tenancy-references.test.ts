import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import description from '../openapi.json' with { type: 'json' }
import { type Route, routes } from './support/routes.ts'
import { absent, contentOf, openTwoWorlds, type TwoWorlds, tracesOf } from './support/workspaces.ts'

/** References to another workspace anywhere but in a path: bodies, filters, cursors, search, names, keys, MCP. */

let worlds: TwoWorlds
beforeAll(async () => {
  worlds = await openTwoWorlds()
})
afterAll(() => worlds?.close())

interface Reply {
  readonly status: number
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
  readonly session: string | null
}

async function ask(
  path: string,
  more: { method?: string; body?: unknown; token?: string; headers?: Record<string, string> } = {},
) {
  const { body, token = worlds.ours.tokens.owner, headers = {} } = more
  const response = await fetch(`${worlds.gateway.url}${path}`, {
    method: more.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json: unknown = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : {}
  return { status: response.status, text, json, session: response.headers.get('mcp-session-id') } as Reply
}

const comparable = ({ status, text }: Reply, probed: string) => ({
  status,
  text: text
    .replaceAll(probed, '<probed>')
    .replaceAll(encodeURIComponent(probed), '<probed>')
    .replace(/"call_id":"call_\w+"/, '"call_id":"<call>"'),
})

function expectNothingOfTheirs({ text }: Reply, probed = ''): void {
  const shown = probed === '' ? text : text.replaceAll(probed, '')
  for (const trace of tracesOf(worlds.theirs)) expect(shown).not.toContain(trace)
}

async function withoutEffectOnThem(work: () => Promise<void>): Promise<void> {
  const { db, theirs, upstream } = worlds
  const before = await contentOf(db, { workspaceId: theirs.workspaceId })
  const sent = upstream.seen.length
  await work()
  expect(await contentOf(db, { workspaceId: theirs.workspaceId })).toEqual(before)
  expect(upstream.seen.length).toBe(sent)
}

interface Parameter {
  readonly in: string
  readonly name: string
  readonly schema?: { readonly type?: string; readonly format?: string; readonly enum?: unknown }
}

const listings = routes.filter(
  ({ method, role, path }) => method === 'GET' && role !== null && role !== 'person' && !path.includes('{'),
)

/** The query parameters of a route as its description has them. */
function parametersOf({ path, method }: Route): readonly Parameter[] {
  const methods = (description.paths as Record<string, Record<string, { parameters?: readonly Parameter[] }>>)[path]
  return methods?.[method.toLowerCase()]?.parameters?.filter((parameter) => parameter.in === 'query') ?? []
}

describe('in a listing', () => {
  const filters = listings.flatMap((route) =>
    parametersOf(route)
      .filter(({ name, schema }) => !['cursor', 'format', 'window'].includes(name) && schema?.type === 'string')
      .filter(({ schema }) => schema?.enum === undefined && schema?.format === undefined)
      .map(({ name }) => [`${route.operationId} by ${name}`, route, name] as const),
  )

  test('there are filters to try', () => {
    expect(filters.length).toBeGreaterThanOrEqual(10)
  })

  test.each(filters)('a filter finds nothing of another workspace: %s', async (_what, { path, operationId }, name) => {
    for (const probed of tracesOf(worlds.theirs)) {
      const nothing = absent(probed)
      const query = (value: string) => ask(`${path}?${name}=${encodeURIComponent(value)}`)
      const foreign = await query(probed)
      const { text, ...rest } = comparable(foreign, probed)
      const none = comparable(await query(nothing), nothing)
      // Totals are up to now.
      const timeless = (body: string) => body.replace(/"at":"[^"]+"/g, '')
      // A search finds what is like it, and an export is an act that the next export holds.
      if (name !== 'search' && operationId !== 'exportAudit')
        expect({ ...rest, text: timeless(text) }).toEqual({ ...none, text: timeless(none.text) })
      expectNothingOfTheirs(foreign, probed)
    }
  })

  const paged = listings.filter((route) => parametersOf(route).some(({ name }) => name === 'cursor'))
  test.each(paged.map((route) => [route.operationId, route] as const))(
    'a cursor of theirs shows ours only: %s',
    async (_what, { path }) => {
      const theirPage = await fetch(`${worlds.gateway.url}${path}?limit=1`, {
        headers: { authorization: `Bearer ${worlds.theirs.tokens.owner}` },
      })
      const link = /cursor=([^&>]+)/.exec(theirPage.headers.get('link') ?? '')?.[1]
      const given = link ?? ((await theirPage.json()) as { next_cursor?: string | null }).next_cursor
      const made = tracesOf(worlds.theirs).map((trace) => Buffer.from(trace).toString('base64url'))
      // Where they have a single item there is no next page, and only made-up cursors to try.
      for (const cursor of [...(given == null ? [] : [decodeURIComponent(given)]), ...made]) {
        const page = await ask(`${path}?limit=200&cursor=${encodeURIComponent(cursor)}`)
        // A made-up one may be refused as none.
        expect(made.includes(cursor) ? [200, 400] : [200]).toContain(page.status)
        expectNothingOfTheirs(page)
      }
    },
  )

  test.each(listings.map((route) => [route.operationId, route] as const))(
    'no parameter or header chooses another workspace: %s',
    async (_what, { path, query = '' }) => {
      const { workspaceId } = worlds.theirs
      const names = ['workspace', 'workspace_id', 'workspaceId', 'tenant_id', 'org']
      const more = names.map((name) => `&${name}=${workspaceId}`).join('')
      const headers = Object.fromEntries(
        ['x-workspace', 'x-workspace-id', 'x-sallyport-workspace', 'x-tenant-id'].map((name) => [name, workspaceId]),
      )
      const page = await ask(`${path}${query || '?'}${more}`, { headers })
      expect(page.status).toBe(200)
      expectNothingOfTheirs(page)
    },
  )
})

describe('what both workspaces call by the same name', () => {
  test('leads each to its own connection, credential and answer, also at once', async () => {
    const { ours, theirs, upstream } = worlds
    upstream.reset()
    upstream.behave = (request, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ key: request.headers['x-key'] === ours.key }))
    const calls = Array.from({ length: 40 }, async (_, n) => {
      const world = n % 2 === 0 ? ours : theirs
      const body = { connector: 'shared', connection: 'Main', action: 'pay', input: { amount: n } }
      const { json } = await ask('/api/v1/calls', { body, token: world.tokens.member })
      expect(json.payload).toEqual({ key: world === ours })
    })
    await Promise.all(calls)
    for (const { body, headers } of upstream.seen)
      expect(headers['x-key']).toBe(JSON.parse(body).amount % 2 === 0 ? ours.key : theirs.key)
    upstream.reset()
  })

  test('as an idempotency key belongs to each alone', async () => {
    const { ours, theirs, upstream } = worlds
    upstream.reset()
    const repeat = (world: typeof ours) =>
      ask('/api/v1/calls', {
        token: world.tokens.member,
        body: { connector: world.connector, action: 'pay', input: { amount: 1 }, idempotency_key: 'the-same-everywhere' },
      })
    // Each made a call with this key when its world was made.
    expect((await repeat(ours)).json).toMatchObject({ id: ours.call, success: true })
    expect((await repeat(theirs)).json).toMatchObject({ id: theirs.call, success: true })
    expect(upstream.seen).toHaveLength(0)
  })
})

describe('over MCP', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const rpc = (method: string, params: object, token: string, more: Record<string, string> = {}) =>
    ask('/mcp', {
      token,
      body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } },
      headers: {
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...more,
      },
    })
  const toolsIn = ({ json }: Reply) => (json.result as { tools: { name: string }[] }).tools
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  }
  const legacy = (body: object, token: string, session?: string) =>
    ask('/mcp', {
      token,
      body,
      headers: { accept: 'application/json, text/event-stream', ...(session !== undefined && { 'mcp-session-id': session }) },
    })

  test('a caller lists the tools of its own workspace', async () => {
    const page = await rpc('tools/list', {}, worlds.ours.tokens.viewer)
    expect(page.text).toContain(worlds.ours.word)
    expectNothingOfTheirs(page)
  })

  test('a tool of another workspace is as unknown as one that never was, and is not called', async () => {
    await withoutEffectOnThem(async () => {
      const theirs = toolsIn(await rpc('tools/list', {}, worlds.theirs.tokens.member))
      const own = theirs.map(({ name }) => name).filter((name) => name.includes(worlds.theirs.word))
      expect(own.length).toBeGreaterThan(0)
      for (const name of own) {
        const call = (tool: string) =>
          rpc('tools/call', { name: tool, arguments: {} }, worlds.ours.tokens.member, { 'mcp-name': tool })
        const foreign = await call(name)
        // What is meant is guessed among the caller's own tools.
        const unguided = ({ status, text }: ReturnType<typeof comparable>) => ({
          status,
          text: text.replace(/Did you mean [\w-]+\?|List your tools to see their names\./, '<hint>'),
        })
        expect(unguided(comparable(foreign, name))).toEqual(unguided(comparable(await call(absent(name)), absent(name))))
        expect(foreign.text).toContain('Unknown tool')
        expectNothingOfTheirs(foreign, name)
      }
    })
  })

  test('a session of another’s token is as good as none', async () => {
    const { session } = await legacy(initialize, worlds.theirs.tokens.member)
    if (session === null) throw new Error('no session')
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} }
    expect((await legacy(list, worlds.theirs.tokens.member, session)).text).toContain(worlds.theirs.word)
    const none = await legacy(list, worlds.ours.tokens.member, crypto.randomUUID())
    expect(none.status).toBe(404)
    for (const token of [worlds.ours.tokens.member, worlds.theirs.tokens.owner]) {
      const foreign = await legacy(list, token, session)
      expect(comparable(foreign, session)).toEqual(comparable(none, session))
    }
    // Nor can it be ended by others.
    const end = (token: string) => ask('/mcp', { method: 'DELETE', token, headers: { 'mcp-session-id': session } })
    expect((await end(worlds.ours.tokens.owner)).status).toBe(404)
    expect((await legacy(list, worlds.theirs.tokens.member, session)).status).toBe(200)
  })

  test('a viewer calls nothing, and a revoked token nothing at all', async () => {
    const { ours, upstream, gateway } = worlds
    upstream.reset()
    const tools = toolsIn(await rpc('tools/list', {}, ours.tokens.viewer))
    const name = tools.find((tool) => tool.name.endsWith('look'))?.name ?? ''
    const refused = await rpc('tools/call', { name, arguments: {} }, ours.tokens.viewer, { 'mcp-name': name })
    expect(refused.text).toContain('FORBIDDEN')
    const { id, token } = await gateway.client(ours.tokens.owner).tokens.create({ name: 'short', role: 'member' })
    const { session } = await legacy(initialize, token)
    await gateway.client(ours.tokens.owner).tokens.revoke(id)
    expect((await rpc('tools/list', {}, token)).status).toBe(401)
    expect((await legacy({ jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} }, token, session ?? '')).status).toBe(401)
    expect(upstream.seen).toHaveLength(0)
  })
})

describe('a body assigns nothing but what its schema names', () => {
  const taking = routes.filter((route) => route.body !== undefined && route.role !== 'person')
  const forbidden = [
    'workspace_id',
    'workspaceId',
    'tenantId',
    'role',
    'created_by',
    'createdBy',
    'ownerId',
    'status',
    'id',
    'hash',
    'approval_id',
    'caller',
    'credentials',
    'entrance',
  ]
  // A token's role is the maker's to choose, up to its own.
  const named: Record<string, readonly string[]> = { createToken: ['role'] }

  test.each(taking.map((route) => [route.operationId, route] as const))('%s', async (operationId, route) => {
    const { ours, db, upstream } = worlds
    const before = await contentOf(db)
    const sent = upstream.seen.length
    const body = route.body?.(ours) as Record<string, unknown>
    const path = route.path.replace('{id}', route.id?.(ours) ?? '')
    for (const key of forbidden.filter((name) => !named[operationId]?.includes(name))) {
      const inside = operationId === 'updateConnector' ? { document: { ...(body.document as object), [key]: 'x' } } : {}
      for (const changed of [
        { ...body, [key]: worlds.theirs.workspaceId },
        ...(operationId === 'updateConnector' ? [{ ...body, ...inside }] : []),
      ]) {
        const answer = await ask(path, { method: route.method, body: changed })
        expect({ key, status: answer.status, code: answer.json.code }).toEqual({ key, status: 400, code: 'INVALID_INPUT' })
        expect(answer.text).toContain(key)
      }
    }
    for (const poison of ['"__proto__":{"role":"owner"}', '"constructor":{"prototype":{"role":"owner"}}']) {
      const text = JSON.stringify(body).replace(/^\{/, `{${poison},`)
      expect(await ask(path, { method: route.method, body: text })).toMatchObject({ status: 400 })
    }
    expect(await contentOf(db)).toEqual(before)
    expect(upstream.seen.length).toBe(sent)
  })

  test('createToken gives nobody a higher role than the maker’s', async () => {
    const { ours } = worlds
    const answer = await ask('/api/v1/tokens', { body: { name: 'up', role: 'owner' }, token: ours.tokens.admin })
    expect(answer).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } })
  })

  test('createConnection, inside its auth and settings', async () => {
    const { ours } = worlds
    const base = { connector: ours.connector, name: 'Assigned' }
    for (const body of [
      { ...base, auth: { fields: { key: 'k' }, workspace_id: 'x' } },
      { ...base, auth: { fields: { key: 'k', credential_version: '9' } } },
      { ...base, auth: { fields: { key: 'k' } }, settings: { status: 'active' } },
    ])
      expect(await ask('/api/v1/connections', { body })).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
  })
})

describe('what PostgreSQL cannot hold is refused, or kept out of it, but is no fault', () => {
  const withText = (value: unknown, text: string): unknown => {
    if (typeof value === 'string') return value + text
    if (Array.isArray(value)) return value.map((item) => withText(item, text))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withText(item, text)]))
  }
  /** Each text of the body on its own, by the path to it. */
  const variants = (value: unknown, text: string): unknown[] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return typeof value === 'string' ? [withText(value, text)] : []
    return Object.entries(value).flatMap(([key, item]) => [
      ...variants(item, text).map((changed) => ({ ...value, [key]: changed })),
      { ...value, [`${key}${text}`]: item },
    ])
  }
  // Each import starts a process of its own; a check is a re-import that stores nothing.
  const asked = routes.filter(({ operationId }) => operationId !== 'checkConnector')
  test.each(asked.map((route) => [route.operationId, route] as const))('%s', { timeout: 60_000 }, async (_name, route) => {
    for (const text of ['\0', '\ud800']) {
      const id = route.id?.(worlds.ours) ?? ''
      const path = route.path.replace('{id}', encodeURIComponent(`${id}${text.toWellFormed()}`))
      const given = route.body?.(worlds.ours)
      const questions = [[path, given], ...variants(given, text).map((body) => [route.path.replace('{id}', id), body])] as const
      for (const [to, body] of questions) {
        const answer = await ask(String(to), { method: route.method, body })
        expect({ body, status: answer.status, text: answer.status >= 500 ? answer.text : '' }).toMatchObject({ text: '' })
      }
      for (const { name } of parametersOf(route)) {
        const answer = await ask(`${path}?${name}=${encodeURIComponent(`x${text.toWellFormed()}`)}`)
        expect({ name, status: answer.status, text: answer.status >= 500 ? answer.text : '' }).toMatchObject({ text: '' })
      }
    }
  })
})

// Last, as what is asked for stands in our own log afterwards.
describe('in a body, what is another workspace’s is as good as absent', () => {
  const bodies: [what: string, path: string, probe: () => string, body: (probed: string) => object][] = [
    ['a connector to call', '/calls', () => worlds.theirs.connector, (connector) => ({ connector, action: 'look' })],
    [
      'a connector to connect',
      '/connections',
      () => worlds.theirs.connector,
      (connector) => ({ connector, auth: { fields: { key: 'k' } } }),
    ],
    [
      'a connection by id, of a connector by its own name',
      '/calls',
      () => worlds.theirs.connection,
      (connection) => ({ connector: worlds.ours.connector, connection, action: 'look' }),
    ],
    [
      'a connection by id, of a connector both have',
      '/calls',
      () => worlds.theirs.connection,
      (connection) => ({ connector: 'shared', connection, action: 'look' }),
    ],
    [
      'a connection for a dry run',
      '/calls',
      () => worlds.theirs.connection,
      (connection) => ({ connector: 'shared', connection, action: 'pay', input: { amount: 1 }, dry_run: true }),
    ],
    ['words to search by', '/tools/search', () => worlds.theirs.word, (query) => ({ query, limit: 50 })],
  ]
  test.each(bodies)('%s', async (_what, path, probe, body) => {
    await withoutEffectOnThem(async () => {
      const probed = probe()
      const nothing = absent(probed)
      const foreign = await ask(`/api/v1${path}`, { body: body(probed) })
      expect(comparable(foreign, probed)).toEqual(comparable(await ask(`/api/v1${path}`, { body: body(nothing) }), nothing))
      expectNothingOfTheirs(foreign, probed)
    })
  })
})
