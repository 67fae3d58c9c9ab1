import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError, type EgressResponse } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { askMetadata, checked } from '../oauth/endpoints.ts'
import type { Trust } from '../oauth/types.ts'
import { type Challenge, challengesIn } from '../schemes/challenges.ts'
import type { McpPlace } from './client.ts'

/** What an MCP server says of who lets people in (RFC 9728). */
export interface ProtectedResource {
  /** What tokens are asked for. */
  readonly resource: string
  /** Never empty. */
  readonly issuers: readonly string[]
  /** What is asked for unless somebody chooses otherwise. */
  readonly scopes: readonly string[]
}

const timeoutMs = 10_000
const maxResponseBytes = 65_536
const maxScopes = 50
const scope = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/

const hello = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'sallyport', version: '1' } },
})

/** The scopes of a challenge or of metadata, without what is none (RFC 6749, section 3.3). */
export function scopesIn(value: unknown): readonly string[] {
  const all = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  return [...new Set(all.filter((one) => typeof one === 'string' && scope.test(one)))].slice(0, maxScopes)
}

export function bearerChallenge(header: string | null | undefined): Challenge['parameters'] | null {
  return challengesIn(header ?? '').find((one) => one.scheme === 'bearer')?.parameters ?? null
}

/** The head of the answer to a request without a credential. What follows, perhaps a stream without an end, is not waited for. */
async function knock({ url, transport }: McpPlace, { tokenAuthorities }: Trust, egress: Egress) {
  const enough = new AbortController()
  const heads: Pick<EgressResponse, 'status' | 'headers'>[] = []
  const asked = {
    door: 'oauth_discovery' as const,
    url,
    timeoutMs,
    maxResponseBytes,
    authorities: tokenAuthorities ?? undefined,
    signal: enough.signal,
    onHead: (found: Pick<EgressResponse, 'status' | 'headers'>) => {
      heads.push(found)
      enough.abort()
      return null
    },
  }
  const accept = 'application/json, text/event-stream'
  try {
    return await egress.request(
      transport === 'sse'
        ? { ...asked, method: 'GET', headers: { accept } }
        : { ...asked, method: 'POST', headers: { accept, 'content-type': 'application/json' }, body: hello },
    )
  } catch (error) {
    const [head] = heads
    if (head !== undefined) return head
    throw error instanceof EgressError ? egressProblem(error) : error
  }
}

function refuse(detail: string): never {
  throw new SallyportError('UPSTREAM_ERROR', { detail })
}

/** A token for this resource is meant for the server: the same origin, at the path of the server or above it. */
export function isOf(resource: string, server: URL): boolean {
  const named = URL.parse(resource)
  if (named === null || named.origin !== server.origin || named.hash !== '' || /[{}\s]/.test(resource)) return false
  const above = named.pathname.replace(/\/$/, '')
  return server.pathname === above || server.pathname.startsWith(`${above}/`)
}

/** Both places of RFC 9728, section 3.1, for a server with a path. */
function wellKnown({ origin, pathname, search }: URL): readonly string[] {
  const path = pathname.replace(/\/$/, '')
  const root = `${origin}/.well-known/oauth-protected-resource`
  return path === '' ? [root] : [`${root}${path}${search}`, root]
}

/**
 * Whom an MCP server leaves it to to let people in; null when it names nobody. A refusal says where its metadata is, or it is looked for where it has
 * to be. Throws UPSTREAM_ERROR for metadata that speak of something else, URL_NOT_ALLOWED for an address that may not be dialled.
 */
export async function findProtectedResource(place: McpPlace, trust: Trust, egress: Egress): Promise<ProtectedResource | null> {
  const server = new URL(checked(place.url, trust, egress))
  const { status, headers } = await knock(place, trust, egress)
  const wants = status === 401 || status === 403
  const challenge = wants ? bearerChallenge(headers['www-authenticate']) : null
  const pointer = challenge?.resource_metadata
  for (const url of pointer === undefined ? wellKnown(server) : [pointer]) {
    const answer = await askMetadata(checked(url, trust, egress), trust, egress)
    if (pointer === undefined && answer.status >= 400 && answer.status < 500) continue
    const { resource, authorization_servers: named, scopes_supported: supported } = answer.metadata ?? {}
    // Some servers answer anything with a page of their own.
    if (pointer === undefined && !wants && resource === undefined) return null
    if (answer.status !== 200 || typeof resource !== 'string')
      return refuse(`The MCP server names ${new URL(url).origin} for its metadata, which are not there (RFC 9728).`)
    if (!isOf(resource, server))
      return refuse(
        'The metadata of the MCP server speak of another resource than this server. Nobody is sent to sign in by them; tell whoever runs it.',
      )
    const issuers = Array.isArray(named) ? named.filter((one) => typeof one === 'string') : []
    if (issuers.length === 0) return refuse('The metadata of the MCP server name no authorization server (RFC 9728).')
    const asked = scopesIn(challenge?.scope)
    return { resource, issuers, scopes: asked.length > 0 ? asked : scopesIn(supported) }
  }
  // Servers of 2025-03-26 are their own authorization server, and have no metadata of their own.
  if (!wants) return null
  const resource = `${server.origin}${server.pathname === '/' ? '' : server.pathname}${server.search}`
  return { resource, issuers: [server.origin], scopes: scopesIn(challenge?.scope) }
}
