import { sql } from 'kysely'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import type { Store } from '../store/types.ts'
import type { Signer } from '../vault/signing.ts'
import { checkpointText } from './signatures.ts'
import type { Checkpoint } from './types.ts'

/** A chain that has grown gets a checkpoint after this time, or after so many entries. */
const checkpointMs = 60 * 60_000
const checkpointEntries = 10_000

export interface CheckpointOptions {
  readonly store: Store
  readonly clock: Clock
  readonly signerOf: (workspace: string) => Signer
}

/** Signs the ends of chains. Whoever changes the database has not the key, and whoever has a copy sees what was changed. */
export function createCheckpoints({ store, clock, signerOf }: CheckpointOptions) {
  async function sign(workspace: string): Promise<void> {
    await store.workspace(workspace, async (db) => {
      const head = await db
        .selectFrom('log_heads')
        .select(['seq', 'hash'])
        .where('workspace_id', '=', workspace)
        .executeTakeFirst()
      if (head === undefined || head.seq === '0') return
      const { publicKey, sign: signText } = signerOf(workspace)
      const at = new Date(clock.now())
      await db
        .insertInto('audit_checkpoints')
        .values({
          workspace_id: workspace,
          seq: head.seq,
          hash: head.hash,
          at,
          public_key: publicKey,
          signature: signText(checkpointText(workspace, head.seq, head.hash, at)),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    })
  }

  return {
    /** The end of the chain of a workspace as it is, signed. Throws NOT_FOUND for an empty chain. */
    async now(workspace: string): Promise<Checkpoint> {
      await sign(workspace)
      const row = await store.workspace(workspace, (db) =>
        db
          .selectFrom('audit_checkpoints')
          .selectAll()
          .where('workspace_id', '=', workspace)
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst(),
      )
      if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: 'The audit log has no entries yet.' })
      return {
        workspace_id: workspace,
        seq: Number(row.seq),
        hash: row.hash.toString('hex'),
        at: row.at.toISOString(),
        public_key: row.public_key.toString('hex'),
        signature: row.signature.toString('hex'),
      }
    },

    /** Signs every chain that is due; at the end of the gateway's life every one that has grown. */
    async due(stopping: boolean): Promise<void> {
      const { rows } = await store.system((db) =>
        sql<{ workspace_id: string }>`
          select h.workspace_id from log_heads h left join lateral (
            select seq, at from audit_checkpoints c where c.workspace_id = h.workspace_id order by seq desc limit 1
          ) c on true
          where h.seq > coalesce(c.seq, 0) and (${stopping} or h.seq - coalesce(c.seq, 0) >= ${checkpointEntries}
            or coalesce(c.at, '-infinity') < ${new Date(clock.now() - checkpointMs)})`.execute(db),
      )
      for (const { workspace_id } of rows) await sign(workspace_id)
    },
  }
}
