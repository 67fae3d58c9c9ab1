import { fillAddress } from '../../definition/template/server.ts'
import { isPrivateHost } from '../../egress/addresses.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { OAuthSubject } from './types.ts'

/** Where an authorization server answers. */
export interface Endpoints {
  readonly authorization: string | null
  readonly token: string | null
  readonly refresh: string | null
  readonly revocation: string | null
  readonly device: string | null
  /** Null when it is not known. */
  readonly issuer: string | null
  /** Whether it names itself in its answers (RFC 9207). */
  readonly namesItself: boolean
}

const timeoutMs = 10_000
const maxResponseBytes = 1_048_576
/** How long metadata counts, in milliseconds. */
const cacheMs = 10 * 60_000
const maxCached = 500
const cache = new Map<string, { readonly metadata: Metadata; readonly until: number }>()

type Metadata = Readonly<Record<string, unknown>>

function refuse(detail: string): never {
  throw new SallyportError('URL_NOT_ALLOWED', { detail })
}

/** Plain http is for this machine and private addresses, as in calls. Throws URL_NOT_ALLOWED. */
function checked(url: string, { connector }: OAuthSubject, egress: Egress): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return refuse('An address of the authorization server is no http or https URL.')
  if (parsed.protocol === 'http:' && !connector.allowHttp && !isPrivateHost(parsed.hostname))
    return refuse(`${parsed.origin} is not HTTPS. Tokens are only asked for over HTTPS.`)
  try {
    egress.checkUrl(url)
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
  return url
}

/** OpenID Connect Discovery, and RFC 8414, which puts the path of the issuer behind the well-known part. */
function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [`${origin}${path}/.well-known/openid-configuration`, `${origin}/.well-known/oauth-authorization-server${path}`]
}

/** A slash at the end makes no other issuer: both have their metadata at the same place, where only one of them can be named. */
const isNamed = (named: unknown, issuer: string): named is string =>
  typeof named === 'string' && named.replace(/\/$/, '') === issuer.replace(/\/$/, '')

async function discover(issuer: string, subject: OAuthSubject, egress: Egress, now: number): Promise<Metadata> {
  checked(issuer, subject, egress)
  const { tokenAuthorities } = subject.connector
  // What was read from a server that one connector trusts is no word of the issuer for another.
  const key = `${tokenAuthorities?.pem ?? ''} ${issuer}`
  const known = cache.get(key)
  if (known !== undefined && known.until > now) return known.metadata
  for (const url of metadataUrls(issuer)) {
    const answer = await egress
      .request({
        door: 'oauth_discovery',
        method: 'GET',
        url,
        headers: { accept: 'application/json' },
        timeoutMs,
        maxResponseBytes,
        authorities: tokenAuthorities ?? undefined,
      })
      .catch((error: unknown) => {
        throw error instanceof EgressError ? egressProblem(error) : error
      })
    // Only where there is no such page there may be one at the other place.
    if (answer.status === 404 || answer.status === 410) continue
    const metadata = answer.status === 200 ? parse(answer.body.toString('utf8')) : null
    // Whoever could name another issuer here could send codes to a server of its own (mix-up).
    if (metadata === null || !isNamed(metadata.issuer, issuer)) break
    if (cache.size >= maxCached) cache.clear()
    cache.set(key, { metadata, until: now + cacheMs })
    return metadata
  }
  throw new SallyportError('UPSTREAM_ERROR', {
    detail: `The issuer ${issuer} did not answer with metadata of an authorization server that names it.`,
  })
}

function parse(text: string): Metadata | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Metadata) : null
  } catch {
    return null
  }
}

/** Where to ask: what the connector says, then what the metadata of its issuer says. `now` is monotonic. */
export async function findEndpoints(subject: OAuthSubject, egress: Egress, now: number): Promise<Endpoints> {
  const { connector, scheme, settings } = subject
  const fill = (url: string | undefined) =>
    url === undefined ? null : checked(fillAddress(url, connector.document, settings), subject, egress)
  const issuer = scheme.issuer === undefined ? null : fillAddress(scheme.issuer, connector.document, settings)
  const metadata = issuer === null ? {} : await discover(issuer, subject, egress, now)
  const endpoint = (own: string | undefined, name: string) => {
    if (own !== undefined) return fill(own)
    const found = metadata[name]
    return typeof found === 'string' ? checked(found, subject, egress) : null
  }
  return {
    authorization: endpoint(scheme.authorization_url, 'authorization_endpoint'),
    token: endpoint(scheme.token_url, 'token_endpoint'),
    refresh: fill(scheme.refresh_url),
    revocation: endpoint(scheme.revocation_url, 'revocation_endpoint'),
    device: endpoint(scheme.device_authorization_url, 'device_authorization_endpoint'),
    issuer: typeof metadata.issuer === 'string' ? metadata.issuer : issuer,
    namesItself: metadata.authorization_response_iss_parameter_supported === true,
  }
}

/** Throws INVALID_INPUT when the server has no such endpoint. */
export function needed(endpoint: string | null, name: string): string {
  if (endpoint !== null) return endpoint
  throw new SallyportError('INVALID_INPUT', { detail: `The authorization server of this connector names no ${name}.` })
}
