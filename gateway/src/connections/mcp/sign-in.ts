import type { Clock } from '../../clock.ts'
import type { McpOAuthScheme } from '../../definition/mcp.ts'
import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import type { CompiledConnector, Settings } from '../../definition/types.ts'
import type { Egress } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Cache } from '../cache.ts'
import type { OAuthAppRegistry } from '../oauth/apps.ts'
import { originOf } from '../oauth/client.ts'
import { metadataOf } from '../oauth/endpoints.ts'
import { methodFor, registerClient } from '../oauth/registration.ts'
import type { AuthorizingServer, OAuthClient, OAuthRequester, Trust } from '../oauth/types.ts'
import { GrantLost } from '../obtained.ts'
import type { CredentialFields } from '../schemes/types.ts'
import type { McpPlace } from './client.ts'
import { findProtectedResource, isOf } from './protected-resource.ts'

/**
 * Signing in at the authorization server that an MCP server names: what its metadata say takes the place of what a connector
 * says of OAuth 2.0, and everything after that is the same.
 */

/** An authorization server that somebody can sign in at, with what the MCP server asks for. */
export interface McpSignInServer extends AuthorizingServer {
  readonly scopes: readonly string[]
}

/** How long what was found counts, in milliseconds. */
const foundMs = 10 * 60_000
const offline = 'offline_access'

export const mcpPlaceOf = ({ document }: CompiledConnector, baseUrl: string | null): McpPlace => ({
  url: baseUrl ?? '',
  transport: document.mcp?.transport ?? 'http',
})

/** Asks an MCP server who lets people in, and that one how. Throws where nobody can be sent there safely. */
export async function findMcpSignIn(
  place: McpPlace,
  { issuer: only }: Pick<McpOAuthScheme, 'issuer'>,
  trust: Trust,
  egress: Egress,
  now: number,
): Promise<McpSignInServer> {
  const found = await findProtectedResource(place, trust, egress)
  if (found === null)
    throw new SallyportError('INVALID_INPUT', {
      detail: `The MCP server at ${new URL(place.url).origin} names nobody to sign in at. Connect without a credential, or with a token of its own.`,
    })
  const { resource, issuers, scopes } = found
  const issuer = only === undefined ? issuers[0] : issuers.find((each) => each.replace(/\/$/, '') === only.replace(/\/$/, ''))
  if (issuer === undefined)
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `The MCP server names ${issuers[0]} to sign in at, and its connector allows ${only} only. Nobody is sent there.`,
    })
  const metadata = await metadataOf(issuer, trust, egress, now)
  if (metadata.authorization === null || metadata.token === null)
    throw new SallyportError('UPSTREAM_ERROR', { detail: `The authorization server ${issuer} names no place to sign in at.` })
  if (!metadata.challengeMethods.includes('S256'))
    throw new SallyportError('UPSTREAM_ERROR', {
      detail: `The authorization server ${issuer} does not say that it supports PKCE with S256, which MCP requires. Nobody is sent there; tell whoever runs it.`,
    })
  return { metadata, resource, scopes }
}

function schemeAt(
  { incremental_scopes = false }: McpOAuthScheme,
  { metadata, resource }: AuthorizingServer,
  { method, secret }: OAuthClient,
): OAuth2Scheme {
  return {
    type: 'oauth2',
    incremental_scopes,
    client_authentication: method ?? (secret === null ? 'none' : (methodFor(metadata) ?? 'client_secret_basic')),
    // OpenID Connect gives what outlasts the session only to who is asked (Core, section 11).
    authorization_params: { resource, ...(metadata.scopes.includes(offline) && { prompt: 'consent' }) },
    token_params: { resource },
  }
}

interface HeldBy {
  readonly egress: Egress
  readonly connector: CompiledConnector
  readonly settings: Settings
  knownAt(issuer: string, clientId: string): Promise<OAuthClient | null>
}

/**
 * Whom tokens are renewed with: the server that gave them, whichever the MCP server names by now. Throws GrantLost when the client
 * that they were obtained with is gone.
 */
export async function holderOf(held: CredentialFields, scheme: McpOAuthScheme, context: HeldBy): Promise<OAuthRequester> {
  const { egress, connector, settings } = context
  const origin = originOf(held)
  const client = origin === null ? null : await context.knownAt(origin.issuer, origin.clientId)
  if (client === null || origin === null)
    throw new GrantLost('The OAuth client that the tokens were obtained with is gone. Sign in again.')
  const metadata = await metadataOf(origin.issuer, connector, egress, performance.now())
  const server = { metadata, resource: origin.resource }
  return { egress, connector, settings, client, server, scheme: schemeAt(scheme, server, client) }
}

/** Throws NEEDS_REAUTH for tokens that were given for another server than the connection's by now. */
export function checkAudience(held: CredentialFields, baseUrl: string | null): void {
  const origin = originOf(held)
  if (origin !== null && baseUrl !== null && isOf(origin.resource, new URL(baseUrl))) return
  throw new SallyportError('NEEDS_REAUTH', {
    detail: 'The tokens of this connection are for another server than the one it calls by now. Sign in again.',
  })
}

interface Dependencies {
  readonly egress: Egress
  readonly clock: Clock
  readonly apps: OAuthAppRegistry
}

/** As much of a connection as a sign-in depends on. */
export interface SignInSubject {
  readonly workspaceId: string
  readonly connector: CompiledConnector
  readonly scheme: McpOAuthScheme
  readonly settings: Settings
  readonly environment: string
  /** Those chosen with the connection; null for those that are asked for by default. */
  readonly scopes: readonly string[] | null
}

export function createMcpSignIn({ egress, clock, apps }: Dependencies) {
  const servers = new Cache<McpSignInServer>({ max: 500, ttlMs: foundMs, clock })

  async function serverOf({ connector, scheme, settings, environment }: SignInSubject): Promise<McpSignInServer> {
    const place = mcpPlaceOf(connector, connector.baseUrl(environment, settings))
    const key = JSON.stringify([place, scheme.issuer, connector.tokenAuthorities?.pem, connector.allowHttp])
    const known = servers.get(key)
    if (known !== undefined) return known
    const found = await findMcpSignIn(place, scheme, connector, egress, clock.monotonic())
    servers.set(key, found)
    return found
  }

  /** An app that somebody entered, then one of ours that is known there, then one that is made now. */
  async function clientAt(
    workspaceId: string,
    connector: CompiledConnector,
    { metadata }: McpSignInServer,
  ): Promise<OAuthClient> {
    const { issuer } = metadata
    const entered = await apps.find(workspaceId, connector.id, undefined)
    if (entered !== null) {
      await apps.bind(workspaceId, entered, issuer)
      return { ...entered, issuer }
    }
    const known = await apps.registeredAt(workspaceId, issuer)
    if (known !== null) return known
    const about = { publicUrl: apps.publicUrl(), redirectUri: apps.redirectUrl() }
    return apps.keep(workspaceId, issuer, await registerClient(metadata, connector, egress, about))
  }

  return {
    /** Ready to send somebody there. Throws where nobody can be, for the reason. */
    async prepare(subject: SignInSubject): Promise<{ requester: OAuthRequester; scopes: readonly string[] }> {
      const { workspaceId, connector, scheme, settings } = subject
      const server = await serverOf(subject)
      const asked = subject.scopes ?? scheme.default_scopes ?? server.scopes
      const scopes = server.metadata.scopes.includes(offline) ? [...new Set([...asked, offline])] : asked
      const client = await clientAt(workspaceId, connector, server)
      return { requester: { connector, scheme: schemeAt(scheme, server, client), settings, egress, client, server }, scopes }
    },
  }
}
