import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError, toSallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { createRounds } from '../rounds.ts'
import { gatewayActor, recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import type { Renewal } from './import/renew.ts'
import type { CheckSchedule } from './types.ts'

/** How often the keeper looks whether something is due. */
const roundMs = 60_000
/** Looks of one round, one after the other: each takes as long as an import. */
const maxPerRound = 20
/** Of the advisory lock: a gateway that finds it taken leaves the round to the one that has it. */
const lockName = 'sallyport scheduled checks'

interface Dependencies {
  readonly store: Store
  readonly clock: Clock
  /** Compares a connector with the document at its address, and remembers what it found. */
  readonly look: (workspaceId: string, id: string) => Promise<Renewal>
}

interface Due {
  readonly workspace_id: string
  readonly id: string
  readonly name: string
}

/** The gateway looks by itself whether the descriptions of connectors have changed, as often as their admins said. */
export function createScheduledChecks({ store, clock, look }: Dependencies) {
  /**
   * One that is due, put off to its next time in the same commit: whatever becomes of this gateway, it is looked at once. Null
   * when none is, or when another gateway is just taking one.
   */
  function claim(): Promise<Due | null> {
    return store.system(async (db) => {
      const lock = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(hashtext(${lockName})) as got`.execute(db)
      if (lock.rows[0]?.got !== true) return null
      const now = new Date(clock.now())
      const due = await db
        .selectFrom('connectors')
        .select(['workspace_id', 'id', 'name', 'check_every_hours'])
        .where('check_due', '<=', now)
        .orderBy('check_due')
        .limit(1)
        .executeTakeFirst()
      if (due === undefined || due.check_every_hours === null) return null
      await db
        .updateTable('connectors')
        .set({ check_due: new Date(now.getTime() + due.check_every_hours * 3_600_000) })
        .where('workspace_id', '=', due.workspace_id)
        .where('id', '=', due.id)
        .execute()
      return due
    })
  }

  async function checkOne({ workspace_id: workspaceId, id, name }: Due): Promise<void> {
    const found = await look(workspaceId, id).catch((error: unknown) => toSallyportError(error))
    const problem = found instanceof SallyportError ? found.detail : null
    await store.workspace(workspaceId, async (db) => {
      await db
        .updateTable('connectors')
        .set({ check_problem: problem })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .execute()
      await recordAct(db, workspaceId, {
        kind: 'connector.checked',
        by: gatewayActor,
        target: { kind: 'connector', id, name },
        after: found instanceof SallyportError ? { problem } : { class: found.class, counts: found.counts },
      })
    })
  }

  /** What is due now. */
  async function round(): Promise<void> {
    for (let checked = 0; checked < maxPerRound; checked++) {
      const due = await claim()
      if (due === null) return
      await checkOne(due)
    }
  }

  const rounds = createRounds({ everyMs: roundMs, round })

  return {
    round,

    /** Looks from now on, the first time at once; null looks no more. Throws INVALID_INPUT for a connector of no address. */
    async schedule(caller: Caller, id: string, everyHours: number | null): Promise<CheckSchedule> {
      requireRole(caller, 'admin')
      const due = everyHours === null ? null : new Date(clock.now())
      await store.workspace(caller.workspaceId, async (db) => {
        const row = await db
          .updateTable('connectors')
          .set({ check_every_hours: everyHours, check_due: due, check_problem: null })
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returning(['name', sql<string | null>`coalesce(source->>'url', source->>'catalog', source->>'program')`.as('origin')])
          .executeTakeFirst()
        if (row === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no connector "${id}" in this workspace.` })
        if (row.origin === null && everyHours !== null)
          throw new SallyportError('INVALID_INPUT', {
            detail: `"${id}" was not imported from an address, so there is nowhere to look.`,
          })
        await recordAct(db, caller.workspaceId, {
          kind: 'connector.checks_scheduled',
          by: caller,
          target: { kind: 'connector', id, name: row.name },
          after: { every_hours: everyHours },
        })
      })
      rounds.wake()
      return { every_hours: everyHours, next_at: due?.toISOString() ?? null, problem: null }
    },

    /** Looks at what is due from now on. What it returns ends that, after the look that is under way. */
    start(log: Log): () => Promise<void> {
      return rounds.start((error) => log.warn({ err: error }, 'scheduled checks failed; they are tried again'))
    },
  }
}
