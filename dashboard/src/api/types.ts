import type { Sallyport, Schemas } from '@sallyport/sdk'

/** The shapes of the HTTP API that the screens read and send, by the names the screens use. */

export type { ChatEvent, ImportProgress, Page, ToolFormat } from '@sallyport/sdk'

export type Json = Readonly<Record<string, unknown>>
export type Role = Schemas['Role']
export type Effect = Schemas['Effect']
export type Outcome = Schemas['Outcome']
export type Session = Schemas['Session']
export type SessionCaller = NonNullable<Session['caller']>
export type ConnectorListItem = Schemas['ConnectorListItem']
export type ConnectorScheme = Awaited<ReturnType<Sallyport['connectors']['schemes']>>['items'][number]
export type ImportReport = Schemas['ImportReport']
export type ImportPreview = Schemas['ImportPreview']
export type ImportSource = Parameters<Sallyport['connectors']['preview']>[0]
export type ConnectorChanges = Schemas['ConnectorChanges']
export type ConnectorChange = Schemas['ConnectorChange']
export type SemverClass = ConnectorChange['class']
export type Connection = Schemas['Connection']
/** What is left to do before a connection can be used. */
export type NextStep = Schemas['NextStepAnswer']
/** A private network, with its agents. */
export type Network = Awaited<ReturnType<Sallyport['networks']['list']>>['items'][number]
export type OAuthApp = Awaited<ReturnType<Sallyport['oauthApps']['list']>>['items'][number]
export type CredentialField = Connection['auth']['fields'][number]
export type NewConnection = Schemas['CreateConnectionRequest']
export type ConnectionStatus = Schemas['ConnectionStatus']
export type SettingValue = Connection['settings'][string]
export type TestCheck = Schemas['TestCheck']
export type TestResult = Schemas['TestResult']
export type CallStatus = Schemas['CallStatus']
export type NewCall = Schemas['CallRequest']
export type CallResult = Schemas['CallResult']
export type PendingCall = Schemas['PendingCall']
export type TraceStep = Schemas['TraceStep']
export type CallSummary = Schemas['CallSummary']
export type CallRecord = Schemas['CallRecord']
export type ChatMessage = Schemas['ChatMessage']
export type ChatToolResult = Schemas['ChatToolResult']
export type ChatToolCall = NonNullable<Extract<ChatMessage, { role: 'assistant' }>['tool_calls']>[number]
export type ChatEnd = Schemas['ChatAnswer']['end']
export type CallTotals = Schemas['CallTotals']
export type ApprovalStatus = Schemas['ApprovalStatus']
export type Approval = Schemas['Approval']
export type Alert = Schemas['Alert']
export type AlertRule = Schemas['AlertRule']
export type NotificationChannel = Schemas['NotificationChannel']
export type SecretBackend = Schemas['SecretBackend']
export type SecretReplica = Schemas['SecretReplica']
export type ApproveResult = Schemas['ApproveResult']
export type Plan = Approval['request']
export type PlannedRequest = Exclude<Plan, { command: string }>
export type Token = Schemas['Token']
export type Toolset = Schemas['Toolset']
export type ToolsetApproval = Toolset['approval']
export type ToolsetPick = Schemas['ToolPick']
export type ToolsetPreview = Schemas['ToolsetPreview']
export type PreviewedTool = Schemas['PreviewedTool']
/** What a preview is made of. */
export type ToolsetDraft = Schemas['ToolsetPreviewRequest']
export type NewToolset = Schemas['CreateToolsetRequest']
export type Member = Schemas['Member']
export type Team = Schemas['Team']
export type Invitation = Schemas['Invitation']
export type SignInSettings = Schemas['SignInSettings']
export type Cassette = Schemas['Cassette']
export type Recording = Schemas['Recording']
export type Grant = Schemas['Grant']
export type OAuthClient = Schemas['Client']
export type Authorization = Schemas['Authorization']
export type AuthorizationParameters = Schemas['AuthorizationRequest']
export type AuditEntry = Schemas['AuditEntry']
export type AuditKind = Schemas['AuditKind']
export type AuditVerification = Schemas['AuditVerification']

/** The filters of the call log. */
export interface CallFilters {
  readonly connector?: string
  readonly action?: string
  readonly connection?: string
  readonly caller?: string
  readonly status?: CallStatus
  readonly error_code?: string
  readonly since?: string
  readonly until?: string
}

/** A problem as it is shown: what happened, what to do, its code. */
export interface Problem {
  readonly code: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly resolution: string
  readonly callId?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly diagnostics?: Json | undefined
}
export type ScriptRun = Awaited<ReturnType<Sallyport['scripts']['run']>>
