import { sql, type Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'

/** What of a workspace goes by one connection, and ends or changes with it. */
export interface Dependents {
  /** Calls that name no connection mean it. */
  readonly default: boolean
  /** Those with a tool picked by hand over it, by name; `tokens` are bound to them and not revoked. */
  readonly toolsets: readonly { readonly slug: string; readonly name: string; readonly tokens: number }[]
  /** Calls that wait for a person to approve them. */
  readonly waiting_calls: number
  /** Decisions that let the next calls through, and are not used up. */
  readonly standing_approvals: number
}

export async function dependentsOf(
  db: Transaction<Database>,
  workspaceId: string,
  { id, is_default }: { readonly id: string; readonly is_default: boolean },
  now: Date,
): Promise<Dependents> {
  const picked = JSON.stringify([{ connection: id }])
  const toolsets = await db
    .selectFrom('toolsets')
    .select(['slug', 'name'])
    .select((eb) =>
      eb
        .selectFrom('tokens')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .whereRef('tokens.workspace_id', '=', 'toolsets.workspace_id')
        .whereRef('tokens.toolset_id', '=', 'toolsets.id')
        .where('tokens.revoked_at', 'is', null)
        .as('tokens'),
    )
    .where('workspace_id', '=', workspaceId)
    .where(sql<boolean>`selection -> 'include' @> ${picked}::jsonb`)
    .orderBy('name')
    .execute()
  const waiting = await db
    .selectFrom('approvals')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', id)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  const standing = await db
    .selectFrom('standing_approvals')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('connection_id', '=', id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .whereRef('used', '<', 'total')
    .executeTakeFirstOrThrow()
  return {
    default: is_default,
    toolsets: toolsets.map(({ tokens, ...each }) => ({ ...each, tokens: Number(tokens ?? 0) })),
    waiting_calls: Number(waiting.count),
    standing_approvals: Number(standing.count),
  }
}
