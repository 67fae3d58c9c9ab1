import type { Caller, Credentials } from '../access/types.ts'
import type { CallOutcome } from '../store/schema.ts'
import type { SallyportError } from '../errors.ts'

/** Where a call came in. */
export type Entrance = 'http' | 'mcp' | 'approval' | 'test'

/** A call as an entrance hands it over; nothing in it is trusted. */
export interface CallRequest {
  readonly credentials: Credentials
  readonly entrance: Entrance
  /** Address of the caller's socket. */
  readonly ip: string
  readonly connector: string
  readonly action: string
  /** Id or name of a connection; may be left out when the connector has one only. */
  readonly connection?: string
  readonly input: unknown
  readonly dryRun?: boolean
  /** Runs the stored call of an approved approval, exactly once. */
  readonly approvalId?: string
}

/** What an API's answer became: the contract of every executor. */
export interface Outcome {
  readonly success: boolean
  readonly payload?: unknown
  readonly variables?: Readonly<Record<string, unknown>>
  readonly diagnostics?: Readonly<Record<string, unknown>>
  readonly error?: string
}

export interface PlannedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** How a call ended. It never throws: a failure is a result, with its record already written. */
export type CallResult =
  | { readonly kind: 'answered'; readonly id: string; readonly outcome: CallOutcome; readonly status: number | null; readonly durationMs: number; readonly answer: Outcome }
  | { readonly kind: 'pending'; readonly id: string; readonly approvalId: string; readonly expiresAt: string }
  | { readonly kind: 'planned'; readonly id: string; readonly durationMs: number; readonly plan: PlannedRequest; readonly hash: string; readonly needsApproval: boolean }
  | { readonly kind: 'failed'; readonly id: string; readonly outcome: CallOutcome; readonly status: number | null; readonly durationMs: number; readonly error: SallyportError }

export interface Actor {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** The one way to reach an API with a credential. */
export interface Calls {
  run(request: CallRequest): Promise<CallResult>
}

/** A tool: an action of a connection, as one caller sees it. */
export interface ToolView {
  readonly name: string
  readonly connector: string
  readonly action: string
  readonly connection: { readonly id: string; readonly name: string; readonly environment: string }
  readonly title: string
  readonly description: string
  readonly effect: 'read' | 'write' | 'destructive'
  readonly confirm: boolean
  readonly deprecated: boolean
  readonly method: string
  readonly path: string
  /** Self-contained JSON Schemas ($ref only into their own $defs). */
  readonly input_schema: Readonly<Record<string, unknown>>
  readonly output_schema: unknown
}

export interface ToolQuery {
  readonly connector?: string
  readonly connection?: string
  readonly search?: string
  readonly limit?: number
  readonly cursor?: string
}

/** Listing and finding tools. */
export interface Tools {
  list(caller: Caller, query: ToolQuery): Promise<{ items: readonly ToolView[]; next_cursor: string | null }>
  /** By tool name; null when the caller has no such tool. */
  find(caller: Caller, name: string): Promise<ToolView | null>
  search(caller: Caller, query: string, limit: number): Promise<readonly { tool: ToolView; score: number }[]>
}
