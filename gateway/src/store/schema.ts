import type { ColumnType, Generated, Insertable, Selectable } from 'kysely'
import type { ApprovalPolicy } from '../approval-policy.ts'
import type { CallerKind, Role, TeamRole } from '../caller.ts'
import type { ApprovalRule, ToolSelection, ToolsetMode } from '../toolset.ts'
import type { AlertTables } from './alert-tables.ts'
import type { ApprovalTables } from './approval-tables.ts'
import type { AuditCheckpointTable, AuditGapTable, AuditLogTable, LogHeadTable } from './audit-rows.ts'
import type { Created, Instant, Json, Updated } from './column-types.ts'
import type { Drift } from './drift.ts'
import type { NetworkTables } from './network-tables.ts'
import type { SecretReferences } from './secret-references.ts'
import type { SecretBackendTable, SecretReplicaTable } from './secret-tables.ts'
import type { WorkflowTables } from './workflow-tables.ts'

/** The rows of the database, as `migrations/` makes them. */

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
  cassette: Generated<string | null>
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
  max_result_bytes: Generated<number | null>
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

interface UpstreamGrantTable {
  id: string
  workspace_id: string
  app_id: string | null
  fields: Buffer | null
  fields_key_id: string | null
  version: Generated<number>
  obtained_at: Instant | null
  expires_at: Instant | null
  ends_at: Instant | null
  scopes: ColumnType<readonly string[], string | undefined, string>
  subject: string | null
  lost: string | null
  created_at: Created
}

interface OAuthAppTable {
  id: string
  workspace_id: string
  name: string
  family: string | null
  connector: string | null
  client_id: string
  secret: Buffer | null
  secret_key_id: string | null
  secret_version: Generated<number>
  issuer: Generated<string | null>
  registered: ColumnType<OAuthRegistration | null, string | undefined, never>
  secret_references: ColumnType<SecretReferences | null, string | null | undefined, string | null>
  created_by: string
  created_at: Created
  updated_at: Updated
}

/** What the gateway agreed on with an authorization server when it registered there by itself. */
export interface OAuthRegistration {
  readonly redirect_uri: string
  /** How the client proves itself to the token endpoint. */
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** Milliseconds since 1970; null for never. */
  readonly expires_at: number | null
}

interface OAuthFlowTable {
  id: string
  workspace_id: string
  connection_id: string
  state_hash: Buffer | null
  user_id: string | null
  app_id: string | null
  begun_by: Json<{ readonly kind: CallerKind; readonly id: string; readonly name: string }>
  secret: Buffer
  secret_key_id: string
  redirect_uri: string | null
  issuer: string | null
  scopes: Json<readonly string[]>
  interval_s: number | null
  ask_after: Instant | null
  expires_at: Instant
  browser_hash: Buffer | null
  created_at: Created
}

/** One-time links to consents, for people without an account. */
interface ConsentLinkTable {
  hash: Buffer
  workspace_id: string
  connection_id: string
  made_by: Json<{ readonly kind: CallerKind; readonly id: string; readonly name: string }>
  expires_at: Instant
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
  check_every_hours: Generated<number | null>
  check_due: ColumnType<Date | null, Date | null | undefined, Date | null>
  check_problem: Generated<string | null>
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

interface ConnectorDraftTable {
  workspace_id: string
  connector: string
  name: string
  document: Json<Readonly<Record<string, unknown>>>
  actions: number
  updated_by: string
  updated_at: Instant
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
  credential_ends_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  status: ConnectionStatus
  status_detail: string | null
  team_id: string | null
  user_id: string | null
  is_default: Generated<boolean>
  approval: ColumnType<ApprovalPolicy | null, string | null | undefined, string | null>
  created_by: string
  created_at: Created
  updated_at: Updated
  tested_at: Instant | null
  grant_id: Generated<string | null>
  scopes: ColumnType<readonly string[] | null, string | null | undefined, string | null>
  missing_scopes: ColumnType<readonly string[] | null, string | null | undefined, string | null>
  mock: Generated<string | null>
  record: Generated<string | null>
  secret_references: ColumnType<SecretReferences | null, string | null | undefined, string | null>
  secret_backend: Generated<string | null>
  network_id: Generated<string | null>
  agent_secrets: ColumnType<Readonly<Record<string, string>> | null, string | null | undefined, string | null>
}

/** The owner of a connection that is not the workspace's, kept when it is deleted. */
interface OwnedConnectionTable {
  workspace_id: string
  id: string
  user_id: string | null
  team_id: string | null
}

interface ScriptStateTable {
  workspace_id: string
  connection_id: string
  key: string
  /** JSON text. */
  value: string
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

interface ResultTable {
  id: string
  workspace_id: string
  caller_kind: string
  caller_id: string
  bytes: number
  sealed_result: Buffer
  result_key_id: string
  created_at: Created
  expires_at: Instant
}

interface CodeRunTable {
  id: string
  workspace_id: string
  caller_kind: string
  caller_id: string
  sealed_run: Buffer
  run_key_id: string
  created_at: Created
  expires_at: Instant
}

interface RecordingTable {
  id: string
  workspace_id: string
  cassette: string
  connector: string
  connector_version: string
  action: string
  method: string | null
  url: string | null
  signature: Buffer
  match: Buffer
  upstream_status: number | null
  error_code: string | null
  bytes: number
  sealed_recording: Buffer
  recording_key_id: string
  recorded_at: Instant
}

export interface Database extends ApprovalTables, AlertTables, NetworkTables, WorkflowTables {
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
  upstream_grants: UpstreamGrantTable
  oauth_apps: OAuthAppTable
  oauth_flows: OAuthFlowTable
  consent_links: ConsentLinkTable
  secret_backends: SecretBackendTable
  secret_replicas: SecretReplicaTable
  toolsets: ToolsetTable
  connectors: ConnectorTable
  connector_versions: ConnectorVersionTable
  connector_drafts: ConnectorDraftTable
  connections: ConnectionTable
  owned_connections: OwnedConnectionTable
  script_state: ScriptStateTable
  calls: CallTable
  call_facets: CallFacetTable
  call_figures: CallFigureTable
  log_heads: LogHeadTable
  audit_log: AuditLogTable
  audit_checkpoints: AuditCheckpointTable
  audit_gaps: AuditGapTable
  idempotency_keys: IdempotencyKeyTable
  results: ResultTable
  code_runs: CodeRunTable
  recordings: RecordingTable
}

export type TokenRow = Selectable<TokenTable>
export type OAuthClientRow = Selectable<OAuthClientTable>
export type OAuthGrantRow = Selectable<OAuthGrantTable>
export type OAuthAppRow = Selectable<OAuthAppTable>
export type OAuthFlowRow = Selectable<OAuthFlowTable>
export type ToolsetRow = Selectable<ToolsetTable>
export type TeamRow = Selectable<TeamTable>
export type InvitationRow = Selectable<InvitationTable>
export type ConnectionRow = Selectable<ConnectionTable>
export type SecretBackendRow = Selectable<SecretBackendTable>
export type SecretReplicaRow = Selectable<SecretReplicaTable>
export type RecordingRow = Selectable<RecordingTable>
export type CallRow = Selectable<CallTable>
export type NewCallRow = Insertable<CallTable>
