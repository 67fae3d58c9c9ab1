import type { Transaction } from 'kysely'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { Secret } from '../secret.ts'
import { recordAct } from '../store/acts.ts'
import type { Database, TokenRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { randomToken, sha256 } from '../vault/digest.ts'
import { withUsers } from './members.ts'
import type { TokenCache } from './token-cache.ts'
import { futureEnd, refuseBoundToAddresses, requireSoundTerms } from './token-terms.ts'
import { findToolset } from './toolsets.ts'
import type { Access, TokenView } from './types.ts'

/** Shown to recognise a token by: the prefix and 4 characters, which leaves 234 of its 258 bits. */
const hintLength = 7

/** Making, listing, changing, rotating and revoking tokens. Only their SHA-256 is stored: they are random, so no salt or slow hash is needed. */
export function createTokens({
  store,
  clock,
  cache,
}: {
  store: Store
  clock: Clock
  cache: TokenCache
}): Pick<Access, 'createToken' | 'listTokens' | 'updateToken' | 'revokeToken' | 'rotateToken'> {
  async function views(workspaceId: string, id?: string): Promise<readonly TokenView[]> {
    const rows = await store.workspace(workspaceId, (db) => {
      let select = withUsers(db)
        .selectFrom('tokens')
        .leftJoin('user', 'user.id', 'tokens.user_id')
        .leftJoin('toolsets', (join) =>
          join.onRef('toolsets.workspace_id', '=', 'tokens.workspace_id').onRef('toolsets.id', '=', 'tokens.toolset_id'),
        )
        .selectAll('tokens')
        .select(['toolsets.name as toolset_name', 'user.name as person_name'])
        .where('tokens.workspace_id', '=', workspaceId)
        // Those of programs are in the list of connected applications.
        .where('tokens.resource', 'is', null)
      if (id !== undefined) select = select.where('tokens.id', '=', id)
      return select.orderBy('tokens.id', 'desc').execute()
    })
    return rows.map((row) => toView(row, clock.now()))
  }

  return {
    async createToken(caller, request) {
      requireRole(caller, 'admin')
      const role = request.role ?? 'member'
      const confined = request.toolset !== undefined || request.environments !== undefined || request.cassette !== undefined
      const callerIps = request.caller_ips ?? null
      refuseBoundToAddresses(caller)
      requireSoundTerms(caller, { role, confined, callerIps })
      const now = clock.now()
      const expiresAt = futureEnd(request.expires_at, now)
      if (request.personal && caller.personId === null)
        throw new SallyportError('INVALID_INPUT', { detail: 'A personal token acts for whoever makes it: sign in to make one.' })
      if (request.personal && request.team !== undefined)
        throw new SallyportError('INVALID_INPUT', { detail: 'A token acts for a person or works in a team, not both.' })
      const token = `sp_${randomToken(32)}`
      const row = {
        id: newId('token', now),
        workspace_id: caller.workspaceId,
        name: request.name,
        role,
        hash: sha256(token),
        hint: token.slice(0, hintLength),
        created_by: caller.id,
        user_id: request.personal ? caller.personId : null,
        team_id: request.team ?? null,
        created_at: new Date(now),
        per_minute: request.per_minute ?? null,
        per_day: request.per_day ?? null,
        expires_at: expiresAt,
        environments: request.environments ?? null,
        caller_ips: callerIps,
        cassette: request.cassette ?? null,
      }
      await store.workspace(caller.workspaceId, async (db) => {
        await refuseUnknownTeam(db, caller.workspaceId, row.team_id)
        const toolset = request.toolset === undefined ? null : await findToolset(db, caller.workspaceId, request.toolset)
        await db
          .insertInto('tokens')
          .values({ ...row, toolset_id: toolset?.id ?? null })
          .execute()
        const { per_minute, per_day, user_id, team_id, environments, caller_ips, cassette } = row
        const confinement = { toolset: toolset?.slug ?? null, environments, caller_ips, cassette }
        await recordAct(db, caller.workspaceId, {
          kind: 'token.created',
          by: caller,
          target: { kind: 'token', id: row.id, name: row.name },
          after: { role, per_minute, per_day, ...confinement, expires_at: expiresAt, for: user_id ?? team_id ?? 'workspace' },
        })
      })
      return { id: row.id, token: new Secret(token), name: row.name, role }
    },

    async listTokens(caller) {
      requireRole(caller, 'admin')
      return views(caller.workspaceId)
    },

    async updateToken(caller, id, change) {
      requireRole(caller, 'admin')
      refuseBoundToAddresses(caller)
      const { workspaceId } = caller
      const now = clock.now()
      await store.workspace(workspaceId, async (db) => {
        const row = await lockUsable(db, caller, id, now, 'changing')
        const toolsetId = async (toolset: string | null) =>
          toolset === null ? null : (await findToolset(db, workspaceId, toolset)).id
        const next = {
          name: change.name ?? row.name,
          role: change.role ?? row.role,
          expires_at: change.expires_at === undefined ? row.expires_at : futureEnd(change.expires_at, now),
          per_minute: change.per_minute === undefined ? row.per_minute : change.per_minute,
          per_day: change.per_day === undefined ? row.per_day : change.per_day,
          toolset_id: change.toolset === undefined ? row.toolset_id : await toolsetId(change.toolset),
          environments: change.environments === undefined ? row.environments : change.environments,
          caller_ips: change.caller_ips === undefined ? row.caller_ips : change.caller_ips,
          cassette: change.cassette === undefined ? row.cassette : change.cassette,
        }
        const confined = next.toolset_id !== null || next.environments !== null || next.cassette !== null
        requireSoundTerms(caller, { role: next.role, confined, callerIps: next.caller_ips })
        await db.updateTable('tokens').set(next).where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        const { name, role, expires_at, per_minute, per_day, toolset_id, environments, caller_ips, cassette } = row
        await recordAct(db, workspaceId, {
          kind: 'token.updated',
          by: caller,
          target: { kind: 'token', id, name: next.name },
          before: { name, role, expires_at, per_minute, per_day, toolset_id, environments, caller_ips, cassette },
          after: next,
        })
      })
      cache.drop(id)
      const [view] = await views(workspaceId, id)
      if (view === undefined) throw noToken(id)
      return view
    },

    async rotateToken(caller, id, overlapSeconds) {
      requireRole(caller, 'admin')
      refuseBoundToAddresses(caller)
      const { workspaceId } = caller
      const now = clock.now()
      const token = `sp_${randomToken(32)}`
      const rotated = await store.workspace(workspaceId, async (db) => {
        const row = await lockUsable(db, caller, id, now, 'rotating')
        const previousUntil = overlapSeconds > 0 ? new Date(now + overlapSeconds * 1000) : null
        await db
          .updateTable('tokens')
          .set({
            hash: sha256(token),
            hint: token.slice(0, hintLength),
            previous_hash: previousUntil === null ? null : row.hash,
            previous_until: previousUntil,
          })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .execute()
        await recordAct(db, workspaceId, {
          kind: 'token.rotated',
          by: caller,
          target: { kind: 'token', id, name: row.name },
          after: { previous_until: previousUntil },
        })
        return { name: row.name, role: row.role, previous_until: previousUntil?.toISOString() ?? null }
      })
      cache.drop(id)
      return { id, token: new Secret(token), ...rotated }
    },

    async revokeToken(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const row = await db
          .selectFrom('tokens')
          .select(['role', 'name', 'revoked_at'])
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (row === undefined) throw noToken(id)
        refuseStronger(caller, row, 'revoking')
        // The first revocation stands.
        await db
          .updateTable('tokens')
          .set({ revoked_at: new Date(clock.now()) })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .execute()
        if (row.revoked_at !== null) return
        const target = { kind: 'token', id, name: row.name }
        await recordAct(db, workspaceId, { kind: 'token.revoked', by: caller, target, before: { role: row.role } })
      })
      cache.drop(id)
    },
  }
}

/**
 * A token that the caller may give other terms or another secret, held still until the transaction ends. Throws NOT_FOUND,
 * FORBIDDEN for a stronger one or another person's, CONFLICT for one that has ended.
 */
async function lockUsable(db: Transaction<Database>, caller: Caller, id: string, now: number, what: string): Promise<TokenRow> {
  const row = await db
    .selectFrom('tokens')
    .selectAll()
    .where('workspace_id', '=', caller.workspaceId)
    .where('id', '=', id)
    // What programs hold is bound to what a person allowed them.
    .where('resource', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noToken(id)
  refuseStronger(caller, row, what)
  if (row.user_id !== null && row.user_id !== caller.personId)
    throw new SallyportError('FORBIDDEN', {
      detail: 'This token acts for a person, and only they change or rotate it. You can revoke it.',
    })
  if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= now))
    throw new SallyportError('CONFLICT', { detail: 'This token was revoked or has expired. Make a new one.' })
  return row
}

async function refuseUnknownTeam(db: Transaction<Database>, workspaceId: string, id: string | null): Promise<void> {
  if (id === null) return
  const team = await db
    .selectFrom('teams')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (team === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no team "${id}" in this workspace.` })
}

function noToken(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no token "${id}" in this workspace.` })
}

function refuseStronger(caller: Caller, token: Pick<TokenRow, 'role'>, what: string): void {
  if (hasRole(caller, token.role)) return
  throw new SallyportError('FORBIDDEN', {
    detail: `This token has the role ${token.role}; ${what} it needs the same role or a higher one.`,
  })
}

function toView(
  row: TokenRow & { readonly toolset_name: string | null; readonly person_name: string | null },
  now: number,
): TokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    hint: row.hint,
    person: row.user_id === null ? null : { id: row.user_id, name: row.person_name ?? '' },
    personal: row.user_id !== null,
    team: row.team_id,
    per_minute: row.per_minute,
    per_day: row.per_day,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    revoked_at: row.revoked_at?.toISOString() ?? null,
    toolset: row.toolset_id === null ? null : { id: row.toolset_id, name: row.toolset_name },
    environments: row.environments,
    caller_ips: row.caller_ips,
    cassette: row.cassette,
    previous_until: row.previous_until !== null && row.previous_until.getTime() > now ? row.previous_until.toISOString() : null,
  }
}
