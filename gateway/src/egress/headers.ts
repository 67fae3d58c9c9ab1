import { reveal, Secret } from '../secret.ts'
import { EgressError } from './types.ts'

/** A request header on its way out. */
export type OutgoingHeader = readonly [name: string, value: string | Secret]

/**
 * The connection's business, not the request's: framing, hop-by-hop headers (RFC 9110 section 7.6.1), and Host, which
 * comes from the URL that was checked.
 */
const ownHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
])

/** What may follow a redirect to another origin. Everything else could be a credential under some name. */
const safeAcrossOrigins = /^(?:accept(?:-.*)?|user-agent|range|if-none-match|if-modified-since)$/

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const fieldValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/

function refuse(message: string): never {
  throw new EgressError('blocked', false, message)
}

/** Names found fit to send, in lower case: a connector uses the same few with every call. */
const knownNames = new Map<string, string>()
const maxKnownNames = 1000

function checkName(name: string): string {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  if (!token.test(name)) refuse(`The header name ${JSON.stringify(name)} is not valid.`)
  const lower = name.toLowerCase()
  if (ownHeaders.has(lower)) refuse(`The header ${name} is set by the gateway and cannot be given.`)
  if (knownNames.size < maxKnownNames) knownNames.set(name, lower)
  return lower
}

/** Throws EgressError `blocked`: a header that could change the framing or the target, or that HTTP cannot carry. */
export function checkHeaders(headers: Readonly<Record<string, string | Secret>>): OutgoingHeader[] {
  const seen = new Set<string>()
  const checked: OutgoingHeader[] = []
  for (const [name, value] of Object.entries(headers)) {
    const lower = checkName(name)
    if (seen.has(lower)) refuse(`The header ${name} is given twice.`)
    seen.add(lower)
    if (!fieldValue.test(Secret.is(value) ? reveal(value) : value)) {
      refuse(`The header ${name} contains a line break or a character that HTTP headers cannot carry.`)
    }
    checked.push([name, value])
  }
  if (!seen.has('user-agent')) checked.push(['user-agent', 'sallyport'])
  if (!seen.has('accept-encoding')) checked.push(['accept-encoding', 'gzip, deflate, br, zstd'])
  return checked
}

/** The headers that go along to another origin. */
export function acrossOrigins(headers: readonly OutgoingHeader[]): OutgoingHeader[] {
  return headers.filter(([name, value]) => !Secret.is(value) && safeAcrossOrigins.test(name.toLowerCase()))
}

/** Names and values in turn, as undici takes them: here the secrets leave their wrapping. */
export function wireHeaders(headers: readonly OutgoingHeader[]): string[] {
  const wire: string[] = []
  for (const [name, value] of headers) wire.push(name, Secret.is(value) ? reveal(value) : value)
  return wire
}

/** One text per name; the names have no prototype behind them, so that an answer can bring any name. */
export function answerHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const joined: Record<string, string> = Object.create(null)
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value === undefined) continue
    joined[name] = typeof value === 'string' ? value : value.join(name === 'set-cookie' ? '\n' : ', ')
  }
  return joined
}
