import { generateKeyPairSync } from 'node:crypto'
import { SallyportProblem } from '@sallyport/sdk'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { connectorOf } from './support/oauth-connector.ts'

let gateway: GatewayProcess
let server: TokenServer
let count = 0

beforeAll(async () => {
  ;[gateway, server] = await Promise.all([startGatewayProcess(), startTokenServer()])
})
afterAll(async () => {
  await Promise.all([gateway.stop(), server.close()])
  await removeDataDir(gateway.dataDir)
})
beforeEach(() => {
  Object.assign(server.behaviour, { token: 'answer', expiresIn: null, hold: null, expiry: 'status', extra: {} })
})

/** A connector of its own with its OAuth app. */
async function provide(scheme: Readonly<Record<string, unknown>> = {}, settings: Readonly<Record<string, unknown>> = {}) {
  const connector = `oauth_${++count}`
  const api = gateway.client()
  await api.connectors.create({ ...connectorOf(connector, server, scheme), ...settings })
  if (scheme.family === undefined)
    await api.oauthApps.create({ connector, client_id: server.clientId, client_secret: server.clientSecret })
  return { api, connector }
}

/** Comes back from the provider as a browser does. */
async function callback(address: string) {
  const answer = await fetch(address)
  return { status: answer.status, html: await answer.text(), headers: answer.headers }
}

async function connected(scheme: Readonly<Record<string, unknown>> = {}) {
  const { api, connector } = await provide(scheme)
  const made = await api.connections.create({ connector })
  expect((await callback(server.consent(made.oauth_url ?? ''))).status).toBe(200)
  return { api, connector, id: made.id }
}

const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof SallyportProblem) return error
      throw error
    },
  )

test('a person consents once, and from then on calls carry a token', async () => {
  const { api, connector } = await provide({ scopes: { read: 'Reads.' }, default_scopes: ['read'] })
  const made = await api.connections.create({ connector })
  expect(made).toMatchObject({ status: 'needs_reauth', next_step: 'oauth' })
  const url = new URL(made.oauth_url ?? '')
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: server.clientId,
    redirect_uri: `${gateway.url}/oauth/callback`,
    scope: 'read',
    code_challenge_method: 'S256',
  })
  expect((await problemOf(api.calls.create({ connector, action: 'read', input: {} })))?.code).toBe('NEEDS_REAUTH')

  const page = await callback(server.consent(url.href))
  expect(page.status).toBe(200)
  expect(page.html).toContain(`${connector} can be used now`)
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'nonce-/)
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true, payload: { ok: true } })
  expect((await api.connections.get(made.id)).status).toBe('active')
  const acts = await api.audit.list({ kind: 'connection.authorized' })
  expect(acts.items[0]).toMatchObject({ target: { id: made.id } })
})

test('whoever says no gets a page that says so, and the connection stays as it was', async () => {
  const { api, connector } = await provide()
  const made = await api.connections.create({ connector })
  const page = await callback(server.consent(made.oauth_url ?? '', true))
  expect(page.html).toContain('Access was not granted')
  expect((await api.connections.get(made.id)).status).toBe('needs_reauth')
})

test('a callback counts once, and only with the state that was given out', async () => {
  const { api, connector } = await provide()
  const made = await api.connections.create({ connector })
  const back = server.consent(made.oauth_url ?? '')
  const withState = (state: string | null) => {
    const url = new URL(back)
    if (state === null) url.searchParams.delete('state')
    else url.searchParams.set('state', state)
    return url.href
  }
  const before = server.requests.length
  expect((await callback(withState(null))).status).toBe(400)
  expect((await callback(withState(''))).status).toBe(400)
  expect((await callback(withState('guessed'))).status).toBe(400)
  expect((await callback(`${back}&state=another`)).status).toBe(400)
  expect(server.requests.length).toBe(before)
  expect((await callback(back)).status).toBe(200)
  expect((await callback(back)).html).toContain('used already')
  expect(server.requests.length).toBe(before + 1)
})

test('beginning again ends what was begun before', async () => {
  const { api, connector } = await provide()
  const made = await api.connections.create({ connector })
  const again = await api.connections.reauthorize(made.id)
  expect((await callback(server.consent(made.oauth_url ?? ''))).status).toBe(400)
  expect((await callback(server.consent(again.oauth_url ?? ''))).status).toBe(200)
})

test('what a provider sends is shown as text', async () => {
  const { api, connector } = await provide()
  const made = await api.connections.create({ connector, name: '<img src=x onerror=alert(1)>' })
  const url = new URL(server.consent(made.oauth_url ?? ''))
  url.searchParams.set('error', '<script>alert(1)</script>')
  const { html } = await callback(url.href)
  expect(html).not.toMatch(/<script>alert|<img/)
})

test('100 calls at once on an expired token ask for one token, and all succeed', async () => {
  const { api, connector } = await connected()
  server.expireTokens()
  const before = server.requests.length
  let release = () => {}
  server.behaviour.hold = new Promise((resolve) => {
    release = resolve
  })
  const calls = Array.from({ length: 100 }, () => api.calls.create({ connector, action: 'read', input: {} }))
  while (server.requests.length === before) await new Promise((resolve) => setImmediate(resolve))
  release()
  const answers = await Promise.all(calls)
  expect(answers.every((answer) => 'success' in answer && answer.success)).toBe(true)
  expect(server.requests.slice(before).map(({ grantType }) => grantType)).toEqual(['refresh_token'])
})

test('a write that is refused with 401 is sent once more with a new token, and done once', async () => {
  const { api, connector } = await connected()
  server.expireTokens()
  const before = server.calls.length
  expect(await api.calls.create({ connector, action: 'write', input: {} })).toMatchObject({ success: true })
  expect(server.calls.slice(before)).toEqual(['POST /things'])
})

test('an answer that says in its body that the token has expired counts as a refusal', async () => {
  const { api, connector } = await connected({ expired_when: { path: 'error', values: ['token_expired'] } })
  server.behaviour.expiry = 'body'
  server.expireTokens()
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ payload: { ok: true } })
})

test.each([
  ['missing', undefined],
  ['zero', 0],
  ['negative', -60],
  ['a word', 'soon'],
  ['a text', '3600'],
])('a token whose lifetime is %s is used until it is refused', async (_, expiresIn) => {
  server.behaviour.expiresIn = expiresIn
  const { api, connector } = await connected()
  const before = server.requests.length
  await api.calls.create({ connector, action: 'read', input: {} })
  await api.calls.create({ connector, action: 'read', input: {} })
  expect(server.requests.length).toBe(before)
})

test.each(['fail', 'html'] as const)('a token server that answers badly (%s) costs no grant', async (token) => {
  const { api, connector, id } = await connected()
  server.expireTokens()
  server.behaviour.token = token
  const problem = await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  expect(problem?.code).toBe('UPSTREAM_ERROR')
  server.behaviour.token = 'answer'
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
  expect((await api.connections.get(id)).status).toBe('active')
})

test('a refusal of the refresh token is final: the connection says why, nothing loops, and consent mends it', async () => {
  const { api, connector, id } = await connected()
  server.expireTokens()
  server.behaviour.token = 'refuse'
  const before = server.requests.length
  const problem = await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  const mend_url = `${gateway.url}/connections/${id}`
  const detail = expect.stringContaining('invalid_grant')
  expect(problem).toMatchObject({ code: 'NEEDS_REAUTH', detail, diagnostics: { mend_url } })
  await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  expect(server.requests.length).toBe(before + 1)
  expect(await api.connections.get(id)).toMatchObject({
    status: 'needs_reauth',
    status_detail: detail,
    mend: { urgency: 'now', step: 'reauthorize', reason: detail, url: mend_url },
  })
  server.behaviour.token = 'answer'
  const next = await api.connections.reauthorize(id)
  expect((await callback(server.consent(next.oauth_url ?? ''))).status).toBe(200)
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

test('an authorization that ends is told before, while it works', async () => {
  const { api, connector, id } = await connected({ token_response: { refresh_expires: 'expires_in' } })
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
  const { status, mend } = await api.connections.get(id)
  expect(status).toBe('active')
  const reason = expect.stringMatching(/^The authorization ends on 20/)
  expect(mend).toMatchObject({ urgency: 'soon', step: 'reauthorize', reason, ends_at: expect.any(String) })
})

test('an answer that is lost after the refresh token was used ends in needs_reauth, not in a loop', async () => {
  const { api, connector } = await connected()
  server.expireTokens()
  server.behaviour.token = 'lose'
  await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  server.behaviour.token = 'answer'
  const problem = await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  expect(problem?.code).toBe('NEEDS_REAUTH')
  const before = server.requests.length
  await problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  expect(server.requests.length).toBe(before)
})

test('connections of a family share an app and a consent, and only what is new is asked for', async () => {
  const family = { family: 'family-one', scopes: { mail: '', files: '' }, incremental_scopes: true }
  const mail = await provide({ ...family, default_scopes: ['mail'] })
  const alike = await provide({ ...family, default_scopes: ['mail'] })
  const files = await provide({ ...family, default_scopes: ['mail', 'files'] })
  const { api } = mail
  await api.oauthApps.create({ family: 'family-one', client_id: server.clientId, client_secret: server.clientSecret })
  const first = await api.connections.create({ connector: mail.connector })
  await callback(server.consent(first.oauth_url ?? ''))
  const second = await api.connections.create({ connector: alike.connector })
  expect(second).toMatchObject({ next_step: '', status: 'untested' })
  expect(await api.calls.create({ connector: alike.connector, action: 'read', input: {} })).toMatchObject({ success: true })
  const third = await api.connections.create({ connector: files.connector })
  expect(new URL(third.oauth_url ?? '').searchParams.get('scope')).toBe('files')
  expect((await callback(server.consent(third.oauth_url ?? ''))).status).toBe(200)
  for (const { connector } of [mail, alike, files])
    expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

test('a connection says what was consented to, and is given more when asked', async () => {
  const { api, connector } = await provide({ scopes: { mail: '', files: '' }, default_scopes: ['mail'] })
  const { id, oauth_url, auth } = await api.connections.create({ connector })
  expect(auth.scopes).toBeNull()
  await callback(server.consent(oauth_url ?? ''))
  expect((await api.connections.get(id)).auth.scopes).toEqual(['mail'])
  const more = await api.connections.reauthorize(id, { scopes: ['files'] })
  expect(new URL(more.oauth_url ?? '').searchParams.get('scope')).toBe('mail files')
  await callback(server.consent(more.oauth_url ?? ''))
  expect((await api.connections.get(id)).auth.scopes).toEqual(['mail', 'files'])
  // Whoever consents once more loses nothing.
  const again = await api.connections.reauthorize(id)
  expect(new URL(again.oauth_url ?? '').searchParams.get('scope')).toBe('mail files')
})

test('a test of a connection whose tokens count no more says that somebody has to consent', async () => {
  const { api, id } = await connected()
  server.behaviour.token = 'refuse'
  server.expireTokens()
  const { connection } = await api.connections.test(id)
  expect(connection.status).toBe('needs_reauth')
})

test('the last connection that is removed revokes the tokens', async () => {
  const { api, id } = await connected()
  const before = server.revoked.length
  await api.connections.delete(id)
  expect(server.revoked.slice(before)).toEqual([expect.stringMatching(/^refresh-/)])
})

test('a ready token can be entered, with the one that renews it', async () => {
  const { api, connector } = await provide()
  const made = await api.connections.create({ connector, auth: { fields: { access_token: 'one that I have' } } })
  expect(made).toMatchObject({ next_step: '', status: 'untested' })
  expect((await problemOf(api.calls.create({ connector, action: 'read', input: {} })))?.code).toBe('NEEDS_REAUTH')
})

test('without an OAuth app the answer says where to add one', async () => {
  const api = gateway.client()
  const connector = `oauth_${++count}`
  await api.connectors.create(connectorOf(connector, server))
  const problem = await problemOf(api.connections.create({ connector }))
  expect(problem).toMatchObject({ code: 'NEEDS_REAUTH', detail: expect.stringContaining('OAuth app') })
  const own = { client_id: server.clientId, client_secret: server.clientSecret }
  const made = await api.connections.create({ connector, auth: { fields: own } })
  expect((await callback(server.consent(made.oauth_url ?? ''))).status).toBe(200)
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

test('values of the callback and of the answer become settings, also of the server URL', async () => {
  const scheme = { callback_values: { realm: 'realmId' }, response_values: { host: 'instance_url' } }
  const { api, connector } = await provide(scheme, {
    servers: { production: { url: '{host}', variables: { host: {} } } },
    fields: { realm: { required: true } },
  })
  server.behaviour.extra = { instance_url: server.apiUrl }
  const made = await api.connections.create({ connector })
  expect((await callback(`${server.consent(made.oauth_url ?? '')}&realmId=r7`)).status).toBe(200)
  expect((await api.connections.get(made.id)).settings).toEqual({ realm: 'r7', host: server.apiUrl })
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

test('a device code is shown, and the connection counts once it was typed in', async () => {
  const { api, connector } = await provide({ flow: 'device_authorization' })
  const made = await api.connections.create({ connector })
  expect(made).toMatchObject({ next_step: 'device', device: { verification_uri: `${server.url}/enter`, interval: 1 } })
  expect((await api.connections.pollDevice(made.id)).status).toBe('pending')
  server.enter(made.device?.user_code ?? '')
  const polls = server.requests.length
  expect((await api.connections.pollDevice(made.id)).status).toBe('pending')
  expect(server.requests.length).toBe(polls) // within the interval nobody is asked
  await expect
    .poll(async () => (await api.connections.pollDevice(made.id)).status, { timeout: 10_000, interval: 300 })
    .toBe('authorized')
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const keyFile = JSON.stringify({ client_email: 'robot@example.test', private_key_id: 'k1', private_key: pem })

test.each([
  ['client credentials', { flow: 'client_credentials', client_authentication: 'client_secret_basic' }, undefined],
  ['a password', { flow: 'password' }, { username: 'ada', password: 'right' }],
  ['a private key', { flow: 'jwt_bearer', assertion: { subject: 'ada' } }, { private_key: pem }],
  [
    'a key file of Google',
    { flow: 'jwt_bearer', assertion: { key: 'google' }, default_scopes: ['a', 'b'] },
    { key_file: keyFile },
  ],
  ['a JSON body', { flow: 'client_credentials', body_format: 'json', token_params: { audience: 'x' } }, undefined],
])('tokens are obtained without a person: %s', async (_, scheme, fields) => {
  const { api, connector } = await provide(scheme)
  const made = await api.connections.create({ connector, ...(fields !== undefined && { auth: { fields } }) })
  expect(made).toMatchObject({ next_step: '', status: 'untested' })
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
})

test('a client proves itself by a signed assertion, and its key never leaves', async () => {
  const connector = `oauth_${++count}`
  const api = gateway.client()
  await api.connectors.create(
    connectorOf(connector, server, { flow: 'client_credentials', client_authentication: 'private_key_jwt' }),
  )
  await api.oauthApps.create({ connector, client_id: server.clientId, client_secret: pem })
  await api.connections.create({ connector })
  expect(await api.calls.create({ connector, action: 'read', input: {} })).toMatchObject({ success: true })
  const { parameters } = server.requests.at(-1) ?? { parameters: {} as Record<string, string> }
  const claims = JSON.parse(Buffer.from(parameters.client_assertion?.split('.')[1] ?? '', 'base64url').toString('utf8'))
  expect(claims).toMatchObject({ iss: server.clientId, sub: server.clientId, aud: server.tokenUrl })
  expect(parameters.client_secret).toBeUndefined()
})

test('an OAuth app shows its redirect URL, never its secret, and stays while connections need it', async () => {
  const { api, connector, id } = await connected()
  const { items, redirect_url } = await api.oauthApps.list()
  const app = items.find((each) => each.connector === connector)
  expect(app).toMatchObject({ redirect_url, has_secret: true, connections: 1, client_id: server.clientId })
  expect(redirect_url).toBe(`${gateway.url}/oauth/callback`)
  expect(JSON.stringify(items)).not.toContain(server.clientSecret)
  expect((await problemOf(api.oauthApps.delete(app?.id ?? '')))?.code).toBe('CONFLICT')
  const again = await problemOf(api.oauthApps.create({ connector, client_id: 'x' }))
  expect(again?.code).toBe('CONFLICT')
  await api.connections.delete(id)
  await api.oauthApps.delete(app?.id ?? '')
})

/** Follows a one-time link as a browser does: its page, its button, and the cookie it comes back with. */
async function follow(url: string) {
  const page = await callback(url)
  const pressed = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() })
  const cookie = pressed.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { page, status: pressed.status, to: pressed.headers.get('location') ?? '', cookie }
}
const comeBack = async (address: string, cookie: string) => (await fetch(address, { headers: { cookie } })).status

test('somebody without an account finishes exactly one consent by a link, once', async () => {
  const { api, connector } = await provide({ scopes: { read: 'Reads.' }, default_scopes: ['read'] })
  const { id } = await api.connections.create({ connector, name: '<b>Books</b>' })
  const other = await api.connections.create({ connector, name: 'Another' })
  const first = await api.connections.consentLink(id)
  const { url } = await api.connections.consentLink(id)
  // A later one takes the place of the first, and nothing that was not given out counts.
  expect((await follow(first.url)).status).toBe(404)
  expect((await follow(`${url}x`)).status).toBe(404)

  const { page, status, to, cookie } = await follow(`${url}?next=https://evil.example`)
  expect(page).toMatchObject({ status: 200, html: expect.stringContaining('asks you to let Sallyport use your account') })
  expect(page.html).toContain('&lt;b&gt;Books&lt;/b&gt;')
  expect(page.html).toContain('<li>read</li>')
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'nonce-/)
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect([status, new URL(to).origin]).toEqual([303, new URL(other.oauth_url ?? '').origin])
  // Replayed, it leads nowhere; in another browser, the consent does not count and is spent.
  expect(await follow(url)).toMatchObject({ status: 404, to: '' })
  const { url: stolen } = await api.connections.consentLink(id)
  const thief = await follow(stolen)
  expect(await comeBack(server.consent(thief.to), 'sallyport_consent=guessed')).toBe(400)
  expect(await comeBack(server.consent(thief.to), thief.cookie)).toBe(400)
  expect(await comeBack(server.consent(to), cookie)).toBe(400)
  expect((await api.connections.get(id)).status).toBe('needs_reauth')

  const again = await follow((await api.connections.consentLink(id)).url)
  expect(await comeBack(server.consent(again.to), again.cookie)).toBe(200)
  expect(await api.calls.create({ connector, connection: id, action: 'read', input: {} })).toMatchObject({ success: true })
  expect((await api.connections.get(other.id)).status).toBe('needs_reauth')
  const { items } = await api.audit.list({ target: id })
  expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['connection.consent_link_made', 'connection.authorized']))
  expect(items.find(({ kind }) => kind === 'connection.authorized')).toMatchObject({ after: { by_link: true } })
})

test('a link stands for the rights of who made it, and counts no more once they are gone', async () => {
  const { api, connector } = await provide()
  const { id } = await api.connections.create({ connector })
  const maker = await api.tokens.create({ name: 'manager', role: 'manager' })
  const { url } = await gateway.client(maker.token).connections.consentLink(id)
  await api.tokens.revoke(maker.id)
  expect(await follow(url)).toMatchObject({ status: 404, page: { status: 404 } })
  const agent = gateway.client((await api.tokens.create({ name: 'agent', role: 'member' })).token)
  await expect(agent.connections.consentLink(id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
