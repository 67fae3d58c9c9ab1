import { isObject } from '../../definition/json-schema/keywords.ts'
import { isPrivateHost } from '../../egress/addresses.ts'
import { egressProblem } from '../../egress/problem.ts'
import { type Egress, EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { OAuthRegistration } from '../../store/schema.ts'
import type { ServerMetadata, Trust } from './types.ts'

/** Where the gateway describes itself as a client: the address is its id (OAuth Client ID Metadata Documents). */
export const clientDocumentPath = '/oauth/client.json'

/** A client as an authorization server knows it. */
export interface RegisteredClient {
  readonly id: string
  readonly secret: Secret | null
  readonly registered: OAuthRegistration
}

const timeoutMs = 10_000
const maxResponseBytes = 262_144

/** RFC 7591, section 2, which both documents share. Loopback is for programs on a person's machine, says OpenID Connect. */
function described(redirectUri: string, method: OAuthRegistration['method']) {
  return {
    client_name: 'Sallyport',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: method,
    application_type: new URL(redirectUri).protocol === 'https:' ? 'web' : 'native',
  }
}

/** What stands at {@link clientDocumentPath}. */
export function clientDocument(publicUrl: string, redirectUri: string) {
  return { client_id: `${publicUrl}${clientDocumentPath}`, client_uri: publicUrl, ...described(redirectUri, 'none') }
}

/** Only where the authorization server can look the document up. */
function documentedClient(publicUrl: string, redirectUri: string): RegisteredClient | null {
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol !== 'https:' || isPrivateHost(hostname)) return null
  const registered = { redirect_uri: redirectUri, method: 'none', expires_at: null } as const
  return { id: `${publicUrl}${clientDocumentPath}`, secret: null, registered }
}

const methods = ['client_secret_post', 'client_secret_basic', 'none'] as const

/** The best of what the server takes; null when it takes none of ours. */
export const methodFor = ({ clientAuthentication }: ServerMetadata): OAuthRegistration['method'] | null =>
  methods.find((method) => clientAuthentication.includes(method)) ?? null

function refused(issuer: string, why: string): SallyportError {
  return new SallyportError('AUTHENTICATION_FAILED', {
    detail: `The authorization server ${issuer} did not register the gateway: ${why}. Register an app there by hand, and enter it under OAuth apps for this connector.`,
  })
}

/**
 * Becomes a client of a server that knows none: by a document of our own where it takes one, or by registering (RFC 7591).
 * Throws NEEDS_REAUTH where it takes neither, AUTHENTICATION_FAILED when it refuses.
 */
export async function registerClient(
  server: ServerMetadata,
  trust: Trust,
  egress: Egress,
  { publicUrl, redirectUri }: { readonly publicUrl: string; readonly redirectUri: string },
): Promise<RegisteredClient> {
  const { issuer, registration: url } = server
  const own = server.takesDocument ? documentedClient(publicUrl, redirectUri) : null
  if (own !== null) return own
  if (url === null)
    throw new SallyportError('NEEDS_REAUTH', {
      detail: `The authorization server ${issuer} takes no client that is not registered by hand. Register an app there with the redirect URL ${redirectUri}, and enter it under OAuth apps for this connector.`,
    })
  const method = methodFor(server)
  if (method === null) throw refused(issuer, 'it takes no client authentication that the gateway has')
  const { status, body } = await egress
    .request({
      door: 'oauth_discovery',
      method: 'POST',
      url,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({
        ...described(redirectUri, method),
        client_uri: publicUrl,
        // No scopes: those that a server wants later would be closed to this client.
      }),
      timeoutMs,
      maxResponseBytes,
      authorities: trust.tokenAuthorities ?? undefined,
    })
    .catch((error: unknown) => {
      throw error instanceof EgressError ? egressProblem(error) : error
    })
  const answer = parse(body.toString('utf8'))
  if (status !== 201 && status !== 200) {
    const code = answer?.error
    throw refused(issuer, typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? `it says "${code}"` : `it answered ${status}`)
  }
  const {
    client_id: id,
    client_secret: secret,
    client_secret_expires_at: ends,
    token_endpoint_auth_method: agreed,
  } = answer ?? {}
  if (typeof id !== 'string' || id === '' || id.length > 2_000) throw refused(issuer, 'its answer names no client')
  const known = methods.find((one) => one === (agreed ?? method))
  if (known === undefined) throw refused(issuer, 'it wants a client authentication that the gateway has not')
  if (known !== 'none' && (typeof secret !== 'string' || secret === '')) throw refused(issuer, 'its answer holds no secret')
  return {
    id,
    secret: known !== 'none' && typeof secret === 'string' ? new Secret(secret) : null,
    registered: {
      redirect_uri: redirectUri,
      method: known,
      expires_at: known !== 'none' && typeof ends === 'number' && ends > 0 ? ends * 1000 : null,
    },
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
