import { type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely'
import { type Caller, hasRole } from '../caller.ts'
import type { Database } from '../store/schema.ts'

/**
 * Who reads the record of a call: whoever made it, whoever reaches the connection it went through, and admins, who audit.
 * What somebody does through a connection of their own is nobody else's to read; totals count it without saying whose it was.
 */

/** The connections, deleted ones included, whose calls are not for this caller. */
export function closedTo({ workspaceId, personId, teams }: Caller): RawBuilder<string> {
  const mine = teams.map(({ id }) => id)
  return sql<string>`select id from owned_connections where workspace_id = ${workspaceId}
    and (user_id <> ${personId ?? ''} or team_id <> all(${sql.val(mine)}::text[]))`
}

/** The calls that are for this caller, as a condition over them or over their facets; undefined when all are. */
export async function readableBy(db: Transaction<Database>, caller: Caller): Promise<RawBuilder<SqlBool> | undefined> {
  if (hasRole(caller, 'admin')) return undefined
  const { rows } = await sql`${closedTo(caller)} limit 1`.execute(db)
  if (rows.length === 0) return undefined
  return sql<SqlBool>`(connection_id is null or caller_id = ${caller.id} or connection_id not in (${closedTo(caller)}))`
}

export async function mayRead(
  db: Transaction<Database>,
  caller: Caller,
  { connection_id, caller_id }: { readonly connection_id: string | null; readonly caller_id: string },
): Promise<boolean> {
  if (hasRole(caller, 'admin') || connection_id === null || caller_id === caller.id) return true
  const { rows } = await sql`${closedTo(caller)} and id = ${connection_id}`.execute(db)
  return rows.length === 0
}
