import type { Actor } from '../call/types.ts'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { findStep, stepsFrom } from '../definition/workflow/kind.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { createRounds } from '../rounds.ts'
import { recordAct } from '../store/acts.ts'
import type { WorkflowDeploymentRow, WorkflowRunRow } from '../store/workflow-tables.ts'
import { bind, requireBound } from './bindings.ts'
import { createEngine, openTrigger, type RunTrigger, sweepMs } from './engine.ts'
import { openResult } from './journal.ts'
import { maxDepth, maxTriggerBytes } from './limits.ts'
import type { Children } from './other-steps.ts'
import { type NamedRun, runView, stepView, summaryOf } from './run-views.ts'
import { createStored } from './stored.ts'
import type { Names, WorkflowRuns, WorkflowServices } from './types.ts'

const open = ['queued', 'running', 'waiting'] as const

interface NewRun {
  readonly workspaceId: string
  readonly workflowId: string
  readonly version: number
  readonly deployment: WorkflowDeploymentRow | null
  readonly bindings: Names
  readonly pins: Names
  readonly caller: { readonly kind: string; readonly id: string }
  readonly startedBy: Actor
  readonly kind: string
  readonly trigger: RunTrigger
  readonly dedupeKey?: string | undefined
  readonly replayOf?: string
  readonly parent?: { readonly run: WorkflowRunRow; readonly place: string }
}

function noRun(id: string): SallyportError {
  return new SallyportError('NOT_FOUND', { detail: `There is no run "${id}" in this workspace.` })
}

const actorOf = ({ kind, id, name }: Caller): Actor => ({ kind, id, name })

export interface WorkflowEngine extends WorkflowRuns {
  /** To be told when a call that waited for a person is decided. */
  settled(workspaceId: string, callId: string): Promise<void>
  /** A run of what is deployed, for a trigger. Answers whether it is a new one. */
  fire(
    deployment: WorkflowDeploymentRow,
    kind: string,
    data: Readonly<Record<string, unknown>>,
    dedupeKey: string | undefined,
  ): Promise<{ readonly id: string; readonly fresh: boolean }>
  /** Works on runs from now on. What it returns ends that. */
  begin(): () => Promise<void>
}

export function createRuns(services: WorkflowServices): WorkflowEngine {
  const { store, clock, log, sealedCalls } = services
  const { deploymentOf, documentOf, requireInput } = createStored(store)

  /** Stores the run and lets it be taken; one with the same key is the one that there is. */
  async function insert(run: NewRun): Promise<{ readonly id: string; readonly fresh: boolean }> {
    if (JSON.stringify(run.trigger.data).length > maxTriggerBytes)
      throw new SallyportError('PAYLOAD_TOO_LARGE', {
        detail: `A run begins with at most ${maxTriggerBytes / 1024 / 1024} MB. Send a reference, and let a step fetch the rest.`,
      })
    const { workspaceId } = run
    const id = newId('run', clock.now())
    const values = {
      ...{ id, workspace_id: workspaceId, workflow_id: run.workflowId, version: run.version },
      ...{ deployment_id: run.deployment?.id ?? null, mode: run.deployment === null ? ('preview' as const) : ('live' as const) },
      ...{ bindings: JSON.stringify(run.bindings), pins: JSON.stringify(run.pins) },
      ...{ caller_kind: run.caller.kind, caller_id: run.caller.id, started_by: JSON.stringify(run.startedBy), trigger: run.kind },
      ...{ dedupe_key: run.dedupeKey ?? null, replay_of: run.replayOf ?? null, status: 'queued' as const },
      ...{
        parent_run: run.parent?.run.id ?? null,
        parent_step: run.parent?.place ?? null,
        depth: (run.parent?.run.depth ?? -1) + 1,
      },
    }
    const made = await sealedCalls.storing(workspaceId, async () => {
      const { ciphertext, keyId } = await sealedCalls.sealRunTrigger(workspaceId, id, run.trigger)
      return store.workspace(workspaceId, async (db) => {
        const row = await db
          .insertInto('workflow_runs')
          .values({ ...values, sealed_trigger: ciphertext, trigger_key_id: keyId })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst()
        if (row !== undefined) return { id, fresh: true }
        const known = await db
          .selectFrom('workflow_runs')
          .select('id')
          .where('workspace_id', '=', workspaceId)
          .where((eb) =>
            eb.or([
              eb.and([eb('workflow_id', '=', run.workflowId), eb('dedupe_key', '=', run.dedupeKey ?? '')]),
              eb.and([eb('parent_run', '=', run.parent?.run.id ?? ''), eb('parent_step', '=', run.parent?.place ?? '')]),
            ]),
          )
          .executeTakeFirstOrThrow()
        return { id: known.id, fresh: false }
      })
    })
    await store.runs.wake({ workspaceId, runId: made.id })
    return made
  }

  /** Lets a run that waits be taken: whoever looks at it sees that it goes on. */
  async function rouse(workspaceId: string, runId: string): Promise<void> {
    await store.workspace(workspaceId, (db) =>
      db.updateTable('workflow_runs').set({ status: 'queued' }).where('id', '=', runId).where('status', '=', 'waiting').execute(),
    )
    await store.runs.wake({ workspaceId, runId })
  }

  function startOf(
    deployment: WorkflowDeploymentRow,
    startedBy: Actor,
    kind: string,
    data: Readonly<Record<string, unknown>>,
  ): NewRun {
    const { workspace_id: workspaceId, workflow_id: workflowId, version, bindings, pins, token_id } = deployment
    const caller = { kind: 'token', id: token_id }
    return { workspaceId, workflowId, version, deployment, bindings, pins, caller, startedBy, kind, trigger: { data } }
  }

  const children: Children = {
    async start(parent, place, workflow, input) {
      if (parent.depth + 1 >= maxDepth)
        throw new SallyportError('CONFLICT', { detail: `Workflows that run one another go ${maxDepth} deep at most.` })
      const environment = await store.workspace(parent.workspace_id, (db) =>
        db
          .selectFrom('workflow_deployments')
          .select('environment')
          .where('id', '=', parent.deployment_id ?? '')
          .executeTakeFirst(),
      )
      const deployment = await deploymentOf(parent.workspace_id, workflow, environment?.environment)
      requireInput(await documentOf(parent.workspace_id, deployment.workflow_id, deployment.version), input)
      const by = { kind: 'run', id: parent.id, name: 'a workflow' }
      const run = startOf(deployment, by, 'workflow', { type: 'workflow', at: new Date(clock.now()).toISOString(), input })
      const { id } = await insert({ ...run, parent: { run: parent, place: `${parent.generation}:${place}` } })
      return id
    },
    async end(parent, id) {
      const row = await store.workspace(parent.workspace_id, (db) =>
        db.selectFrom('workflow_runs').selectAll().where('id', '=', id).executeTakeFirst(),
      )
      if (row === undefined) return { code: 'NOT_FOUND', detail: 'The run of the other workflow is gone.' }
      if (open.some((status) => status === row.status)) return null
      if (row.status !== 'succeeded')
        return { code: row.error_code, detail: `The other workflow ${row.status}: ${row.error_detail ?? ''}` }
      return { output: await outputOf(row) }
    },
  }
  const engine = createEngine(services, children)

  async function outputOf(run: WorkflowRunRow): Promise<unknown> {
    if (run.sealed_output === null || run.output_key_id === null) return null
    return sealedCalls.openRunOutput(run.workspace_id, run.id, { ciphertext: run.sealed_output, keyId: run.output_key_id })
  }

  async function find({ workspaceId }: Caller, id: string): Promise<NamedRun> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('workflow_runs')
        .innerJoin('workflows', 'workflows.id', 'workflow_runs.workflow_id')
        .leftJoin('workflow_deployments', 'workflow_deployments.id', 'workflow_runs.deployment_id')
        .selectAll('workflow_runs')
        .select(['workflows.slug', 'workflows.name as workflow_name', 'workflow_deployments.environment'])
        .where('workflow_runs.workspace_id', '=', workspaceId)
        .where('workflow_runs.id', '=', id)
        .executeTakeFirst(),
    )
    if (row === undefined) throw noRun(id)
    return row
  }

  async function summary(caller: Caller, id: string) {
    return summaryOf(await find(caller, id))
  }

  /** Whoever starts a run, an admin, and who reaches everything that it is bound to. */
  async function mayRead(caller: Caller, run: NamedRun, document: WorkflowDocument): Promise<boolean> {
    if (hasRole(caller, 'admin') || (run.started_by as Actor).id === caller.id) return true
    if (!hasRole(caller, 'member')) return false
    for (const [slot, connection] of Object.entries(run.bindings)) {
      try {
        await services.connections.resolve(caller, document.slots?.[slot]?.connector ?? '', connection)
      } catch {
        return false
      }
    }
    return true
  }

  async function act(
    caller: Caller,
    kind: 'started' | 'cancelled' | 'retried' | 'decided',
    run: NamedRun,
    after?: unknown,
  ): Promise<void> {
    await store.workspace(caller.workspaceId, (db) =>
      recordAct(db, caller.workspaceId, {
        kind: `workflow_run.${kind}`,
        by: caller,
        target: { kind: 'workflow_run', id: run.id, name: run.slug },
        ...(after !== undefined && { after }),
      }),
    )
  }

  return {
    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('workflow_runs')
          .innerJoin('workflows', 'workflows.id', 'workflow_runs.workflow_id')
          .leftJoin('workflow_deployments', 'workflow_deployments.id', 'workflow_runs.deployment_id')
          .selectAll('workflow_runs')
          .select(['workflows.slug', 'workflows.name as workflow_name', 'workflow_deployments.environment'])
          .where('workflow_runs.workspace_id', '=', caller.workspaceId)
          .orderBy('workflow_runs.id', 'desc')
          .limit(size + 1)
        if (before !== undefined) select = select.where('workflow_runs.id', '<', before)
        if (query.workflow !== undefined) select = select.where('workflows.slug', '=', query.workflow)
        if (query.status !== undefined) select = select.where('workflow_runs.status', '=', query.status)
        return select.execute()
      })
      return toPage(rows, size, summaryOf, ({ id }) => id)
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      const run = await find(caller, id)
      const document = await documentOf(caller.workspaceId, run.workflow_id, run.version)
      const readable = await mayRead(caller, run, document)
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db.selectFrom('workflow_steps').selectAll().where('run_id', '=', id).orderBy('seq').limit(2_000).execute(),
      )
      const timeline = await Promise.all(
        rows.map(async (row) => stepView(row, readable ? await openResult(sealedCalls, row) : null)),
      )
      const [trigger, output] = readable ? await Promise.all([openTrigger(services, run), outputOf(run)]) : [null, null]
      return runView(run, timeline, trigger?.data ?? null, output, !readable)
    },

    async start(caller, { workflow, environment, input = {}, idempotencyKey }) {
      requireRole(caller, 'member')
      const deployment = await deploymentOf(caller.workspaceId, workflow, environment)
      requireInput(await documentOf(caller.workspaceId, deployment.workflow_id, deployment.version), input)
      const data = { type: 'manual', at: new Date(clock.now()).toISOString(), input }
      const dedupeKey = idempotencyKey === undefined ? undefined : `manual:${caller.id}:${idempotencyKey}`
      const { id, fresh } = await insert({ ...startOf(deployment, actorOf(caller), 'manual', data), dedupeKey })
      const run = await find(caller, id)
      if (fresh) await act(caller, 'started', run)
      return summaryOf(run)
    },

    async preview(caller, { workflow, version, bindings = {}, input = {}, mocks = {} }) {
      requireRole(caller, 'member')
      const { workspaceId } = caller
      const row = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('workflows')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .where('slug', '=', workflow)
          .executeTakeFirst(),
      )
      if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no workflow "${workflow}".` })
      const document = await documentOf(workspaceId, row.id, version ?? row.version)
      const bound = await bind(services, caller, document, null, bindings)
      requireBound(bound)
      requireInput(document, input)
      const data = { type: 'manual', at: new Date(clock.now()).toISOString(), input }
      const { id } = await insert({
        ...{ workspaceId, workflowId: row.id, version: version ?? row.version, deployment: null },
        ...{
          bindings: bound.bindings,
          pins: bound.pins,
          caller,
          startedBy: actorOf(caller),
          kind: 'preview',
          trigger: { data, mocks },
        },
      })
      return summary(caller, id)
    },

    async cancel(caller, id) {
      requireRole(caller, 'member')
      const run = await find(caller, id)
      if ((run.started_by as Actor).id !== caller.id) requireRole(caller, 'manager')
      const { numUpdatedRows } = await store.workspace(caller.workspaceId, (db) =>
        db
          .updateTable('workflow_runs')
          .set((eb) => ({ status: 'cancelled', epoch: eb('epoch', '+', 1), ended_at: new Date(clock.now()) }))
          .where('id', '=', id)
          .where('status', 'in', [...open])
          .executeTakeFirst(),
      )
      if (numUpdatedRows === 0n) throw new SallyportError('CONFLICT', { detail: `The run has ${run.status} already.` })
      engine.abandon(id)
      await engine.ended(run)
      await act(caller, 'cancelled', run)
      return summary(caller, id)
    },

    async retry(caller, id, { from, repeatUnknown = false }) {
      requireRole(caller, 'manager')
      const run = await find(caller, id)
      if (run.status !== 'failed' && run.status !== 'cancelled')
        throw new SallyportError('CONFLICT', {
          detail: `Only a run that failed or was cancelled is retried; this one is ${run.status}. Replay it instead.`,
        })
      const document = await documentOf(caller.workspaceId, run.workflow_id, run.version)
      if (from !== undefined && findStep(document.steps, from) === undefined)
        throw new SallyportError('NOT_FOUND', { detail: `The workflow has no step "${from}".` })
      const again = from === undefined ? null : stepsFrom(document.steps, from)
      await store.workspace(caller.workspaceId, async (db) => {
        let undone = db
          .selectFrom('workflow_steps')
          .select(['id', 'error_code', 'step', 'status', 'sent'])
          .where('run_id', '=', id)
          .where('superseded', '=', false)
        undone =
          again === null
            ? undone.where('status', '<>', 'succeeded')
            : undone.where((eb) => eb.or([eb('step', 'in', [...again]), eb('status', '<>', 'succeeded')]))
        const rows = await undone.execute()
        const unknown = rows.find(
          ({ error_code, sent, status }) => error_code === 'OUTCOME_UNKNOWN' || (sent && status === 'started'),
        )
        if (unknown !== undefined && !repeatUnknown)
          throw new SallyportError('CONFLICT', {
            detail: `Nobody knows whether the write of the step "${unknown.step}" took effect. Look at the API first; then retry with repeat_unknown.`,
          })
        if (rows.length > 0)
          await db
            .updateTable('workflow_steps')
            .set({ superseded: true })
            .where(
              'id',
              'in',
              rows.map((row) => row.id),
            )
            .execute()
        const { numUpdatedRows } = await db
          .updateTable('workflow_runs')
          .set((eb) => ({
            ...{ status: 'queued', error_code: null, error_detail: null, error_step: null, ended_at: null },
            ...{ epoch: eb('epoch', '+', 1), generation: eb('generation', '+', 1) },
          }))
          .where('id', '=', id)
          .where('status', '=', run.status)
          .executeTakeFirst()
        if (numUpdatedRows === 0n)
          throw new SallyportError('CONFLICT', { detail: 'Somebody else was quicker. Look at the run again.' })
      })
      await act(caller, 'retried', run, { from: from ?? null, repeat_unknown: repeatUnknown })
      await store.runs.wake({ workspaceId: caller.workspaceId, runId: id })
      return summary(caller, id)
    },

    async replay(caller, id, { version }) {
      requireRole(caller, 'manager')
      const run = await find(caller, id)
      const deployment = await deploymentOf(caller.workspaceId, run.slug, run.environment ?? undefined)
      const document = await documentOf(caller.workspaceId, run.workflow_id, version ?? deployment.version)
      const missing = Object.keys(document.slots ?? {}).find((slot) => deployment.bindings[slot] === undefined)
      if (missing !== undefined)
        throw new SallyportError('CONFLICT', {
          detail: `Version ${version} has the slot "${missing}", which is not bound. Deploy it first.`,
        })
      const trigger = await openTrigger(services, run)
      const begun = startOf(deployment, actorOf(caller), 'replay', trigger.data)
      const made = await insert({ ...begun, version: version ?? deployment.version, replayOf: id })
      const fresh = await find(caller, made.id)
      await act(caller, 'started', fresh, { replay_of: id })
      return summaryOf(fresh)
    },

    async decide(caller, stepId, { approved, reason }) {
      requireRole(caller, 'manager')
      const step = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('workflow_steps')
          .select('run_id')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', stepId)
          .executeTakeFirst(),
      )
      if (step === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no step "${stepId}" in this workspace.` })
      const id = step.run_id
      const run = await find(caller, id)
      const by = run.started_by as Actor
      if (by.id === caller.id || caller.createdBy === by.id)
        throw new SallyportError('FORBIDDEN', {
          detail: 'Nobody decides on a run that they started. Ask another manager of the workspace.',
        })
      const { workspaceId } = caller
      const result = { payload: { approved, by: caller.name, at: new Date(clock.now()).toISOString(), reason: reason ?? null } }
      await sealedCalls.storing(workspaceId, async () => {
        const { ciphertext, keyId } = await sealedCalls.sealStep(workspaceId, stepId, result)
        await store.workspace(workspaceId, async (db) => {
          const { numUpdatedRows } = await db
            .updateTable('workflow_steps')
            .set({
              ...{
                status: approved ? 'succeeded' : 'failed',
                decided_by: JSON.stringify(actorOf(caller)),
                ended_at: new Date(clock.now()),
              },
              ...(!approved && {
                error_code: 'APPROVAL_REQUIRED',
                error_detail: `${caller.name} said no${reason === undefined ? '' : `: ${reason}`}.`,
              }),
              ...{ sealed_result: ciphertext, result_key_id: keyId },
            })
            .where('id', '=', stepId)
            .where('run_id', '=', id)
            .where('kind', '=', 'approval')
            .where('status', '=', 'waiting')
            .where('wake_at', '>', new Date(clock.now()))
            .executeTakeFirst()
          if (numUpdatedRows === 0n)
            throw new SallyportError('CONFLICT', { detail: 'This step does not wait for a decision, or not any more.' })
        })
      })
      await act(caller, 'decided', run, { step: stepId, approved, ...(reason !== undefined && { reason }) })
      await rouse(workspaceId, id)
      return summary(caller, id)
    },

    async settled(workspaceId, callId) {
      const rows = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('workflow_steps')
          .select('run_id')
          .where('workspace_id', '=', workspaceId)
          .where('call_id', '=', callId)
          .where('status', '=', 'waiting')
          .execute(),
      )
      for (const { run_id: runId } of rows) await rouse(workspaceId, runId)
    },

    fire: (deployment, kind, data, dedupeKey) =>
      insert({ ...startOf(deployment, { kind: 'trigger', id: deployment.id, name: kind }, kind, data), dedupeKey }),

    begin() {
      const stopWorking = store.runs.start({ work: engine.work, giveUp: engine.giveUp, wanted: engine.wanted })
      const stopSweeping = createRounds({ everyMs: sweepMs, round: engine.sweep }).start((error) =>
        log.warn({ err: error }, 'looking for forgotten runs failed'),
      )
      return async () => {
        await Promise.all([stopSweeping(), stopWorking()])
      }
    },
  }
}
