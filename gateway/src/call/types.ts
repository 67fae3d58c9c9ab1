import type { Outcome } from '@sallyport/sdk/kit'
import type { Credentials } from '../access/types.ts'
import type { Judgement, Risk, Ruling } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { ConnectionView } from '../connections/types.ts'
import type { Effect } from '../definition/document.ts'
import type { Fallback } from '../definition/fallback.ts'
import type { ToolFormat } from '../definition/tool/family.ts'
import type { SallyportError } from '../errors.ts'
import type { Page } from '../page.ts'
import type { ApprovalStatus } from '../store/approval-tables.ts'
import type { CallOutcome, CallStatus } from '../store/schema.ts'
import type { LeftOut, ToolSelection, Toolset } from '../toolset.ts'
import type { Person } from './person.ts'
import type { Handle } from './results/types.ts'

/** Where a call came in. */
export type Entrance = 'http' | 'mcp' | 'approval' | 'test' | 'workflow'

/** Who waits for a call, where the entrance can tell. */
export interface CallWatch {
  /** Ends when the caller has given the call up: a read is broken off, a write that may have been sent is not. */
  readonly signal: AbortSignal
  /** Tells how far the call is. `done` grows from one report to the next; `total` null when nobody knows. */
  readonly progress: (done: number, total: number | null, message: string) => void
  /** From which level on the caller wants to be told; undefined when of nothing. */
  readonly logsFrom: LogLevel | undefined
  /** Passes on what an MCP server tells of its work. */
  readonly log: (level: LogLevel, data: unknown) => void
  /** Who can be asked what an MCP server wants to know. */
  readonly person?: Person
}

/** Least severe first (RFC 5424, section 6.2.1). */
export const logLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const
type LogLevel = (typeof logLevels)[number]

/** A call as an entrance hands it over; nothing in it is trusted. */
export interface CallRequest {
  readonly credentials: Credentials
  readonly entrance: Entrance
  /** Address of the caller's socket. */
  readonly ip: string
  /** Slug of the toolset whose entrance it came through: nothing outside of it is called. */
  readonly toolset?: string
  readonly connector: string
  /** May be left out where the connector has a default. */
  readonly action?: string
  /** Id or name of a connection; may be left out when the connector has one only. */
  readonly connection?: string
  readonly input: unknown
  readonly dryRun?: boolean
  /** Scenario of the action's mocks to answer with: nothing is sent. */
  readonly mock?: string
  /** Cassette that the answer is recorded on. */
  readonly record?: string
  /** Cassette to answer from: nothing is sent. */
  readonly replay?: string
  /** Of the caller's choice, 1 to 255 characters: the same key with the same parameters within 24 hours runs once. */
  readonly idempotencyKey?: string
  /** A larger answer, in bytes of its JSON, is shortened, and comes with a handle to the rest. Whole without it. */
  readonly maxResultBytes?: number
  /** Runs the stored call of an approved approval, exactly once. */
  readonly approvalId?: string
  /** What the caller's own trace says of itself (W3C Trace Context). */
  readonly traceparent?: string
  /** Id of a call that failed at its API: this one is a fallback of it. */
  readonly insteadOf?: string
  /** Answers with the last good answer, if it is no older: nothing is sent. */
  readonly lastGoodMinutes?: number
  readonly watch?: CallWatch
  /** The version of the connector to call by, where that is not the newest. */
  readonly connectorVersion?: string
  /** The last word of whoever asks, before a write is on record as begun: what it throws keeps it from being sent. */
  readonly beforeSend?: () => Promise<void>
}

/** What an API's answer became: the contract of every executor. */
export type { Outcome }

/** What a call would do: send this request, or run this command of its connector. */
export type Plan = PlannedRequest | PlannedCommand

export interface PlannedCommand {
  readonly command: string
  readonly input: unknown
}

export interface PlannedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** How a call ended. It never throws: a failure is a result, with its record already written. */
export type CallResult =
  | {
      readonly kind: 'answered'
      readonly id: string
      readonly outcome: CallOutcome
      readonly status: number | null
      readonly durationMs: number
      readonly answer: Outcome
      /** Where the rest is of a payload that is not whole. */
      readonly rest?: Handle
    }
  | {
      readonly kind: 'pending'
      readonly id: string
      readonly approvalId: string
      readonly expiresAt: string
      /** What the person in front of the caller may be asked, where the policy lets them decide by themselves. */
      readonly question?: string
    }
  | {
      readonly kind: 'planned'
      readonly id: string
      readonly durationMs: number
      readonly plan: Plan
      readonly hash: string
      readonly judgement: Judgement
    }
  | {
      readonly kind: 'failed'
      readonly id: string
      readonly outcome: CallOutcome
      readonly status: number | null
      readonly durationMs: number
      readonly error: SallyportError
      /** What may be tried in its place. */
      readonly fallbacks?: readonly Fallback[]
    }

export interface Actor {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** The one way to reach an API with a credential. */
export interface Calls {
  run(request: CallRequest): Promise<CallResult>
}

/** A tool: an action of a connection, as one caller sees it, compiled for a family of models. */
export interface ToolView {
  readonly name: string
  readonly connector: string
  readonly action: string
  readonly connection: { readonly id: string; readonly name: string; readonly environment: string }
  readonly title: string
  /** With what a model must know before it calls; at most 2,000 bytes as JSON. */
  readonly description: string
  readonly effect: 'read' | 'write' | 'destructive'
  readonly confirm: boolean
  readonly deprecated: boolean
  /** Null of a command, which is no request. */
  readonly method: string | null
  readonly path: string | null
  /** What name, description and input schema cost in a context, estimated. */
  readonly tokens: number
  /** Without references; at most 8 KB as JSON. */
  readonly input_schema: Readonly<Record<string, unknown>>
  /** What every answer satisfies; null where none is promised. At most 8 KB as JSON. */
  readonly output_schema: Readonly<Record<string, unknown>> | null
  /** Address of the connector's logo, https; null when it has none. */
  readonly icon: string | null
}

/** A connector of which the caller has tools. */
export interface ToolConnector {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly version: string
}

/** A call that a connector's document shows as an example of one of the caller's tools. */
export interface ToolExample {
  /** That of the tool, with a number from its second example on. */
  readonly name: string
  readonly tool: string
  readonly title: string
  readonly description: string
  readonly input: Readonly<Record<string, unknown>>
  /** What the tool takes. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly required: readonly string[]
}

export interface ToolQuery {
  readonly connector?: string
  readonly connection?: string
  readonly action?: string
  readonly search?: string
  readonly format?: ToolFormat
  readonly limit?: number
  readonly cursor?: string
}

/** The action that a tool stands for, with the arguments a model gave as the action's input. */
export interface ToolTarget {
  readonly connector: string
  readonly action: string
  readonly connection: string
  readonly input: unknown
}

export interface FoundTool {
  readonly tool: ToolView
  readonly score: number
  /** Words of the request that it holds, and in which of its parts. */
  readonly matched: readonly { readonly word: string; readonly in: readonly string[] }[]
}

export type PreviewedToolset = Pick<Toolset, 'selection' | 'format' | 'approval'>

export interface PreviewQuery {
  readonly show?: 'included' | 'left_out' | 'all'
  readonly limit?: number
  readonly cursor?: string
}

/** A tool as a toolset takes it in or leaves it out. */
export interface PreviewedTool {
  readonly name: string
  readonly connector: string
  readonly action: string
  readonly connection: { readonly id: string; readonly name: string; readonly environment: string }
  readonly effect: Effect
  readonly tags: readonly string[]
  /** Whether a person decides on each call. */
  readonly confirm: boolean
  /** Why it is not in; null when it is. */
  readonly left_out: LeftOut | null
  /** What it costs in a context; null when it is not in. */
  readonly tokens: number | null
}

export interface ToolsetPreview extends Page<PreviewedTool> {
  readonly included: number
  readonly left_out: number
  /** Of all that are in; null when they are more than 500, which no model should be given at once. */
  readonly tokens: number | null
}

/** Listing and finding tools. */
export interface Tools {
  /** By name; a page has at most 200 tools and 1.1 MB. */
  list(caller: Caller, query: ToolQuery): Promise<Page<ToolView>>
  /** What a call of a tool means, its arguments given in the words of `format` (by default `mcp`); null when the caller has no such tool. */
  find(caller: Caller, name: string, args: unknown, format?: ToolFormat): Promise<ToolTarget | null>
  /** One by its name; null when the caller has no such tool. */
  get(caller: Caller, name: string, format?: ToolFormat): Promise<ToolView | null>
  /** The best first. */
  search(caller: Caller, query: string, limit: number): Promise<readonly FoundTool[]>
  /** How many of the caller's tools a selection takes, all with null, and how many of these change something. */
  count(caller: Caller, selection: ToolSelection | null): Promise<{ readonly tools: number; readonly writes: number }>
  /** The name that a caller most likely meant by one it does not have; null when none is close. */
  nearest(caller: Caller, name: string): Promise<string | null>
  /** Those of which the caller has a tool, by id. */
  connectors(caller: Caller): Promise<readonly ToolConnector[]>
  /** By the name of the tool; at most 200 a page. */
  examples(caller: Caller, query: { limit?: number; cursor?: string }): Promise<Page<ToolExample>>
  example(caller: Caller, name: string): Promise<ToolExample | null>
  /** What a selection takes of the caller's tools, and what it leaves out, by name. */
  preview(caller: Caller, toolset: PreviewedToolset, query: PreviewQuery): Promise<ToolsetPreview>
}

export interface TraceStep {
  readonly stage: string
  readonly at_ms: number
  readonly ms: number
  readonly failed?: boolean
  /** The scenario that `mock` answered with, the cassette that `replay` answered from or `tape` recorded on. */
  readonly name?: string
}

export interface CallSummary {
  readonly id: string
  readonly started_at: string
  readonly duration_ms: number
  readonly status: CallStatus
  readonly outcome: CallOutcome
  readonly caller: Actor
  readonly entrance: string
  readonly connector: string | null
  readonly connector_version: string | null
  readonly action: string | null
  readonly effect: Effect | null
  readonly connection: { readonly id: string; readonly name: string } | null
  readonly upstream_status: number | null
  readonly error_code: string | null
}

export interface CallRecord extends CallSummary {
  readonly error_detail: string | null
  readonly method: string | null
  readonly url: string | null
  readonly input: unknown
  readonly response_bytes: number | null
  readonly approval_id: string | null
  /** The answer of a call that waited for approval, for its caller; null for others. */
  readonly result: Outcome | null
  readonly trace: readonly TraceStep[]
}

export interface CallQuery {
  readonly limit?: number
  readonly cursor?: string
  readonly connector?: string
  readonly action?: string
  readonly connection?: string
  readonly caller?: string
  readonly status?: string
  readonly error_code?: string
  readonly since?: string
  readonly until?: string
}

export interface CallTotals {
  readonly window: string
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  readonly success_rate: number | null
  readonly mean_duration_ms: number | null
  readonly p95_duration_ms: number | null
  readonly errors: readonly { readonly code: string; readonly upstream_status: number | null; readonly count: number }[]
  readonly series: readonly { readonly at: string; readonly succeeded: number; readonly failed: number }[]
}

export interface TotalsQuery {
  readonly window?: string
  readonly connector?: string
  readonly connection?: string
}

/** The log of calls. */
export interface CallHistory {
  list(caller: Caller, query: CallQuery): Promise<Page<CallSummary>>
  get(caller: Caller, id: string): Promise<CallRecord>
  totals(caller: Caller, query: TotalsQuery): Promise<CallTotals>
}

export interface ApprovalView {
  readonly id: string
  readonly status: ApprovalStatus
  readonly call_id: string
  readonly connector: string
  readonly connector_version: string
  readonly action: string
  readonly effect: Effect
  readonly connection: { readonly id: string; readonly name: string }
  readonly requested_by: Actor
  readonly created_at: string
  readonly expires_at: string
  readonly request: Plan
  readonly input: unknown
  readonly hash: string
  readonly decided_by: Actor | null
  readonly decided_at: string | null
  readonly reason: string | null
  readonly can_decide: boolean
  /** Null for calls that waited before it was kept. */
  readonly risk: Risk | null
  /** What each rule of the policy said. */
  readonly policy: readonly Ruling[]
  /** How the last calls of the same action over the same connection ended, of those the reader may read; only of a single approval. */
  readonly similar?: SimilarCalls
}

export interface SimilarCalls {
  readonly succeeded: number
  readonly failed: number
  /** Newest first. */
  readonly calls: readonly CallSummary[]
}

/** A decision on the next calls like one that somebody looked at. */
export interface StandingApprovalView {
  readonly id: string
  readonly status: 'open' | 'used_up' | 'expired' | 'revoked'
  readonly approval_id: string
  readonly requested_by: Actor
  readonly connector: string
  readonly connector_version: string
  readonly action: string
  readonly connection_id: string
  /** Inputs that have to have these values. */
  readonly same: Readonly<Record<string, unknown>>
  readonly total: number
  readonly used: number
  readonly granted_by: Actor
  readonly created_at: string
  readonly expires_at: string
}

export interface StandingApprovals {
  /** Newest first. */
  list(caller: Caller, query: { limit?: number; cursor?: string }): Promise<Page<StandingApprovalView>>
  /**
   * Lets the next calls like that of an approval run for an hour: of the same caller, action and connection, nothing about
   * these changed, with the same values of the inputs named. Throws FORBIDDEN for whoever may not decide on the approval.
   */
  create(
    caller: Caller,
    approvalId: string,
    request: { readonly count: number; readonly same?: readonly string[] },
  ): Promise<StandingApprovalView>
  revoke(caller: Caller, id: string): Promise<StandingApprovalView>
}

export interface Approvals {
  /** What the one-time link of a notification shows, to whoever has it. Throws NOT_FOUND for one that was used. */
  look(code: string): Promise<ApprovalView>
  readonly standing: StandingApprovals
  list(caller: Caller, query: { limit?: number; cursor?: string; status?: ApprovalStatus }): Promise<Page<ApprovalView>>
  get(caller: Caller, id: string): Promise<ApprovalView>
  /** Decides, then runs the stored call once. Throws CONFLICT when it was decided already, FORBIDDEN for one's own call. */
  approve(caller: Caller, id: string): Promise<{ approval: ApprovalView; call: CallResult }>
  reject(caller: Caller, id: string, reason?: string): Promise<ApprovalView>
  /**
   * The decision of the person whose token asked, taken in their client: runs the call, or rejects it. Throws FORBIDDEN unless the
   * caller is the one that asked, acts for a person, and its connection lets them decide.
   */
  confirm(confirmation: {
    readonly credentials: Credentials
    readonly ip: string
    readonly approvalId: string
    readonly accepted: boolean
  }): Promise<CallResult>
}

export interface TestCheck {
  readonly id: string
  readonly label: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly detail: string
  readonly ms: number
  readonly call_id?: string
  /** Of `reachable`, as far as it is known: how far the way to the API went. */
  readonly phases?: Readonly<Record<'dns' | 'tcp' | 'tls', 'passed' | 'failed' | 'skipped'>>
}

/** Replaces the credential of a connection without a failed call. */
export interface CredentialRotation {
  /**
   * Tries the new one by a read first, unless told not to or the connector has none, and keeps the stored one when the API
   * refuses it. Throws AUTHENTICATION_FAILED then, or what kept it from being tried.
   */
  rotate(
    caller: Caller,
    credentials: Credentials,
    connectionId: string,
    ip: string,
    request: { readonly fields: Readonly<Record<string, string>>; readonly verify?: boolean },
  ): Promise<ConnectionView>
}

/** Tests a connection by calling its read actions that need no input (P4). */
export interface ConnectionTests {
  run(
    caller: Caller,
    credentials: Credentials,
    connectionId: string,
    ip: string,
    /** Told of each check as it is done; in the result they are in their order. */
    onCheck?: (check: TestCheck) => void,
  ): Promise<{ ok: boolean; checks: readonly TestCheck[]; connection: ConnectionView }>
}
