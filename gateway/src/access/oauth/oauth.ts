import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import type { Egress } from '../../egress/types.ts'
import type { Store } from '../../store/types.ts'
import type { Toolset } from '../../toolset.ts'
import { disclose } from '../../vault/disclose.ts'
import type { TokenCache } from '../token-cache.ts'
import { findToolset } from '../toolsets.ts'
import { createClientDocuments } from './client-document.ts'
import { type ClientRegistry, type Clients, createClients, type OAuthClient } from './clients.ts'
import { createGrants, type Grants } from './grants.ts'
import { OAuthProblem } from './problem.ts'
import { placeOf } from './redirect-uri.ts'
import { type AuthorizationParameters, backTo, readRequest, requireRedirect, toolsetOf } from './request.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

/** What a person is asked. */
export interface AuthorizationView {
  readonly client: OAuthClient
  /** Where the browser goes afterwards: a host, or the scheme of a program. */
  readonly place: string
  /** Null for all tools. */
  readonly toolset: Toolset | null
  /** What the program asked wrongly, and where to send the browser back with that; null when it may be allowed. */
  readonly refused: { readonly error: string; readonly description: string; readonly back: string } | null
}

type TokenEndpoint = ReturnType<typeof createTokenEndpoint>

/** The authorization server for programs that act for people: OAuth 2.1 with PKCE. */
export interface OAuth {
  /** Its name, which is the address people use. */
  readonly issuer: () => string
  readonly clients: Clients
  readonly grants: Grants
  /** Throws NOT_FOUND for an unknown program or toolset, INVALID_INPUT for a place nothing may be sent to. */
  look(caller: Caller, given: AuthorizationParameters): Promise<AuthorizationView>
  /** A person's yes or no. Answers where to send the browser. */
  decide(caller: Caller, given: AuthorizationParameters, allow: boolean): Promise<string>
  /** False when programs cannot register themselves. */
  readonly registration: boolean
  readonly register: ClientRegistry['register']
  readonly issue: TokenEndpoint['issue']
  readonly revoke: TokenEndpoint['revoke']
}

export interface OAuthServices {
  readonly store: Store
  readonly clock: Clock
  readonly cache: TokenCache
  readonly egress: Egress
  readonly publicUrl: () => string
  readonly registration: boolean
}

export function createOAuth({ store, clock, cache, egress, publicUrl, registration }: OAuthServices): OAuth {
  const documents = createClientDocuments(egress, clock)
  const clients = createClients({ store, clock, cache, documents, publicUrl, registration })
  const grants = createGrants({ store, clock, cache })
  const tokens = createTokenEndpoint({ store, clock, cache, clients, publicUrl })

  async function examine(caller: Caller, given: AuthorizationParameters) {
    requireRole(caller, 'member')
    const client = await clients.find(given.client_id, caller.workspaceId)
    requireRedirect(client, given.redirect_uri)
    try {
      const request = readRequest(client, given, publicUrl())
      const slug = toolsetOf(request.resource)
      const toolset =
        slug === null ? null : await store.workspace(caller.workspaceId, (db) => findToolset(db, caller.workspaceId, slug))
      return { client, request, toolset, problem: null }
    } catch (error) {
      if (!(error instanceof OAuthProblem)) throw error
      return { client, request: null, toolset: null, problem: error }
    }
  }

  const back = (given: AuthorizationParameters, answer: Parameters<typeof backTo>[3]) =>
    backTo(given.redirect_uri, publicUrl(), given.state, answer)
  const problemBack = (given: AuthorizationParameters, { code, message }: OAuthProblem) =>
    back(given, { error: code, error_description: message })

  return {
    issuer: publicUrl,
    clients: clients.service,
    grants: grants.service,
    registration,
    register: clients.register,
    issue: tokens.issue,
    revoke: tokens.revoke,

    async look(caller, given) {
      const { client, toolset, problem } = await examine(caller, given)
      const refused =
        problem === null ? null : { error: problem.code, description: problem.message, back: problemBack(given, problem) }
      return { client, place: placeOf(given.redirect_uri), toolset, refused }
    },

    async decide(caller, given, allow) {
      const { request, toolset, problem } = await examine(caller, given)
      if (request === null) return problemBack(given, problem)
      if (!allow) return problemBack(given, new OAuthProblem('access_denied', 'The person did not allow it.'))
      const code = await grants.allow(caller, request, toolset?.id ?? null)
      return back(given, { code: disclose(code) })
    },
  }
}
