import { isObject } from '../../definition/json-schema/keywords.ts'
import { fillAddress } from '../../definition/template/server.ts'
import { isPrivateHost } from '../../egress/addresses.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Endpoints, OAuthSubject, ServerMetadata, Trust } from './types.ts'

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
export function checked(url: string, trust: Trust, egress: Egress): string {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return refuse('An address of the authorization server is no http or https URL.')
  if (parsed.protocol === 'http:' && !trust.allowHttp && !isPrivateHost(parsed.hostname))
    return refuse(`${parsed.origin} is not HTTPS. Tokens are only asked for over HTTPS.`)
  try {
    egress.checkUrl(url)
  } catch (error) {
    throw error instanceof EgressError ? egressProblem(error) : error
  }
  return url
}

/** OpenID Connect Discovery, and RFC 8414, which puts the path of the issuer behind the well-known part, for either. */
function metadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path === '' ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
  ]
}

/** A slash at the end makes no other issuer: both have their metadata at the same place, where only one of them can be named. */
const isNamed = (named: unknown, issuer: string): named is string =>
  typeof named === 'string' && named.replace(/\/$/, '') === issuer.replace(/\/$/, '')

async function discover(issuer: string, trust: Trust, egress: Egress, now: number): Promise<Metadata> {
  checked(issuer, trust, egress)
  const { tokenAuthorities } = trust
  // What was read from a server that one connector trusts is no word of the issuer for another.
  const key = `${tokenAuthorities?.pem ?? ''} ${issuer}`
  const known = cache.get(key)
  if (known !== undefined && known.until > now) return known.metadata
  for (const url of metadataUrls(issuer)) {
    const answer = await askMetadata(url, trust, egress)
    // Only where there is no such page there may be one at the other place.
    if (answer.status >= 400 && answer.status < 500) continue
    const metadata = answer.status === 200 ? answer.metadata : null
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

/** A document of metadata; null when the answer is none. */
export async function askMetadata(
  url: string,
  { tokenAuthorities }: Trust,
  egress: Egress,
): Promise<{ readonly status: number; readonly metadata: Metadata | null }> {
  const { status, body } = await egress
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
  return { status, metadata: parse(body.toString('utf8')) }
}

function parse(text: string): Metadata | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** What an issuer says of itself. Throws UPSTREAM_ERROR when it does not, URL_NOT_ALLOWED for an address that may not be dialled. */
export async function metadataOf(issuer: string, trust: Trust, egress: Egress, now: number): Promise<ServerMetadata> {
  const metadata = await discover(issuer, trust, egress, now)
  const endpoint = (name: string) => {
    const found = metadata[`${name}_endpoint`]
    return typeof found === 'string' ? checked(found, trust, egress) : null
  }
  return {
    authorization: endpoint('authorization'),
    token: endpoint('token'),
    refresh: null,
    revocation: endpoint('revocation'),
    device: null,
    issuer: String(metadata.issuer),
    namesItself: metadata.authorization_response_iss_parameter_supported === true,
    registration: endpoint('registration'),
    takesDocument: metadata.client_id_metadata_document_supported === true,
    // RFC 8414, section 2.
    clientAuthentication: textsIn(metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']),
    challengeMethods: textsIn(metadata.code_challenge_methods_supported),
    scopes: textsIn(metadata.scopes_supported),
  }
}

/** Where to ask: what the connector says, then what the metadata of its issuer says. `now` is monotonic. */
export async function findEndpoints(subject: OAuthSubject, egress: Egress, now: number): Promise<Endpoints> {
  const { connector, scheme, settings, server } = subject
  if (server !== undefined) return server.metadata
  const fill = (url: string | undefined) =>
    url === undefined ? null : checked(fillAddress(url, connector.document, settings), connector, egress)
  const issuer = scheme.issuer === undefined ? null : fillAddress(scheme.issuer, connector.document, settings)
  const metadata = issuer === null ? {} : await discover(issuer, connector, egress, now)
  const endpoint = (own: string | undefined, name: string) => {
    if (own !== undefined) return fill(own)
    const found = metadata[name]
    return typeof found === 'string' ? checked(found, connector, egress) : null
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
