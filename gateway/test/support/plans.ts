import { type CompiledQuery, type KyselyPlugin, type RootOperationNode, sql, type Transaction } from 'kysely'
import pg from 'pg'
import type { Database } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/types.ts'

/** A node of a plan that ran, as PostgreSQL's EXPLAIN tells of it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly PlanNode[]
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

async function explain(db: Transaction<Database>, { sql: text, parameters }: CompiledQuery): Promise<PlanNode[]> {
  const literals = parameters.map((value) =>
    typeof value === 'number' ? String(value) : pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value)),
  )
  const all: PlanNode[] = []
  // Prepared statements are planned for their values at first, and later once for all values.
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await sql.raw(`set local plan_cache_mode = ${mode}; prepare explained as ${text}`).execute(db)
    const execute = literals.length === 0 ? 'execute explained' : `execute explained (${literals.join(', ')})`
    const { rows } = await sql
      .raw<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>(`explain (analyze, timing off, format json) ${execute}`)
      .execute(db)
    await sql.raw('deallocate explained; set local plan_cache_mode = auto').execute(db)
    for (const row of rows) all.push(...nodesOf(row['QUERY PLAN'][0].Plan))
  }
  return all
}

/** A store whose queries are all run twice more to see their plans: `take` answers the nodes since it was asked last. */
export function explaining(store: Store) {
  let seen: PlanNode[] = []
  const explained: Store = {
    ...store,
    workspace: (id, work) =>
      store.workspace(id, async (db) => {
        const compiled: CompiledQuery[] = []
        const plugin: KyselyPlugin = {
          transformQuery({ node, queryId }): RootOperationNode {
            compiled.push(db.getExecutor().compileQuery(node, queryId))
            return node
          },
          transformResult: async ({ result }) => result,
        }
        const result = await work(db.withPlugin(plugin) as typeof db)
        for (const query of compiled) seen.push(...(await explain(db, query)))
        return result
      }),
  }
  const take = (): PlanNode[] => {
    const taken = seen
    seen = []
    return taken
  }
  return { store: explained, take }
}
