import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { run } from './cli-harness.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** What a token is confined to is refused by every entrance, and counts for what is open already. */

let gateway: GatewayProcess
let api: CountingUpstream
let owner: Sallyport
let sandbox: string
const all = { select: {}, include: [], exclude: [] }

beforeAll(async () => {
  api = await new CountingUpstream().start()
  gateway = await startGatewayProcess({ env: { SALLYPORT_TRUST_PROXY: '127.0.0.1/32' } })
  owner = gateway.client()
  await owner.connectors.create({
    connector: 'crm',
    name: 'CRM',
    servers: { production: { url: api.url }, sandbox: { url: api.url } },
    limits: { per_minute: 10_000 },
    actions: {
      find: { method: 'GET', path: '/find', tags: ['people'] },
      note: { method: 'POST', path: '/note', tags: ['people'] },
      drop: { method: 'DELETE', path: '/drop' },
      pay: { method: 'POST', path: '/pay', tags: ['money'], confirm: true },
    },
  })
  await owner.connections.create({ connector: 'crm', name: 'Live', environment: 'production' })
  sandbox = (await owner.connections.create({ connector: 'crm', name: 'Try', environment: 'sandbox' })).id
})
const opened: Client[] = []
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close()
  api.reset()
})
afterAll(async () => {
  await api?.stop()
  if (gateway === undefined) return
  await gateway.stop()
  await removeDataDir(gateway.dataDir)
})

let count = 0
const unique = (word: string) => `${word}-${++count}`

type NewToolset = Parameters<Sallyport['toolsets']['create']>[0]
async function toolset(selection: NewToolset['selection'], more: Partial<NewToolset> = {}) {
  const slug = unique('set')
  return owner.toolsets.create({ slug, name: slug, selection, ...more })
}
async function token(more: Partial<Parameters<Sallyport['tokens']['create']>[0]> = {}) {
  const made = await owner.tokens.create({ name: unique('agent'), ...more })
  return { ...made, client: gateway.client(made.token) }
}

const eras = ['modern', 'legacy'] as const
async function mcp(secret: string, era: (typeof eras)[number], path = '/mcp', onChanged?: () => void): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    {
      versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
      ...(onChanged && { listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged } } }),
    },
  )
  const requestInit = { headers: { authorization: `Bearer ${secret}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url + path), { requestInit }))
  opened.push(client)
  return client
}
const namesOf = async (client: Client) =>
  (await client.listTools()).tools.flatMap(({ name }) => (name === 'read_result' ? [] : name)).sort()
const code = (wanted: string) => expect.objectContaining({ code: wanted })
const find = { connector: 'crm', action: 'find', connection: 'Live' }
const drop = { connector: 'crm', action: 'drop', connection: 'Live' }

/** The status of a listing of tools with this token, as from another address. */
async function statusOf(secret: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> {
  const answer = await fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${secret}`, ...headers } })
  await answer.text()
  return answer.status
}

describe('a toolset', () => {
  test('takes what meets its conditions, what is included, and never what is excluded', async () => {
    const preview = async (selection: NewToolset['selection']) => {
      const page = await owner.toolsets.preview({ selection }, { show: 'all' })
      return Object.fromEntries(
        page.items.filter(({ connection }) => connection.id !== sandbox).map(({ action, left_out }) => [action, left_out]),
      )
    }
    expect(await preview({ select: { effects: ['read'] }, include: [], exclude: [] })).toEqual({
      find: null,
      note: 'effect',
      drop: 'effect',
      pay: 'effect',
    })
    expect(
      await preview({
        select: { connectors: ['crm'], tags: ['people'] },
        include: [{ connector: 'crm', action: 'drop' }],
        exclude: [{ connector: 'crm', action: 'note' }],
      }),
    ).toEqual({ find: null, note: 'excluded', drop: null, pay: 'tag' })
    expect(await preview({ select: { connectors: ['other'] }, include: [], exclude: [] })).toMatchObject({ find: 'connector' })
    const nothing = { find: 'not_selected', note: 'not_selected', drop: 'not_selected', pay: 'not_selected' }
    expect(await preview({ select: null, include: [], exclude: [] })).toEqual(nothing)
    expect(Object.values(await preview({ select: { effects: [] }, include: [], exclude: [] }))).not.toContain(null)
  })

  test('shows what its tools cost, and adds approval without taking any away', async () => {
    const made = await toolset(all, { approval: 'destructive' })
    const page = await owner.toolsets.tools(made.slug)
    expect(page).toMatchObject({ included: 8, left_out: 0 })
    expect(page.tokens).toBe(page.items.reduce((sum, { tokens }) => sum + (tokens ?? 0), 0))
    const asking = page.items.filter(({ confirm }) => confirm).map(({ action }) => action)
    expect([...new Set(asking)].sort()).toEqual(['drop', 'pay'])
    const { client } = await token({ toolset: made.slug })
    expect(await client.calls.create(drop)).toMatchObject({ status: 'pending_approval' })
    expect(await client.calls.create({ ...find, action: 'pay' })).toMatchObject({ status: 'pending_approval' })
    expect(await client.calls.create(find)).toMatchObject({ success: true })
    expect(api.seen.map(({ path }) => path)).toEqual(['/find'])
  })

  test('is the whole world of a token bound to it, by every entrance', async () => {
    const made = await toolset({ select: { effects: ['read'] }, include: [], exclude: [] })
    const { client, token: secret } = await token({ toolset: made.id })
    expect((await client.tools.list()).items.map(({ action }) => action)).toEqual(['find', 'find'])
    expect((await client.tools.search({ query: 'drop note pay find', limit: 10 })).items.map(({ action }) => action)).toEqual([
      'find',
      'find',
    ])
    expect(await client.calls.create(find)).toMatchObject({ success: true })
    await expect(client.calls.create(drop)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining(`is not in the toolset "${made.slug}"`),
    })
    await expect(client.tools.call('crm_drop', { arguments: {} })).rejects.toEqual(code('NOT_FOUND'))
    for (const era of eras) {
      const agent = await mcp(secret, era)
      expect(await namesOf(agent)).toEqual(['crm_Try_find', 'crm_find'])
      expect((await agent.callTool({ name: 'crm_find', arguments: {} })).isError ?? false).toBe(false)
      await expect(agent.callTool({ name: 'crm_drop', arguments: {} })).rejects.toThrow(/Unknown tool/)
    }
    expect(api.seen.map(({ path }) => path)).toEqual(['/find', '/find', '/find'])
  })

  test('confines every request through its own MCP entrance, and is not there for tokens of another', async () => {
    const reads = await toolset({ select: { effects: ['read'] }, include: [], exclude: [] }, { format: 'gemini' })
    const other = await toolset(all)
    const free = await token()
    const bound = await token({ toolset: other.slug })
    for (const era of eras)
      expect(await namesOf(await mcp(free.token, era, `/mcp/${reads.slug}`))).toEqual(['crm_Try_find', 'crm_find'])
    expect(await statusOf(bound.token, `/mcp/${reads.slug}`, {}, 'POST')).toBe(404)
    expect(await statusOf(free.token, '/mcp/nothing-of-this-name', {}, 'POST')).toBe(404)
  })

  test.each(eras)('in the mode search is found and called by %s clients through five tools, whatever it holds', async (era) => {
    const made = await toolset({ select: { effects: ['read', 'write'] }, include: [], exclude: [] }, { mode: 'search' })
    const { token: secret } = await token({ toolset: made.slug })
    const agent = await mcp(secret, era)
    const names = ['call_destructive_tool', 'call_read_tool', 'call_write_tool', 'describe_tools', 'search_tools']
    expect(await namesOf(agent)).toEqual(names)
    const use = async (name: string, args: Record<string, unknown>) => {
      const result = await agent.callTool({ name, arguments: args })
      const [block] = result.content as readonly { readonly text: string }[]
      return { failed: result.isError === true, text: block?.text ?? '' }
    }
    const found = JSON.parse((await use('search_tools', { query: 'find drop' })).text) as { name: string; effect: string }[]
    expect(found).toContainEqual(expect.objectContaining({ name: 'crm_find', effect: 'read' }))
    expect(found.map(({ name }) => name)).not.toContain('crm_drop')
    const described = JSON.parse((await use('describe_tools', { names: ['crm_find', 'crm_drop'] })).text)
    expect(described).toEqual([
      expect.objectContaining({ name: 'crm_find', input_schema: expect.objectContaining({ type: 'object' }) }),
      { name: 'crm_drop', error: expect.stringContaining('no such tool') },
    ])
    expect(await use('call_read_tool', { name: 'crm_find', arguments: {} })).toEqual({ failed: false, text: '{"ok":true}' })
    expect(await use('call_read_tool', { name: 'crm_note', arguments: {} })).toMatchObject({ failed: true })
    expect(await use('call_destructive_tool', { name: 'crm_drop', arguments: {} })).toMatchObject({ failed: true })
    expect(await use('call_write_tool', { name: 'crm_note', arguments: {} })).toMatchObject({ failed: false })
    await expect(agent.callTool({ name: 'crm_find', arguments: {} })).rejects.toThrow(/Unknown tool/)
    await expect(agent.callTool({ name: 'search_tools', arguments: {} })).rejects.toThrow(/Wrong arguments/)
    expect(api.seen.map(({ path }) => path)).toEqual(['/find', '/note'])
  })

  test('lets its tokens do nothing but use its tools and look up their own calls', async () => {
    const made = await toolset(all)
    const { client } = await token({ toolset: made.slug })
    const own = await client.calls.create(find)
    const others = await owner.calls.create(find)
    expect(await client.calls.get(own.id)).toMatchObject({ id: own.id })
    await expect(client.calls.get(others.id)).rejects.toEqual(code('NOT_FOUND'))
    for (const attempt of [
      () => client.calls.list(),
      () => client.connections.list(),
      () => client.connectors.list(),
      () => client.connections.create({ connector: 'crm', personal: true }),
      () => client.toolsets.list(),
      () => client.toolsets.update(made.id, { selection: all }),
      () => client.tokens.create({ name: 'free' }),
    ])
      await expect(attempt()).rejects.toEqual(code('FORBIDDEN'))
    await expect(token({ toolset: made.slug, role: 'admin' })).rejects.toEqual(code('INVALID_INPUT'))
    await expect(token({ toolset: 'nothing-of-this-name' })).rejects.toEqual(code('NOT_FOUND'))
  })

  test('that is deleted takes everything from its tokens, also when another one gets its slug', async () => {
    const made = await toolset(all)
    const { client, token: secret, id } = await token({ toolset: made.slug })
    expect(await client.calls.create(find)).toMatchObject({ success: true })
    await owner.toolsets.delete(made.slug)
    await owner.toolsets.create({ slug: made.slug, name: 'Another', selection: all })
    await expect(client.calls.create(find)).rejects.toEqual(code('FORBIDDEN'))
    await expect(client.tools.list()).rejects.toEqual(code('FORBIDDEN'))
    await expect(mcp(secret, 'legacy')).rejects.toThrow()
    const row = (await owner.tokens.list()).items.find((each) => each.id === id)
    expect(row?.toolset).toEqual({ id: made.id, name: null })
  })

  test.each(eras)('that changes is told to %s clients that listen, and counts at once', async (era) => {
    const made = await toolset(all)
    const { token: secret } = await token({ toolset: made.slug })
    const other = await token({ toolset: (await toolset(all)).slug })
    let told = () => {}
    const changed = new Promise<void>((resolve) => {
      told = resolve
    })
    let others = 0
    const agent = await mcp(secret, era, '/mcp', () => told())
    await mcp(other.token, era, '/mcp', () => others++)
    expect(await namesOf(agent)).toHaveLength(8)
    await owner.toolsets.update(made.slug, { selection: { select: { effects: ['destructive'] }, include: [], exclude: [] } })
    await changed
    expect(await namesOf(agent)).toEqual(['crm_Try_drop', 'crm_drop'])
    expect(others).toBe(0)
  })
})

describe('a token', () => {
  test('for some environments uses no connection of another, and means one of its own when it names none', async () => {
    const { client, token: secret } = await token({ environments: ['sandbox'] })
    expect((await client.tools.list()).items.map(({ connection }) => connection.environment)).toEqual(Array(4).fill('sandbox'))
    expect(await client.calls.create({ connector: 'crm', action: 'find' })).toMatchObject({ success: true })
    await expect(client.calls.create(find)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('not for the environment "production"'),
    })
    expect(await namesOf(await mcp(secret, 'modern'))).toEqual(expect.not.arrayContaining(['crm_find']))
    const nowhere = await token({ environments: ['staging'] })
    await expect(nowhere.client.calls.create(find)).rejects.toEqual(code('FORBIDDEN'))
    expect((await nowhere.client.tools.list()).items).toEqual([])
  })

  test('for some addresses is refused from others, as the trusted proxy tells them, and makes no tokens', async () => {
    const { token: secret } = await token({ caller_ips: ['203.0.113.0/24', '2001:db8::/32'], role: 'admin' })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    for (const path of ['/api/v1/tools', '/api/v1/calls']) {
      expect(await statusOf(secret, path)).toBe(403)
      expect(await statusOf(secret, path, from('203.0.113.9'))).toBe(200)
      expect(await statusOf(secret, path, from('::ffff:203.0.113.9'))).toBe(200)
      expect(await statusOf(secret, path, from('2001:db8::1'))).toBe(200)
      expect(await statusOf(secret, path, from('198.51.100.1'))).toBe(403)
      // What the caller itself puts in front is not the proxy's word.
      expect(await statusOf(secret, path, from('203.0.113.9, 198.51.100.1'))).toBe(403)
    }
    expect(await statusOf(secret, '/mcp', {}, 'POST')).toBe(403)
    const call = await fetch(`${gateway.url}/api/v1/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(find),
    })
    expect(call.status).toBe(403)
    expect(api.seen).toEqual([])
    const make = await fetch(`${gateway.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...from('203.0.113.9') },
      body: JSON.stringify({ name: 'free' }),
    })
    expect(make.status).toBe(403)
    for (const caller_ips of [['10.0.0.1'], ['10.0.0.0/33'], ['all']])
      await expect(token({ caller_ips })).rejects.toEqual(code('INVALID_INPUT'))
  })

  test('that is changed has its new bounds from the next request on, over HTTP and MCP; null lifts one', async () => {
    const set = await toolset({ select: { effects: ['read'] }, include: [], exclude: [] })
    const { id, token: secret, client } = await token({ per_minute: 1 })
    await client.calls.create(find)
    await expect(client.calls.create(find)).rejects.toEqual(code('RATE_LIMITED'))
    await owner.tokens.update(id, { per_minute: null })
    await client.calls.create(find)
    const live = await mcp(secret, 'legacy')
    expect(await namesOf(live)).toContain('crm_drop')
    const expires_at = new Date(Date.now() + 3_600_000).toISOString()
    expect(await owner.tokens.update(id, { name: 'Renamed', toolset: set.slug, expires_at })).toMatchObject({
      name: 'Renamed',
      toolset: { id: set.id },
      expires_at,
      per_minute: null,
    })
    expect(await namesOf(live)).not.toContain('crm_drop')
    await expect(client.calls.create(drop)).rejects.toEqual(code('FORBIDDEN'))
    await owner.tokens.update(id, { toolset: null, caller_ips: ['10.0.0.0/8'], expires_at: null })
    expect(await statusOf(secret, '/api/v1/tools')).toBe(403)
    const { items } = await owner.audit.list({ kind: 'token.updated', target: id })
    expect(items[0]).toMatchObject({
      before: { toolset_id: set.id, expires_at },
      after: { toolset_id: null, caller_ips: ['10.0.0.0/8'] },
    })
    expect(items).toHaveLength(3)
  })

  test('is changed to nothing that it could not be made with, nor by whom it is above, nor once it has ended', async () => {
    const { id } = await token()
    await expect(owner.tokens.update(id, { role: 'admin', environments: ['sandbox'] })).rejects.toEqual(code('INVALID_INPUT'))
    await expect(owner.tokens.update(id, { caller_ips: ['nowhere'] })).rejects.toEqual(code('INVALID_INPUT'))
    await expect(owner.tokens.update(id, { expires_at: '2020-01-01T00:00:00Z' })).rejects.toEqual(code('INVALID_INPUT'))
    await expect(owner.tokens.update(id, { toolset: 'none' })).rejects.toEqual(code('NOT_FOUND'))
    const admin = await token({ role: 'admin' })
    const strong = await token({ role: 'owner' })
    await expect(admin.client.tokens.update(strong.id, { name: 'Mine' })).rejects.toEqual(code('FORBIDDEN'))
    await expect(admin.client.tokens.update(id, { role: 'owner' })).rejects.toEqual(code('FORBIDDEN'))
    const bound = await token({ role: 'admin', caller_ips: ['127.0.0.1/32'] })
    await expect(bound.client.tokens.update(bound.id, { caller_ips: null })).rejects.toEqual(code('FORBIDDEN'))
    await owner.tokens.revoke(id)
    await expect(owner.tokens.update(id, { name: 'Again' })).rejects.toEqual(code('CONFLICT'))
  })

  test('that is rotated works with both secrets until the overlap ends, as one token', async () => {
    const old = await token()
    const rotated = await owner.tokens.rotate(old.id, { overlap_seconds: 3600 })
    expect(rotated).toMatchObject({ id: old.id, token: expect.stringMatching(/^sp_/), previous_until: expect.any(String) })
    const next = gateway.client(rotated.token)
    for (const client of [old.client, next]) expect((await client.session.get()).caller).toMatchObject({ id: old.id })
    const row = (await owner.tokens.list()).items.find(({ id }) => id === old.id)
    expect(row).toMatchObject({ previous_until: rotated.previous_until, hint: rotated.token.slice(0, 7) })
    const last = await owner.tokens.rotate(old.id)
    expect(last.previous_until).toBeNull()
    for (const client of [old.client, next]) await expect(client.tools.list()).rejects.toEqual(code('UNAUTHENTICATED'))
    await owner.tokens.revoke(old.id)
    await expect(gateway.client(last.token).tools.list()).rejects.toEqual(code('UNAUTHENTICATED'))
    await expect(owner.tokens.rotate(old.id)).rejects.toEqual(code('CONFLICT'))
    await expect(owner.tokens.rotate(old.id, { overlap_seconds: 7 * 86_400 + 1 })).rejects.toEqual(code('INVALID_INPUT'))
  })

  test('that is rotated leaves the old secret for no longer than it says', async () => {
    const old = await token()
    const { previous_until } = await owner.tokens.rotate(old.id, { overlap_seconds: 1 })
    expect(await old.client.tools.list()).toBeDefined()
    await expect.poll(() => statusOf(old.token, '/api/v1/tools'), { timeout: 10_000 }).toBe(401)
    expect(Date.now()).toBeGreaterThanOrEqual(new Date(previous_until ?? 0).getTime())
  })
})

describe('what is open in the name of a token', () => {
  /** A stream of a session, and what it ends with. */
  async function stream(secret: string): Promise<{ readonly over: Promise<void>; readonly session: string }> {
    const headers = {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    }
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    }
    const begun = await fetch(`${gateway.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(initialize) })
    const session = begun.headers.get('mcp-session-id') ?? ''
    await begun.text()
    const answer = await fetch(`${gateway.url}/mcp`, { headers: { ...headers, 'mcp-session-id': session } })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const over = answer.text().then(
      () => {},
      () => {},
    )
    return { over, session }
  }

  test('is cut when the token is revoked: streams, requests under way, and the session', async () => {
    const { id, token: secret } = await token()
    const { over, session } = await stream(secret)
    const agent = await mcp(secret, 'modern')
    api.behave = () => {}
    const call = agent.callTool({ name: 'crm_note', arguments: {} }).then(
      () => 'answered',
      () => 'cut',
    )
    await api.until(1)
    await owner.tokens.revoke(id)
    await over
    expect(await call).toBe('cut')
    expect(await statusOf(secret, '/mcp', { 'mcp-session-id': session, accept: 'text/event-stream' })).toBe(401)
  })

  test('is cut when the token expires, and when its old secret ends', async () => {
    const brief = await token({ expires_at: new Date(Date.now() + 2_000).toISOString() })
    await (await stream(brief.token)).over
    expect(await statusOf(brief.token, '/api/v1/tools')).toBe(401)
    const rotated = await token()
    const { over } = await stream(rotated.token)
    await owner.tokens.rotate(rotated.id)
    await over
  })

  test('is cut when its toolset is deleted', async () => {
    const made = await toolset(all)
    const { token: secret } = await token({ toolset: made.slug })
    const { over } = await stream(secret)
    await owner.toolsets.delete(made.id)
    await over
  })
})

test('the command line makes toolsets and tokens for them, shows what they hold, changes and rotates', async () => {
  const slug = unique('cli')
  const sallyport = async (...args: string[]) => {
    const ended = await run(args, { env: { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token } })
    expect(ended).toMatchObject({ code: 0 })
    return ended.stdout
  }
  await sallyport('toolsets', 'create', slug, '--effect', 'read', '--include', 'crm/note', '--approval', 'writes')
  expect(JSON.parse(await sallyport('toolsets', 'tools', slug, '--all', '--json'))).toMatchObject({ included: 4, left_out: 4 })
  await sallyport('toolsets', 'update', slug, '--all', '--exclude', 'crm/drop')
  expect(JSON.parse(await sallyport('toolsets', 'list', '--json')).items).toContainEqual(
    expect.objectContaining({
      slug,
      approval: 'writes',
      selection: { select: {}, include: [], exclude: [{ connector: 'crm', action: 'drop' }] },
    }),
  )
  const made = JSON.parse(await sallyport('tokens', 'create', slug, '--toolset', slug, '--environment', 'sandbox', '--json'))
  expect((await gateway.client(made.token).tools.list()).items).toHaveLength(3)
  const bounds = ['--environment', 'none', '--per-minute', '50', '--expires', '1d', '--name', 'Renamed']
  expect(JSON.parse(await sallyport('tokens', 'update', made.id, ...bounds, '--json'))).toMatchObject({
    name: 'Renamed',
    environments: null,
    per_minute: 50,
    toolset: { name: slug },
  })
  await sallyport('tokens', 'update', made.id, '--per-minute', 'none', '--environment', 'sandbox', '--expires', 'none')
  expect((await gateway.client(made.token).tools.list()).items).toHaveLength(3)
  const secret = (await sallyport('tokens', 'rotate', made.id, '--overlap', '1h')).trim()
  for (const each of [made.token, secret]) expect(await statusOf(each, '/api/v1/tools')).toBe(200)
  await sallyport('toolsets', 'delete', slug)
  expect(await statusOf(secret, '/api/v1/tools')).toBe(403)
})
