import { isIP } from 'node:net'
import { type AddressGuard, createAddressGuard, isOwnSocket, type SocketAddress } from './addresses.ts'

/** Why a URL is refused. For logs and tests; a caller sees {@link explain}. */
export type Denial =
  | 'deny:raw-chars'
  | 'deny:scheme-or-form'
  | 'deny:parse'
  | 'deny:userinfo'
  | 'deny:port'
  | 'deny:hostname'
  | 'deny:name'
  | 'deny:ip'
  | 'deny:self'

/** A URL that may be dialled, as far as that is known without DNS. */
export interface Target {
  readonly url: URL
  /** Without brackets and trailing dot: what a certificate is checked against. */
  readonly host: string
  readonly port: number
  /** The addresses when the URL says them itself; null when the name has to be looked up. */
  readonly addresses: readonly string[] | null
  /** A name of the operator's own network: it has to lead into a range they listed. */
  readonly internal: boolean
}

/** Names of cloud metadata services. Never dialled, whatever they resolve to. */
const metadataNames = ['metadata', 'metadata.google.internal', 'metadata.goog', 'instance-data', 'instance-data.ec2.internal']

/**
 * Suffixes that mean something inside a network only: `internal` (ICANN), `local` (RFC 6762), `home.arpa` (RFC 8375),
 * Kubernetes' `svc`, and those ICANN keeps undelegated because networks use them.
 */
const internalSuffixes = ['internal', 'local', 'localdomain', 'home.arpa', 'svc', 'corp', 'home', 'lan', 'intranet', 'private']

// Browsers strip or rewrite these; here they are a sign that two parsers are meant to disagree.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const rawChars = /[\u0000-\u0020\u007f\\]/
const absoluteForm = /^https?:\/\/[^/?#]/i
/** RFC 1123 labels, and underscores, which real host names have. */
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

function under(name: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))
}

function judgeHost(guard: AddressGuard, hostname: string): Denial | Pick<Target, 'host' | 'addresses' | 'internal'> {
  const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  if (isIP(literal) !== 0) return { host: literal, addresses: [literal], internal: false }
  const name = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
  if (name.length > 253 || !name.split('.').every((part) => label.test(part))) return 'deny:hostname'
  if (under(name, metadataNames)) return 'deny:name'
  if (under(name, ['localhost'])) {
    // Loopback by definition (RFC 6761 section 6.3), whatever a resolver would say.
    const addresses = ['127.0.0.1', '::1'].filter((address) => guard.permits(address))
    return addresses.length > 0 ? { host: name, addresses, internal: true } : 'deny:name'
  }
  const internal = !name.includes('.') || under(name, internalSuffixes)
  if (internal && !guard.opensRanges) return 'deny:name'
  return { host: name, addresses: null, internal }
}

export interface Guard {
  /** Everything that can be said without DNS. */
  judge(url: string): Denial | Target
  /** One bad answer among all spoils the name: which of them is dialled would be up to whoever answers. */
  judgeAddresses(target: Target, addresses: readonly string[]): Denial | null
}

export function createGuard(options: { allow: readonly string[]; ownSockets: () => readonly SocketAddress[] }): Guard {
  const guard = createAddressGuard(options.allow)

  function judgeAddresses({ internal, port }: Target, addresses: readonly string[]): Denial | null {
    for (const address of addresses) {
      if (!(internal ? guard.opened(address) : guard.permits(address))) return 'deny:ip'
      if (isOwnSocket(options.ownSockets(), address, port)) return 'deny:self'
    }
    return null
  }

  function judge(text: string): Denial | Target {
    if (rawChars.test(text)) return 'deny:raw-chars'
    if (!absoluteForm.test(text)) return 'deny:scheme-or-form'
    const url = URL.parse(text)
    if (url === null) return 'deny:parse'
    if (url.hash !== '') url.hash = ''
    if (url.username !== '' || url.password !== '') return 'deny:userinfo'
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    if (port === 0) return 'deny:port'
    const host = judgeHost(guard, url.hostname)
    if (typeof host === 'string') return host
    const target = { url, port, ...host }
    // The lookup hooks of sockets are skipped for literal addresses: those are judged here.
    return (target.addresses === null ? null : judgeAddresses(target, target.addresses)) ?? target
  }

  return { judge, judgeAddresses }
}

const explanations: Record<Denial, string> = {
  'deny:raw-chars': 'The URL contains a space, a control character or a backslash. Encode it.',
  'deny:scheme-or-form': 'The URL must start with http:// or https:// and a host.',
  'deny:parse': 'The URL cannot be parsed.',
  'deny:userinfo': 'The URL carries a user name or password. Put them into the connection.',
  'deny:port': 'The port of the URL is not between 1 and 65535.',
  'deny:hostname': 'The host of the URL is not a valid host name.',
  'deny:name': 'The host belongs to a private network or a metadata service, which the gateway does not dial.',
  'deny:ip': 'The address is in a range the gateway does not dial.',
  'deny:self': "The address is one of the gateway's own sockets.",
}

/** One public sentence. */
export function explain(denial: Denial): string {
  return explanations[denial]
}
