import { sql, type Transaction } from 'kysely'
import { type Caller, hasRole, type Role, requireRole, type TeamRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { nameCursor, type Page, type PageRequest, pageSize, parseNameCursor, toPage } from '../page.ts'
import { recordAct } from '../store/acts.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import type { Person } from './people.ts'
import type { Recovery, RecoveryLink } from './recovery.ts'
import type { TokenCache } from './token-cache.ts'

export interface MemberView {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly two_factor: boolean
  readonly teams: readonly { readonly id: string; readonly name: string; readonly role: TeamRole }[]
  readonly joined_at: string
}

/** What went with a member. */
export interface Removal {
  readonly tokens_revoked: number
  readonly connections_deleted: number
  readonly sessions_ended: number
}

/** Who belongs to a workspace. Nobody acts on somebody with a higher role, nor gives a higher one than their own. */
export interface Members {
  /** By name; `q` is a part of a name or an email, or an id. */
  list(caller: Caller, query: PageRequest & { readonly q?: string }): Promise<Page<MemberView>>
  /** Counts from the next request on. Throws CONFLICT for the last owner. */
  setRole(caller: Caller, id: string, role: Role): Promise<MemberView>
  /**
   * Takes the membership, the tokens this person made or that act for them, their own connections here, and the sessions that
   * count for this workspace only. Throws CONFLICT for the last owner.
   */
  remove(caller: Caller, id: string): Promise<Removal>
  /** What {@link remove} does, of whoever asks. */
  leave(caller: Caller): Promise<Removal>
  /** Ends every session of the person, here and elsewhere. */
  endSessions(caller: Caller, id: string): Promise<{ readonly ended: number }>
  /** A one-time link with which the person sets a new password. */
  recover(caller: Caller, id: string, removeTwoFactor: boolean): Promise<RecoveryLink>
}

export interface MemberServices {
  readonly store: Store
  readonly cache: TokenCache
  readonly recovery: Recovery
}

export function withUsers(db: Transaction<Database>) {
  return db.withTables<{ user: Person }>()
}

function noMember(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no member "${id}" in this workspace.` })
}

/** Throws FORBIDDEN for somebody with a higher role than the caller's. */
function refuseStronger(caller: Caller, role: Role, what: string): void {
  if (hasRole(caller, role)) return
  throw new SallyportError('FORBIDDEN', { detail: `${what} needs the role ${role}; yours is ${caller.role}.` })
}

/** Holds the owners still until the transaction ends, so that two cannot lower each other at once. Throws CONFLICT for the last. */
async function refuseLastOwner(db: Transaction<Database>, workspaceId: string, id: string): Promise<void> {
  const owners = await db
    .selectFrom('members')
    .select('user_id')
    .where('workspace_id', '=', workspaceId)
    .where('role', '=', 'owner')
    .orderBy('user_id')
    .forUpdate()
    .execute()
  if (owners.some(({ user_id }) => user_id !== id) || !owners.some(({ user_id }) => user_id === id)) return
  throw new SallyportError('CONFLICT', {
    detail: 'This is the last owner of the workspace. Make somebody else an owner first.',
  })
}

export function createMembers({ store, cache, recovery }: MemberServices): Members {
  /** Members by name, at most so many; `after` is the place of the last one of the page before. */
  async function read(
    workspaceId: string,
    { id, q, after, most }: { id?: string; q?: string; after?: ReturnType<typeof parseNameCursor>; most: number },
  ): Promise<readonly MemberView[]> {
    return store.workspace(workspaceId, async (db) => {
      let people = withUsers(db)
        .selectFrom('members')
        .innerJoin('user', 'user.id', 'members.user_id')
        .select(['user.id', 'user.name', 'user.email', 'user.twoFactorEnabled', 'members.role', 'members.created_at'])
        .where('members.workspace_id', '=', workspaceId)
      if (id !== undefined) people = people.where('members.user_id', '=', id)
      if (q !== undefined)
        people = people.where((eb) =>
          eb.or([eb('user.id', '=', q), sql<boolean>`strpos(lower("user".name || ' ' || "user".email), lower(${q})) > 0`]),
        )
      if (after !== undefined) people = people.where(sql<boolean>`("user".name, "user".id) > (${after.name}, ${after.id})`)
      const found = await people.orderBy('user.name').orderBy('user.id').limit(most).execute()
      const memberships =
        found.length === 0
          ? []
          : await db
              .selectFrom('team_members')
              .innerJoin('teams', 'teams.id', 'team_members.team_id')
              .select(['team_members.user_id', 'teams.id', 'teams.name', 'team_members.role'])
              .where('team_members.workspace_id', '=', workspaceId)
              .where(
                'team_members.user_id',
                'in',
                found.map((person) => person.id),
              )
              .orderBy('teams.name')
              .execute()
      const teams = Map.groupBy(memberships, (team) => team.user_id)
      return found.map((person) => ({
        id: person.id,
        name: person.name,
        email: person.email,
        role: person.role,
        two_factor: person.twoFactorEnabled,
        teams: (teams.get(person.id) ?? []).map(({ user_id: _, ...team }) => team),
        joined_at: person.created_at.toISOString(),
      }))
    })
  }

  async function one(workspaceId: string, id: string): Promise<MemberView> {
    const [member] = await read(workspaceId, { id, most: 1 })
    if (member === undefined) throw noMember(id)
    return member
  }

  async function end(
    caller: Caller,
    { id, email, role, teams }: MemberView,
    kind: 'member.removed' | 'member.left',
  ): Promise<Removal> {
    const { workspaceId } = caller
    const removal = await store.workspace(workspaceId, async (db) => {
      await refuseLastOwner(db, workspaceId, id)
      const revoked = await revokeTokensOf(db, workspaceId, id)
      const connections = await db
        .deleteFrom('connections')
        .where('workspace_id', '=', workspaceId)
        .where('user_id', '=', id)
        .executeTakeFirst()
      const { rows: sessions } = await sql`
        delete from session where "userId" = ${id} and "workspaceId" = ${workspaceId} returning id`.execute(db)
      const gone = await db
        .deleteFrom('members')
        .where('workspace_id', '=', workspaceId)
        .where('user_id', '=', id)
        .where('role', '=', role)
        .executeTakeFirst()
      if (gone.numDeletedRows === 0n) throw noMember(id)
      const result: Removal = {
        tokens_revoked: revoked,
        connections_deleted: Number(connections.numDeletedRows),
        sessions_ended: sessions.length,
      }
      const target = { kind: 'member', id, name: email }
      const before = { role, teams: teams.map((team) => team.name) }
      await recordAct(db, workspaceId, { kind, by: caller, target, before, after: result })
      return result
    })
    cache.clear()
    return removal
  }

  return {
    async list(caller, { limit, cursor, q }) {
      requireRole(caller, 'member')
      const size = pageSize(limit)
      const after = parseNameCursor(cursor)
      const rows = await read(caller.workspaceId, { ...(q !== undefined && { q: q.trim() }), after, most: size + 1 })
      return toPage(rows, size, (row) => row, nameCursor)
    },

    async setRole(caller, id, role) {
      requireRole(caller, 'admin')
      refuseStronger(caller, role, `Giving the role ${role}`)
      const { workspaceId } = caller
      const { name, email, role: before } = await one(workspaceId, id)
      refuseStronger(caller, before, `Changing the role of an ${before}`)
      await store.workspace(workspaceId, async (db) => {
        if (role !== 'owner') await refuseLastOwner(db, workspaceId, id)
        const changed = await db
          .updateTable('members')
          .set({ role })
          .where('workspace_id', '=', workspaceId)
          .where('user_id', '=', id)
          // Decided on this role; one that changed meanwhile may be above the caller's.
          .where('role', '=', before)
          .executeTakeFirst()
        if (changed.numUpdatedRows === 0n)
          throw new SallyportError('CONFLICT', { detail: 'Somebody else changed this role meanwhile. Look at it and try again.' })
        const target = { kind: 'member', id, name: email }
        await recordAct(db, workspaceId, {
          kind: 'member.updated',
          by: caller,
          target,
          before: { role: before },
          after: { role, name },
        })
      })
      cache.clear()
      return one(workspaceId, id)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const member = await one(caller.workspaceId, id)
      refuseStronger(caller, member.role, `Removing an ${member.role}`)
      return end(caller, member, 'member.removed')
    },

    async leave(caller) {
      const { workspaceId, kind, id } = caller
      if (kind !== 'session') throw new SallyportError('FORBIDDEN', { detail: 'People leave a workspace; tokens are revoked.' })
      return end(caller, await one(workspaceId, id), 'member.left')
    },

    async endSessions(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const { email, role } = await one(workspaceId, id)
      refuseStronger(caller, role, `Ending the sessions of an ${role}`)
      return store.workspace(workspaceId, async (db) => {
        const { rows } = await sql`delete from session where "userId" = ${id} returning id`.execute(db)
        const target = { kind: 'member', id, name: email }
        await recordAct(db, workspaceId, { kind: 'session.revoked', by: caller, target, after: { ended: rows.length } })
        return { ended: rows.length }
      })
    },

    async recover(caller, id, removeTwoFactor) {
      requireRole(caller, 'admin')
      const { email } = await one(caller.workspaceId, id)
      await refuseBeyond(caller, id)
      return recovery.makeLink(caller, { id, email }, removeTwoFactor)
    },
  }

  /** A password opens all workspaces of a person, so whoever may have it replaced must be as strong as they are in each. */
  async function refuseBeyond(caller: Caller, id: string): Promise<void> {
    const rows = await store.system((db) =>
      db.selectFrom('members').select(['workspace_id', 'role']).where('user_id', '=', id).execute(),
    )
    if (rows.every((row) => row.workspace_id === caller.workspaceId && hasRole(caller, row.role))) return
    throw new SallyportError('FORBIDDEN', {
      detail:
        'You can make this link only for somebody who is in no other workspace and has no higher role than yours. They can reset the password by mail, or the operator can, on the host: sallyport recover <email>.',
    })
  }
}

/** The tokens a person made, those made with these, and those that act for the person. Answers how many there were. */
async function revokeTokensOf(db: Transaction<Database>, workspaceId: string, userId: string): Promise<number> {
  const { rows } = await sql`
    with recursive made (id) as (
      select id from tokens where workspace_id = ${workspaceId} and (created_by = ${userId} or user_id = ${userId})
      union
      select tokens.id from tokens join made on tokens.created_by = made.id where tokens.workspace_id = ${workspaceId}
    )
    update tokens set revoked_at = now(), user_id = null
    where workspace_id = ${workspaceId} and id in (select id from made) and revoked_at is null returning id`.execute(db)
  return rows.length
}
