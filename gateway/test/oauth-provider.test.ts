import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { type OidcServer, startOidcServer } from './support/oidc-server.ts'

/** OAuth against a provider that was written by others, as strict as its protocol. */

const secret = 'a client secret of the tests 0123456789'
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

let gateway: GatewayProcess
let oidc: OidcServer
let api: Server
let apiUrl: string
/** The token of the last call that was let in. */
let last = ''

beforeAll(async () => {
  gateway = await startGatewayProcess()
  const redirect = `${gateway.url}/oauth/callback`
  const none = { redirect_uris: [], response_types: [] }
  oidc = await startOidcServer(redirect, {
    clients: [
      {
        client_id: 'web',
        client_secret: secret,
        redirect_uris: [redirect],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        ...none,
        client_id: 'service',
        client_secret: secret,
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        ...none,
        client_id: 'signs',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kty: 'RSA', use: 'sig', alg: 'RS256' }] },
      },
      {
        ...none,
        client_id: 'television',
        application_type: 'native',
        grant_types: [deviceGrant, 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  })
  oidc.account = { sub: 'ada', email: 'ada@example.test' }
  const { AccessToken, ClientCredentials } = oidc.provider
  api = createServer((request, response) => {
    const answer = async () => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      const found = (await AccessToken.find(token)) ?? (await ClientCredentials.find(token))
      if (found !== undefined) last = token
      const body = found === undefined ? { error: 'invalid_token' } : { client: found.clientId }
      response.writeHead(found === undefined ? 401 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    answer().catch(() => response.destroy())
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
})
afterAll(async () => {
  await gateway.stop()
  api.closeAllConnections()
  await Promise.all([oidc.close(), once(api.close(), 'close')])
  await removeDataDir(gateway.dataDir)
})

/** A connection whose connector knows no more than the issuer. */
async function connect(
  connector: string,
  client: { id: string; secret?: string },
  scheme: Readonly<Record<string, unknown>> = {},
) {
  const owner = gateway.client()
  await owner.connectors.create({
    connector,
    name: connector,
    servers: { production: { url: apiUrl } },
    auth: { oauth: { type: 'oauth2', issuer: oidc.issuer, ...scheme } },
    actions: { read: { method: 'GET', path: '/' } },
  })
  const { id, secret: client_secret } = client
  await owner.oauthApps.create({ connector, client_id: id, ...(client_secret !== undefined && { client_secret }) })
  const made = await owner.connections.create({ connector })
  const read = async () => {
    const answer = await owner.calls.create({ connector, action: 'read', input: {} })
    return 'payload' in answer ? answer.payload : answer
  }
  return { ...made, owner, read }
}

const web = { id: 'web', secret }
const basic = { client_authentication: 'client_secret_basic', default_scopes: ['openid'] }

test('authorization code with PKCE, a refresh token that works once, and revocation at the end', async () => {
  const { id, oauth_url, owner, read } = await connect('code', web, { ...basic, issuer: `${oidc.issuer}/` })
  expect(new URL(oauth_url ?? '').searchParams.get('code_challenge_method')).toBe('S256')
  const page = await fetch(await oidc.visit(oauth_url ?? ''))
  expect(page.status).toBe(200)
  expect(await read()).toEqual({ client: 'web' })
  const used = new Set([last])
  for (let round = 0; round < 3; round++) {
    await (await oidc.provider.AccessToken.find(last))?.destroy()
    expect(await read()).toEqual({ client: 'web' })
    used.add(last)
  }
  expect(used.size).toBe(4)
  expect((await owner.connections.get(id)).status).toBe('active')
  await owner.connections.delete(id)
  expect(await oidc.provider.AccessToken.find(last)).toBeUndefined()
})

test('without PKCE this provider gives nothing, and the page says so', async () => {
  const { id, oauth_url, owner } = await connect('no_pkce', web, { ...basic, pkce: false })
  const page = await fetch(await oidc.visit(oauth_url ?? ''))
  expect(page.status).toBe(400)
  expect(await page.text()).toContain('invalid_request')
  expect((await owner.connections.get(id)).status).toBe('needs_reauth')
})

test('client credentials', async () => {
  const { read } = await connect('service', { id: 'service', secret }, { flow: 'client_credentials' })
  expect(await read()).toEqual({ client: 'service' })
  await (await oidc.provider.ClientCredentials.find(last))?.destroy()
  expect(await read()).toEqual({ client: 'service' })
})

test('a client that proves itself by a signed assertion', async () => {
  const pem = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const scheme = { flow: 'client_credentials', client_authentication: 'private_key_jwt' }
  const { read } = await connect('signs', { id: 'signs', secret: pem }, scheme)
  expect(await read()).toEqual({ client: 'signs' })
})

test('a device code, without a client secret', async () => {
  const scheme = { flow: 'device_authorization', default_scopes: ['openid'] }
  const { id, device, owner, read } = await connect('device', { id: 'television' }, scheme)
  expect((await owner.connections.pollDevice(id)).status).toBe('pending')
  // What its page does when somebody has typed the code in, signed in and agreed.
  const { DeviceCode, Grant } = oidc.provider
  const code = await DeviceCode.findByUserCode(device?.user_code.replaceAll('-', '') ?? '')
  const grant = new Grant({ accountId: 'ada', clientId: 'television' })
  grant.addOIDCScope('openid')
  Object.assign(code ?? {}, { accountId: 'ada', grantId: await grant.save(), scope: 'openid', claims: {} })
  await code?.save()
  await expect
    .poll(async () => (await owner.connections.pollDevice(id)).status, { timeout: 15_000, interval: 500 })
    .toBe('authorized')
  expect(await read()).toEqual({ client: 'television' })
  await (await oidc.provider.AccessToken.find(last))?.destroy()
  expect(await read()).toEqual({ client: 'television' })
})
