import type { Caller } from '../caller.ts'
import type { ImportReport } from '../definition/import/report.ts'
import type { ConnectionStatus, Drift } from '../store/schema.ts'
import type { Affected } from './affected.ts'
import type { ImportProgress } from './import/protocol.ts'
import type { Renewal } from './import/renew.ts'
import type { ImportSource } from './import/source.ts'

/**
 * What the entrances see of connectors and connections. Roles are checked inside: every method takes the caller.
 */

export interface Page<T> {
  readonly items: readonly T[]
  readonly next_cursor: string | null
}

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
  readonly method: string
  readonly path: string
  readonly tags: readonly string[]
  /** As tools show them, each at most 8 KB as JSON; the document has them whole. */
  readonly input_schema: Readonly<Record<string, unknown>>
  readonly output_schema: Readonly<Record<string, unknown>> | null
}

/** A part of a connector's actions. */
export interface CapabilityPage {
  readonly connector: string
  readonly name: string
  readonly version: string
  readonly actions: readonly Capability[]
  readonly next_cursor: string | null
}

export type { Drift } from '../store/schema.ts'

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
}

export interface Connectors extends Renewals {
  list(caller: Caller, query: { limit?: number; cursor?: string; search?: string }): Promise<Page<ConnectorListItem>>
  /** The document verbatim. Throws NOT_FOUND. */
  get(caller: Caller, id: string): Promise<Readonly<Record<string, unknown>>>
  /** In the order of the document; at most 50 a page. */
  capabilities(caller: Caller, id: string, query: { limit?: number; cursor?: string }): Promise<CapabilityPage>
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

export interface ConnectionView {
  readonly id: string
  readonly connector: string
  readonly connector_name: string
  readonly connector_version: string
  readonly name: string
  /** Nobody is shown another person's, so a person's own is always the reader's. */
  readonly owner: 'you' | 'team' | 'workspace'
  readonly team: string | null
  readonly environment: string
  readonly server_url: string
  readonly auth: { readonly scheme: string; readonly type: string; readonly label: string; readonly fields: readonly string[] }
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly status: ConnectionStatus
  readonly status_detail: string | null
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
  readonly auth?: { readonly scheme?: string; readonly fields?: Readonly<Record<string, string>> }
  readonly settings?: Readonly<Record<string, string | number | boolean>>
}

export interface Connections {
  list(
    caller: Caller,
    query: { limit?: number; cursor?: string; connector?: string; search?: string },
  ): Promise<Page<ConnectionView>>
  get(caller: Caller, id: string): Promise<ConnectionView>
  create(caller: Caller, request: NewConnection): Promise<ConnectionView>
  update(
    caller: Caller,
    id: string,
    request: { name?: string; environment?: string; settings?: NewConnection['settings'] },
  ): Promise<ConnectionView>
  /** Replaces the whole credential. */
  rotate(caller: Caller, id: string, fields: Readonly<Record<string, string>>): Promise<ConnectionView>
  remove(caller: Caller, id: string): Promise<void>
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
