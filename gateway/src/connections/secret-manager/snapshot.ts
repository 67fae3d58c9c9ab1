import type { AuthScheme } from '../../definition/document.ts'
import { type ReplicaContent, writeContent } from '../../egress/secret-managers/content.ts'
import type { Secret } from '../../secret.ts'
import type { ConnectionRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { ConnectorRegistry } from '../connectors.ts'
import type { OpenCredential } from '../granting.ts'
import type { ObtainedStore } from '../obtained.ts'
import { type LoadedConnection, loadConnection } from '../registry.ts'
import { schemeOf } from '../schemes/registry.ts'
import type { CredentialFields } from '../schemes/types.ts'

export interface SnapshotServices {
  readonly store: Store
  readonly connectors: Pick<ConnectorRegistry, 'compiled'>
  readonly obtained: ObtainedStore
  readonly connections: {
    openCredential(connection: LoadedConnection, refused?: number): Promise<OpenCredential>
    mendUrl(id: string): string
  }
}

/**
 * What calls are sent with, and no more: whatever a credential is renewed with (refresh tokens, passwords, private keys of
 * clients) stays in the vault.
 */
export function neededForCalls(scheme: AuthScheme, fields: CredentialFields): CredentialFields {
  const { obtainer, fields: asked } = schemeOf(scheme)
  if (obtainer === undefined) return fields
  const entered = new Set(asked(scheme).map(({ name }) => name))
  const kept =
    scheme.type === 'oauth2' ? new Set(['access_token', 'client_id', ...(scheme.headers ?? []).map(({ name }) => name)]) : null
  const certificate = (name: string) => name === 'client_certificate' || name === 'client_key'
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => certificate(name) || (kept === null ? !entered.has(name) : kept.has(name))),
  )
}

export interface Snapshot {
  readonly connection: ConnectionRow
  readonly value: Secret
  /** That of the content: what a workload compares. */
  readonly version: string
  /** Of the obtained part; null where everything was entered. */
  readonly grantVersion: number | null
}

/** The credential of a connection as it is now, renewed before when it has come to its end. */
export function createSnapshots({ store, connectors, obtained, connections }: SnapshotServices) {
  async function find(workspaceId: string, id: string): Promise<ConnectionRow | undefined> {
    return store.workspace(workspaceId, (db) =>
      db.selectFrom('connections').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst(),
    )
  }

  const load = async (row: ConnectionRow): Promise<LoadedConnection> =>
    loadConnection(await connectors.compiled(row.workspace_id, row.connector), row, connections.mendUrl(row.id))

  async function expiryOf(workspaceId: string, grantId: string | null): Promise<string | null> {
    if (grantId === null) return null
    const held = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('upstream_grants')
        .select('expires_at')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', grantId)
        .executeTakeFirst(),
    )
    return held?.expires_at?.toISOString() ?? null
  }

  return {
    find,
    load,

    /** Null when the connection is gone. `refused`: the version of the obtained part that is to be replaced. */
    async take(workspaceId: string, id: string, refused?: number): Promise<Snapshot | null> {
      const row = await find(workspaceId, id)
      if (row === undefined) return null
      // Another gateway may have renewed it since this one last looked.
      if (row.grant_id !== null) obtained.forget(row.grant_id)
      const loaded = await load(row)
      const { fields, version: grantVersion } = await connections.openCredential(loaded, refused)
      const version = `${row.credential_version}.${grantVersion ?? 0}`
      const content: ReplicaContent = {
        connection: id,
        scheme: loaded.schemeName,
        version,
        expiresAt: await expiryOf(workspaceId, row.grant_id),
        fields: neededForCalls(loaded.scheme, fields),
      }
      return { connection: row, value: writeContent(content), version, grantVersion }
    },
  }
}
export type Snapshots = ReturnType<typeof createSnapshots>
