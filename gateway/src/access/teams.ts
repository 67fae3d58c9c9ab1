import { sql, type Transaction } from 'kysely'
import { type Caller, hasRole, requireRole, type TeamRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { nameCursor, type Page, type PageRequest, pageSize, parseNameCursor, toPage } from '../page.ts'
import { type ActKind, recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import type { Database, TeamRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { withUsers } from './members.ts'
import type { TokenCache } from './token-cache.ts'

export interface TeamView {
  readonly id: string
  readonly name: string
  readonly members: readonly { readonly id: string; readonly name: string; readonly email: string; readonly role: TeamRole }[]
  readonly connections: number
  readonly created_at: string
}

/** Parts of a workspace with connections of their own. Admins make teams; a team's managers say who is in it. */
export interface Teams {
  list(caller: Caller, page: PageRequest): Promise<Page<TeamView>>
  /** Throws CONFLICT when the name is taken. */
  create(caller: Caller, name: string): Promise<TeamView>
  rename(caller: Caller, id: string, name: string): Promise<TeamView>
  /** Throws CONFLICT while the team has connections. */
  remove(caller: Caller, id: string): Promise<void>
  /** Takes a member of the workspace in, changes the role in the team, or, with null, takes them out. */
  setMember(caller: Caller, id: string, personId: string, role: TeamRole | null): Promise<TeamView>
}

function noTeam(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no team "${id}" in this workspace.` })
}

async function free<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new SallyportError('CONFLICT', { detail: `There is a team named "${name}" already.`, cause: error })
  }
}

export function createTeams({ store, clock, cache }: { store: Store; clock: Clock; cache: TokenCache }): Teams {
  /** Teams by name, at most so many; `after` is the place of the last one of the page before. */
  async function read(
    workspaceId: string,
    { id, after, most }: { id?: string; after?: ReturnType<typeof parseNameCursor>; most: number },
  ): Promise<readonly TeamView[]> {
    return store.workspace(workspaceId, async (db) => {
      let select = db.selectFrom('teams').selectAll().where('workspace_id', '=', workspaceId)
      if (id !== undefined) select = select.where('id', '=', id)
      if (after !== undefined) select = select.where(sql<boolean>`(name, id) > (${after.name}, ${after.id})`)
      const found = await select.orderBy('name').orderBy('id').limit(most).execute()
      if (found.length === 0) return []
      const ids = found.map((team) => team.id)
      const people = await withUsers(db)
        .selectFrom('team_members')
        .innerJoin('user', 'user.id', 'team_members.user_id')
        .select(['team_members.team_id', 'user.id', 'user.name', 'user.email', 'team_members.role'])
        .where('team_members.workspace_id', '=', workspaceId)
        .where('team_members.team_id', 'in', ids)
        .orderBy('user.name')
        .orderBy('user.id')
        .execute()
      const connections = await db
        .selectFrom('connections')
        .select(({ fn }) => ['team_id', fn.countAll<string>().as('count')])
        .where('workspace_id', '=', workspaceId)
        .where('team_id', 'in', ids)
        .groupBy('team_id')
        .execute()
      const members = Map.groupBy(people, (person) => person.team_id)
      const counts = new Map(connections.map(({ team_id, count }) => [team_id, Number(count)]))
      return found.map((team) => ({
        id: team.id,
        name: team.name,
        members: (members.get(team.id) ?? []).map(({ team_id: _, ...person }) => person),
        connections: counts.get(team.id) ?? 0,
        created_at: team.created_at.toISOString(),
      }))
    })
  }

  async function one(workspaceId: string, id: string): Promise<TeamView> {
    const [team] = await read(workspaceId, { id, most: 1 })
    if (team === undefined) throw noTeam(id)
    return team
  }

  async function lock(db: Transaction<Database>, workspaceId: string, id: string): Promise<TeamRow> {
    const select = db.selectFrom('teams').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id)
    const team = await select.forUpdate().executeTakeFirst()
    if (team === undefined) throw noTeam(id)
    return team
  }

  return {
    async list(caller, { limit, cursor }) {
      requireRole(caller, 'member')
      const size = pageSize(limit)
      const rows = await read(caller.workspaceId, { after: parseNameCursor(cursor), most: size + 1 })
      return toPage(rows, size, (row) => row, nameCursor)
    },

    async create(caller, name) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const id = newId('team', clock.now())
      await free(name, () =>
        store.workspace(workspaceId, async (db) => {
          await db
            .insertInto('teams')
            .values({ id, workspace_id: workspaceId, name, created_at: new Date(clock.now()) })
            .execute()
          await recordAct(db, workspaceId, { kind: 'team.created', by: caller, target: { kind: 'team', id, name } })
        }),
      )
      return one(workspaceId, id)
    },

    async rename(caller, id, name) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await free(name, () =>
        store.workspace(workspaceId, async (db) => {
          const before = await lock(db, workspaceId, id)
          await db.updateTable('teams').set({ name }).where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
          const target = { kind: 'team', id, name }
          const change = { before: { name: before.name }, after: { name } }
          await recordAct(db, workspaceId, { kind: 'team.updated', by: caller, target, ...change })
        }),
      )
      return one(workspaceId, id)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const { name } = await lock(db, workspaceId, id)
        const connection = await db
          .selectFrom('connections')
          .select('name')
          .where('workspace_id', '=', workspaceId)
          .where('team_id', '=', id)
          .limit(1)
          .executeTakeFirst()
        if (connection !== undefined) {
          throw new SallyportError('CONFLICT', {
            detail: `The team has connections, such as "${connection.name}". A manager of the team can delete them first.`,
          })
        }
        await db.deleteFrom('teams').where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
        await recordAct(db, workspaceId, { kind: 'team.deleted', by: caller, target: { kind: 'team', id, name } })
      })
      cache.clear()
    },

    async setMember(caller, id, personId, role) {
      requireRole(caller, 'member')
      const { workspaceId, teams } = caller
      const { name } = await one(workspaceId, id)
      if (!hasRole(caller, 'admin') && !teams.some((team) => team.id === id && team.role === 'manager'))
        throw new SallyportError('FORBIDDEN', { detail: 'Admins of the workspace and managers of the team say who is in it.' })
      await store.workspace(workspaceId, async (db) => {
        await lock(db, workspaceId, id)
        const person = await withUsers(db)
          .selectFrom('members')
          .innerJoin('user', 'user.id', 'members.user_id')
          .leftJoin('team_members', (join) =>
            join
              .onRef('team_members.workspace_id', '=', 'members.workspace_id')
              .onRef('team_members.user_id', '=', 'members.user_id')
              .on('team_members.team_id', '=', id),
          )
          .select(['user.email', 'team_members.role'])
          .where('members.workspace_id', '=', workspaceId)
          .where('members.user_id', '=', personId)
          .executeTakeFirst()
        if (person === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no member "${personId}" in this workspace.` })
        if (person.role === role) return
        if (role === null)
          await db
            .deleteFrom('team_members')
            .where('workspace_id', '=', workspaceId)
            .where('team_id', '=', id)
            .where('user_id', '=', personId)
            .execute()
        else
          await db
            .insertInto('team_members')
            .values({ workspace_id: workspaceId, team_id: id, user_id: personId, role, created_at: new Date(clock.now()) })
            .onConflict((conflict) => conflict.columns(['workspace_id', 'team_id', 'user_id']).doUpdateSet({ role }))
            .execute()
        const kind: ActKind = role === null ? 'team.member_removed' : 'team.member_added'
        const member = { person: personId, email: person.email }
        await recordAct(db, workspaceId, {
          kind,
          by: caller,
          target: { kind: 'team', id, name },
          before: { ...member, role: person.role },
          after: { ...member, role },
        })
      })
      cache.clear()
      return one(workspaceId, id)
    },
  }
}
