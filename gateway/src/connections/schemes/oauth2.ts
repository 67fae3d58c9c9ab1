import { provesByCertificate } from '../../definition/oauth2.ts'
import { Secret } from '../../secret.ts'
import { readKeyFile, signingKeyProblem } from '../../vault/jwt.ts'
import { clientOf } from '../oauth/client.ts'
import { createOAuthObtainer } from '../oauth/obtain.ts'
import { field, openField, secretField } from './fields.ts'
import type { CredentialField, Scheme, SchemeOf } from './types.ts'

type OAuth2 = SchemeOf<'oauth2'>

const optional = { required: false } as const
const askedHeaders = ({ headers = [] }: OAuth2) => headers.filter(({ value }) => value === undefined)

/** A client of the connection's own, for where the workspace has no OAuth app. */
function clientFields(scheme: OAuth2): readonly CredentialField[] {
  const { client_authentication: method } = scheme
  const id = openField('client_id', 'Client id', { ...optional, description: 'Only without an OAuth app of the workspace.' })
  if (method === 'none' || provesByCertificate(scheme)) return [id]
  if (method === 'private_key_jwt')
    return [id, secretField('client_secret', 'Private key, PEM', { ...optional, kind: 'long_text' })]
  return [id, secretField('client_secret', 'Client secret', optional)]
}

/** What somebody enters who has tokens already. */
const readyTokens: readonly CredentialField[] = [
  secretField('access_token', 'Access token', { ...optional, description: 'Instead of consenting: one that you have.' }),
  secretField('refresh_token', 'Refresh token', { ...optional, description: 'With it, to renew it.' }),
]

function flowFields(scheme: OAuth2): readonly CredentialField[] {
  const flow = scheme.flow ?? 'authorization_code'
  switch (flow) {
    case 'authorization_code':
    case 'device_authorization':
      return [...clientFields(scheme), ...readyTokens]
    case 'client_credentials':
      return [...clientFields(scheme), ...readyTokens]
    case 'password':
      return [openField('username', 'User name'), secretField('password', 'Password'), ...clientFields(scheme)]
    case 'jwt_bearer':
      return scheme.assertion?.key === 'google'
        ? [secretField('key_file', 'Key file of the service account, JSON', { kind: 'long_text' })]
        : [secretField('private_key', 'Private key, PEM', { kind: 'long_text' }), ...clientFields(scheme)]
    default:
      return flow satisfies never
  }
}

export const oauth2: Scheme<OAuth2> = {
  fields: (scheme) => [...flowFields(scheme), ...askedHeaders(scheme).map(({ name }) => secretField(name, name))],
  label: () => 'OAuth 2.0',

  check(scheme, values) {
    const { algorithm = 'RS256' } = scheme.assertion ?? {}
    const problem = (name: string) => {
      const key = values[name]
      const found = key === undefined ? null : signingKeyProblem(new Secret(key), algorithm)
      return found === null ? [] : [{ field: name, message: found }]
    }
    if (values.key_file !== undefined && readKeyFile(new Secret(values.key_file)) === null)
      return [{ field: 'key_file', message: 'must be the JSON key file of a service account, with client_email and private_key' }]
    if (values.refresh_token && !values.access_token)
      return [{ field: 'access_token', message: 'is required with a refresh token' }]
    return [...problem('private_key'), ...(scheme.client_authentication === 'private_key_jwt' ? problem('client_secret') : [])]
  },

  obtainer(scheme, fields, { scopes, certificate, app, egress, connector, settings }) {
    const subject = { scheme, connector, settings }
    return createOAuthObtainer(
      { ...subject, egress },
      () => clientOf({ ...subject, fields, certificate, app }),
      fields,
      scopes ?? scheme.default_scopes ?? [],
    )
  },

  inject(scheme, fields) {
    const query = (scheme.in ?? 'header') === 'query'
    const name = scheme.name ?? (query ? 'access_token' : 'Authorization')
    const prefix = scheme.prefix ?? (name.toLowerCase() === 'authorization' ? 'Bearer ' : '')
    const token = { [name]: Secret.concat(prefix, field(fields, 'access_token')) }
    const more = (scheme.headers ?? []).map((header) => [
      header.name,
      header.value === undefined ? field(fields, header.name) : withClient(header.value, fields.client_id),
    ])
    return { headers: { ...Object.fromEntries(more), ...(query ? {} : token) }, query: query ? token : {} }
  },
}

/** `{client_id}` in a header of the connector. */
function withClient(value: string, clientId: Secret | undefined): string | Secret {
  const parts = value.split('{client_id}')
  if (parts.length === 1 || clientId === undefined) return value
  return Secret.concat(...parts.flatMap((part, index) => (index === 0 ? [part] : [clientId, part])))
}
