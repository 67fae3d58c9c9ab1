import ipaddr from 'ipaddr.js'
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
import type { TokenCache } from './token-cache.ts'
import { findToolset } from './toolsets.ts'
import type { Access, TokenView } from './types.ts'

/** Shown to recognise a token by: the prefix and 4 characters, which leaves 234 of its 258 bits. */
const hintLength = 7

/** Making, listing, rotating and revoking tokens. Only their SHA-256 is stored: they are random, so no salt or slow hash is needed. */
export function createTokens({
  store,
  clock,
  cache,
}: {
  store: Store
  clock: Clock
  cache: TokenCache
}): Pick<Access, 'createToken' | 'listTokens' | 'revokeToken' | 'rotateToken'> {
  return {
    async createToken(caller, request) {
      requireRole(caller, 'admin')
      const role = request.role ?? 'member'
      if (!hasRole(caller, role)) {
        throw new SallyportError('FORBIDDEN', {
          detail: `A token cannot have a higher role than whoever makes it; yours is ${caller.role}.`,
        })
      }
      refuseBoundToAddresses(caller)
      const confined = request.toolset !== undefined || request.environments !== undefined
      if (confined && hasRole({ role }, 'manager'))
        throw new SallyportError('INVALID_INPUT', {
          detail: 'A token with a toolset or environments calls tools and nothing else: its role is member or viewer.',
        })
      const callerIps = request.caller_ips ?? null
      refuseNoRanges(callerIps)
      const now = clock.now()
      const expiresAt = request.expires_at === undefined ? null : new Date(request.expires_at)
      if (expiresAt !== null && !(expiresAt.getTime() > now)) {
        const errors = [{ path: '/expires_at', message: 'must be in the future' }]
        throw new SallyportError('INVALID_INPUT', {
          detail: 'The token would expire before it is made: expires_at must be in the future.',
          diagnostics: { errors },
        })
      }
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
      }
      await store.workspace(caller.workspaceId, async (db) => {
        await refuseUnknownTeam(db, caller.workspaceId, row.team_id)
        const toolset = request.toolset === undefined ? null : await findToolset(db, caller.workspaceId, request.toolset)
        await db
          .insertInto('tokens')
          .values({ ...row, toolset_id: toolset?.id ?? null })
          .execute()
        const { per_minute, per_day, user_id, team_id, environments, caller_ips } = row
        const confinement = { toolset: toolset?.slug ?? null, environments, caller_ips }
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
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('tokens')
          .leftJoin('toolsets', (join) =>
            join.onRef('toolsets.workspace_id', '=', 'tokens.workspace_id').onRef('toolsets.id', '=', 'tokens.toolset_id'),
          )
          .selectAll('tokens')
          .select('toolsets.name as toolset_name')
          .where('tokens.workspace_id', '=', caller.workspaceId)
          // Those of programs are in the list of connected applications.
          .where('tokens.resource', 'is', null)
          .orderBy('tokens.id', 'desc')
          .execute(),
      )
      return rows.map((row) => toView(row, clock.now()))
    },

    async rotateToken(caller, id, overlapSeconds) {
      requireRole(caller, 'admin')
      refuseBoundToAddresses(caller)
      const { workspaceId } = caller
      const now = clock.now()
      const token = `sp_${randomToken(32)}`
      const rotated = await store.workspace(workspaceId, async (db) => {
        const row = await db
          .selectFrom('tokens')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst()
        if (row === undefined) throw noToken(id)
        refuseStronger(caller, row, 'rotating')
        if (row.user_id !== null && row.user_id !== caller.personId)
          throw new SallyportError('FORBIDDEN', {
            detail: 'This token acts for a person, and only they rotate it. You can revoke it.',
          })
        if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= now))
          throw new SallyportError('CONFLICT', { detail: 'This token was revoked or has expired. Make a new one.' })
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

/** Whoever took such a token could use one made with it from anywhere. */
function refuseBoundToAddresses({ callerIps }: Caller): void {
  if (callerIps === null) return
  throw new SallyportError('FORBIDDEN', { detail: 'A token that is bound to addresses neither makes nor rotates tokens.' })
}

/** Throws INVALID_INPUT for what is not a CIDR. */
function refuseNoRanges(ranges: readonly string[] | null): void {
  const index = ranges?.findIndex((range) => !ipaddr.isValidCIDR(range)) ?? -1
  if (index === -1) return
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${ranges?.[index]}" is no address range. Write 203.0.113.7/32 for one address, 10.0.0.0/8 or 2001:db8::/32 for many.`,
    diagnostics: { errors: [{ path: `/caller_ips/${index}`, message: 'must be a CIDR' }] },
  })
}

function refuseStronger(caller: Caller, token: Pick<TokenRow, 'role'>, what: string): void {
  if (hasRole(caller, token.role)) return
  throw new SallyportError('FORBIDDEN', {
    detail: `This token has the role ${token.role}; ${what} it needs the same role or a higher one.`,
  })
}

function toView(row: TokenRow & { readonly toolset_name: string | null }, now: number): TokenView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    hint: row.hint,
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
    previous_until: row.previous_until !== null && row.previous_until.getTime() > now ? row.previous_until.toISOString() : null,
  }
}
