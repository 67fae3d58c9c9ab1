import { encode } from '../../definition/template/encode.ts'
import type { SignableRequest, Signature } from '../../egress/types.ts'
import { SallyportError, unreachable } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { hmacOf, isRsaKey, rsaSha1 } from '../../vault/mac.ts'
import { field, nothing, openField, secretField } from './fields.ts'
import { secretTemplate } from './secret-template.ts'
import { isForm, type Parameter, parametersOf, queryParameters, sortedParameters } from './signable.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

type OAuth1 = SchemeOf<'oauth1'>

const methodOf = ({ signature_method = 'HMAC-SHA1' }: OAuth1) => signature_method

/** RFC 5849 section 3.4.1.1: method, base URL, every parameter of query, form and protocol. */
function baseString(request: SignableRequest, protocol: readonly Parameter[]): Secret {
  const { origin, pathname } = new URL(request.url)
  if (isForm(request) && Secret.is(request.body))
    throw new SallyportError('INVALID_INPUT', { detail: 'A credential in a form cannot be combined with an OAuth 1 signature.' })
  const form = isForm(request) && typeof request.body === 'string' ? parametersOf(request.body, true) : []
  const parameters = sortedParameters([...queryParameters(request), ...form, ...protocol])
  return Secret.concat(`${request.method}&${encode(origin + pathname)}&`, Secret.encoded(parameters))
}

/** The consumer's and the token's secret, as the key of an HMAC and as a PLAINTEXT signature (section 3.4.4). */
function sharedKey(fields: CredentialFields): Secret {
  const { token_secret: token } = fields
  return Secret.concat(Secret.encoded(field(fields, 'consumer_secret')), '&', token === undefined ? '' : Secret.encoded(token))
}

function signatureOf(scheme: OAuth1, fields: CredentialFields, base: () => Secret): string | Secret {
  const method = methodOf(scheme)
  switch (method) {
    case 'HMAC-SHA1':
      return hmacOf('sha1', sharedKey(fields), [base()]).toString('base64')
    case 'HMAC-SHA256':
      return hmacOf('sha256', sharedKey(fields), [base()]).toString('base64')
    case 'RSA-SHA1':
      return rsaSha1(field(fields, 'private_key'), [base()]).toString('base64')
    case 'PLAINTEXT':
      return sharedKey(fields)
    default:
      return unreachable(method)
  }
}

/** What makes a signature its own: seconds since 1970, and a text that is never used twice. */
export interface Moment {
  readonly timestamp: string
  readonly nonce: string
}

/** The signed request's protocol parameters, in the header or the query. */
export function signOAuth1(
  scheme: OAuth1,
  fields: CredentialFields,
  realm: string | undefined,
  request: SignableRequest,
  { timestamp, nonce }: Moment,
): Signature {
  const protocol: Record<string, string | Secret> = {
    oauth_consumer_key: field(fields, 'consumer_key'),
    ...(fields.token !== undefined && { oauth_token: fields.token }),
    oauth_signature_method: methodOf(scheme),
    oauth_timestamp: timestamp,
    oauth_nonce: nonce,
    ...((scheme.send_version ?? true) && { oauth_version: '1.0' }),
  }
  const encoded = (value: string | Secret) => (Secret.is(value) ? Secret.encoded(value) : encode(value))
  const parameters = Object.entries(protocol).map(([name, value]) => ({ name, value: encoded(value) }))
  const signature = signatureOf(scheme, fields, () => baseString(request, parameters))
  const sent = { ...protocol, oauth_signature: signature }
  if (scheme.in === 'query') {
    const query = Object.entries(sent).map(([name, value]) => [name, Secret.is(value) ? value : new Secret(value)])
    return { headers: {}, query: Object.fromEntries(query) }
  }
  const pairs = Object.entries(sent).flatMap(([name, value]) => [', ', `${name}="`, encoded(value), '"'])
  const start = realm === undefined ? pairs.slice(1) : [`realm="${realm.replaceAll(/["\\]/g, '\\$&')}"`, ...pairs]
  return { headers: { Authorization: Secret.concat('OAuth ', ...start) }, query: {} }
}

export const oauth1: Scheme<OAuth1> = {
  fields: (scheme) => [
    openField('consumer_key', 'Consumer key'),
    methodOf(scheme) === 'RSA-SHA1'
      ? secretField('private_key', 'Private key, PEM', { kind: 'long_text', example: '-----BEGIN PRIVATE KEY-----' })
      : secretField('consumer_secret', 'Consumer secret'),
    secretField('token', 'Access token', { required: false }),
    secretField('token_secret', 'Secret of the access token', { required: false }),
  ],
  label: (scheme) => `OAuth 1.0a (${methodOf(scheme)})`,
  check: (scheme, { private_key = '' }) =>
    methodOf(scheme) === 'RSA-SHA1' && !isRsaKey(private_key)
      ? [{ field: 'private_key', message: 'must be an RSA private key in PEM, without a passphrase' }]
      : [],
  derived: (scheme, fields) => (methodOf(scheme) === 'PLAINTEXT' ? [sharedKey(fields)] : []),

  inject(scheme, fields, settings) {
    const realm = scheme.realm === undefined ? undefined : String(secretTemplate(scheme.realm, settings).text({}))
    return {
      ...nothing,
      sign: (request) => {
        const moment = { timestamp: String(Math.floor(Date.now() / 1000)), nonce: crypto.randomUUID() }
        return signOAuth1(scheme, fields, realm, request, moment)
      },
    }
  },
}
