import { sql } from 'kysely'
import type { SecretManagerPlace } from '../../egress/secret-managers/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Store } from '../../store/types.ts'
import { placeOf, referenceOf, secretName } from './kinds.ts'
import type { ReplicaOutbox } from './outbox.ts'
import type { Snapshots } from './snapshot.ts'
import type { SecretReference } from './types.ts'
import { replicaRows } from './views.ts'

/** Between two renewals that workloads ask for, in seconds. */
const renewPauseSeconds = 20

interface Dependencies {
  readonly store: Store
  readonly snapshots: Snapshots
  readonly outbox: ReplicaOutbox
}

/** Where the workspace's secrets are, for the manifest of a workload. */
export interface References {
  readonly backends: readonly { readonly id: string; readonly name: string; readonly place: SecretManagerPlace }[]
  readonly secrets: ReadonlyMap<string, SecretReference>
  /** Connections that calls mean which name none. */
  readonly defaults: ReadonlySet<string>
}

export interface SecretReferences {
  references(workspaceId: string): Promise<References>
  /**
   * For a workload whose API has refused the credential of this version: renews it, where there is none newer, and writes it out.
   * Answers the version to wait for. Throws INVALID_INPUT in proxy mode, NEEDS_REAUTH when only a person can help.
   */
  refresh(
    workspaceId: string,
    connection: string,
    refused: string,
  ): Promise<{ readonly version: string; readonly renewed: boolean }>
}

export function createReferences({ store, snapshots, outbox }: Dependencies): SecretReferences {
  return {
    async references(workspaceId) {
      return store.workspace(workspaceId, async (db) => {
        const rows = await replicaRows(db, workspaceId).where('r.present', '=', true).execute()
        const backends = await db
          .selectFrom('secret_backends')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .orderBy('id')
          .execute()
        const used = new Set(rows.map(({ backend_id }) => backend_id))
        const defaults = await db
          .selectFrom('connections')
          .select('id')
          .where('workspace_id', '=', workspaceId)
          .where('is_default', '=', true)
          .execute()
        return {
          backends: backends
            .filter(({ id }) => used.has(id))
            .map(({ id, name, kind, settings }) => ({ id, name, place: placeOf(kind, settings) })),
          secrets: new Map(
            rows.map(({ connection_id: id, backend_id: backend, kind, settings }) => {
              const name = secretName(kind, settings, workspaceId, id)
              return [id, { backend, name, reference: referenceOf(kind, settings, name) }]
            }),
          ),
          defaults: new Set(defaults.map(({ id }) => id)),
        }
      })
    },

    async refresh(workspaceId, id, refused) {
      const { rows } = await store.workspace(workspaceId, (db) =>
        sql<{ credential_version: number; version: number | null; may: boolean }>`
          select con.credential_version, held.version, (r.renew_after is null or r.renew_after <= now()) as may
          from secret_replicas r
          join connections con on con.workspace_id = r.workspace_id and con.id = r.connection_id
          left join upstream_grants held on held.workspace_id = con.workspace_id and held.id = con.grant_id
          where r.workspace_id = ${workspaceId} and r.connection_id = ${id} and r.present`.execute(db),
      )
      const [row] = rows
      if (row === undefined)
        throw new SallyportError('INVALID_INPUT', {
          detail: 'This connection is in proxy mode: its credential is nowhere but in the gateway. Read the manifest again.',
        })
      const version = `${row.credential_version}.${row.version ?? 0}`
      if (refused === version && row.version !== null && row.may) {
        const { numAffectedRows } = await store.workspace(workspaceId, (db) =>
          sql`update secret_replicas set renew_after = now() + ${renewPauseSeconds} * interval '1 second'
            where workspace_id = ${workspaceId} and connection_id = ${id} and present
              and (renew_after is null or renew_after <= now())`.execute(db),
        )
        const taken = numAffectedRows === 0n ? null : await snapshots.take(workspaceId, id, row.version)
        await outbox.workOn(workspaceId, id)
        return { version: taken?.version ?? version, renewed: taken !== null }
      }
      await outbox.workOn(workspaceId, id)
      return { version, renewed: false }
    },
  }
}
