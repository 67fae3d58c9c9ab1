import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callback, Program, pkce, postForm, postJson, setUp } from './oauth-harness.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { joinAs } from './support/workspaces.ts'

let gateway: GatewayProcess
let browser: Record<string, string>
let program: Program
const at = (path: string) => `${gateway.url}${path}`
const get = async (path: string) => (await fetch(at(path))).json() as Promise<Record<string, unknown>>

beforeAll(async () => {
  gateway = await startGatewayProcess()
  browser = await setUp(gateway)
  await gateway.client().toolsets.create({
    slug: 'readers',
    name: 'Readers',
    mode: 'direct',
    format: 'mcp',
    approval: 'never',
    selection: { select: null, include: [], exclude: [] },
  })
  program = new Program(gateway.url, browser)
  await program.register()
})
afterAll(async () => {
  await gateway?.stop()
  if (gateway) await removeDataDir(gateway.dataDir)
})

describe('a program finds out where to sign in', () => {
  test('from the answer to a request without a token, for every resource', async () => {
    for (const path of ['/mcp', '/mcp/readers']) {
      const { headers } = await postJson(at(path), {})
      const metadata = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
      expect(metadata).toBe(at(`/.well-known/oauth-protected-resource${path}`))
      const described = await (await fetch(metadata ?? '')).json()
      expect(described).toMatchObject({ resource: at(path), authorization_servers: [gateway.url] })
    }
  })

  test('from the metadata of the server, which promises nothing that is not kept', async () => {
    const metadata = await get('/.well-known/oauth-authorization-server')
    expect(metadata).toMatchObject({
      issuer: gateway.url,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    })
    for (const name of ['token_endpoint', 'revocation_endpoint', 'registration_endpoint'])
      expect((await postForm(String(metadata[name]), {})).status).toBe(400)
  })
})

describe('a code', () => {
  test('comes back with the state and the issuer, and opens the resource it was asked for', async () => {
    const { verifier, challenge } = pkce()
    const { json } = await program.decide({ code_challenge: challenge })
    const back = new URL(json.url)
    expect(`${back.origin}${back.pathname}`).toBe(callback)
    expect(back.searchParams.get('state')).toBe('the state')
    expect(back.searchParams.get('iss')).toBe(gateway.url)
    const issued = await program.spend({ code: back.searchParams.get('code') ?? '', verifier })
    expect(issued).toMatchObject({ status: 200, json: { token_type: 'Bearer', scope: 'mcp', expires_in: 600 } })
    expect(issued.headers.get('cache-control')).toBe('no-store')
    expect(await program.use(issued.json.access_token)).toBe(200)
  })

  test('that is brought twice ends everything that came from it', async () => {
    const granted = await program.code()
    const { json } = await program.spend(granted)
    expect(await program.use(json.access_token)).toBe(200)
    expect(await program.spend(granted)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(await program.use(json.access_token)).toBe(401)
    expect(await program.refresh(json.refresh_token)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  test('that is brought by many at once is spent once, and then by nobody', async () => {
    const granted = await program.code()
    const answers = await Promise.all(Array.from({ length: 8 }, () => program.spend(granted)))
    const issued = answers.filter(({ status }) => status === 200)
    expect(issued.length).toBeLessThanOrEqual(1)
    for (const { json } of issued) expect(await program.use(json.access_token)).toBe(401)
  })

  test('is worth nothing without its verifier, to another program, or for another place (code injection)', async () => {
    const granted = await program.code()
    const other = new Program(gateway.url, browser)
    await other.register()
    const refused = { status: 400, json: { error: 'invalid_grant' } }
    expect(await program.spend({ ...granted, verifier: pkce().verifier })).toMatchObject(refused)
    expect(await other.spend(granted)).toMatchObject(refused)
    expect(await program.spend(granted, { redirect_uri: 'http://127.0.0.1:51005/callback' })).toMatchObject(refused)
    expect(await program.token({ grant_type: 'authorization_code', code: granted.code, redirect_uri: callback })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request' },
    })
    // None of that has spent it.
    expect((await program.spend(granted)).status).toBe(200)
  })
})

describe('a refresh token', () => {
  test('is spent once: what comes back is another, and the first access token fades', async () => {
    const first = await program.tokens()
    const { status, json } = await program.refresh(first.refresh)
    expect(status).toBe(200)
    expect(json.refresh_token).not.toBe(first.refresh)
    expect(await program.use(json.access_token)).toBe(200)
    expect((await program.refresh(json.refresh_token)).status).toBe(200)
    expect(await program.use(first.access)).toBe(401)
  })

  test('that is brought again ends everything, also for whoever has the newest (theft)', async () => {
    const first = await program.tokens()
    const { json } = await program.refresh(first.refresh)
    expect(await program.use(json.access_token)).toBe(200)
    expect(await program.refresh(first.refresh)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect(await program.use(json.access_token)).toBe(401)
    expect(await program.refresh(json.refresh_token)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    const { items } = await gateway.client().audit.list({ kind: 'grant.revoked', limit: 1 })
    expect(items[0]).toMatchObject({ actor: { kind: 'gateway' }, reason: 'a refresh token was used twice' })
  })

  test('that many bring at once leaves nobody with a token that lives on', async () => {
    const first = await program.tokens()
    const answers = await Promise.all(Array.from({ length: 8 }, () => program.refresh(first.refresh)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    for (const { json } of answers) if (json.access_token) expect(await program.use(json.access_token)).toBe(401)
  })

  test('is worth nothing to another program', async () => {
    const { refresh } = await program.tokens()
    const other = new Program(gateway.url, browser)
    await other.register()
    expect(await other.refresh(refresh)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    expect((await program.refresh(refresh)).status).toBe(200)
  })
})

describe('a token opens one resource', () => {
  test('and is none at another, nor at the API', async () => {
    const all = await program.tokens()
    const some = await program.tokens({ resource: at('/mcp/readers') })
    expect(await program.use(all.access, '/mcp')).toBe(200)
    expect(await program.use(all.access, '/mcp/readers')).toBe(401)
    expect(await program.use(some.access, '/mcp/readers')).toBe(200)
    expect(await program.use(some.access, '/mcp')).toBe(401)
    for (const path of ['/api/v1/tools', '/api/v1/calls', '/api/v1/grants', '/api/v1/account/sessions'])
      expect((await fetch(at(path), { headers: { authorization: `Bearer ${all.access}` } })).status).toBe(401)
  })

  test('which the token endpoint does not exchange for another', async () => {
    const granted = await program.code()
    const refused = { status: 400, json: { error: 'invalid_target' } }
    expect(await program.spend(granted, { resource: at('/mcp/readers') })).toMatchObject(refused)
    const { refresh } = await program.tokens()
    expect(await program.refresh(refresh, { resource: at('/mcp/readers') })).toMatchObject(refused)
  })

  test.each(['https://elsewhere.example/mcp', '/mcp', 'http://127.0.0.1/mcp', 'not an address'])(
    'and no person is asked to allow %s',
    async (resource) => {
      const { json } = await program.decide({ code_challenge: pkce().challenge, resource })
      expect(new URL(json.url).searchParams.get('error')).toBe('invalid_target')
    },
  )

  test('and a toolset that is not there cannot be allowed', async () => {
    const { status } = await program.decide({ code_challenge: pkce().challenge, resource: at('/mcp/nothing') })
    expect(status).toBe(404)
  })
})

describe('a request to a person is refused', () => {
  test.each([
    ['without a challenge', { code_challenge: undefined }, 'invalid_request'],
    ['with a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['without a method, which would mean plain', { code_challenge_method: undefined }, 'invalid_request'],
    ['for a token without a code', { response_type: 'token' }, 'unsupported_response_type'],
  ])('%s, and the program is told, and by whom', async (_what, more, error) => {
    const { json } = await program.decide({ code_challenge: pkce().challenge, ...more })
    const back = new URL(json.url)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error, state: 'the state', iss: gateway.url })
    expect(back.searchParams.has('code')).toBe(false)
  })

  test.each([
    'http://127.0.0.1:51004/other',
    'http://127.0.0.1:51004/callback?next=https://evil.example',
    'https://evil.example/callback',
    'http://localhost:51004/callback',
    'javascript:alert(1)//127.0.0.1:51004/callback',
  ])('for the place %s, which is told nothing (open redirect)', async (redirect_uri) => {
    for (const allow of [true, false]) {
      const answer = await program.decide({ code_challenge: pkce().challenge, redirect_uri, allow })
      expect(answer).toMatchObject({ status: 400, json: { code: 'INVALID_INPUT' } })
      expect(JSON.stringify(answer.json)).not.toContain('evil')
    }
  })

  test('when the person says no', async () => {
    const { json } = await program.decide({ code_challenge: pkce().challenge, allow: false })
    expect(Object.fromEntries(new URL(json.url).searchParams)).toMatchObject({ error: 'access_denied', iss: gateway.url })
  })

  test('from a foreign page, another origin, or with a token instead of a person (CSRF)', async () => {
    const challenge = { code_challenge: pkce().challenge }
    const { cookie = '' } = browser
    for (const [headers, status] of [
      [{ cookie, 'sec-fetch-site': 'cross-site' }, 403],
      [{ cookie, 'sec-fetch-site': 'same-site' }, 403],
      [{ cookie, origin: 'https://evil.example' }, 403],
      [{ cookie }, 403],
      [{}, 401],
      [{ authorization: `Bearer ${gateway.token}` }, 401],
    ] as const)
      expect((await program.decide(challenge, { ...headers } as Record<string, string>)).status).toBe(status)
  })

  test('by a page in a frame of another one (clickjacking)', async () => {
    const page = await fetch(at('/authorize?client_id=x'), { headers: { accept: 'text/html' } })
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('to somebody whose role permits no calls', async () => {
    const viewer = await joinAs(gateway, gateway.client(), 'viewer@example.com', 'viewer')
    const answer = await program.decide({ code_challenge: pkce().challenge }, viewer.headers)
    expect(answer).toMatchObject({ status: 403, json: { code: 'FORBIDDEN' } })
  })
})

describe('what a person allowed ends', () => {
  test('when the program signs out, with either token', async () => {
    for (const which of ['access', 'refresh'] as const) {
      const tokens = await program.tokens()
      expect(await program.use(tokens.access)).toBe(200)
      expect((await program.revoke(tokens[which])).status).toBe(200)
      expect(await program.use(tokens.access)).toBe(401)
      expect((await program.refresh(tokens.refresh)).status).toBe(400)
    }
  })

  test('not when another program names the token, and nobody is told whether it exists', async () => {
    const { access } = await program.tokens()
    const other = new Program(gateway.url, browser)
    await other.register()
    expect((await other.revoke(access)).status).toBe(200)
    expect((await other.revoke('spa_never-was')).status).toBe(200)
    expect(await program.use(access)).toBe(200)
  })

  test('when the person, or an admin, disconnects it; for others it is not theirs', async () => {
    const member = await joinAs(gateway, gateway.client(), 'mia@example.com', 'member')
    const hers = new Program(gateway.url, member.headers)
    await hers.register()
    const { access } = await hers.tokens()
    expect(await hers.use(access)).toBe(200)
    const other = await joinAs(gateway, gateway.client(), 'max@example.com', 'member')
    const list = async (headers: Record<string, string>) =>
      ((await (await fetch(at('/api/v1/grants'), { headers })).json()) as { items: { id: string; person: { id: string } }[] })
        .items
    const [grant] = await list(member.headers)
    expect(await list(other.headers)).toEqual([])
    const end = async (headers: Record<string, string>) =>
      (await fetch(at(`/api/v1/grants/${grant?.id}`), { method: 'DELETE', headers })).status
    expect(await end(other.headers)).toBe(403)
    expect(await hers.use(access)).toBe(200)
    expect((await list(browser)).map(({ person }) => person.id)).toContain(member.id)
    expect(await end(member.headers)).toBe(204)
    expect(await hers.use(access)).toBe(401)
    const again = await hers.tokens()
    const { items } = await gateway.client().clients.grants()
    await gateway.client().clients.revokeGrant(items[0]?.id ?? '')
    expect(await hers.use(again.access)).toBe(401)
  })

  test('when the person is no member any more', async () => {
    const guest = await joinAs(gateway, gateway.client(), 'gus@example.com', 'member')
    const his = new Program(gateway.url, guest.headers)
    await his.register()
    const { access, refresh } = await his.tokens()
    expect(await his.use(access)).toBe(200)
    await gateway.client().members.remove(guest.id)
    expect(await his.use(access)).toBe(401)
    expect((await his.refresh(refresh)).status).toBe(400)
  })
})

describe('a program', () => {
  test('that admins registered shows its secret, and nobody else has it', async () => {
    const made = await gateway.client().clients.create({ name: 'Static', redirect_uris: [callback], confidential: true })
    const fixed = new Program(gateway.url, browser)
    fixed.id = made.id
    const granted = await fixed.code()
    const refused = { status: 401, json: { error: 'invalid_client' } }
    expect(await fixed.spend(granted)).toMatchObject(refused)
    expect(await fixed.spend(granted, { client_secret: 'sps_guessed' })).toMatchObject(refused)
    fixed.secret = made.secret ?? ''
    const { json } = await fixed.spend(granted)
    expect(await fixed.use(json.access_token)).toBe(200)
    expect(JSON.stringify(await gateway.client().clients.list())).not.toContain(made.secret)
    await gateway.client().clients.delete(made.id)
    expect(await fixed.use(json.access_token)).toBe(401)
  })

  test.each([
    ['no redirect URI', { redirect_uris: [] }, 'invalid_client_metadata'],
    ['one that no browser may be sent to', { redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    ['one without TLS elsewhere', { redirect_uris: ['http://app.example/callback'] }, 'invalid_redirect_uri'],
    ['a way to show itself that is not there', { token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
  ])('cannot register with %s', async (_what, metadata, error) => {
    expect(await new Program(gateway.url, browser).register(metadata)).toMatchObject({ status: 400, json: { error } })
  })

  test('is asked for its parameters once each', async () => {
    const form = new URLSearchParams({ client_id: program.id, grant_type: 'refresh_token', refresh_token: 'x' })
    form.append('resource', at('/mcp'))
    form.append('resource', at('/mcp/readers'))
    expect(await postForm(at('/oauth/token'), form)).toMatchObject({ status: 400, json: { error: 'invalid_target' } })
  })
})

describe('a program that is known by its document', () => {
  let host: Server
  let answer: (url: string) => { status?: number; headers?: Record<string, string>; body: string }
  const asked: string[] = []
  const address = () => {
    const bound = host.address()
    return `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
  }
  const document = (path: string, more: object = {}) =>
    JSON.stringify({ client_id: `${address()}${path}`, client_name: 'Known\u202e\nclient', redirect_uris: [callback], ...more })
  const at = (path: string) => {
    const known = new Program(gateway.url, browser)
    known.id = `${address()}${path}`
    return known
  }

  beforeAll(async () => {
    host = createServer(({ url = '' }, response) => {
      asked.push(url)
      const { status = 200, headers = {}, body } = answer(url)
      response.writeHead(status, headers).end(body)
    })
    host.listen(0, '127.0.0.1')
    await once(host, 'listening')
  })
  afterAll(() => void host?.close())

  test('is shown by its host, gets tokens, and is asked for its document once', async () => {
    answer = (url) => ({ body: document(url) })
    const known = at('/good')
    const { access } = await known.tokens()
    expect(await known.use(access)).toBe(200)
    await known.tokens()
    expect(asked.filter((url) => url === '/good')).toHaveLength(1)
    const { items } = await gateway.client().clients.grants()
    expect(items[0]?.client).toEqual({ id: known.id, name: 'Known client', host: new URL(address()).host })
  })

  test('is not looked for by somebody who has not signed in', async () => {
    const before = asked.length
    expect((await at('/stranger').decide({ code_challenge: pkce().challenge }, {})).status).toBe(401)
    expect(asked).toHaveLength(before)
  })

  test.each([
    ['names another address', () => ({ body: document('/elsewhere') }), 'INVALID_INPUT'],
    ['is no JSON', () => ({ body: '<html>' }), 'INVALID_INPUT'],
    ['is longer than 5 KB', (url: string) => ({ body: document(url, { pad: 'x'.repeat(6000) }) }), 'RESPONSE_TOO_LARGE'],
    ['is elsewhere', (url: string) => ({ status: 302, headers: { location: '/good' }, body: document(url) }), 'INVALID_INPUT'],
    [
      'lists a place that cannot be one',
      (url: string) => ({ body: document(url, { redirect_uris: ['javascript:x'] }) }),
      'INVALID_INPUT',
    ],
    [
      'wants to show a secret',
      (url: string) => ({ body: document(url, { token_endpoint_auth_method: 'private_key_jwt' }) }),
      'INVALID_INPUT',
    ],
  ])('is refused when it %s', async (what, how, code) => {
    answer = how
    expect((await at(`/${encodeURIComponent(what)}`).decide({ code_challenge: pkce().challenge })).json.code).toBe(code)
  })

  test('is sent back only to where the document says', async () => {
    answer = (url) => ({ body: document(url, { redirect_uris: ['https://app.example/callback'] }) })
    expect(await at('/places').decide({ code_challenge: pkce().challenge })).toMatchObject({ status: 400 })
  })
})

describe('registration', () => {
  test('stops for an address that registers too much, and is off when the operator says so', async () => {
    let last = 0
    for (let i = 0; i < 40 && last !== 429; i++) last = (await new Program(gateway.url, browser).register()).status
    expect(last).toBe(429)
    const closed = await startGatewayProcess({ env: { SALLYPORT_OAUTH_REGISTRATION: 'off' } })
    try {
      const metadata = await (await fetch(`${closed.url}/.well-known/oauth-authorization-server`)).json()
      expect(metadata).not.toHaveProperty('registration_endpoint')
      expect(await new Program(closed.url, {}).register()).toMatchObject({ status: 403, json: { error: 'access_denied' } })
    } finally {
      await closed.stop()
      await removeDataDir(closed.dataDir)
    }
  })
})
