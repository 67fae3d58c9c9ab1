import type { Transaction } from 'kysely'
import type { ConnectionRow, Database } from '../store/schema.ts'

/** Ends the default that another connection of the same owner is going to be. */
export async function dropDefault(
  db: Transaction<Database>,
  { workspace_id, connector, user_id, team_id }: ConnectionRow,
): Promise<void> {
  await db
    .updateTable('connections')
    .set({ is_default: false })
    .where('workspace_id', '=', workspace_id)
    .where('connector', '=', connector)
    .where('user_id', 'is not distinct from', user_id)
    .where('team_id', 'is not distinct from', team_id)
    .where('is_default', '=', true)
    .execute()
}
