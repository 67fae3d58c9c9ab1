import type { Transaction } from 'kysely'
import type { Caller } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow, Database } from '../store/schema.ts'
import { nearest } from './owners.ts'

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

/**
 * The one of a workspace's connections that a call means, which may name one by id or name; null when there is none. Throws
 * INVALID_INPUT naming them when there are several.
 */
export function chooseConnection(
  caller: Caller,
  all: readonly ConnectionRow[],
  connector: string,
  named: string | undefined,
): ConnectionRow | null {
  const candidates = all.filter((each) => each.connector === connector)
  // A call that names none means one of the caller's environments; whether it may have it is for the pipeline to say.
  const usable = candidates.filter(({ environment }) => caller.environments?.includes(environment) ?? true)
  const matches = nearest(
    caller,
    named === undefined
      ? usable.length > 0
        ? usable
        : candidates
      : candidates.filter((each) => each.id === named || each.name === named),
  )
  const [preferred, another] = named === undefined ? matches.filter(({ is_default }) => is_default) : []
  if (preferred !== undefined && another === undefined) return preferred
  if (matches.length > 1) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `"${connector}" has ${matches.length} connections. Name one as connection, or make one the default: ${matches.map((each) => (named === undefined ? each.name : each.id)).join(', ')}.`,
    })
  }
  return matches[0] ?? null
}
