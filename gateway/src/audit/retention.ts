import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { firstId } from '../id.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/types.ts'
import type { Signer } from '../vault/signing.ts'
import { gapText } from './signatures.ts'

/** As many calls are deleted at a time, so that none waits for it. */
const batch = 5_000

interface Options {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly signerOf: (workspace: string) => Signer
  readonly days: number
}

/** What the chain of a workspace has in a month. */
interface Stretch {
  readonly workspace_id: string
  readonly last_seq: string
  readonly hash: Buffer
  /** Of what was removed before. */
  readonly removed: string
}

/** Removes the months of the log that ended that many days ago, and signs for it; then the calls of these months. */
export async function removeOldMonths({ store, clock, log, signerOf, days }: Options): Promise<void> {
  const oldest = new Date(clock.now() - days * 86_400_000)
  const lastKept = `audit_log_${oldest.toISOString().slice(0, 7).replace('-', '_')}`
  const { rows: months } = await store.system((db) =>
    sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_log'::regclass and c.relname < ${lastKept} order by 1`.execute(db),
  )
  for (const { name } of months) {
    await store.system(async (db) => {
      const { rows } = await sql<Stretch>`
        select l.workspace_id, l.seq as last_seq, l.hash,
          coalesce((select max(last_seq) from audit_gaps g where g.workspace_id = l.workspace_id), 0) as removed
        from (select distinct on (workspace_id) workspace_id, seq, hash from ${sql.table(name)} order by workspace_id, seq desc) l`.execute(
        db,
      )
      const at = new Date(clock.now())
      const gaps = rows.map(({ workspace_id, last_seq, hash, removed }) => {
        const first_seq = String(BigInt(removed) + 1n)
        const { publicKey, sign } = signerOf(workspace_id)
        const signature = sign(gapText(workspace_id, first_seq, last_seq, hash, at))
        return {
          workspace_id,
          first_seq,
          last_seq,
          hash: hash.toString('hex'),
          at,
          public_key: publicKey.toString('hex'),
          signature: signature.toString('hex'),
        }
      })
      await sql`select audit_drop_month(${name}, ${JSON.stringify(gaps)}::json)`.execute(db)
    })
    log.info({ month: name }, 'removed a month of the audit log, as SALLYPORT_AUDIT_RETENTION_DAYS says')
  }
  const firstKept = new Date(Date.UTC(oldest.getUTCFullYear(), oldest.getUTCMonth()))
  await removeCalls(store, firstKept)
}

async function removeCalls(store: Store, before: Date): Promise<void> {
  const id = firstId('call', before.getTime())
  for (let removed = batch; removed === batch; ) {
    removed = await store.system(async (db) => {
      const { rows } = await sql`
        delete from calls where id = any (array(select id from calls where id < ${id} order by id limit ${batch})) returning 1`.execute(
        db,
      )
      return rows.length
    })
  }
  await store.system(async (db) => {
    await db.deleteFrom('call_figures').where('at', '<', before).execute()
    await sql`delete from call_facets f where not exists (select from calls c where c.facet = f.facet)`.execute(db)
  })
}
