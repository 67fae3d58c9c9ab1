import type { ApprovalPolicy } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { SecretReference } from '../connections/secret-manager/types.ts'
import type { SecretManagerPlace } from '../egress/secret-managers/types.ts'
import type { ApprovalRule } from '../toolset.ts'

export interface ManifestConnection {
  readonly id: string
  readonly name: string
  readonly connector: string
  readonly environment: string
  /** Calls of its connector mean it that name none. */
  readonly default: boolean
  readonly scheme: string
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly approval: ApprovalPolicy | null
  /** Those that the caller has. */
  readonly actions: readonly string[]
  /** Null: it is called over the gateway. */
  readonly secret: SecretReference | null
}

export interface Manifest {
  readonly sallyport_manifest: 1
  readonly gateway: string
  readonly workspace: { readonly id: string; readonly name: string }
  readonly toolset: { readonly slug: string; readonly approval: ApprovalRule } | null
  readonly backends: readonly { readonly id: string; readonly name: string; readonly place: SecretManagerPlace }[]
  readonly connectors: readonly {
    readonly id: string
    readonly version: string
    readonly document: Readonly<Record<string, unknown>>
  }[]
  readonly connections: readonly ManifestConnection[]
}

export interface Manifests {
  /** The same for the same caller until something of it changes. */
  manifest(caller: Caller): Promise<Manifest>
  /** Has a credential renewed that an API has refused; answers the version to read. */
  refresh(caller: Caller, connection: string, version: string): Promise<{ readonly version: string; readonly renewed: boolean }>
}
