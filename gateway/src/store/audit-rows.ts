import type { ColumnType } from 'kysely'

/** The rows of the audit log, as `migrations/` makes them. */

export interface LogHeadTable {
  workspace_id: string
  seq: string
  hash: Buffer
  at: Date
}

export interface AuditLogTable {
  workspace_id: string
  /** A bigint, which the driver reads as text. */
  seq: string
  at: Date
  kind: string
  body: string
  hash: Buffer
  /** Null for calls. */
  actor: string | null
  target: string | null
}

export interface AuditCheckpointTable {
  workspace_id: string
  seq: ColumnType<string, string | number, never>
  hash: ColumnType<Buffer, Buffer, never>
  at: ColumnType<Date, Date, never>
  public_key: ColumnType<Buffer, Buffer, never>
  signature: ColumnType<Buffer, Buffer, never>
}

export interface AuditGapTable {
  workspace_id: string
  first_seq: string
  last_seq: string
  hash: Buffer
  at: Date
  public_key: Buffer
  signature: Buffer
}
