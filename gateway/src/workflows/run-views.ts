import type { Actor } from '../call/types.ts'
import type { WorkflowRunRow, WorkflowStepRow } from '../store/workflow-tables.ts'
import type { RunSummary, RunView, StepResult, StepView } from './types.ts'

export type NamedRun = WorkflowRunRow & {
  readonly slug: string
  readonly workflow_name: string
  readonly environment: string | null
}

export function summaryOf(run: NamedRun): RunSummary {
  const { error_code: code, error_detail: detail, error_step: step } = run
  return {
    id: run.id,
    workflow: run.slug,
    version: run.version,
    environment: run.environment,
    mode: run.mode,
    status: run.status,
    trigger: run.trigger,
    started_by: run.started_by as Actor,
    replay_of: run.replay_of,
    parent_run: run.parent_run,
    error: code === null ? null : { code, detail: detail ?? '', step },
    steps: run.steps,
    created_at: run.created_at.toISOString(),
    ended_at: run.ended_at?.toISOString() ?? null,
  }
}

export function stepView(row: WorkflowStepRow, result: StepResult | null): StepView {
  return {
    id: row.id,
    place: row.place,
    step: row.step,
    kind: row.kind,
    status: row.status,
    attempt: row.attempt,
    superseded: row.superseded,
    call_id: row.call_id,
    approval_id: row.approval_id,
    child_run: row.child_run,
    wake_at: row.wake_at?.toISOString() ?? null,
    decided_by: row.decided_by === null ? null : (row.decided_by as Actor),
    error: row.error_code === null ? null : { code: row.error_code, detail: row.error_detail ?? '' },
    started_at: row.started_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
    result,
  }
}

export function runView(
  run: NamedRun,
  timeline: readonly StepView[],
  trigger: unknown,
  output: unknown,
  withheld: boolean,
): RunView {
  return { ...summaryOf(run), bindings: run.bindings, trigger_data: trigger, output, withheld, timeline }
}
