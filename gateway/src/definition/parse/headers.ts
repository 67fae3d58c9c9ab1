import { unreachable } from '../../errors.ts'
import type { AuthScheme, OneAuthScheme } from '../document.ts'

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
      return ['authorization']
    case 'api_key':
      return (scheme.in ?? 'header') === 'header' ? [scheme.name] : []
    case 'headers':
      return scheme.headers.map(({ name }) => name)
    case 'all':
      return Object.values(scheme.schemes).flatMap(headersOf)
    case 'none':
    case 'mtls':
      return []
    default:
      return unreachable(scheme)
  }
}

/** Where a scheme puts what it sends, in words. */
export function credentialPlaces(scheme: OneAuthScheme): readonly string[] {
  if (scheme.type === 'mtls') return ['the client certificate']
  if (scheme.type === 'api_key' && (scheme.in ?? 'header') !== 'header') return [`the ${scheme.in} value ${scheme.name}`]
  return headersOf(scheme).map((name) => `the header ${name.toLowerCase()}`)
}

/** The headers, in lower case, that carry credentials of these schemes. */
export function credentialHeaders(schemes: readonly AuthScheme[]): ReadonlySet<string> {
  return new Set(schemes.flatMap(headersOf).map((name) => name.toLowerCase()))
}

/** Names of the query parameters or cookies that carry credentials. */
export function credentialNames(schemes: readonly AuthScheme[], place: 'query' | 'cookie'): ReadonlySet<string> {
  const named = schemes.flatMap((scheme) => (scheme.type === 'all' ? Object.values(scheme.schemes) : [scheme]))
  return new Set(named.flatMap((scheme) => (scheme.type === 'api_key' && scheme.in === place ? [scheme.name] : [])))
}
