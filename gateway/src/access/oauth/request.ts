import { SallyportError } from '../../errors.ts'
import type { OAuthClient } from './clients.ts'
import { type OAuthErrorCode, OAuthProblem } from './problem.ts'
import { permitsRedirect } from './redirect-uri.ts'

/** What a program asks of a person: the parameters of the authorization endpoint, as the browser brought them. */
export interface AuthorizationParameters {
  readonly client_id: string
  readonly redirect_uri: string
  readonly response_type?: string
  readonly code_challenge?: string
  readonly code_challenge_method?: string
  readonly resource?: string
  readonly scope?: string
  readonly state?: string
}

/** The same, checked. */
export interface AuthorizationRequest {
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly challenge: string
  /** The path of the resource: `/mcp`, or `/mcp/` and a toolset. */
  readonly resource: string
}

/** The one scope: to list and call tools, as the person may. */
export const scope = 'mcp'

const paths = /^\/mcp(?:\/[a-z0-9][a-z0-9-]{0,62})?$/

/** The path of one of this gateway's resources; null for any other address. */
export function resourcePath(resource: string, publicUrl: string): string | null {
  const path = resource.startsWith(`${publicUrl}/`) ? resource.slice(publicUrl.length) : ''
  return paths.test(path) ? path : null
}

/** The toolset that a resource is; null for all tools. */
export function toolsetOf(path: string): string | null {
  return /^\/mcp\/(.+)$/.exec(path)?.[1] ?? null
}

/** The address to send the browser back to; `iss` says from whom, so that no program takes another server's answer for ours (RFC 9207). */
export function backTo(
  redirectUri: string,
  issuer: string,
  state: string | undefined,
  answer: { readonly code: string } | { readonly error: OAuthErrorCode; readonly error_description: string },
): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value)
  if (state !== undefined) url.searchParams.set('state', state)
  url.searchParams.set('iss', issuer)
  return url.href
}

/** Throws INVALID_INPUT for a place where nothing may be sent back to, not even that something is wrong. */
export function requireRedirect(client: OAuthClient, redirectUri: string): void {
  if (client.redirectUris.some((registered) => permitsRedirect(registered, redirectUri))) return
  throw new SallyportError('INVALID_INPUT', {
    detail:
      'The redirect_uri is not one that this application registered, so nothing is sent there. Do not go on: the link may be forged.',
  })
}

/** Throws OAuthProblem for what the program has to correct. The redirect URI was checked before. */
export function readRequest(client: OAuthClient, given: AuthorizationParameters, publicUrl: string): AuthorizationRequest {
  if (given.response_type !== 'code')
    throw new OAuthProblem('unsupported_response_type', 'response_type must be code: there is no other flow.')
  if (given.code_challenge === undefined || !/^[A-Za-z0-9_-]{43}$/.test(given.code_challenge))
    throw new OAuthProblem(
      'invalid_request',
      'code_challenge is missing or not the SHA-256 of a verifier, in base64url (RFC 7636).',
    )
  if (given.code_challenge_method !== 'S256') throw new OAuthProblem('invalid_request', 'code_challenge_method must be S256.')
  const resource = resourcePath(given.resource ?? `${publicUrl}/mcp`, publicUrl)
  if (resource === null)
    throw new OAuthProblem('invalid_target', `resource must be ${publicUrl}/mcp, or the address of a toolset below it.`)
  return { client, redirectUri: given.redirect_uri, challenge: given.code_challenge, resource }
}
