import type { Caller } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import type { Store } from '../../store/types.ts'
import type { SealedCalls } from '../sealed-calls.ts'
import type { CallTape } from './call-tape.ts'

/** A program that waits for an approval. */
export interface StoredRun {
  readonly id: string
  readonly code: string
  /** What the program takes for the time, in milliseconds. */
  readonly now: number
  readonly calls: CallTape['recorded']
  readonly pending: { readonly asked: string; readonly callId: string; readonly approvalId: string }
}

/** A call can wait for a day, and an agent may come back later. */
const keptMs = 48 * 60 * 60 * 1000

export function createStoredRuns({ store, sealedCalls, clock }: { store: Store; sealedCalls: SealedCalls; clock: Clock }) {
  return {
    async keep({ workspaceId, kind, id: callerId }: Caller, run: StoredRun): Promise<void> {
      await sealedCalls.storing(workspaceId, async () => {
        const sealed = await sealedCalls.sealRun(workspaceId, run.id, run)
        const values = {
          sealed_run: sealed.ciphertext,
          run_key_id: sealed.keyId,
          expires_at: new Date(clock.now() + keptMs),
        }
        await store.workspace(workspaceId, (db) =>
          db
            .insertInto('code_runs')
            .values({ id: run.id, workspace_id: workspaceId, caller_kind: kind, caller_id: callerId, ...values })
            .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
            .execute(),
        )
      })
    },

    /** Throws NOT_FOUND. */
    async load({ workspaceId, kind, id: callerId }: Caller, id: string): Promise<StoredRun> {
      const row = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('code_runs')
          .select(['sealed_run', 'run_key_id'])
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .where('caller_kind', '=', kind)
          .where('caller_id', '=', callerId)
          .where('expires_at', '>', new Date(clock.now()))
          .executeTakeFirst(),
      )
      if (row === undefined)
        throw new SallyportError('NOT_FOUND', { detail: 'You have no run of this id that waits. Run the program anew.' })
      const sealed = { ciphertext: row.sealed_run, keyId: row.run_key_id }
      // It opens as nothing but what was sealed for this very row.
      return (await sealedCalls.openRun(workspaceId, id, sealed)) as StoredRun
    },

    async drop({ workspaceId }: Caller, id: string): Promise<void> {
      await store.workspace(workspaceId, (db) =>
        db.deleteFrom('code_runs').where('workspace_id', '=', workspaceId).where('id', '=', id).execute(),
      )
    },
  }
}
