import type { ConnectorDocument } from '../document.ts'
import type { OAuth2Scheme } from '../oauth2.ts'
import { parsePathExpression } from '../response-map.ts'
import { addressProblem, parseServerUrl } from '../template/server.ts'
import { headerNameProblem, valueIsSafe } from './headers.ts'
import { type Issues, orKnown, type Path } from './issues.ts'

const addresses = [
  'issuer',
  'authorization_url',
  'token_url',
  'refresh_url',
  'revocation_url',
  'device_authorization_url',
] as const

/** What each flow cannot do without, unless an issuer tells it. */
export const neededAddresses = {
  authorization_code: ['authorization_url', 'token_url'],
  client_credentials: ['token_url'],
  device_authorization: ['device_authorization_url', 'token_url'],
  password: ['token_url'],
  jwt_bearer: ['token_url'],
} as const

/** Parameters that the gateway sets itself, each for its one request. */
const own = {
  authorization_params: ['client_id', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method'],
  token_params: [
    'code',
    'code_verifier',
    'refresh_token',
    'client_assertion',
    'assertion',
    'device_code',
    'username',
    'password',
  ],
  refresh_params: ['refresh_token', 'client_assertion'],
} as const

const placeholder = /\{([^{}]*)\}/g

export function checkOAuth2(
  scheme: OAuth2Scheme,
  settings: readonly string[],
  document: ConnectorDocument,
  at: Path,
  issues: Issues,
): void {
  const flow = scheme.flow ?? 'authorization_code'
  const known = (path: Path, text: string, more: readonly string[] = []) => {
    for (const [, name = ''] of text.matchAll(placeholder))
      if (!settings.includes(name) && !more.includes(name))
        issues.add(path, `uses {${name}}, which is no field and no server variable${orKnown(name, [...settings, ...more])}`)
  }
  for (const name of addresses) {
    const address = scheme[name]
    if (address === undefined) continue
    const problem = addressProblem(address, document)
    if (problem !== null) issues.add([...at, name], problem)
    for (const part of parseServerUrl(address)) if (typeof part !== 'string') known([...at, name], `{${part.name}}`)
  }
  if (scheme.issuer === undefined)
    for (const name of neededAddresses[flow])
      if (scheme[name] === undefined) issues.add([...at, name], `is missing: the flow ${flow} needs it, or an issuer`)
  for (const [key, names] of Object.entries(own) as [keyof typeof own, readonly string[]][])
    for (const [name, value] of Object.entries(scheme[key] ?? {})) {
      if (names.includes(name)) issues.add([...at, key, name], 'is set by the gateway itself')
      known([...at, key, name], value, ['client_id'])
    }
  for (const [name, value] of Object.entries(scheme.token_headers ?? {})) {
    const problem = headerNameProblem(name)
    if (problem !== null) issues.add([...at, 'token_headers', name], problem)
    else if (!valueIsSafe(value)) issues.add([...at, 'token_headers', name], 'must not contain line breaks')
    known([...at, 'token_headers', name], value, ['client_id'])
  }
  for (const [index, scope] of (scheme.default_scopes ?? []).entries())
    if (scheme.scopes !== undefined && !Object.hasOwn(scheme.scopes, scope))
      issues.add([...at, 'default_scopes', index], `names "${scope}", which is not among its scopes`)
  for (const key of ['callback_values', 'response_values'] as const)
    for (const [setting, path] of Object.entries(scheme[key] ?? {})) {
      if (!settings.includes(setting))
        issues.add([...at, key, setting], `is no field and no server variable${orKnown(setting, settings)}`)
      if (key === 'response_values' && parsePathExpression(path) === null)
        issues.add([...at, key, setting], 'is no path such as data.instance_url')
    }
  const paths = { ...scheme.token_response, expires_unit: undefined }
  for (const [name, path] of Object.entries(paths))
    if (path !== undefined && parsePathExpression(path) === null)
      issues.add([...at, 'token_response', name], 'is no path such as authed_user.access_token')
  if (scheme.expired_when !== undefined && parsePathExpression(scheme.expired_when.path) === null)
    issues.add([...at, 'expired_when', 'path'], 'is no path such as error.code')
  if (flow !== 'jwt_bearer' && scheme.assertion !== undefined) issues.add([...at, 'assertion'], 'is for the flow jwt_bearer only')
  for (const name of ['issuer', 'subject', 'audience'] as const)
    known([...at, 'assertion', name], scheme.assertion?.[name] ?? '', ['client_id'])
  for (const [name, value] of Object.entries(scheme.assertion?.claims ?? {}))
    known([...at, 'assertion', 'claims', name], value, ['client_id'])
  if ((scheme.in ?? 'header') === 'header') {
    const problem = headerNameProblem(scheme.name ?? 'Authorization')
    if (problem !== null) issues.add([...at, 'name'], problem)
  }
  scheme.headers?.forEach(({ name, value }, index) => {
    const problem = headerNameProblem(name)
    if (problem !== null) issues.add([...at, 'headers', index, 'name'], problem)
    else if (name.toLowerCase() === (scheme.name ?? 'Authorization').toLowerCase())
      issues.add([...at, 'headers', index, 'name'], 'is where the access token goes')
    if (value !== undefined && !valueIsSafe(value)) issues.add([...at, 'headers', index, 'value'], 'must not contain line breaks')
    known([...at, 'headers', index, 'value'], value ?? '', ['client_id'])
  })
}
