import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { cleanEnvironment, type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { noInput, startMcpUpstream, textAnswer, type UpstreamTool } from './support/mcp-upstream.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'

/** MCP servers that people sign in at: a real authorization server before them, which a browser would be sent to. */

let gateway: GatewayProcess
let oidc: OidcServer
/** What clients asked the token endpoint for. */
let grants: string[] = []

beforeAll(async () => {
  gateway = await startGatewayProcess()
  oidc = await startOidcServer(`${gateway.url}/oauth/callback`, {
    scopes: ['openid', 'offline_access'],
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'read write',
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: 'opaque',
        }),
      },
    },
  })
  oidc.provider.on('grant.success', (ctx) => grants.push(String(ctx.oidc.params?.grant_type)))
  oidc.account = { sub: 'ada', email: 'ada@example.com' }
})
afterAll(async () => {
  await gateway.stop()
  await oidc.close()
  await removeDataDir(gateway.dataDir)
})

async function ask(method: string, path: string, body?: unknown, at = gateway) {
  const response = await fetch(`${at.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${at.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  return { status: response.status, json: (text === '' ? null : JSON.parse(text)) as any }
}
const call = (connector: string, action: string) => ask('POST', '/calls', { connector, action, input: {} })

const tools: UpstreamTool[] = [
  { name: 'look', description: 'Looks.', inputSchema: noInput, run: () => textAnswer('seen') },
  { name: 'wipe', description: 'Wipes.', inputSchema: noInput, run: () => textAnswer('wiped') },
]
/** The scope that a call of a tool needs. */
const needed: Record<string, string> = { look: 'read', wipe: 'write' }

type Route = 'pointer' | 'path' | 'root'
interface Guard {
  /** How its metadata are found. */
  readonly route?: Route
  /** In the place of its own metadata. */
  readonly metadata?: (own: object, url: string) => object
}

/** An MCP server that takes nothing but tokens of the authorization server that are for itself. */
async function guarded({ route = 'pointer', metadata = (own) => own }: Guard = {}) {
  const seen: (string | undefined)[] = []
  const server = await startMcpUpstream(tools, {
    before: async ({ path, headers, asks, body }, response) => {
      const { origin } = new URL(server.url)
      const places = {
        pointer: '/metadata',
        path: '/.well-known/oauth-protected-resource/mcp',
        root: '/.well-known/oauth-protected-resource',
      }
      if (path !== '/mcp') {
        const own = { resource: server.url, authorization_servers: [oidc.issuer], scopes_supported: ['read'] }
        const found = path === places[route]
        response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
        response.end(found ? JSON.stringify(metadata(own, server.url)) : '{}')
        return true
      }
      seen.push(headers.authorization)
      const token = await oidc.provider.AccessToken.find(headers.authorization?.replace(/^Bearer /, '') ?? '')
      const challenge = route === 'pointer' ? `, resource_metadata="${origin}${places.pointer}"` : ''
      if (token === undefined || token.aud !== server.url) {
        response.writeHead(401, { 'www-authenticate': `Bearer error="invalid_token"${challenge}` }).end()
        return true
      }
      const scope = asks === 'tools/call' ? needed[body.params.name] : undefined
      if (scope === undefined || token.scopes.has(scope)) return false
      response.writeHead(403, { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"${challenge}` }).end()
      return true
    },
  })
  onTestFinished(() => server.close())
  return { ...server, seen }
}

/** What a browser does that is sent there: the page that it ends on. */
async function consent(url: string): Promise<string> {
  const answer = await fetch(await oidc.visit(url))
  return answer.text()
}

let count = 0
async function imported(url: string): Promise<string> {
  const connector = `guarded_${++count}`
  const made = await ask('POST', '/connectors', { kind: 'mcp', url, connector, sign_in: true })
  expect(made).toMatchObject({ status: 201, json: { actions: [] } })
  return connector
}

/** Pasted, signed in at, listed. */
async function connected(server: { readonly url: string }) {
  const connector = await imported(server.url)
  const made = await ask('POST', '/connections', { connector })
  expect(made).toMatchObject({ status: 201, json: { next_step: 'oauth', status: 'needs_reauth' } })
  expect(await consent(made.json.oauth_url)).toContain('sallyport:oauth')
  const offered = await ask('POST', '/connectors/parse', { kind: 'mcp', url: server.url, connector })
  expect(Object.keys(offered.json.document.actions)).toEqual(['look', 'wipe'])
  const taken = await ask('POST', `/connectors/${connector}/reimport`, {})
  expect(taken).toMatchObject({ status: 200, json: { actions: ['look', 'wipe'] } })
  return { connector, id: made.json.id as string, asked: new URL(made.json.oauth_url).searchParams }
}

describe.each(['pointer', 'path', 'root'] as const)('a server whose metadata are found by the %s', (route) => {
  test('is signed in at, and its tools are listed and called with a token that is for it alone', async () => {
    const server = await guarded({ route })
    const refused = await ask('POST', '/connectors', { kind: 'mcp', url: server.url })
    expect(refused).toMatchObject({
      status: 502,
      json: { code: 'AUTHENTICATION_FAILED', diagnostics: { sign_in: { issuer: oidc.issuer, resource: server.url } } },
    })
    const { connector, id, asked } = await connected(server)
    expect(Object.fromEntries(asked)).toMatchObject({
      resource: server.url,
      code_challenge_method: 'S256',
      scope: 'read offline_access',
      response_type: 'code',
    })
    expect((await call(connector, 'look')).json).toMatchObject({ success: true, payload: 'seen' })
    const tested = await ask('POST', `/connections/${id}/test`, {})
    expect(tested.json).toMatchObject({
      ok: true,
      connection: { status: 'active', auth: { scopes: ['read'] } },
    })
    expect(tested.json.checks.map(({ id, status }: { id: string; status: string }) => `${id} ${status}`)).toEqual(
      expect.arrayContaining(['authenticated passed', 'tools passed']),
    )
  })
})

test('the command line leads through it, and takes the tools that were named', async () => {
  const server = await guarded()
  const bin = fileURLToPath(new URL('../bin/sallyport.js', import.meta.url))
  const args = [bin, 'import', '--mcp', server.url, '--as', 'by_cli', '--only', 'look']
  const child = spawn(process.execPath, args, {
    env: cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let said = ''
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`
    if (line.startsWith(oidc.issuer)) await consent(line)
  }
  expect([...(await ended), said]).toEqual([0, null, expect.stringContaining('1 actions')])
  expect((await call('by_cli', 'look')).json.payload).toBe('seen')
  expect((await call('by_cli', 'wipe')).json.code).toBe('NOT_FOUND')
})

test('one registration serves every connection to servers of one authorization server', async () => {
  const before = (await ask('GET', '/oauth-apps')).json.items
  expect(before.filter(({ issuer }: { issuer: string }) => issuer === oidc.issuer)).toMatchObject([
    { registered: true, has_secret: true, family: null, connector: null },
  ])
  await connected(await guarded())
  expect((await ask('GET', '/oauth-apps')).json.items.length).toBe(before.length)
})

test('a token that is refused in the middle of its life is renewed once, and what cannot be renewed asks a person', async () => {
  const server = await guarded()
  const { connector, id } = await connected(server)
  const token = async () => oidc.provider.AccessToken.find(server.seen.at(-1)?.replace('Bearer ', '') ?? '')
  await (await token())?.destroy()
  grants = []
  const many = await Promise.all(Array.from({ length: 5 }, () => call(connector, 'look')))
  expect(many.map(({ json }) => json.payload)).toEqual(['seen', 'seen', 'seen', 'seen', 'seen'])
  expect(grants).toEqual(['refresh_token'])

  const last = await token()
  await (await oidc.provider.Grant.find(last?.grantId ?? ''))?.destroy()
  await last?.destroy()
  const lost = await call(connector, 'look')
  expect(lost.json).toMatchObject({ code: 'NEEDS_REAUTH', diagnostics: { mend_url: expect.stringContaining(id) } })
  const { json } = await ask('GET', `/connections/${id}`)
  expect(json).toMatchObject({ status: 'needs_reauth', mend: { step: 'reauthorize' } })
})

test('a call that wants more scopes says so until somebody grants them, and asks for nothing else anew', async () => {
  const { connector, id } = await connected(await guarded())
  const refused = await call(connector, 'wipe')
  expect(refused.json).toMatchObject({ code: 'NEEDS_REAUTH', diagnostics: { missing_scopes: ['write'] } })
  // What was granted goes on to work, and hides nothing.
  expect((await call(connector, 'look')).json.payload).toBe('seen')
  const lacking = (await ask('GET', `/connections/${id}`)).json
  expect(lacking).toMatchObject({
    status: 'needs_reauth',
    mend: { urgency: 'now', step: 'reauthorize', reason: expect.stringContaining('granted: write.') },
  })
  const again = await ask('POST', `/connections/${id}/reauthorize`, {})
  expect(new URL(again.json.oauth_url).searchParams.get('scope')?.split(' ').sort()).toEqual(['offline_access', 'read', 'write'])
  await consent(again.json.oauth_url)
  expect((await call(connector, 'wipe')).json.payload).toBe('wiped')
  expect((await ask('GET', `/connections/${id}`)).json).toMatchObject({ status: 'active', mend: null })
})

test('tokens go to no other server than the one that they were given for', async () => {
  const server = await guarded()
  const { connector } = await connected(server)
  const other = await guarded()
  const { json: document } = await ask('GET', `/connectors/${connector}`)
  const moved = { ...document, servers: { production: { url: other.url } } }
  expect((await ask('PUT', `/connectors/${connector}`, { document: moved, autoBump: true })).status).toBe(200)
  expect((await call(connector, 'look')).json).toMatchObject({
    code: 'NEEDS_REAUTH',
    detail: expect.stringContaining('another server'),
  })
  expect(other.seen.filter((header) => header !== undefined)).toEqual([])
})

/** An authorization server that says what a test wants of itself. */
async function pretender(metadata: (issuer: string) => object, register: (path: string) => [number, object] = () => [404, {}]) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const found = request.url?.startsWith('/.well-known/oauth-authorization-server')
    const [status, body] = request.method === 'POST' ? register(request.url ?? '') : [found ? 200 : 404, metadata(issuer)]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { issuer, asked }
}

const sound = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  registration_endpoint: `${issuer}/register`,
  code_challenge_methods_supported: ['S256'],
})
const of = (issuer: string) => (own: object) => ({ ...own, authorization_servers: [issuer] })

describe('nobody is sent to sign in', () => {
  const refusal = async (guard: Guard) => {
    const server = await guarded(guard)
    const answer = await ask('POST', '/connectors', {
      kind: 'mcp',
      url: server.url,
      connector: `refused_${++count}`,
      sign_in: true,
    })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    return `${answer.json.code}: ${answer.json.detail}`
  }

  test('by metadata of another resource, of another issuer, or without PKCE', async () => {
    const other = (own: object) => ({ ...own, resource: 'https://mcp.example.com/mcp' })
    expect(await refusal({ metadata: other })).toContain('another resource')
    const beside = (own: object, url: string) => ({ ...own, resource: `${new URL(url).origin}/mc` })
    expect(await refusal({ metadata: beside })).toContain('another resource')
    const mixedUp = await pretender((issuer) => ({ ...sound(issuer), issuer: oidc.issuer }))
    expect(await refusal({ metadata: of(mixedUp.issuer) })).toContain('that names it')
    for (const challenges of [undefined, ['plain']]) {
      const plain = await pretender((issuer) => ({ ...sound(issuer), code_challenge_methods_supported: challenges }))
      expect(await refusal({ metadata: of(plain.issuer) })).toContain('PKCE')
    }
  })

  test('by way of an address that may not be dialled, wherever it is named', async () => {
    const metadataService = 'http://169.254.169.254'
    expect(await refusal({ metadata: of(metadataService) })).toMatch(/^URL_NOT_ALLOWED/)
    for (const place of ['authorization_endpoint', 'token_endpoint', 'registration_endpoint']) {
      const leading = await pretender((issuer) => ({ ...sound(issuer), [place]: `${metadataService}/latest` }))
      expect(await refusal({ metadata: of(leading.issuer) })).toMatch(/^URL_NOT_ALLOWED/)
    }
    const script = await pretender((issuer) => ({ ...sound(issuer), authorization_endpoint: 'javascript:alert(1)' }))
    expect(await refusal({ metadata: of(script.issuer) })).toMatch(/^URL_NOT_ALLOWED/)
    const server = await startMcpUpstream(tools, {
      before: (_, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadataService}/x"` }).end()
        return true
      },
    })
    onTestFinished(() => server.close())
    const answer = await ask('POST', '/connectors', { kind: 'mcp', url: server.url, sign_in: true })
    expect(answer.json.code).toBe('URL_NOT_ALLOWED')
  })

  test('where the gateway cannot become a client, and then nothing is stored', async () => {
    const closed = await pretender(sound, () => [403, { error: 'access_denied' }])
    const without = await pretender((issuer) => ({ ...sound(issuer), registration_endpoint: undefined }))
    for (const [server, says] of [
      [closed, /did not register the gateway: it says "access_denied".* OAuth apps/],
      [without, /registered by hand.*\/oauth\/callback.* OAuth apps/],
    ] as const) {
      const connector = await imported((await guarded({ metadata: of(server.issuer) })).url)
      const made = await ask('POST', '/connections', { connector })
      expect(made.status).toBeGreaterThanOrEqual(400)
      expect(made.json.detail).toMatch(says)
      expect((await ask('GET', `/connections?connector=${connector}`)).json.items).toEqual([])
    }
  })
})

test('an app that somebody entered is used at the first server alone, wherever the MCP server leads later', async () => {
  const first = await pretender(sound)
  const second = await pretender(sound)
  let names = first.issuer
  const server = await guarded({ metadata: (own) => ({ ...own, authorization_servers: [names] }) })
  const connector = await imported(server.url)
  const secret = 'canary-secret-of-an-app-7d20'
  const app = await ask('POST', '/oauth-apps', { connector, client_id: 'by-hand', client_secret: secret })
  expect(app).toMatchObject({ status: 201, json: { issuer: null, registered: false } })
  const made = await ask('POST', '/connections', { connector, name: 'one' })
  expect(new URL(made.json.oauth_url)).toMatchObject({ origin: first.issuer })
  expect(new URL(made.json.oauth_url).searchParams.get('client_id')).toBe('by-hand')
  expect(first.asked.some((line) => line.startsWith('POST'))).toBe(false)
  names = second.issuer
  // Another address of the same server, so that nothing found before counts.
  const { json: document } = await ask('GET', `/connectors/${connector}`)
  const moved = { ...document, auth: { sign_in: { type: 'mcp_oauth', issuer: second.issuer } } }
  expect((await ask('PUT', `/connectors/${connector}`, { document: moved, autoBump: true })).status).toBe(200)
  const again = await ask('POST', '/connections', { connector, name: 'two' })
  expect(again.json).toMatchObject({ code: 'CONFLICT', detail: expect.stringContaining(second.issuer) })
})

test('an answer of another server than was asked is not taken, though it brings the state', async () => {
  const server = await guarded()
  const connector = await imported(server.url)
  const made = await ask('POST', '/connections', { connector })
  const back = new URL(await oidc.visit(made.json.oauth_url))
  back.searchParams.set('iss', 'https://evil.example.com')
  grants = []
  expect(await (await fetch(back)).text()).toContain('does not come from the server')
  expect(grants).toEqual([])
})

test('a gateway with a public address is its own description, and registers nowhere that reads it', async () => {
  const open = await pretender((issuer) => ({ ...sound(issuer), client_id_metadata_document_supported: true }))
  const server = await guarded({ metadata: of(open.issuer) })
  const publicUrl = 'https://gate.example.com'
  const one = await startGatewayProcess({ env: { SALLYPORT_PUBLIC_URL: publicUrl } })
  onTestFinished(async () => {
    await one.stop()
    await removeDataDir(one.dataDir)
  })
  await ask('POST', '/connectors', { kind: 'mcp', url: server.url, connector: 'public', sign_in: true }, one)
  const made = await ask('POST', '/connections', { connector: 'public' }, one)
  const id = new URL(made.json.oauth_url).searchParams.get('client_id')
  expect(id).toBe(`${publicUrl}/oauth/client.json`)
  expect(open.asked.some((line) => line.startsWith('POST'))).toBe(false)
  const document = await fetch(`${one.url}/oauth/client.json`)
  expect(await document.json()).toMatchObject({
    client_id: id,
    redirect_uris: [`${publicUrl}/oauth/callback`],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  })
})
