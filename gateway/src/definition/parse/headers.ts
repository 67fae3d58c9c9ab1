import { unreachable } from '../../errors.ts'
import type { AuthScheme, OneAuthScheme } from '../document.ts'
import { tokenPlace } from '../login.ts'

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
export const isToken = (name: string): boolean => token.test(name)

/** Text that can stand in a header as it is. */
export const valueIsSafe = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** Headers that describe the connection or the framing of the message: they are the gateway's (RFC 9110, section 7.6.1). */
const transport = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'te', 'trailer', 'upgrade', 'expect'],
  ...['proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
])

/** Why nobody may set a header of this name; null when it may be set. */
export function headerNameProblem(name: string): string | null {
  if (!isToken(name)) return 'is not a valid name of a header'
  return transport.has(name.toLowerCase()) ? `must not be ${name}: the gateway sets it itself` : null
}

function headersOf(scheme: AuthScheme): readonly string[] {
  switch (scheme.type) {
    case 'bearer':
    case 'basic':
    case 'digest':
    case 'mcp_oauth':
      return ['authorization']
    case 'api_key':
      return (scheme.in ?? 'header') === 'header' ? [scheme.name] : []
    case 'headers':
      return scheme.headers.map(({ name }) => name)
    case 'oauth2':
      return [
        ...((scheme.in ?? 'header') === 'header' ? [scheme.name ?? 'authorization'] : []),
        ...(scheme.headers ?? []).map(({ name }) => name),
      ]
    case 'oauth1':
      return scheme.in === 'query' ? [] : ['authorization']
    case 'aws_sigv4':
      return ['authorization', 'x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token']
    case 'hmac':
    case 'conn_string':
      return Object.keys(scheme.headers ?? {})
    case 'two_step': {
      const { place, name } = tokenPlace(scheme)
      return place === 'header' ? [name] : []
    }
    case 'all':
      return Object.values(scheme.schemes).flatMap(headersOf)
    case 'none':
    case 'mtls':
    case 'secrets':
    case 'session':
      return []
    default:
      return unreachable(scheme)
  }
}

/** Where a scheme puts what it sends, in words. */
export function credentialPlaces(scheme: OneAuthScheme): readonly string[] {
  if (scheme.type === 'mtls') return ['the client certificate']
  if (scheme.type === 'api_key' && scheme.in === 'path') return ['the path']
  if (scheme.type === 'api_key' && (scheme.in ?? 'header') !== 'header') return [`the ${scheme.in} value ${scheme.name}`]
  const signature = ['digest', 'oauth1', 'aws_sigv4', 'hmac'].includes(scheme.type) ? ['the signature'] : []
  return [
    ...signature,
    ...headersOf(scheme).map((name) => `the header ${name.toLowerCase()}`),
    ...[...credentialNames([scheme], 'query')].map((name) => `the query value ${name}`),
  ]
}

/** The headers, in lower case, that carry credentials of these schemes. */
export function credentialHeaders(schemes: readonly AuthScheme[]): ReadonlySet<string> {
  return new Set(schemes.flatMap(headersOf).map((name) => name.toLowerCase()))
}

const oauth1Parameters = ['consumer_key', 'token', 'signature_method', 'timestamp', 'nonce', 'version', 'signature'].map(
  (name) => `oauth_${name}`,
)

/** Names of the query parameters, cookies, fields of the body or places in the path that carry credentials. */
export function credentialNames(
  schemes: readonly AuthScheme[],
  place: 'query' | 'cookie' | 'body' | 'path',
): ReadonlySet<string> {
  const named = schemes.flatMap((scheme) => (scheme.type === 'all' ? Object.values(scheme.schemes) : [scheme]))
  return new Set(
    named.flatMap((scheme) => {
      if ((scheme.type === 'hmac' || scheme.type === 'conn_string') && place === 'query') return Object.keys(scheme.query ?? {})
      if (scheme.type === 'two_step') return tokenPlace(scheme).place === place ? [tokenPlace(scheme).name] : []
      if (scheme.type === 'session' && place === 'cookie') return scheme.cookies ?? []
      if (scheme.type === 'oauth1' && scheme.in === place) return oauth1Parameters
      if (scheme.type === 'oauth2' && scheme.in === place) return [scheme.name ?? 'access_token']
      return scheme.type === 'api_key' && scheme.in === place ? [scheme.name] : []
    }),
  )
}
