import { sql } from 'kysely'
import type { Store } from '../store/types.ts'

/** A gateway that was not heard of for so long is not waited for: three times the interval of {@link Replicas.beat}. */
export const liveSeconds = 30
const forgetHours = 1

/** Whether a row of `gateway_replicas` is of a gateway that is alive. The clock is the database's. */
export const isLive = sql<boolean>`gateway_replicas.seen_at > now() - make_interval(secs => ${sql.lit(liveSeconds)})`

/** The gateways on one database, as each of them announces itself. */
export function createReplicas(store: Store) {
  const id = crypto.randomUUID()
  return {
    id,

    /** Says that this one lives, and answers all that do. */
    beat: (): Promise<readonly string[]> =>
      store.system(async (db) => {
        const seen_at = sql<Date>`now()`
        await db
          .insertInto('gateway_replicas')
          .values({ id, seen_at })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at }))
          .execute()
        await db
          .deleteFrom('gateway_replicas')
          .where('seen_at', '<', sql<Date>`now() - make_interval(hours => ${sql.lit(forgetHours)})`)
          .execute()
        const rows = await db.selectFrom('gateway_replicas').select('id').where(isLive).orderBy('id').execute()
        return rows.map((row) => row.id)
      }),

    leave: (): Promise<void> =>
      store.system(async (db) => {
        await db.deleteFrom('gateway_replicas').where('id', '=', id).execute()
      }),
  }
}
export type Replicas = ReturnType<typeof createReplicas>
