import { expect, test } from 'vitest'
import { importFirst, importOne, smallSpec } from './support/small-spec.ts'

/** Security schemes become auth schemes, and requirements the list of those an action accepts. */

const key = { type: 'apiKey', in: 'header', name: 'X-Key' }
const app = { type: 'apiKey', in: 'header', name: 'X-App', description: 'Your app.' }
const query = { type: 'apiKey', in: 'query', name: 'token' }
const bearer = { type: 'http', scheme: 'Bearer' }
const basic = { type: 'http', scheme: 'basic' }
const secured = (security: unknown, securitySchemes: Record<string, unknown>, root?: unknown) =>
  importOne(security === undefined ? {} : { security }, {
    components: { securitySchemes },
    ...(root === undefined ? {} : { security: root }),
  })

test('schemes become those of the connector', () => {
  const { document, report } = secured(undefined, {
    key,
    query,
    cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
    'my bearer': bearer,
    basic,
    auth: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'Send "Token <key>".' },
    ref: { $ref: '#/components/securitySchemes/basic' },
  })
  expect(document.auth).toEqual({
    key: { type: 'api_key', in: 'header', name: 'X-Key' },
    query: { type: 'api_key', in: 'query', name: 'token' },
    cookie: { type: 'api_key', in: 'cookie', name: 'sid' },
    my_bearer: { type: 'bearer' },
    basic: { type: 'basic' },
    auth: { type: 'api_key', in: 'header', name: 'Authorization', description: 'Send "Token <key>".' },
    ref: { type: 'basic' },
  })
  expect(report.entries).toEqual([])
})

const flows = {
  authorizationCode: { authorizationUrl: 'https://a.test', tokenUrl: 'https://t.test', scopes: { read: 'Reads.' } },
  clientCredentials: { tokenUrl: 'https://t.test/c', scopes: {} },
  deviceAuthorization: { deviceAuthorizationUrl: 'https://d.test', tokenUrl: 'https://t.test', scopes: {} },
  password: { tokenUrl: 'https://t.test/p', refreshUrl: '/relative', scopes: {} },
  implicit: { authorizationUrl: 'https://a.test', scopes: { read: 'Reads.' } },
}

test.each([
  ['a person’s consent', flows, { flow: 'authorization_code', authorization_url: 'https://a.test', scopes: { read: 'Reads.' } }],
  ['the client’s own', { ...flows, authorizationCode: undefined }, { flow: 'client_credentials', token_url: 'https://t.test/c' }],
  [
    'a device code',
    { deviceAuthorization: flows.deviceAuthorization, password: flows.password },
    { flow: 'device_authorization', device_authorization_url: 'https://d.test', token_url: 'https://t.test' },
  ],
  ['a password', { password: flows.password, implicit: flows.implicit }, { flow: 'password', token_url: 'https://t.test/p' }],
])('of the flows of OAuth the best becomes the scheme: %s', (_, described, scheme) => {
  const { document, report } = secured(undefined, { oauth: { type: 'oauth2', flows: described } })
  expect(document.auth?.oauth).toMatchObject({ type: 'oauth2', ...scheme })
  expect(document.auth?.oauth).not.toHaveProperty('refresh_url')
  expect(report.entries.map(({ level, pointer }) => [level, pointer])).toEqual([
    ['adjusted', '/components/securitySchemes/oauth'],
  ])
})

test('one flow alone is nothing to report, and OpenID Connect is read from its issuer', () => {
  const { document, report } = secured(undefined, {
    oauth: { type: 'oauth2', flows: { authorizationCode: flows.authorizationCode } },
    oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://x.test/realm/.well-known/openid-configuration' },
    // Such a one often names itself with a slash at its end, which is taken for the same.
    root: { type: 'openIdConnect', openIdConnectUrl: 'https://x.test/.well-known/openid-configuration' },
  })
  expect(document.auth).toEqual({
    oauth: {
      type: 'oauth2',
      flow: 'authorization_code',
      authorization_url: 'https://a.test',
      token_url: 'https://t.test',
      scopes: { read: 'Reads.' },
    },
    oidc: { type: 'oauth2', issuer: 'https://x.test/realm', default_scopes: ['openid'] },
    root: { type: 'oauth2', issuer: 'https://x.test', default_scopes: ['openid'] },
  })
  expect(report.entries).toEqual([])
})

test('where no flow can be gone through, a token is entered by hand, and the report says so', () => {
  const { document, report } = secured(undefined, {
    implicit: { type: 'oauth2', flows: { implicit: flows.implicit } },
    relative: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token', scopes: {} } } },
    fragment: { type: 'oauth2', flows: { password: { tokenUrl: 'https://t.test/#token', scopes: {} } } },
    oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://x.test' },
    glued: { type: 'openIdConnect', openIdConnectUrl: 'https://x.test/realm.well-known/openid-configuration' },
  })
  expect(document.auth).toEqual({
    implicit: {
      type: 'bearer',
      oauth2: { implicit: { authorization_url: 'https://a.test', scopes: { read: 'Reads.' } } },
    },
    relative: { type: 'bearer', oauth2: { client_credentials: { token_url: '/token' } } },
    fragment: { type: 'bearer', oauth2: { password: { token_url: 'https://t.test/#token' } } },
    oidc: { type: 'bearer', open_id_connect_url: 'https://x.test' },
    glued: { type: 'bearer', open_id_connect_url: 'https://x.test/realm.well-known/openid-configuration' },
  })
  expect(report.entries.map(({ level, pointer }) => [level, pointer])).toEqual(
    ['implicit', 'relative', 'fragment', 'oidc', 'glued'].map((name) => ['adjusted', `/components/securitySchemes/${name}`]),
  )
})

test('OAuth needed together with keys in headers asks for both; with anything else its token is entered by hand', () => {
  const oauth = { type: 'oauth2', flows: { clientCredentials: flows.clientCredentials } }
  const { action, document, report } = secured(
    [
      { oauth: [], key: [] },
      { oauth: [], query: [] },
    ],
    { oauth, key, query },
  )
  expect(action.auth).toEqual(['oauth_and_key', 'oauth_and_query'])
  expect(document.auth?.oauth_and_key).toEqual({
    type: 'oauth2',
    flow: 'client_credentials',
    token_url: 'https://t.test/c',
    headers: [{ name: 'X-Key' }],
  })
  expect(document.auth?.oauth_and_query).toMatchObject({ type: 'all', schemes: { oauth: { type: 'bearer' } } })
  expect(report.entries).toMatchObject([{ level: 'adjusted', message: expect.stringContaining('by hand') }])
})

test('what cannot be used is skipped with its place', () => {
  const { document, report } = secured(undefined, {
    hoba: { type: 'http', scheme: 'hoba' },
    host: { ...key, name: 'Host' },
    none: { $ref: '#/x' },
  })
  expect(document.auth).toBeUndefined()
  expect(report.entries.map(({ level, pointer }) => [level, pointer])).toEqual(
    ['hoba', 'host', 'none'].map((name) => ['skipped', `/components/securitySchemes/${name}`]),
  )
})

test('a document without security makes a public connector', () => {
  expect(importFirst(smallSpec({ '/a': { get: {} } })).document.auth).toBeUndefined()
})

test.each([
  ['nothing said', undefined, undefined, undefined],
  ['none needed', [], undefined, []],
  ['none needed, in other words', [{}], undefined, []],
  ['optional', [{ key: [] }, {}], undefined, undefined],
  ['one', [{ key: [] }], undefined, ['key']],
  ['alternatives', [{ key: [] }, { bearer: [] }], undefined, ['key', 'bearer']],
  ['every scheme', [{ key: [] }, { bearer: [] }, { query: [] }], undefined, undefined],
  ['that of the document', undefined, [{ bearer: [] }], ['bearer']],
  ['its own instead of that of the document', [{ key: [] }], [{ bearer: [] }], ['key']],
  ['none instead of that of the document', [], [{ bearer: [] }], []],
])('an action accepts what its operation asks for: %s', (_, security, root, auth) => {
  expect(secured(security, { key, bearer, query }, root).action.auth).toEqual(auth)
})

test('two header keys needed together are one scheme of two headers', () => {
  const { action, document, report } = secured([{ key: [], app: [] }], { key, app })
  expect(action.auth).toEqual(['key_and_app'])
  expect(document.auth?.key_and_app).toEqual({
    type: 'headers',
    headers: [{ name: 'X-Key' }, { name: 'X-App', description: 'Your app.' }],
  })
  expect(report.entries).toEqual([])
})

test('a client certificate is a scheme of its own, and goes with one other', () => {
  const tls = { type: 'mutualTLS', description: 'Issued by the bank.' }
  const { action, document, report } = secured([{ tls: [] }, { bearer: [], tls: [] }], { bearer, tls })
  expect(action.auth).toEqual(['tls', 'bearer_and_tls'])
  expect(document.auth?.tls).toEqual({ type: 'mtls', description: 'Issued by the bank.' })
  expect(document.auth?.bearer_and_tls).toMatchObject({ type: 'bearer', client_certificate: true })
  expect(report.entries).toEqual([])
})

test('others needed together, in whatever places, are one scheme of all of them', () => {
  const cookie = { type: 'apiKey', in: 'cookie', name: 'sid' }
  const { action, document, report } = secured([{ bearer: [], query: [], cookie: [] }], { bearer, query, cookie })
  expect(action.auth).toEqual(['bearer_and_query_and_cookie'])
  expect(document.auth?.bearer_and_query_and_cookie).toEqual({
    type: 'all',
    schemes: {
      bearer: { type: 'bearer' },
      query: { type: 'api_key', in: 'query', name: 'token' },
      cookie: { type: 'api_key', in: 'cookie', name: 'sid' },
    },
  })
  expect(report.entries).toEqual([])
})

test('an action names the scopes that its alternatives ask for', () => {
  const oauth = { type: 'oauth2', flows: {} }
  expect(secured([{ oauth: ['read', 'write'] }, { oauth: ['admin'] }], { oauth }).action.scopes).toEqual([
    'read',
    'write',
    'admin',
  ])
  expect(secured(undefined, { oauth }, [{ oauth: ['read'] }]).action.scopes).toEqual(['read'])
  expect(secured([], { oauth }, [{ oauth: ['read'] }]).action.scopes).toBeUndefined()
})

test('of schemes that would go into the same place the first is taken, and the report names the others', () => {
  const { action, report } = secured([{ bearer: [], basic: [] }], { bearer, basic })
  expect(action.auth).toEqual(['bearer'])
  expect(report.entries).toMatchObject([
    {
      level: 'adjusted',
      operation: 'post_things',
      pointer: '/paths/~1things/post/security/0',
      message: expect.stringContaining('"basic" would go into the same place'),
    },
  ])
})

test('a requirement that cannot be met is left to the connection, with a warning', () => {
  const { action, report } = secured([{ hoba: [] }], { key, hoba: { type: 'http', scheme: 'hoba' } })
  expect(action.auth).toBeUndefined()
  expect(report.entries.map((entry) => entry.level)).toEqual(['skipped', 'adjusted', 'warning'])
})
