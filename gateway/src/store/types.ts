import type { Kysely, Transaction } from 'kysely'
import type { SharedLimiter } from './quota.ts'
import type { RightsListener } from './rights-notices.ts'
import type { RunQueue } from './run-queue.ts'
import type { CallOutcome, CallStatus, Database, NewCallRow } from './schema.ts'

/** What the rest of the gateway sees of the database. */
export interface Store {
  /** Runs `work` in one transaction that can see and change only this workspace's rows. */
  workspace<T>(workspaceId: string, work: (db: Transaction<Database>) => Promise<T>): Promise<T>
  /**
   * Runs `work` so that everything it does in this workspace by way of {@link workspace} is one transaction: all of it counts, or
   * nothing does. Sequential work only, and nothing that is waited for long.
   */
  together<T>(workspaceId: string, work: () => Promise<T>): Promise<T>
  /** Runs `work` in one transaction over all workspaces: for finding out which workspace a token belongs to, and for background work. */
  system<T>(work: (db: Transaction<Database>) => Promise<T>): Promise<T>
  /** For better-auth only: its tables stand outside the workspaces. */
  readonly people: Kysely<Database>
  readonly calls: CallLog
  /** Counts calls for all gateways together; null with the embedded database, which has one gateway only. */
  readonly limiter: SharedLimiter | null
  /**
   * Calls back within milliseconds when any gateway on this database has committed a change of tokens, toolsets, roles or teams.
   * Answers how to stop.
   */
  onRightsChanged(listener: RightsListener): () => void
  /** Resolves when the database answers, and Redis if there is one; throws UNAVAILABLE otherwise. For readiness. */
  ping(): Promise<void>
  /** Who works on which workflow run, and when. */
  readonly runs: RunQueue
  /** Finishes pending writes, closes the connections and stops the embedded server. */
  close(): Promise<void>
}

export interface CallEnd {
  readonly id: string
  readonly workspace_id: string
  readonly status: CallStatus
  readonly outcome: CallOutcome
  readonly upstream_status: number | null
  readonly error_code: string | null
  readonly error_detail: string | null
  readonly response_bytes: number | null
  readonly trace: string
  readonly duration_ms: number
}

/** What is recorded of a call; the address goes into the audit log only. */
export type NewCall = NewCallRow & { readonly caller_ip?: string }

/**
 * The log of calls and, in the same commits, their entries in the audit log. Written in groups: each promise resolves once its
 * row is durable, and rows that arrive together share a commit.
 */
export interface CallLog {
  /**
   * Whether a call that is made now can be recorded: undefined or resolves when the database has answered within the last
   * second or does so now, throws or rejects with UNAVAILABLE otherwise.
   */
  ready(): Promise<void> | undefined
  /** Rejects when the row cannot be written for now. If the call was sent, the row is written nevertheless, when that is possible. */
  insert(row: NewCall): Promise<void>
  /** How many records are not in the database yet. */
  readonly unwritten: number
  /** Completes a row that was inserted as `started`. */
  finish(end: CallEnd): Promise<void>
}
