import type { ServerResponse } from 'node:http'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Schemes that log in, against an API that keeps account of who is logged in. */

let gateway: GatewayProcess
let upstream: CountingUpstream
let owner: Sallyport

const password = 'the-right-password-1'
/** Tokens and sessions that count now. */
const counting = new Set<string>()
let issued = 0
let loginAnswers = { expires_in: 3600 }

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const redirect = (response: ServerResponse, location: string, headers: Record<string, string[]> = {}) =>
  response.writeHead(302, { location, ...headers }).end('<form>')

/** Gives a token by `/login` and a cookie by `/signin`, and takes them elsewhere; without a good cookie it leads to `/signin`. */
function api({ path, headers, body }: Seen, response: ServerResponse): void {
  const token = /^Bearer (.+)$/.exec(String(headers.authorization))?.[1] ?? ''
  const session = /sid=([^;]+)/.exec(String(headers.cookie))?.[1] ?? ''
  if (path === '/login') {
    const right = JSON.parse(body).password === password
    const made = `token-${++issued}-0123456789`
    if (right) counting.add(made)
    json(response, right ? 200 : 401, right ? { data: { token: made, ...loginAnswers } } : { error: `bad password ${body}` })
  } else if (path === '/signin') {
    const right = new URLSearchParams(body).get('pass') === password
    const made = `session-${++issued}-0123456789`
    if (right) counting.add(made)
    if (right) redirect(response, '/home', { 'set-cookie': [`sid=${made}; Path=/; HttpOnly`, 'theme=dark'] })
    else redirect(response, '/signin?failed')
  } else if (counting.has(token) || counting.has(session)) json(response, 200, { ok: true, echo: token + session })
  else if (headers.cookie !== undefined) redirect(response, '/signin')
  else json(response, 401, { error: 'no' })
}

const logins = () => upstream.seen.filter(({ path }) => path === '/login' || path === '/signin').length

beforeAll(async () => {
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  const login = { url: '/login' }
  const token = { path: 'data.token' }
  const expires = { path: 'data.expires_in' }
  for (const [connector, scheme] of [
    ['two_step', { type: 'two_step', login, token, expires }],
    [
      'session',
      {
        type: 'session',
        login: { url: '/signin', body_format: 'form', body: { user: '{{username}}', pass: '{{password}}' } },
        cookies: ['sid'],
      },
    ],
  ] as const)
    await owner.connectors.create({
      connector,
      name: connector,
      servers: { production: { url: upstream.url } },
      auth: { it: scheme },
      limits: { per_minute: 100_000, retries: 0 },
      actions: { look: { method: 'GET', path: '/look' }, book: { method: 'POST', path: '/book' } },
    })
})
beforeEach(() => {
  upstream.reset()
  upstream.behave = api
  counting.clear()
  loginAnswers = { expires_in: 3600 }
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

let last = 0
async function connect(connector: string, secret = password): Promise<string> {
  const auth = { fields: { username: 'ada', password: secret } }
  return (await owner.connections.create({ connector, name: `Account ${++last}`, auth })).id
}
const call = (connector: string, connection: string, action = 'look') =>
  owner.calls.create({ connector, connection, action, input: {} })

describe.each(['two_step', 'session'])('%s', (connector) => {
  test('logs in once for fifty calls at a time, and takes what it got out of answers', async () => {
    const id = await connect(connector)
    const results = await Promise.all(Array.from({ length: 50 }, () => call(connector, id)))
    expect(logins()).toBe(1)
    expect(results.every((result) => 'success' in result && result.success)).toBe(true)
    expect(JSON.stringify(results)).not.toMatch(/(?:token|session)-\d+-0123456789/)
  })

  test.each(['look', 'book'])('logs in anew, once, when the API does not take it any more: %s', async (action) => {
    const id = await connect(connector)
    await call(connector, id, action)
    counting.clear()
    expect(await call(connector, id, action)).toMatchObject({ success: true })
    expect(logins()).toBe(2)
  })

  test('does not try a wrong password again before another is entered', async () => {
    const id = await connect(connector, 'a-wrong-password-2')
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(call(connector, id)).rejects.toMatchObject({
        code: 'NEEDS_REAUTH',
        detail: expect.stringMatching(/login.*Enter the credential again/),
      })
    expect(logins()).toBe(1)
    const shown = await owner.connections.get(id)
    expect(shown).toMatchObject({ status: 'needs_reauth', status_detail: expect.stringContaining('login') })
    expect(JSON.stringify(shown)).not.toContain('a-wrong-password-2')
    await owner.connections.rotate(id, { fields: { username: 'ada', password } })
    expect(await call(connector, id)).toMatchObject({ success: true })
  })

  test('tries a new password by a login of its own before it replaces the stored one', async () => {
    const id = await connect(connector)
    await call(connector, id)
    await expect(owner.connections.rotate(id, { fields: { username: 'ada', password: 'wrong-3' } })).rejects.toMatchObject({
      code: 'AUTHENTICATION_FAILED',
      detail: expect.stringContaining('The stored credential stays'),
    })
    expect(await call(connector, id)).toMatchObject({ success: true })
  })

  test('keeps to a failed server’s word that it failed, and tries again', async () => {
    const id = await connect(connector)
    upstream.behave = (_, response) => void json(response, 503, {})
    await expect(call(connector, id)).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' })
    upstream.behave = api
    expect(await call(connector, id)).toMatchObject({ success: true })
  })
})

test('a token is renewed before its end', async () => {
  loginAnswers = { expires_in: 1 }
  const id = await connect('two_step')
  await call('two_step', id)
  const [first] = counting
  loginAnswers = { expires_in: 3600 }
  // Half of its one second; it is over when another token has been given, and the old one still counted.
  while (logins() < 2) await call('two_step', id)
  expect(counting.has(first ?? '')).toBe(true)
})

test('a login is tried before anything is stored, and a refusal is no error of the gateway', async () => {
  const verify = (secret: string) => owner.connectors.verify('two_step', { fields: { username: 'ada', password: secret } })
  await owner.connectors.update('two_step', {
    document: { ...(await owner.connectors.get('two_step')), verify: { path: '/look' } },
    autoBump: true,
  })
  expect(await verify(password)).toEqual({ ok: true, message: '' })
  expect(await verify('wrong-4')).toEqual({ ok: false, message: expect.stringMatching(/refused the login with 401/) })
})

test('the addresses of a login are those of the tenant', async () => {
  const { port } = new URL(upstream.url)
  await owner.connectors.create({
    connector: 'tenants',
    name: 'tenants',
    fields: { tenant: {}, area: { default: 'eu' } },
    servers: { production: { url: 'http://{tenant}/api' } },
    security: { url_patterns: [`${upstream.url}/*`] },
    auth: {
      token: { type: 'two_step', login: { url: 'http://{tenant}/{area}/login' }, token: { path: 'data.token' } },
      session: { type: 'session', login: { url: '/{area}/signin', body_format: 'form', body: { pass: '{{password}}' } } },
    },
    actions: { look: { method: 'GET', path: '/look' } },
  })
  upstream.behave = (seen, response) => api({ ...seen, path: seen.path.replace(/^\/(?:api\/)?(?:eu|us)\//, '/') }, response)
  const fields = { username: 'ada', password }
  const settings = { tenant: `127.0.0.1:${port}` }
  const as = (scheme: string, name: string, more = {}) =>
    owner.connections.create({ connector: 'tenants', name, settings: { ...settings, ...more }, auth: { scheme, fields } })
  for (const { id } of [await as('token', 'a', { area: 'us' }), await as('session', 'b')])
    expect(await call('tenants', id)).toMatchObject({ success: true })
  expect(upstream.seen.map(({ path }) => path)).toEqual(['/us/login', '/api/look', '/api/eu/signin', '/api/look'])
  const auth = { session: { type: 'session', login: { url: 'https://{tenent}/login' } } }
  const wrong = { ...(await owner.connectors.get('tenants')), connector: 'wrong', auth }
  await expect(owner.connectors.create(wrong)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    detail: expect.stringContaining('tenant'),
  })
})
