import { sql } from 'kysely'
import { requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { createRounds } from '../rounds.ts'
import { recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import type { Signer } from '../vault/signing.ts'
import { createCheckpoints } from './checkpoints.ts'
import { exportLines, listActs } from './entries.ts'
import { removeOldMonths } from './retention.ts'
import type { AuditLog } from './types.ts'
import { verifyStep } from './verification.ts'

/** How often the keeper looks whether something is due. */
const roundMs = 60_000
/** Partitions are made for so many months to come. */
const monthsAhead = 2

interface Options {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly signerOf: (workspace: string) => Signer
  /** Months of the log that ended that many days ago are removed; undefined keeps all. */
  readonly retentionDays: number | undefined
}

export function createAudit({ store, clock, log, signerOf, retentionDays }: Options) {
  const checkpoints = createCheckpoints({ store, clock, signerOf })
  const audit: AuditLog = {
    async list(caller, query) {
      requireRole(caller, 'admin')
      return listActs(store, caller.workspaceId, query)
    },

    async verify(caller, query) {
      requireRole(caller, 'admin')
      const { publicKey } = signerOf(caller.workspaceId)
      return verifyStep(store, caller.workspaceId, publicKey, query, new Date(clock.now()))
    },

    async checkpoint(caller) {
      requireRole(caller, 'admin')
      return checkpoints.now(caller.workspaceId)
    },

    async export(caller, from = 1) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const target = { kind: 'audit', id: workspaceId, name: 'Audit log' }
      await store.workspace(workspaceId, (db) =>
        recordAct(db, workspaceId, { kind: 'audit.exported', by: caller, target, after: { from } }),
      )
      const { seq } = await checkpoints.now(workspaceId)
      return exportLines(store, workspaceId, signerOf(workspaceId).publicKey, from, seq, new Date(clock.now()))
    },
  }

  /** One round of what has to be done for every log. */
  async function keep(): Promise<void> {
    await checkpoints.due(false)
    await store.system((db) => sql`select audit_make_partitions(${monthsAhead})`.execute(db))
    if (retentionDays !== undefined) await removeOldMonths({ store, clock, log, signerOf, days: retentionDays })
  }

  return {
    audit,
    keep,
    /** Signs, makes months and removes old ones from now on. What it returns ends that, and signs every chain. */
    start(): () => Promise<void> {
      const stop = createRounds({ everyMs: roundMs, round: keep }).start((error) =>
        log.warn({ err: error }, 'the audit log could not be kept; it is tried again'),
      )
      return async () => {
        await stop()
        await checkpoints
          .due(true)
          .catch((error: unknown) => log.warn({ err: error }, 'the ends of the audit logs could not be signed'))
      }
    },
  }
}
