import type { ColumnType, Generated } from 'kysely'
import type { Created, Json } from './column-types.ts'

/** Null until it was set. */
type Moment = ColumnType<Date | null, Date | null | undefined, Date | null>

export const secretBackendKinds = ['aws', 'gcp', 'vault'] as const
export type SecretBackendKind = (typeof secretBackendKinds)[number]

export interface SecretBackendTable {
  id: string
  workspace_id: string
  kind: SecretBackendKind
  name: string
  settings: Json<Readonly<Record<string, string>>>
  credential: Buffer
  credential_key_id: string
  credential_version: Generated<number>
  is_default: Generated<boolean>
  tested_at: Moment
  problem: Generated<string | null>
  check_due: ColumnType<Date, Date | undefined, Date>
  checked_at: Moment
  created_by: string
  created_at: Created
}

/** What was found in the place of a secret that was written. */
export type SecretDrift = 'changed' | 'deleted'

export interface SecretReplicaTable {
  workspace_id: string
  backend_id: string
  connection_id: string
  present: Generated<boolean>
  change: Generated<string>
  written_change: string | null
  remote_version: string | null
  written_at: Moment
  checked_at: Moment
  drift: SecretDrift | null
  attempts: Generated<number>
  due_at: Moment
  claimed_until: Moment
  last_error: string | null
  renew_after: Moment
}
