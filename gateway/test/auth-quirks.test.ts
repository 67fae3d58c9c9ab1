import { generateKeyPairSync, verify } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CountingUpstream, type Seen } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** The schemes that need no test of their own elsewhere, and what providers do in their own way: each against a server that checks. */

let gateway: GatewayProcess
let owner: Sallyport
/** The API. */
let api: CountingUpstream
/** Its authorization server. */
let idp: CountingUpstream

beforeAll(async () => {
  ;[api, idp] = await Promise.all([new CountingUpstream().start(), new CountingUpstream().start()])
  gateway = await startGatewayProcess()
  owner = gateway.client()
})
beforeEach(() => {
  api.reset()
  idp.reset()
})
afterAll(async () => {
  await gateway?.stop()
  await Promise.all([api?.stop(), idp?.stop()])
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

let count = 0
async function define(scheme: object, more: object = {}): Promise<string> {
  const connector = `quirk_${++count}`
  await owner.connectors.create({
    ...{ connector, name: connector, servers: { production: { url: api.url } }, auth: { it: scheme } },
    limits: { per_minute: 100_000, retries: 0 },
    actions: { look: { method: 'GET', path: '/look' } },
    ...more,
  })
  return connector
}
const look = (connector: string, connection?: string) =>
  owner.calls.create({ connector, action: 'look', input: {}, ...(connection !== undefined && { connection }) })

const [right, wrong] = ['canary-right-3f71a0', 'canary-wrong-9c20b8']
const basic = (name: string, secret: string) => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`
const queryOf = ({ path }: Seen) => new URL(path, 'http://api').searchParams

interface Simple {
  readonly scheme: object
  readonly fields: (secret: string) => Record<string, string>
  /** Whether the API lets a request in. */
  readonly opens: (request: Seen) => boolean
  readonly path?: string
}

const simple: Readonly<Record<string, Simple>> = {
  'a key in a header, behind a prefix': {
    scheme: { type: 'api_key', name: 'X-Key', prefix: 'Key ' },
    fields: (key) => ({ key }),
    opens: ({ headers }) => headers['x-key'] === `Key ${right}` && headers.authorization === undefined,
  },
  'a key in the query': {
    scheme: { type: 'api_key', in: 'query', name: 'api_key' },
    fields: (key) => ({ key }),
    opens: (seen) => queryOf(seen).getAll('api_key').join() === right,
  },
  'a key in a cookie': {
    scheme: { type: 'api_key', in: 'cookie', name: 'session' },
    fields: (key) => ({ key }),
    opens: ({ headers }) => headers.cookie === `session=${right}`,
  },
  'a key in the path': {
    scheme: { type: 'api_key', in: 'path', name: 'token' },
    fields: (key) => ({ key }),
    opens: ({ path }) => path === `/bot${right}/look`,
    path: '/bot{{auth.token}}/look',
  },
  'a bearer token behind a word of its own': {
    scheme: { type: 'bearer', prefix: 'Token ' },
    fields: (token) => ({ token }),
    opens: ({ headers }) => headers.authorization === `Token ${right}`,
  },
  'name and password, with a colon and beyond ASCII': {
    scheme: { type: 'basic' },
    fields: (secret) => ({ username: 'ada', password: `${secret}:ü` }),
    opens: ({ headers }) => headers.authorization === basic('ada', `${right}:ü`),
  },
  'several headers, of which one is fixed': {
    scheme: { type: 'headers', headers: [{ name: 'X-App', value: 'sallyport' }, { name: 'X-Id' }, { name: 'X-Secret' }] },
    fields: (secret) => ({ 'X-Id': 'identity-1', 'X-Secret': secret }),
    opens: ({ headers }) => headers['x-app'] === 'sallyport' && headers['x-id'] === 'identity-1' && headers['x-secret'] === right,
  },
  'two schemes in one request': {
    scheme: { type: 'all', schemes: { login: { type: 'basic' }, app: { type: 'api_key', in: 'query', name: 'app' } } },
    fields: (secret) => ({ 'login.username': 'ada', 'login.password': 'pass-0123456', 'app.key': secret }),
    opens: (seen) => seen.headers.authorization === basic('ada', 'pass-0123456') && queryOf(seen).get('app') === right,
  },
}

describe.each(Object.entries(simple))('%s', (_, { scheme, fields, opens, path }) => {
  test('opens an API that checks it, is refused when it is wrong, and is in no answer', async () => {
    const connector = await define(scheme, path === undefined ? {} : { actions: { look: { method: 'GET', path } } })
    api.behave = (seen, response) => json(response, opens(seen) ? 200 : 401, { echo: [seen.path, seen.headers] })
    for (const [name, secret] of Object.entries({ right, wrong }))
      await owner.connections.create({ connector, name, auth: { fields: fields(secret) } })
    const answer = await look(connector, 'right')
    expect(answer).toMatchObject({ success: true })
    expect(JSON.stringify(answer)).not.toContain(right)
    const problem = await look(connector, 'wrong').catch((error: unknown) => error)
    expect(problem).toMatchObject({ code: 'AUTHENTICATION_FAILED' })
    expect(JSON.stringify(problem)).not.toContain(wrong)
  })
})

test('no scheme sends no credential', async () => {
  const connector = await define({ type: 'none' })
  await owner.connections.create({ connector })
  expect(await look(connector)).toMatchObject({ success: true })
  const { headers, path } = api.seen.at(-1) ?? { headers: {}, path: '' }
  expect([Object.keys(headers).filter((name) => /auth|cookie|key|token/.test(name)), path]).toEqual([[], '/look'])
})

describe('an authorization server of its own kind', () => {
  /** What it was asked wrongly. Nothing else tells a quirk that is sent from one that a lenient server does not mind. */
  let faults: string[] = []
  const want = (name: string, got: unknown, wanted: unknown) => {
    if (JSON.stringify(got) !== JSON.stringify(wanted)) faults.push(`${name}: ${JSON.stringify(got)}`)
  }
  const client = { client_id: 'app-1', client_secret: 'canary-app-secret-51ad' }
  const consentAt = async (oauthUrl: string, extra = '') => {
    const url = new URL(oauthUrl)
    const back = `${url.searchParams.get('redirect_uri')}?code=code-1&state=${url.searchParams.get('state')}${extra}`
    expect((await fetch(back)).status).toBe(200)
    return url
  }

  test('is spoken to as its connector says: hosts, parameters, headers, bodies, places and units', async () => {
    faults = []
    let issued = 0
    idp.behave = ({ path, headers, body }, response) => {
      want('authentication', headers.authorization, basic(client.client_id, client.client_secret))
      want('type', headers['content-type'], 'application/json')
      want('version', [headers['x-version'], headers['x-app']], ['7', client.client_id])
      const { grant_type, code, refresh_token, redirect_uri, ...further } = JSON.parse(body)
      if (path === '/eu/first') want('code', [grant_type, code], ['authorization_code', 'code-1'])
      else want('refresh', [path, grant_type, refresh_token], ['/renewals', 'refresh_token', 'refresh-1'])
      want('parameters', further, { audience: 'eu.example', ...(path === '/renewals' && { access_type: 'again' }) })
      // The second one is not to be taken: this server says that the first one stays.
      const made = {
        value: `canary-token-${++issued}-77aa`,
        renewal: `refresh-${issued}`,
        life: issued < 3 ? 1_000 : 3_600_000,
      }
      json(response, 200, { data: { token: made, rights: 'read,write' } })
    }
    api.behave = ({ headers, path }, response) => {
      want(
        'call',
        [headers['x-access'], headers['x-app'], headers['x-developer']],
        [`Session canary-token-${issued}-77aa`, client.client_id, 'canary-developer-0a1b'],
      )
      want('no other', [headers.authorization, path], [undefined, '/look'])
      json(response, 200, {})
    }
    const connector = await define(
      {
        ...{ type: 'oauth2', pkce: false, scope_separator: ',', default_scopes: ['read', 'write'] },
        authorization_url: `${idp.url}/{area}/consent?kind=fixed`,
        token_url: `${idp.url}/{area}/first`,
        refresh_url: `${idp.url}/renewals`,
        authorization_params: { access_type: 'offline', audience: '{area}.example', left_out: '{nothing}' },
        token_params: { audience: '{area}.example' },
        refresh_params: { access_type: 'again' },
        token_headers: { 'X-Version': '7', 'X-App': '{client_id}' },
        ...{ body_format: 'json', client_authentication: 'client_secret_basic', rotation: false },
        token_response: {
          ...{ access_token: 'data.token.value', refresh_token: 'data.token.renewal', scope: 'data.rights' },
          ...{ expires: 'data.token.life', expires_unit: 'ms' },
        },
        ...{ name: 'X-Access', prefix: 'Session ' },
        headers: [{ name: 'X-App', value: '{client_id}' }, { name: 'X-Developer' }],
      },
      { fields: { area: { required: true }, nothing: {} } },
    )
    await owner.oauthApps.create({ connector, ...client })
    const auth = { fields: { 'X-Developer': 'canary-developer-0a1b' } }
    const made = await owner.connections.create({ connector, settings: { area: 'eu' }, auth })
    const asked = await consentAt(made.oauth_url ?? '')
    expect([asked.origin, asked.pathname]).toEqual([idp.url, '/eu/consent'])
    const { redirect_uri, state, ...parameters } = Object.fromEntries(asked.searchParams)
    expect(parameters).toEqual({
      ...{ kind: 'fixed', response_type: 'code', client_id: 'app-1', scope: 'read,write' },
      ...{ access_type: 'offline', audience: 'eu.example' },
    })
    expect(await look(connector)).toMatchObject({ success: true })
    // One second is over when a call carries another token, and again with the first refresh token.
    while (issued < 3) await look(connector)
    expect((await owner.connections.get(made.id)).auth.scopes).toEqual(['read', 'write'])
    await owner.calls.create({ connector, action: 'look', input: {} })
    expect(faults).toEqual([])
  })

  test('may answer in a form and say no lifetime, and may want its token in the query', async () => {
    let issued = 0
    idp.behave = (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/plain' })
        .end(`access_token=canary-form-${++issued}-21b0&scope=repo%2Cuser&token_type=bearer`)
    faults = []
    api.behave = (seen, response) => {
      want('token', queryOf(seen).get('auth'), `canary-form-${issued}-21b0`)
      json(response, 200, { echo: seen.path })
    }
    const scheme = { type: 'oauth2', flow: 'client_credentials', token_url: `${idp.url}/token`, in: 'query', name: 'auth' }
    for (const [seconds, tokens] of [
      [3600, 1],
      [1, 2],
    ] as const) {
      issued = 0
      const connector = await define({ ...scheme, default_expires_in: seconds })
      await owner.connections.create({ connector, auth: { fields: client } })
      const answer = await look(connector)
      expect(JSON.stringify(answer)).not.toContain('canary-form')
      await look(connector)
      while (issued < tokens) await look(connector)
      expect(issued).toBe(tokens)
    }
    expect(faults).toEqual([])
  })

  test.each([
    ['an RSA key file of Google', 'rsa', { key: 'google' }],
    ['a key of an elliptic curve', 'ec', { algorithm: 'ES256', issuer: 'app-1', subject: '{person}', scopes_in: 'claim' }],
    [
      'an Ed25519 key, with claims of its own',
      'ed',
      { algorithm: 'EdDSA', audience: 'https://aud.example', claims: { org: '{person}' } },
    ],
  ] as const)('checks the assertion of a service account by its public key: %s', async (_, kind, assertion) => {
    const { privateKey, publicKey } =
      kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : kind === 'ec'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const url = `${idp.url}/token`
    faults = []
    idp.behave = ({ body }, response) => {
      const form = Object.fromEntries(new URLSearchParams(body))
      want('grant', form.grant_type, 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      const [head = '', claims = '', signature = ''] = String(form.assertion).split('.')
      const bytes = Buffer.from(`${head}.${claims}`)
      const key = kind === 'ec' ? ({ key: publicKey, dsaEncoding: 'ieee-p1363' } as const) : publicKey
      want('signature', verify(kind === 'ed' ? null : 'sha256', bytes, key, Buffer.from(signature, 'base64url')), true)
      const { iat, exp, jti, ...said } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      want('lifetime', [exp - iat, Math.abs(iat * 1000 - Date.now()) < 60_000], [300, true])
      const wanted = {
        rsa: { iss: 'robot@example.test', aud: url, scope: 'a b' },
        ec: { iss: 'app-1', sub: 'ada', aud: url, scope: 'a b' },
        ed: { iss: 'app-1', sub: 'app-1', aud: 'https://aud.example', org: 'ada' },
      }[kind]
      want('claims', said, wanted)
      want('scope', form.scope, kind === 'ed' ? 'a b' : undefined)
      json(response, faults.length === 0 ? 200 : 400, faults.length === 0 ? { access_token: 'canary-jwt-4411' } : { error: 'no' })
    }
    const scheme = { type: 'oauth2', flow: 'jwt_bearer', token_url: url, default_scopes: ['a', 'b'], assertion }
    const connector = await define(scheme, { fields: { person: { default: 'ada' } } })
    const file = { client_email: 'robot@example.test', private_key_id: 'k1', private_key: pem, token_uri: url }
    const fields = kind === 'rsa' ? { key_file: JSON.stringify(file) } : { private_key: pem, client_id: 'app-1' }
    await owner.connections.create({ connector, auth: { fields } })
    expect(await look(connector).catch((error: unknown) => error)).toMatchObject({ success: true })
    expect(faults).toEqual([])
    expect(api.seen.at(-1)?.headers.authorization).toBe('Bearer canary-jwt-4411')
  })
})
