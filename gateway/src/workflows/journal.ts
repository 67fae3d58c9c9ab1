import type { Transaction } from 'kysely'
import type { SealedCalls } from '../call/sealed-calls.ts'
import { newId } from '../id.ts'
import { storableText } from '../store/json-text.ts'
import type { Database } from '../store/schema.ts'
import type { WorkflowRunRow, WorkflowStepRow } from '../store/workflow-tables.ts'
import { maxStepsTaken } from './limits.ts'
import { LostRun, StepFailed } from './signals.ts'
import type { StepResult, WorkflowServices } from './types.ts'

type Services = Pick<WorkflowServices, 'store' | 'clock' | 'sealedCalls'>
type Values = Partial<
  Pick<WorkflowStepRow, 'attempt' | 'sent' | 'call_id' | 'approval_id' | 'child_run' | 'wake_at' | 'error_code' | 'error_detail'>
> & { readonly status: WorkflowStepRow['status'] }

/** What a step came to, opened. */
export async function openResult(sealedCalls: SealedCalls, row: WorkflowStepRow): Promise<StepResult> {
  if (row.sealed_result === null || row.result_key_id === null) return {}
  const sealed = { ciphertext: row.sealed_result, keyId: row.result_key_id }
  // It opens as nothing but what was sealed for this very row.
  return (await sealedCalls.openStep(row.workspace_id, row.id, sealed)) as StepResult
}

/** What the steps of a run came to. Writes only as long as the run is this worker's. */
export class Journal {
  readonly #services: Services
  readonly #run: WorkflowRunRow
  readonly #entries = new Map<string, WorkflowStepRow>()
  #taken: number

  constructor(services: Services, run: WorkflowRunRow, rows: readonly WorkflowStepRow[]) {
    this.#services = services
    this.#run = run
    for (const row of rows) if (!row.superseded) this.#entries.set(row.place, row)
    this.#taken = rows.length
  }

  get taken(): number {
    return this.#taken
  }

  at(place: string): WorkflowStepRow | undefined {
    return this.#entries.get(place)
  }

  result(row: WorkflowStepRow): Promise<StepResult> {
    return openResult(this.#services.sealedCalls, row)
  }

  /** Writes what became of a step: a new line, or the one that it has. Throws LostRun. */
  async write(place: string, step: string, kind: string, values: Values, result?: StepResult): Promise<WorkflowStepRow> {
    const { sealedCalls, clock } = this.#services
    const { workspace_id: workspaceId } = this.#run
    const known = this.#entries.get(place)
    if (known === undefined && ++this.#taken > maxStepsTaken)
      throw new StepFailed(step, 'SCRIPT_LIMIT', `A run takes at most ${maxStepsTaken} steps. Let it do less, or split it.`)
    const id = known?.id ?? newId('step', clock.now())
    const now = new Date(clock.now())
    const ended = values.status === 'started' || values.status === 'waiting' ? null : now
    const detail = values.error_detail === undefined || values.error_detail === null ? null : storableText(values.error_detail)
    const all = { ...values, error_detail: detail, ended_at: ended, generation: this.#run.generation }
    const save = async (sealed: { sealed_result: Buffer; result_key_id: string } | undefined) =>
      this.#owned(async (db) => {
        const row = { ...all, ...sealed }
        if (known !== undefined)
          return db.updateTable('workflow_steps').set(row).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
        return db
          .insertInto('workflow_steps')
          .values({ id, workspace_id: workspaceId, run_id: this.#run.id, place, step, kind, started_at: now, ...row })
          .returningAll()
          .executeTakeFirstOrThrow()
      })
    const saved =
      result === undefined
        ? await save(undefined)
        : await sealedCalls.storing(workspaceId, async () => {
            const { ciphertext, keyId } = await sealedCalls.sealStep(workspaceId, id, result)
            return save({ sealed_result: ciphertext, result_key_id: keyId })
          })
    this.#entries.set(place, saved)
    return saved
  }

  /** From here on a write may have been sent. Throws LostRun, and the write is not sent. */
  async markSent(place: string): Promise<void> {
    const row = this.#entries.get(place)
    if (row === undefined) throw new LostRun()
    await this.#owned((db) => db.updateTable('workflow_steps').set({ sent: true }).where('id', '=', row.id).execute())
  }

  /** Holds the run still: whoever takes it over waits for this transaction, and this one fails when somebody has. */
  #owned<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T> {
    const { id, workspace_id: workspaceId, epoch } = this.#run
    return this.#services.store.workspace(workspaceId, async (db) => {
      const run = await db
        .selectFrom('workflow_runs')
        .select(['epoch', 'status'])
        .where('id', '=', id)
        .forShare()
        .executeTakeFirst()
      if (run?.epoch !== epoch || run.status !== 'running') throw new LostRun()
      return work(db)
    })
  }
}
