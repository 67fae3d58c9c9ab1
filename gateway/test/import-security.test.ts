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

test('OAuth and OpenID Connect are a bearer token entered by hand, with where the API gives them out, and the report says so', () => {
  const { document, report } = secured(undefined, {
    oauth: {
      type: 'oauth2',
      flows: {
        authorizationCode: { authorizationUrl: 'https://a.test', tokenUrl: 'https://t.test', scopes: { read: 'Reads.' } },
        deviceAuthorization: { deviceAuthorizationUrl: 'https://d.test', tokenUrl: 'https://t.test', scopes: {} },
      },
    },
    oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://x.test' },
  })
  expect(document.auth).toEqual({
    oauth: {
      type: 'bearer',
      oauth2: {
        authorization_code: { authorization_url: 'https://a.test', token_url: 'https://t.test', scopes: { read: 'Reads.' } },
        device_authorization: { device_authorization_url: 'https://d.test', token_url: 'https://t.test' },
      },
    },
    oidc: { type: 'bearer', open_id_connect_url: 'https://x.test' },
  })
  expect(report.entries.map(({ level, pointer }) => [level, pointer])).toEqual([
    ['adjusted', '/components/securitySchemes/oauth'],
    ['adjusted', '/components/securitySchemes/oidc'],
  ])
})

test('what cannot be used is skipped with its place', () => {
  const { document, report } = secured(undefined, {
    digest: { type: 'http', scheme: 'digest' },
    host: { ...key, name: 'Host' },
    none: { $ref: '#/x' },
  })
  expect(document.auth).toBeUndefined()
  expect(report.entries.map(({ level, pointer }) => [level, pointer])).toEqual(
    ['digest', 'host', 'none'].map((name) => ['skipped', `/components/securitySchemes/${name}`]),
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
  const { action, report } = secured([{ digest: [] }], { key, digest: { type: 'http', scheme: 'digest' } })
  expect(action.auth).toBeUndefined()
  expect(report.entries.map((entry) => entry.level)).toEqual(['skipped', 'adjusted', 'warning'])
})
