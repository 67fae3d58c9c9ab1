import { expect, test } from 'vitest'
import { SallyportError } from '../errors.ts'
import { parseConnector } from './parse.ts'

/** What is wrong with a connector of this scheme, by place. */
function problems(scheme: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  try {
    parseConnector({
      connector: 'crm',
      name: 'CRM',
      servers: { production: { url: 'https://{tenant}.example.com', variables: { tenant: {} } } },
      fields: { realm: {} },
      auth: { oauth: { type: 'oauth2', ...scheme } },
      actions: { read: { method: 'GET', path: '/' } },
    })
    return {}
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error
    const errors = error.diagnostics?.errors as { path: string; message: string }[]
    return Object.fromEntries(errors.map(({ path, message }) => [path.replace('/auth/oauth/', ''), message]))
  }
}

const code = { authorization_url: 'https://{tenant}.example.com/authorize', token_url: 'https://example.com/token/' }

test('everything that providers do differently can be said', () => {
  const scheme = {
    ...code,
    family: 'example',
    flow: 'authorization_code',
    pkce: false,
    scopes: { read: 'Reads.', write: 'Writes.' },
    default_scopes: ['read'],
    scope_separator: ',',
    authorization_params: { access_type: 'offline', audience: '{tenant}' },
    token_params: { client_key: '{client_id}' },
    refresh_params: { grant_type: 'refresh' },
    token_headers: { Accept: 'application/json' },
    body_format: 'json',
    client_authentication: 'client_secret_basic',
    token_response: { access_token: 'authed_user.access_token', expires: 'data.expires_at', expires_unit: 'absolute' },
    refresh_margin: 300,
    rotation: true,
    callback_values: { realm: 'realmId' },
    response_values: { tenant: 'accounts[0].tenant' },
    prefix: 'token ',
    headers: [{ name: 'Developer-Token' }, { name: 'Client-Id', value: '{client_id}' }],
    expired_when: { path: 'error', values: ['token_expired'] },
  }
  expect(problems(scheme)).toEqual({})
})

test.each([
  ['a flow without its addresses', { flow: 'device_authorization', token_url: code.token_url }, 'device_authorization_url'],
  ['an address that is none', { ...code, token_url: 'javascript:alert(1)' }, 'token_url'],
  ['an address with a password', { ...code, token_url: 'https://a:b@example.com/' }, 'token_url'],
  ['a setting that nobody declares', { ...code, token_url: 'https://{tennant}.example.com' }, 'token_url'],
  ['a state of its own', { ...code, authorization_params: { state: 'x' } }, 'authorization_params/state'],
  ['a scope that is not among its own', { ...code, scopes: { a: '' }, default_scopes: ['b'] }, 'default_scopes/0'],
  ['a value for no setting', { ...code, callback_values: { company: 'id' } }, 'callback_values/company'],
  ['a path that is none', { ...code, token_response: { access_token: '..' } }, 'token_response/access_token'],
  ['a header of the connection', { ...code, token_headers: { Host: 'example.com' } }, 'token_headers/Host'],
  ['a header in the place of the token', { ...code, headers: [{ name: 'authorization' }] }, 'headers/0/name'],
  ['an assertion for another flow', { ...code, assertion: {} }, 'assertion'],
])('%s is refused with its place', (_, scheme, place) => {
  expect(Object.keys(problems(scheme))).toContain(place)
})
