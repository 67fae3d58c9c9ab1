import type { Access } from '../access/types.ts'
import type { SealedCalls } from '../call/sealed-calls.ts'
import type { Actor, CallHistory, CallRequest, CallResult } from '../call/types.ts'
import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { ConnectionRegistry } from '../connections/registry.ts'
import type { Log } from '../log.ts'
import type { Page } from '../page.ts'
import type { Sandbox } from '../sandbox/types.ts'
import type { Store } from '../store/types.ts'
import type { RunStatus, StepStatus } from '../store/workflow-tables.ts'

/** What workflows stand on; made once in app.ts. */
export interface WorkflowServices {
  readonly access: Pick<Access, 'authenticate' | 'createToken' | 'revokeToken'>
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly connections: Pick<ConnectionRegistry, 'resolve' | 'pinned' | 'get'>
  readonly sealedCalls: SealedCalls
  readonly sandbox: Sandbox
  readonly history: Pick<CallHistory, 'get'>
  /** The pipeline. */
  readonly run: (request: CallRequest, id?: string) => Promise<CallResult>
}

export type Names = Readonly<Record<string, string>>

export interface WorkflowSummary {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly version: number
  readonly trigger: 'schedule' | 'webhook' | 'poll' | null
  readonly updated_at: string
}

export interface DeploymentView {
  readonly id: string
  readonly workflow: string
  readonly version: number
  readonly environment: string
  readonly bindings: Names
  /** The version of each slot's connector that its calls keep to. */
  readonly pins: Names
  /** In whose name its runs call. */
  readonly token: string
  /** When its schedule starts the next run. */
  readonly next_at: string | null
  /** Where deliveries go to and what they are signed with; shown when it is deployed, and then no more. */
  readonly webhook?: { readonly path: string; readonly secret: string }
  readonly created_by: Actor
  readonly created_at: string
}

export interface WorkflowView extends WorkflowSummary {
  readonly document: Readonly<Record<string, unknown>>
  /** The text it was written as; null when it came as a value. */
  readonly source: string | null
  readonly versions: readonly { readonly version: number; readonly created_at: string; readonly created_by: string }[]
  readonly deployments: readonly DeploymentView[]
}

/** Why a slot cannot be used. */
export interface BindingProblem {
  readonly slot: string
  readonly problem: string
}

export interface Workflows {
  list(caller: Caller, query: { limit?: number; cursor?: string }): Promise<Page<WorkflowSummary>>
  get(caller: Caller, id: string, version?: number): Promise<WorkflowView>
  /** Parses and checks, and stores nothing. Throws INVALID_INPUT. */
  check(caller: Caller, source: unknown): Promise<{ readonly ok: true; readonly workflow: string; readonly steps: number }>
  /** A workflow file: text, or a value. Throws CONFLICT when there is one of this id. */
  create(caller: Caller, source: unknown): Promise<WorkflowView>
  /** The next version. Nothing that is deployed changes. */
  update(caller: Caller, id: string, source: unknown): Promise<WorkflowView>
  /** Throws CONFLICT while it is deployed, or runs of it are under way. */
  remove(caller: Caller, id: string): Promise<void>
  /** Throws CONFLICT with a list of what is missing or unhealthy. Takes the place of what was deployed in the environment. */
  deploy(
    caller: Caller,
    id: string,
    request: {
      readonly environment?: string
      readonly version?: number
      readonly bindings?: Names
      readonly webhookSecret?: string
    },
  ): Promise<DeploymentView>
  undeploy(caller: Caller, deploymentId: string): Promise<void>
}

/** What comes in at the address of a webhook. */
export interface Hooks {
  /** `token` is the end of the address. Throws NOT_FOUND, UNAUTHENTICATED, RATE_LIMITED. */
  deliver(
    token: string,
    delivery: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<{ readonly run: string; readonly duplicate: boolean }>
}

export interface RunSummary {
  readonly id: string
  readonly workflow: string
  readonly version: number
  readonly environment: string | null
  readonly mode: 'live' | 'preview'
  readonly status: RunStatus
  readonly trigger: string
  readonly started_by: Actor
  readonly replay_of: string | null
  readonly parent_run: string | null
  readonly error: { readonly code: string; readonly detail: string; readonly step: string | null } | null
  readonly steps: number
  readonly created_at: string
  readonly ended_at: string | null
}

export interface StepView {
  readonly id: string
  /** The way to it through loops and branches, such as each[2]/pay. */
  readonly place: string
  readonly step: string
  readonly kind: string
  readonly status: StepStatus
  readonly attempt: number
  /** Undone by a retry. */
  readonly superseded: boolean
  readonly call_id: string | null
  readonly approval_id: string | null
  readonly child_run: string | null
  readonly wake_at: string | null
  readonly decided_by: Actor | null
  readonly error: { readonly code: string; readonly detail: string } | null
  readonly started_at: string
  readonly ended_at: string | null
  readonly result: StepResult | null
}

/** What a step took and gave. Of a planned write, what it would send. */
export interface StepResult {
  readonly input?: unknown
  readonly payload?: unknown
  readonly variables?: unknown
  readonly diagnostics?: unknown
  readonly plan?: unknown
}

export interface RunView extends RunSummary {
  readonly bindings: Names
  readonly trigger_data: unknown
  readonly output: unknown
  /** What it took and gave is not for this reader, who does not reach all of its connections. */
  readonly withheld: boolean
  readonly timeline: readonly StepView[]
}

export interface StartRequest {
  readonly workflow: string
  readonly environment?: string
  readonly input?: unknown
  /** The same key again is answered with the run that there is. */
  readonly idempotencyKey?: string
}

export interface PreviewRequest {
  readonly workflow: string
  readonly version?: number
  readonly bindings?: Names
  readonly input?: unknown
  /** Steps by id that are answered by a scenario of their action's mocks. */
  readonly mocks?: Names
}

export interface RunQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly workflow?: string
  readonly status?: RunStatus
}

export interface WorkflowRuns {
  list(caller: Caller, query: RunQuery): Promise<Page<RunSummary>>
  get(caller: Caller, id: string): Promise<RunView>
  start(caller: Caller, request: StartRequest): Promise<RunSummary>
  /** Reads are made, and at the first write it stops and shows what would be sent. In the name of whoever asks. */
  preview(caller: Caller, request: PreviewRequest): Promise<RunSummary>
  cancel(caller: Caller, id: string): Promise<RunSummary>
  /**
   * Goes on with a run that failed: what failed is tried again; with `from`, that step and all after it, whose writes are made
   * again. Throws CONFLICT for a write whose outcome is unknown, unless `repeatUnknown`.
   */
  retry(caller: Caller, id: string, request: { readonly from?: string; readonly repeatUnknown?: boolean }): Promise<RunSummary>
  /** A new run with the same trigger, by default on what is deployed now; all of its steps are taken. */
  replay(caller: Caller, id: string, request: { readonly version?: number }): Promise<RunSummary>
  /** Answers an approval step. Throws FORBIDDEN for whoever started the run. */
  decide(caller: Caller, stepId: string, decision: { readonly approved: boolean; readonly reason?: string }): Promise<RunSummary>
}
