import { sql, type Transaction } from 'kysely'
import type { CallerKind } from '../caller.ts'
import type { CompiledConnector } from '../definition/types.ts'
import { firstId } from '../id.ts'
import type { Database } from '../store/schema.ts'
import { leftOut } from '../toolset.ts'

/** Who is asked about: those that called within this time. */
const affectedDays = 30
const dayMs = 86_400_000
/** Calls of one caller are counted up to this, in each of the ways they ended. */
const maxCounted = 10_000
const maxListed = 200

export interface AffectedCaller {
  readonly kind: CallerKind
  readonly id: string
  readonly name: string
  readonly calls: number
  readonly last_used_at: string
  readonly actions: readonly string[]
}
export interface Affected {
  readonly days: number
  /** Tokens and people that used what changed, the busiest first; at most 200. */
  readonly callers: readonly AffectedCaller[]
  /** Toolsets that hold an action that changed or goes. */
  readonly toolsets: readonly { readonly slug: string; readonly name: string; readonly actions: readonly string[] }[]
}

interface UseRow {
  readonly kind: CallerKind
  readonly id: string
  readonly name: string
  readonly action: string
  readonly calls: number
  readonly last_at: Date
}

/** Who used these actions of a connector in the last days, from the index of the log alone, and which toolsets hold them. */
export async function affectedBy(
  db: Transaction<Database>,
  workspaceId: string,
  connector: CompiledConnector,
  actions: readonly string[],
  now: number,
): Promise<Affected> {
  if (actions.length === 0) return { days: affectedDays, callers: [], toolsets: [] }
  const since = firstId('call', now - affectedDays * dayMs)
  const { rows } = await sql<UseRow>`
    select last.caller_kind as kind, f.caller_id as id, last.caller_name as name, f.action,
        used.calls::float8 as calls, last.started_at as last_at
      from call_facets f
      cross join lateral (
        select count(*) as calls, max(c.id) as last from (
          select id from calls where facet = f.facet and id >= ${since} order by id desc limit ${maxCounted}
        ) as c
      ) as used
      join calls last on last.id = used.last
      where f.workspace_id = ${workspaceId} and f.connector = ${connector.id} and f.action = any (${[...actions]})`.execute(db)
  const callers = [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((uses) => {
    const [latest] = [...uses].sort((a, b) => b.last_at.getTime() - a.last_at.getTime())
    if (latest === undefined) return []
    const { kind, id, name, last_at } = latest
    const calls = uses.reduce((sum, use) => sum + use.calls, 0)
    return [
      { kind, id, name, calls, last_used_at: last_at.toISOString(), actions: [...new Set(uses.map((use) => use.action))].sort() },
    ]
  })
  return {
    days: affectedDays,
    callers: callers.sort((a, b) => b.calls - a.calls).slice(0, maxListed),
    toolsets: await toolsetsWith(db, workspaceId, connector, actions),
  }
}

async function toolsetsWith(
  db: Transaction<Database>,
  workspaceId: string,
  connector: CompiledConnector,
  actions: readonly string[],
): Promise<Affected['toolsets']> {
  const toolsets = await db
    .selectFrom('toolsets')
    .select(['slug', 'name', 'selection'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('name')
    .limit(maxListed)
    .execute()
  if (toolsets.length === 0) return []
  const connections = await db
    .selectFrom('connections')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .where('connector', '=', connector.id)
    .limit(maxListed)
    .execute()
  return toolsets.flatMap(({ slug, name, selection }) => {
    const held = actions.filter((action) => {
      const known = connector.actions.get(action)
      if (known === undefined) return false
      const { tags, effect } = known
      return connections.some(
        ({ id }) => leftOut(selection, { connector: connector.id, action, connection: id, tags, effect }) === null,
      )
    })
    return held.length === 0 ? [] : [{ slug, name, actions: held }]
  })
}
