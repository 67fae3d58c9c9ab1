import type { ColumnType, Generated, Insertable, Selectable } from 'kysely'
import type { Role, TeamRole } from '../caller.ts'
import type { ApprovalRule, ToolSelection, ToolsetMode } from '../toolset.ts'

/** The rows of the database, as `migrations/` makes them. */

type Instant = ColumnType<Date, Date | string, Date | string>
type Created = ColumnType<Date, Date | string | undefined, never>
type Updated = ColumnType<Date, Date | undefined, Date>
/** Written as a JSON text (`JSON.stringify`), read as a value. */
type Json<T> = ColumnType<T, string, string>

interface WorkspaceTable {
  id: string
  name: string
  created_at: Created
}

interface MemberTable {
  workspace_id: string
  user_id: string
  role: Role
  created_at: Created
}

interface TeamTable {
  id: string
  workspace_id: string
  name: string
  created_at: Created
}

interface TeamMemberTable {
  workspace_id: string
  team_id: string
  user_id: string
  role: TeamRole
  created_at: Created
}

interface InvitationTable {
  id: string
  workspace_id: string
  email: string
  role: Role
  teams: Json<readonly { readonly id: string; readonly role: TeamRole }[]>
  code_hash: Buffer
  invited_by: Json<unknown>
  created_at: Created
  expires_at: Instant
  ended_at: ColumnType<Date | null, Date | undefined, Date>
  ended_as: ColumnType<'accepted' | 'revoked' | null, 'accepted' | 'revoked' | undefined, 'accepted' | 'revoked'>
}

interface SignInSettingsTable {
  workspace_id: string
  require_two_factor: Generated<boolean>
  sso_issuer: string | null
  sso_client_id: string | null
  sso_secret: Buffer | null
  sso_secret_key_id: string | null
  sso_secret_version: Generated<number>
  sso_domains: ColumnType<readonly string[], string | undefined, string>
  sso_default_role: Role | null
  updated_at: Updated
}

interface TwoFactorUseTable {
  user_id: string
  code: Buffer
  used_at: Instant
}

interface InstallationTable {
  key: string
  value: Json<unknown>
}

interface WorkspaceKeyTable {
  workspace_id: string
  key_id: string
  generation: number
  wrapped: Buffer
  created_at: Created
}

interface TokenTable {
  id: string
  workspace_id: string
  name: string
  role: Role
  hash: Buffer
  hint: string
  created_by: string
  created_at: Created
  user_id: Generated<string | null>
  team_id: Generated<string | null>
  toolset_id: Generated<string | null>
  environments: Generated<readonly string[] | null>
  caller_ips: Generated<readonly string[] | null>
  previous_hash: Generated<Buffer | null>
  previous_until: ColumnType<Date | null, Date | null | undefined, Date | null>
  per_minute: number | null
  per_day: number | null
  expires_at: Instant | null
  last_used_at: Instant | null
  revoked_at: Instant | null
  resource: Generated<string | null>
}

interface ToolsetTable {
  id: string
  workspace_id: string
  slug: string
  name: string
  mode: ToolsetMode
  format: string
  approval: ApprovalRule
  selection: Json<ToolSelection>
  created_at: Created
  updated_at: Updated
}

interface OAuthClientTable {
  id: string
  workspace_id: string | null
  name: string
  redirect_uris: Json<readonly string[]>
  secret_hash: Buffer | null
  created_at: Created
}

interface OAuthGrantTable {
  id: string
  workspace_id: string
  user_id: string
  client_id: string
  client_name: string
  client_host: string
  resource: string
  toolset_id: string | null
  redirect_uri: string
  code_hash: Buffer
  code_challenge: string
  code_expires_at: Instant
  code_used_at: Instant | null
  created_at: Created
}

interface OAuthRefreshTokenTable {
  hash: Buffer
  workspace_id: string
  grant_id: string
  expires_at: Instant
  used_at: Instant | null
}

interface ConnectorTable {
  workspace_id: string
  id: string
  name: string
  version: string
  summary: Json<ConnectorSummary>
  created_at: Created
  updated_at: Updated
  source: ColumnType<unknown, string | null | undefined, string | null>
  drift: ColumnType<Drift | null, string | null | undefined, string | null>
}

/** What a look at the document that a connector was imported from found. */
export interface Drift {
  readonly checked_at: string
  /** Of the newer document; null when nothing differs. */
  readonly fingerprint: string | null
  readonly class: 'major' | 'minor' | 'patch' | null
  readonly counts: { readonly major: number; readonly minor: number; readonly patch: number }
  /** Somebody decided to stay on the stored version in spite of it. */
  readonly pinned: boolean
}

/** What listings show of a connector. */
export interface ConnectorSummary {
  readonly description: string
  readonly category: string
  readonly auth_mode: 'pat' | 'conn_string' | 'mcp_oauth' | 'byo_oauth' | 'none'
  readonly brand_logo: string
  readonly brand_color: string
  readonly kind: string
  readonly actions: number
}

interface ConnectorVersionTable {
  workspace_id: string
  connector: string
  version: string
  document: Json<unknown>
  report: Json<unknown> | null
  created_by: string
  created_at: Created
}

export type ConnectionStatus = 'active' | 'untested' | 'failing' | 'needs_reauth'

interface ConnectionTable {
  id: string
  workspace_id: string
  connector: string
  name: string
  environment: string
  scheme: string
  settings: Json<Record<string, string | number | boolean>>
  credential: Buffer | null
  credential_key_id: string | null
  credential_version: Generated<number>
  status: ConnectionStatus
  status_detail: string | null
  team_id: string | null
  user_id: string | null
  created_by: string
  created_at: Created
  updated_at: Updated
  tested_at: Instant | null
}

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
}

export type CallStatus = 'started' | 'succeeded' | 'failed' | 'pending_approval' | 'rejected' | 'expired'
export type CallOutcome = 'not_sent' | 'sent_unknown' | 'done'

interface CallTable {
  id: string
  workspace_id: string
  caller_kind: string
  caller_id: string
  caller_name: string
  entrance: string
  connector: string | null
  connector_version: string | null
  action: string | null
  effect: string | null
  connection_id: string | null
  status: CallStatus
  outcome: CallOutcome
  upstream_status: number | null
  error_code: string | null
  error_detail: string | null
  method: string | null
  url: string | null
  input: Json<unknown> | null
  response_bytes: number | null
  approval_id: string | null
  trace: Json<unknown>
  started_at: Instant
  duration_ms: number
  readonly facet: ColumnType<string, never, never>
}

interface CallFacetTable {
  facet: string
  workspace_id: string
  connector: string | null
  action: string | null
  connection_id: string | null
  caller_id: string
  status: CallStatus
  error_code: string | null
}

/** A quarter of an hour of calls that ended alike. */
interface CallFigureTable {
  workspace_id: string
  at: Date
  connector: string
  connection_id: string
  error_code: string
  upstream_status: number
  slot: number
  calls: number
  duration_ms: number
  last_at: Date
}

interface LogHeadTable {
  workspace_id: string
  seq: string
  hash: Buffer
  at: Date
}

interface AuditLogTable {
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

interface AuditCheckpointTable {
  workspace_id: string
  seq: ColumnType<string, string | number, never>
  hash: ColumnType<Buffer, Buffer, never>
  at: ColumnType<Date, Date, never>
  public_key: ColumnType<Buffer, Buffer, never>
  signature: ColumnType<Buffer, Buffer, never>
}

interface AuditGapTable {
  workspace_id: string
  first_seq: string
  last_seq: string
  hash: Buffer
  at: Date
  public_key: Buffer
  signature: Buffer
}

interface IdempotencyKeyTable {
  workspace_id: string
  caller_id: string
  key: string
  fingerprint: Buffer
  call_id: string
  sealed_result: Generated<Buffer | null>
  result_key_id: Generated<string | null>
  created_at: Updated
}

export interface Database {
  workspaces: WorkspaceTable
  members: MemberTable
  teams: TeamTable
  team_members: TeamMemberTable
  invitations: InvitationTable
  sign_in_settings: SignInSettingsTable
  two_factor_uses: TwoFactorUseTable
  installation: InstallationTable
  workspace_keys: WorkspaceKeyTable
  tokens: TokenTable
  oauth_clients: OAuthClientTable
  oauth_grants: OAuthGrantTable
  oauth_refresh_tokens: OAuthRefreshTokenTable
  toolsets: ToolsetTable
  connectors: ConnectorTable
  connector_versions: ConnectorVersionTable
  connections: ConnectionTable
  approvals: ApprovalTable
  calls: CallTable
  call_facets: CallFacetTable
  call_figures: CallFigureTable
  log_heads: LogHeadTable
  audit_log: AuditLogTable
  audit_checkpoints: AuditCheckpointTable
  audit_gaps: AuditGapTable
  idempotency_keys: IdempotencyKeyTable
}

export type TokenRow = Selectable<TokenTable>
export type OAuthClientRow = Selectable<OAuthClientTable>
export type OAuthGrantRow = Selectable<OAuthGrantTable>
export type ToolsetRow = Selectable<ToolsetTable>
export type TeamRow = Selectable<TeamTable>
export type InvitationRow = Selectable<InvitationTable>
export type ConnectionRow = Selectable<ConnectionTable>
export type ApprovalRow = Selectable<ApprovalTable>
export type CallRow = Selectable<CallTable>
export type NewCallRow = Insertable<CallTable>
