import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SallyportProblem } from '@sallyport/sdk'
import { startTokenServer, type TokenServer } from '@sallyport/sdk/testing'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { connectorOf } from './support/oauth-connector.ts'
import { joinAs } from './support/workspaces.ts'

/** Whoever tries to get at the tokens of others on the way from consent to token. */

let gateway: GatewayProcess
let server: TokenServer
let database: pg.Client
let issuer: Server
let issuerUrl: string
/** What the issuer says about itself, besides its name. */
let metadata: Record<string, unknown>
let count = 0

beforeAll(async () => {
  ;[gateway, server] = await Promise.all([startGatewayProcess(), startTokenServer()])
  database = await superuserOf(gateway.dataDir)
  issuer = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuerUrl)
    const path = pathname.replace('/.well-known/openid-configuration', '')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ issuer: `${issuerUrl}${path}`, ...metadata }))
  })
  issuer.listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`
})
afterAll(async () => {
  await database?.end()
  await Promise.all([gateway.stop(), server.close(), once(issuer.close(), 'close')])
  await removeDataDir(gateway.dataDir)
})
beforeEach(() => {
  server.behaviour.token = 'answer'
  metadata = {
    authorization_endpoint: server.authorizationUrl,
    token_endpoint: server.tokenUrl,
    authorization_response_iss_parameter_supported: true,
  }
})

/** A connector of its own with its OAuth app. */
async function provide(scheme: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const connector = `oauth_${++count}`
  await gateway.client().connectors.create(connectorOf(connector, server, scheme))
  await gateway.client().oauthApps.create({ connector, client_id: server.clientId, client_secret: server.clientSecret })
  return connector
}

/** One that reads its addresses from its issuer; each has an issuer of its own, for what was read of one is kept. */
const discovered = () => {
  const own = {
    authorization_url: undefined,
    token_url: undefined,
    device_authorization_url: undefined,
    revocation_url: undefined,
  }
  return provide({ ...own, issuer: `${issuerUrl}/${count}` })
}

async function begin(connector: string): Promise<{ id: string; url: string }> {
  const { id, oauth_url } = await gateway.client().connections.create({ connector })
  return { id, url: oauth_url ?? '' }
}

async function callback(address: string, headers: Record<string, string> = {}) {
  const answer = await fetch(address, { headers })
  return { status: answer.status, html: await answer.text() }
}

function withParameter(address: string, name: string, value: string | null): string {
  const url = new URL(address)
  if (value === null) url.searchParams.delete(name)
  else url.searchParams.set(name, value)
  return url.href
}

const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => {
      if (error instanceof SallyportProblem) return error
      throw error
    },
  )

/** Nothing was asked for and nothing stored. */
async function refused(address: string, id: string, headers?: Record<string, string>) {
  const before = server.requests.length
  const page = await callback(address, headers)
  expect(page.status).toBe(400)
  expect(server.requests.length).toBe(before)
  expect((await gateway.client().connections.get(id)).status).toBe('needs_reauth')
  return page.html
}

test('a state that is ten minutes old counts for nothing', async () => {
  const { id, url } = await begin(await provide())
  await database.query(
    `update sallyport.oauth_flows set expires_at = expires_at - interval '10 minutes' where connection_id = $1`,
    [id],
  )
  expect(await refused(server.consent(url), id)).toContain('older than ten minutes')
})

test('a code of another consent is worth nothing with this state: the verifier is another', async () => {
  const connector = await provide()
  const mine = await begin(connector)
  const { oauth_url } = await gateway.client().connections.create({ connector, name: 'Another' })
  const stolen = new URL(server.consent(oauth_url ?? '')).searchParams.get('code')
  const page = await callback(withParameter(server.consent(mine.url), 'code', stolen))
  expect(page.html).toContain('did not accept the code')
  expect((await gateway.client().connections.get(mine.id)).status).toBe('needs_reauth')
})

test('the way back is one address and no other that begins or ends alike', async () => {
  const { id, url } = await begin(await provide())
  const back = new URL(server.consent(url))
  expect(`${back.origin}${back.pathname}`).toBe(`${gateway.url}/oauth/callback`)
  for (const path of ['/oauth/callback/', '/oauth/callback/x', '/oauth/Callback'])
    expect((await fetch(`${gateway.url}${path}${back.search}`)).status).toBe(404)
  expect((await gateway.client().connections.get(id)).status).toBe('needs_reauth')
  expect((await callback(back.href)).status).toBe(200)
})

describe('a server that says it names itself', () => {
  test.each([
    ['does not', null],
    ['names another', 'https://evil.example'],
    ['names one that begins alike', `more`],
  ])('and %s is not believed', async (_, given) => {
    const { id, url } = await begin(await discovered())
    const own = `${issuerUrl}/${count - 1}`
    const iss = given === 'more' ? `${own}/` : given
    expect(await refused(withParameter(server.consent(url), 'iss', iss), id)).toContain('not come from the server')
  })

  test('and does is', async () => {
    const { url } = await begin(await discovered())
    const back = withParameter(server.consent(url), 'iss', `${issuerUrl}/${count - 1}`)
    expect((await callback(back)).status).toBe(200)
  })
})

test.each([
  ['an address of the metadata service', { token_endpoint: 'http://169.254.169.254/token' }],
  ['a script to authorize at', { authorization_endpoint: 'javascript:alert(1)' }],
  ['a file', { authorization_endpoint: 'file:///etc/passwd' }],
  ['plain http in the open', { token_endpoint: 'http://token.example.com/' }],
  ['another issuer', { issuer: 'https://evil.example' }],
])('metadata that says %s sends nobody anywhere', async (_, hostile) => {
  Object.assign(metadata, hostile)
  const problem = await problemOf(discovered().then(begin))
  expect(['URL_NOT_ALLOWED', 'UPSTREAM_ERROR']).toContain(problem?.code)
  expect(problem?.detail).not.toContain('evil.example')
})

test.each([
  ['authorization_url', 'javascript:alert(1)'],
  ['token_url', 'http://169.254.169.254/token'],
  ['issuer', 'http://169.254.169.254'],
])('a connector whose %s is %s sends nobody anywhere', async (name, address) => {
  const scheme = name === 'issuer' ? { issuer: address, token_url: undefined, authorization_url: undefined } : { [name]: address }
  const problem = await problemOf(provide(scheme).then(begin))
  expect(['URL_NOT_ALLOWED', 'INVALID_INPUT']).toContain(problem?.code)
})

describe('what a person began', () => {
  async function beginAs(headers: Record<string, string>, connector: string): Promise<{ id: string; back: string }> {
    const answer = await fetch(`${gateway.url}/api/v1/connections`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ connector, name: `Of ${++count}` }),
    })
    const { id, oauth_url } = (await answer.json()) as { id: string; oauth_url: string }
    return { id, back: server.consent(oauth_url) }
  }

  test('ends in their own session, not in a colleague’s and not in none', async () => {
    const [owner, connector] = [gateway.client(), await provide()]
    const { headers: ann } = await joinAs(gateway, owner, 'ann@example.test', 'manager')
    const { headers: bob } = await joinAs(gateway, owner, 'bob@example.test', 'owner')
    for (const other of [bob, {}]) {
      const { id, back } = await beginAs(ann, connector)
      expect(await refused(back, id, other)).toContain('somebody else')
      // It is spent: the right session comes too late.
      expect(await refused(back, id, ann)).toContain('used already')
    }
    const { back } = await beginAs(ann, connector)
    expect((await callback(back, ann)).status).toBe(200)
  })

  test('ends only while they may change the connection', async () => {
    const [owner, connector] = [gateway.client(), await provide()]
    const { id: person, headers } = await joinAs(gateway, owner, 'eve@example.test', 'manager')
    const lowered = await beginAs(headers, connector)
    await owner.members.setRole(person, 'member')
    expect(await refused(lowered.back, lowered.id, headers)).toContain('role manager')
    await owner.members.setRole(person, 'manager')
    const removed = await beginAs(headers, connector)
    await owner.members.remove(person)
    expect(await refused(removed.back, removed.id, headers)).toContain('not a member')
  })
})

test('what a token began ends only while the token counts', async () => {
  const [owner, connector] = [gateway.client(), await provide()]
  const { id: token, token: secret } = await owner.tokens.create({ name: 'connects', role: 'manager' })
  const { id, oauth_url } = await gateway.client(secret).connections.create({ connector })
  await owner.tokens.revoke(token)
  expect(await refused(server.consent(oauth_url ?? ''), id)).toContain('revoked')
})

test('a changed secret of the OAuth app gives its connections another try', async () => {
  const api = gateway.client()
  const connector = await provide()
  const { id, url } = await begin(connector)
  await callback(server.consent(url))
  server.expireTokens()
  server.behaviour.token = 'refuse'
  const call = () => problemOf(api.calls.create({ connector, action: 'read', input: {} }))
  expect((await call())?.code).toBe('NEEDS_REAUTH')
  server.behaviour.token = 'answer'
  expect((await call())?.code).toBe('NEEDS_REAUTH')
  const { items } = await api.oauthApps.list()
  const app = items.find((each) => each.connector === connector)
  await api.oauthApps.update(app?.id ?? '', { client_secret: server.clientSecret })
  expect((await api.connections.get(id)).status).toBe('untested')
  expect(await call()).toBeNull()
})
