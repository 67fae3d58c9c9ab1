import { type Caller, hasRole, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { type Page, type PageRequest, pageSize, parseCursor, toPage } from '../../page.ts'
import { Secret } from '../../secret.ts'
import { recordAct } from '../../store/acts.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, sha256 } from '../../vault/digest.ts'
import type { Person } from '../people.ts'
import type { TokenCache } from '../token-cache.ts'
import { endGrants, factsOf } from './end-grants.ts'
import type { AuthorizationRequest } from './request.ts'

/** A program that acts for somebody. */
export interface GrantView {
  readonly id: string
  readonly client: { readonly id: string; readonly name: string; readonly host: string }
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  /** The path it may use: `/mcp`, or `/mcp/` and a toolset. */
  readonly resource: string
  readonly created_at: string
  readonly last_used_at: string | null
}

export interface Grants {
  /** The caller's own; for admins everybody's. Newest first. */
  list(caller: Caller, page: PageRequest): Promise<Page<GrantView>>
  /** Its tokens open nothing from the next request on. One's own, or as an admin anybody's. */
  revoke(caller: Caller, id: string): Promise<void>
}

/** A code is spent by a program that waits for it (RFC 6749, section 4.1.2: at most ten minutes). */
const codeMs = 60_000

export function createGrants({ store, clock, cache }: { store: Store; clock: Clock; cache: TokenCache }) {
  const service: Grants = {
    async list(caller, { limit, cursor }) {
      requireRole(caller, 'member')
      const size = pageSize(limit)
      const before = parseCursor(cursor)
      const { workspaceId } = caller
      const rows = await store.workspace(workspaceId, (db) => {
        let select = db
          .withTables<{ user: Person }>()
          .selectFrom('oauth_grants')
          .innerJoin('tokens', 'tokens.id', 'oauth_grants.id')
          .innerJoin('user', 'user.id', 'oauth_grants.user_id')
          .select([
            'oauth_grants.id',
            'client_id',
            'client_name',
            'client_host',
            'oauth_grants.resource',
            'oauth_grants.created_at',
          ])
          .select(['tokens.last_used_at', 'user.id as user_id', 'user.name', 'user.email'])
          .where('oauth_grants.workspace_id', '=', workspaceId)
          .where('tokens.revoked_at', 'is', null)
        if (!hasRole(caller, 'admin')) select = select.where('oauth_grants.user_id', '=', caller.personId ?? '')
        if (before !== undefined) select = select.where('oauth_grants.id', '<', before)
        return select
          .orderBy('oauth_grants.id', 'desc')
          .limit(size + 1)
          .execute()
      })
      const view = (row: (typeof rows)[number]): GrantView => ({
        id: row.id,
        client: { id: row.client_id, name: row.client_name, host: row.client_host },
        person: { id: row.user_id, name: row.name, email: row.email },
        resource: row.resource,
        created_at: row.created_at.toISOString(),
        last_used_at: row.last_used_at?.toISOString() ?? null,
      })
      return toPage(rows, size, view, (row) => row.id)
    },

    async revoke(caller, id) {
      requireRole(caller, 'member')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const grant = await db
          .selectFrom('oauth_grants')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (grant === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no connected application "${id}" in this workspace.` })
        if (grant.user_id !== caller.personId && !hasRole(caller, 'admin'))
          throw new SallyportError('FORBIDDEN', {
            detail: 'Somebody else connected this application; they or an admin can disconnect it.',
          })
        await endGrants(db, workspaceId, new Date(clock.now()), (grants) => grants.where('id', '=', id))
        const target = { kind: 'grant', id, name: grant.client_name }
        await recordAct(db, workspaceId, { kind: 'grant.revoked', by: caller, target, before: factsOf(grant) })
      })
      cache.drop(id)
    },
  }

  return {
    service,

    /** Keeps what a person allows, and answers the code for the program. */
    async allow(caller: Caller, { client, redirectUri, challenge, resource }: AuthorizationRequest, toolsetId: string | null) {
      requireRole(caller, 'member')
      const { workspaceId, personId } = caller
      if (caller.kind !== 'session' || personId === null)
        throw new SallyportError('FORBIDDEN', { detail: 'An application acts for a person: sign in to allow it.' })
      const code = randomToken(32)
      const now = clock.now()
      const row = {
        id: newId('token', now),
        workspace_id: workspaceId,
        user_id: personId,
        client_id: client.id,
        client_name: client.name,
        client_host: client.host,
        resource,
        toolset_id: toolsetId,
        redirect_uri: redirectUri,
        code_hash: sha256(code),
        code_challenge: challenge,
        code_expires_at: new Date(now + codeMs),
        code_used_at: null,
        created_at: new Date(now),
      }
      await store.workspace(workspaceId, async (db) => {
        // Nobody came for these codes.
        await db
          .deleteFrom('oauth_grants')
          .where('workspace_id', '=', workspaceId)
          .where('user_id', '=', personId)
          .where('code_used_at', 'is', null)
          .where('code_expires_at', '<', new Date(now))
          .execute()
        await db.insertInto('oauth_grants').values(row).execute()
        const target = { kind: 'grant', id: row.id, name: client.name }
        await recordAct(db, workspaceId, { kind: 'grant.created', by: caller, target, after: factsOf(row) })
      })
      return new Secret(code)
    },
  }
}
