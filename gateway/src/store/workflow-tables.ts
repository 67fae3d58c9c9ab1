import type { ColumnType, Generated, Selectable } from 'kysely'
import type { Created, Instant, Json, Updated } from './column-types.ts'

export type RunStatus = 'queued' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'checkpoint'
export type StepStatus = 'started' | 'waiting' | 'succeeded' | 'failed' | 'planned'

type Names = Readonly<Record<string, string>>
type Later<T> = ColumnType<T | null, T | null | undefined, T | null>

interface WorkflowTable {
  id: string
  workspace_id: string
  slug: string
  name: string
  version: number
  created_by: string
  created_at: Created
  updated_at: Updated
}

interface WorkflowVersionTable {
  workspace_id: string
  workflow_id: string
  version: number
  document: Json<Readonly<Record<string, unknown>>>
  source: string | null
  created_by: string
  created_at: Created
}

interface WorkflowDeploymentTable {
  id: string
  workspace_id: string
  workflow_id: string
  version: number
  environment: string
  bindings: Json<Names>
  pins: Json<Names>
  token_id: string
  next_at: Later<Date>
  hook_hash: Later<Buffer>
  sealed_hook: Later<Buffer>
  hook_key_id: Later<string>
  created_by: Json<unknown>
  created_at: Created
  ended_at: Later<Date>
}

interface WorkflowRunTable {
  id: string
  workspace_id: string
  workflow_id: string
  version: number
  deployment_id: string | null
  mode: 'live' | 'preview'
  bindings: Json<Names>
  pins: Json<Names>
  caller_kind: string
  caller_id: string
  started_by: Json<unknown>
  trigger: string
  dedupe_key: string | null
  replay_of: string | null
  parent_run: string | null
  parent_step: string | null
  depth: Generated<number>
  status: RunStatus
  epoch: Generated<number>
  generation: Generated<number>
  steps: Generated<number>
  wake_at: Later<Date>
  error_code: Later<string>
  error_detail: Later<string>
  error_step: Later<string>
  sealed_trigger: Later<Buffer>
  trigger_key_id: Later<string>
  sealed_output: Later<Buffer>
  output_key_id: Later<string>
  created_at: Created
  started_at: Later<Date>
  ended_at: Later<Date>
}

interface WorkflowStepTable {
  id: string
  workspace_id: string
  run_id: string
  seq: Generated<string>
  place: string
  step: string
  kind: string
  attempt: Generated<number>
  status: StepStatus
  sent: Generated<boolean>
  superseded: Generated<boolean>
  generation: Generated<number>
  call_id: Later<string>
  approval_id: Later<string>
  child_run: Later<string>
  wake_at: Later<Date>
  decided_by: ColumnType<unknown, string | null | undefined, string | null>
  error_code: Later<string>
  error_detail: Later<string>
  sealed_result: Later<Buffer>
  result_key_id: Later<string>
  started_at: Instant
  ended_at: Later<Date>
}

export interface WorkflowTables {
  workflows: WorkflowTable
  workflow_versions: WorkflowVersionTable
  workflow_deployments: WorkflowDeploymentTable
  workflow_runs: WorkflowRunTable
  workflow_steps: WorkflowStepTable
}

export type WorkflowRow = Selectable<WorkflowTable>
export type WorkflowDeploymentRow = Selectable<WorkflowDeploymentTable>
export type WorkflowRunRow = Selectable<WorkflowRunTable>
export type WorkflowStepRow = Selectable<WorkflowStepTable>
