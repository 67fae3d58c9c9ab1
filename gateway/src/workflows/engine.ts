import type { Caller } from '../caller.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { parseWorkflow } from '../definition/workflow/parse.ts'
import { SallyportError, toSallyportError } from '../errors.ts'
import type { QueuedRun } from '../store/run-queue.ts'
import type { WorkflowRunRow } from '../store/workflow-tables.ts'
import { createCallStep } from './call-step.ts'
import { Interpreter } from './interpreter.ts'
import { Journal } from './journal.ts'
import { type Children, createOtherSteps } from './other-steps.ts'
import { Checkpoint, LostRun, StepFailed, Suspended } from './signals.ts'
import type { WorkflowServices } from './types.ts'

/** How often the worker looks whether the run is still its own, besides at each write. */
const watchMs = 3_000
/** How often one gateway looks for runs that somebody forgot to wake. */
export const sweepMs = 60_000

export interface RunTrigger {
  readonly data: Readonly<Record<string, unknown>>
  readonly mocks?: Readonly<Record<string, string>>
}

type End =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: SallyportError; readonly step: string | null }
  | { readonly status: 'checkpoint' }
  | { readonly status: 'waiting'; readonly wakeAt: number | null }

/** What was sealed when the run began. */
export async function openTrigger(
  { sealedCalls }: Pick<WorkflowServices, 'sealedCalls'>,
  run: WorkflowRunRow,
): Promise<RunTrigger> {
  if (run.sealed_trigger === null || run.trigger_key_id === null) return { data: {} }
  const sealed = { ciphertext: run.sealed_trigger, keyId: run.trigger_key_id }
  return (await sealedCalls.openRunTrigger(run.workspace_id, run.id, sealed)) as RunTrigger
}

/** Works on runs until they end or wait. */
export function createEngine(services: WorkflowServices, children: Children) {
  const { store, clock, log, sealedCalls } = services
  /** Those under way here, to be told when they are lost. */
  const active = new Map<string, { readonly epoch: number; readonly stop: AbortController }>()

  /** Whoever had it before has lost it. Undefined when there is nothing to do. */
  async function claim({ workspaceId, runId }: QueuedRun): Promise<WorkflowRunRow | undefined> {
    return store.workspace(workspaceId, (db) =>
      db
        .updateTable('workflow_runs')
        .set((eb) => ({
          epoch: eb('epoch', '+', 1),
          status: 'running',
          wake_at: null,
          started_at: eb.fn.coalesce('started_at', eb.val(new Date(clock.now()))),
        }))
        .where('id', '=', runId)
        .where('status', 'in', ['queued', 'running', 'waiting'])
        .returningAll()
        .executeTakeFirst(),
    )
  }

  async function documentOf(run: WorkflowRunRow): Promise<WorkflowDocument> {
    const row = await store.workspace(run.workspace_id, (db) =>
      db
        .selectFrom('workflow_versions')
        .select('document')
        .where('workflow_id', '=', run.workflow_id)
        .where('version', '=', run.version)
        .executeTakeFirstOrThrow(),
    )
    return parseWorkflow(row.document)
  }

  async function interpret(run: WorkflowRunRow, signal: AbortSignal): Promise<End> {
    try {
      const [document, trigger, rows, caller] = await Promise.all([
        documentOf(run),
        openTrigger(services, run),
        store.workspace(run.workspace_id, (db) =>
          db.selectFrom('workflow_steps').selectAll().where('run_id', '=', run.id).where('superseded', '=', false).execute(),
        ),
        callerOf(run),
      ])
      const journal = new Journal(services, run, rows)
      const { mocks = {} } = trigger
      const call = createCallStep({ services, run, caller, document, journal, mocks, signal })
      const acts = { call, ...createOtherSteps({ services, run, journal, children }) }
      const output = await new Interpreter({ services, document, journal, acts }).run(trigger.data)
      return { status: 'succeeded', output }
    } catch (error) {
      if (signal.aborted) throw new LostRun()
      if (error instanceof Suspended) return { status: 'waiting', wakeAt: error.wakeAt }
      if (error instanceof Checkpoint) return { status: 'checkpoint' }
      if (error instanceof StepFailed)
        return { status: 'failed', step: error.step, error: new SallyportError(error.code, { detail: error.detail }) }
      if (error instanceof LostRun) throw error
      const known = toSallyportError(error)
      // The database is away, or the gateway stops: whoever takes the run next goes on.
      if (known.code === 'UNAVAILABLE') throw known
      if (known.code === 'INTERNAL') log.error({ err: error, run: run.id }, 'a workflow run failed inside the gateway')
      return { status: 'failed', step: null, error: known }
    }
  }

  function callerOf({ workspace_id: workspaceId, caller_kind, caller_id: callerId }: WorkflowRunRow): Promise<Caller> {
    const callerKind = caller_kind === 'session' ? 'session' : 'token'
    return services.access.authenticate({ kind: 'stored', workspaceId, callerKind, callerId }, undefined)
  }

  async function finish(run: WorkflowRunRow, end: End): Promise<void> {
    const { id, workspace_id: workspaceId, epoch } = run
    const now = new Date(clock.now())
    const save = (values: object) =>
      store.workspace(workspaceId, async (db) => {
        const count = await db
          .selectFrom('workflow_steps')
          .select(({ fn }) => fn.countAll<string>().as('n'))
          .where('run_id', '=', id)
          .executeTakeFirst()
        const { numUpdatedRows } = await db
          .updateTable('workflow_runs')
          .set({ ...values, status: end.status, steps: Number(count?.n ?? 0) })
          .where('id', '=', id)
          .where('epoch', '=', epoch)
          .where('status', '=', 'running')
          .executeTakeFirst()
        if (numUpdatedRows === 0n) throw new LostRun()
      })
    switch (end.status) {
      case 'succeeded':
        await sealedCalls.storing(workspaceId, async () => {
          const { ciphertext, keyId } = await sealedCalls.sealRunOutput(workspaceId, id, end.output)
          await save({ sealed_output: ciphertext, output_key_id: keyId, ended_at: now })
        })
        break
      case 'failed': {
        const { code, detail } = end.error
        await save({ error_code: code, error_detail: detail, error_step: end.step, ended_at: now })
        break
      }
      case 'checkpoint':
        await save({ ended_at: now })
        break
      case 'waiting':
        await save({ wake_at: end.wakeAt === null ? null : new Date(end.wakeAt) })
        if (end.wakeAt !== null) await store.runs.wake({ workspaceId, runId: id }, new Date(end.wakeAt))
        return
    }
    await ended(run)
  }

  /** Nobody approves what a run that has ended had asked for, and the run that waits for this one goes on. */
  async function ended({ id, workspace_id: workspaceId, parent_run }: WorkflowRunRow): Promise<void> {
    await store.workspace(workspaceId, async (db) => {
      const waiting = await db
        .selectFrom('workflow_steps')
        .select('approval_id')
        .where('run_id', '=', id)
        .where('status', '=', 'waiting')
        .where('approval_id', 'is not', null)
        .execute()
      const approvals = waiting.flatMap(({ approval_id }) => approval_id ?? [])
      if (approvals.length > 0)
        await db
          .updateTable('approvals')
          .set({ expires_at: new Date(clock.now()) })
          .where('workspace_id', '=', workspaceId)
          .where('id', 'in', approvals)
          .where('status', '=', 'pending')
          .execute()
    })
    if (parent_run !== null) await store.runs.wake({ workspaceId, runId: parent_run })
  }

  async function work(queued: QueuedRun): Promise<void> {
    const run = await claim(queued)
    if (run === undefined) return
    const stop = new AbortController()
    active.set(run.id, { epoch: run.epoch, stop })
    const watch = setInterval(() => void look(run, stop).catch(() => {}), watchMs).unref()
    try {
      await finish(run, await interpret(run, stop.signal))
    } catch (error) {
      if (!(error instanceof LostRun)) throw error
      log.debug({ run: run.id }, 'a run was taken over or cancelled')
    } finally {
      clearInterval(watch)
      if (active.get(run.id)?.epoch === run.epoch) active.delete(run.id)
    }
  }

  async function look(run: WorkflowRunRow, stop: AbortController): Promise<void> {
    const row = await store.workspace(run.workspace_id, (db) =>
      db.selectFrom('workflow_runs').select(['epoch', 'status']).where('id', '=', run.id).executeTakeFirst(),
    )
    if (row?.epoch !== run.epoch || row.status !== 'running') stop.abort()
  }

  async function giveUp(queued: QueuedRun): Promise<void> {
    const run = await claim(queued)
    if (run === undefined) return
    const detail = 'The gateway stopped again and again while it worked on this run. Look at what its steps take and give.'
    await finish(run, { status: 'failed', step: null, error: new SallyportError('INTERNAL', { detail }) })
  }

  /** Runs that should have been woken and were not: their approval was decided, their time has come, or their worker is gone. */
  async function sweep(): Promise<void> {
    const late = new Date(clock.now() - sweepMs)
    const rows = await store.system(async (db) => {
      const due = await db
        .selectFrom('workflow_runs')
        .select(['id', 'workspace_id'])
        .where((eb) =>
          eb.or([
            eb.and([eb('status', '=', 'waiting'), eb('wake_at', '<', late)]),
            eb.and([eb('status', '=', 'queued'), eb('created_at', '<', late)]),
          ]),
        )
        .limit(500)
        .execute()
      const decided = await db
        .selectFrom('workflow_steps')
        .innerJoin('workflow_runs', 'workflow_runs.id', 'workflow_steps.run_id')
        .innerJoin('calls', 'calls.id', 'workflow_steps.call_id')
        .select(['workflow_runs.id', 'workflow_runs.workspace_id'])
        .where('workflow_steps.status', '=', 'waiting')
        .where('workflow_runs.status', '=', 'waiting')
        .where('calls.status', 'not in', ['pending_approval', 'started'])
        .limit(500)
        .execute()
      return [...due, ...decided]
    })
    for (const { id: runId, workspace_id: workspaceId } of rows) await store.runs.wake({ workspaceId, runId })
  }

  return {
    work,
    giveUp,
    sweep,
    ended,
    /** Stops the work on a run here; elsewhere it is noticed at the next write. */
    abandon: (id: string) => active.get(id)?.stop.abort(),
    wanted: () =>
      store.system(async (db) => (await db.selectFrom('workflow_runs').select('id').limit(1).executeTakeFirst()) !== undefined),
  }
}
