import type { Caller } from '../../caller.ts'
import type { Page, PageRequest } from '../../page.ts'
import type { SecretBackendKind, SecretDrift } from '../../store/secret-tables.ts'

/** A secret manager that the workspace configured. Its credential is never shown. */
export interface SecretBackendView {
  readonly id: string
  readonly name: string
  readonly kind: SecretBackendKind
  readonly settings: Readonly<Record<string, string>>
  /** Connections that say nothing else are replicated to it. */
  readonly default: boolean
  /** Secrets by what is known of them. */
  readonly secrets: { readonly written: number; readonly waiting: number; readonly failing: number; readonly drifted: number }
  /** What its last test, write or check brought; null when that was well. */
  readonly problem: string | null
  readonly tested_at: string | null
  readonly checked_at: string | null
  readonly created_at: string
}

export type ReplicaState =
  | 'waiting' // to be written
  | 'written'
  | 'failing' // tried, and tried again later
  | 'drifted' // somebody has changed or deleted it at the backend
  | 'removing'

/** Where the credential of one connection is replicated to. */
export interface SecretReplicaView {
  readonly connection: string
  /** Null when the connection is gone, and its secret is being removed. */
  readonly connection_name: string | null
  readonly connector: string | null
  readonly backend: string
  readonly backend_name: string
  readonly name: string
  readonly reference: string
  readonly state: ReplicaState
  readonly drift: SecretDrift | null
  readonly problem: string | null
  /** As the backend counts. */
  readonly version: string | null
  readonly written_at: string | null
  readonly checked_at: string | null
}

/** Where a connection's credential is, and why. */
export interface SecretPlacement {
  /** `workspace`: as the workspace says. `proxy`: with the gateway only. Otherwise the id of a backend. */
  readonly chosen: string
  readonly mode: 'proxy' | 'secret_manager'
  /** What of it is, or still is, at a backend. */
  readonly replicas: readonly SecretReplicaView[]
}

export interface NewSecretBackend {
  readonly name: string
  readonly kind: SecretBackendKind
  readonly settings: Readonly<Record<string, string>>
  readonly credential: Readonly<Record<string, string>>
  readonly default?: boolean
}

/** Secret-manager mode: active credentials are kept in step with secret managers of the workspace. */
export interface SecretBackends {
  list(caller: Caller): Promise<{ readonly items: readonly SecretBackendView[] }>
  create(caller: Caller, request: NewSecretBackend): Promise<SecretBackendView>
  /** What is left out stays; `default` false brings the workspace back to proxy mode. */
  update(
    caller: Caller,
    id: string,
    request: { name?: string; credential?: Readonly<Record<string, string>>; default?: boolean },
  ): Promise<SecretBackendView>
  /** Throws CONFLICT while secrets of connections are in it; `abandon` leaves them there. */
  remove(caller: Caller, id: string, abandon: boolean): Promise<void>
  /** Writes a secret without meaning, reads of it and removes it. */
  test(caller: Caller, id: string): Promise<{ readonly ok: boolean; readonly message: string }>
  /** Tries again what waits, and looks now whether somebody has changed what was written. */
  sync(caller: Caller, id: string): Promise<SecretBackendView>
  replicas(caller: Caller, id: string, query: PageRequest & { readonly problems?: boolean }): Promise<Page<SecretReplicaView>>
  placement(caller: Caller, connection: string): Promise<SecretPlacement>
  /** `workspace`, `proxy` or the id of a backend. */
  move(caller: Caller, connection: string, to: string): Promise<SecretPlacement>
  /** Writes the secret anew, over whatever somebody has made of it. */
  rewrite(caller: Caller, connection: string): Promise<SecretPlacement>
}

/** What the runtime manifest says of a connection's secret. */
export interface SecretReference {
  readonly backend: string
  readonly name: string
  readonly reference: string
}
