import type { ColumnType, Generated, Selectable } from 'kysely'
import type { Judgement } from '../approval-policy.ts'
import type { Created, Instant, Json } from './column-types.ts'
import type { SecretReferences } from './secret-references.ts'

/** Calls that wait for a person, and how people are told. */

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'used'

interface ApprovalTable {
  id: string
  workspace_id: string
  call_id: string
  status: ApprovalStatus
  caller: Json<unknown>
  connector: string
  connector_version: string
  action: string
  connection_id: string
  preview: Json<unknown>
  hash: Buffer
  sealed_call: Buffer
  sealed_key_id: string
  sealed_result: Generated<Buffer | null>
  result_key_id: Generated<string | null>
  created_at: Created
  expires_at: Instant
  decided_by: Json<unknown> | null
  decided_at: Instant | null
  reason: string | null
  judgement: ColumnType<Pick<Judgement, 'risk' | 'rulings'> | null, string | undefined, never>
  /** SHA-256 of what calls that are alike have in common. */
  alike: ColumnType<Buffer | null, Buffer | undefined, never>
}

/** The decision on the next calls like one that a person saw. */
interface StandingApprovalTable {
  id: string
  workspace_id: string
  approval_id: string
  caller: Json<unknown>
  connector: string
  connector_version: string
  action: string
  connection_id: string
  hash: Buffer
  same: Json<Readonly<Record<string, unknown>>>
  rules: Json<readonly string[]>
  total: number
  used: Generated<number>
  granted_by: Json<unknown>
  created_at: Created
  expires_at: Instant
  revoked_at: ColumnType<Date | null, undefined, Date>
}

interface NotificationChannelTable {
  id: string
  workspace_id: string
  kind: 'slack' | 'teams' | 'webhook' | 'email' | 'pagerduty'
  name: string
  hint: string
  sealed_target: Buffer
  target_key_id: string
  secret_references: ColumnType<SecretReferences | null, string | null | undefined, string | null>
  delivered_at: ColumnType<Date | null, undefined, Date>
  last_error: ColumnType<string | null, undefined, string | null>
  approvals: ColumnType<boolean, boolean | undefined, never>
  created_at: Created
}

/** What is still to be told. */
interface NotificationTable {
  id: string
  workspace_id: string
  channel_id: string
  approval_id: string
  attempts: Generated<number>
  due_at: Instant
}

interface ApprovalLinkTable {
  hash: Buffer
  workspace_id: string
  approval_id: string
  expires_at: Instant
}

export interface ApprovalTables {
  approvals: ApprovalTable
  standing_approvals: StandingApprovalTable
  notification_channels: NotificationChannelTable
  notifications: NotificationTable
  approval_links: ApprovalLinkTable
}

export type ApprovalRow = Selectable<ApprovalTable>
export type StandingApprovalRow = Selectable<StandingApprovalTable>
export type NotificationChannelRow = Selectable<NotificationChannelTable>
