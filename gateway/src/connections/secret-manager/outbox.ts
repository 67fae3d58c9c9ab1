import { sql } from 'kysely'
import { SecretManagerError } from '../../egress/secret-managers/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { gatewayActor, recordAct } from '../../store/acts.ts'
import type { SecretBackendRow, SecretReplicaRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { secretName } from './kinds.ts'
import { type Managers, problemOf } from './managers.ts'
import type { Snapshots } from './snapshot.ts'

/** Waits before further attempts, in seconds; the last one again and again, for as long as the secret is to be there. */
const waits = [1, 5, 30, 120, 600, 900] as const
/** Longer than all requests of one attempt may take, in seconds: while it lasts no other gateway writes this secret. */
const leaseSeconds = 120
const perClaim = 10

interface Dependencies {
  readonly store: Store
  readonly log: Log
  readonly managers: Managers
  readonly snapshots: Snapshots
}

/** Works through what is due: brings each secret in line with its connection, one gateway at a time for each. */
export function createReplicaOutbox({ store, log, managers, snapshots }: Dependencies) {
  const one = (row: SecretReplicaRow) =>
    sql`workspace_id = ${row.workspace_id} and backend_id = ${row.backend_id} and connection_id = ${row.connection_id}`

  async function claim(only?: { readonly workspaceId: string; readonly connection: string }) {
    const mine = only === undefined ? sql`` : sql`and workspace_id = ${only.workspaceId} and connection_id = ${only.connection}`
    const { rows } = await store.system((db) =>
      sql<SecretReplicaRow>`
        update secret_replicas set attempts = attempts + 1, claimed_until = now() + ${leaseSeconds} * interval '1 second'
        where (workspace_id, backend_id, connection_id) in (
          select workspace_id, backend_id, connection_id from secret_replicas
          where due_at <= now() and (claimed_until is null or claimed_until < now()) ${mine}
          order by due_at limit ${perClaim} for update skip locked
        ) returning *`.execute(db),
    )
    return rows
  }

  async function write(row: SecretReplicaRow, backend: SecretBackendRow): Promise<void> {
    const { workspace_id: workspaceId, connection_id: id } = row
    const taken = await snapshots.take(workspaceId, id)
    // Its row says so too, in a moment: the transaction that deletes it has changed both.
    if (taken === null) return release(row)
    const manager = await managers.of(backend)
    const name = secretName(backend.kind, backend.settings, workspaceId, id)
    const version = await manager.write(name, taken.value, row.remote_version)
    await store.workspace(workspaceId, async (db) => {
      await sql`
        update secret_replicas set written_change = ${row.change}, remote_version = ${version}, written_at = now(), drift = null,
          last_error = null, attempts = 0, claimed_until = null, due_at = case when change = ${row.change} then null else now() end
        where ${one(row)}`.execute(db)
      await recordAct(db, workspaceId, {
        kind: 'secret_replica.written',
        by: gatewayActor,
        target: { kind: 'connection', id, name: taken.connection.name },
        after: { backend: backend.id, secret: name, version },
      })
    })
  }

  async function remove(row: SecretReplicaRow, backend: SecretBackendRow): Promise<void> {
    const { workspace_id: workspaceId, connection_id: id } = row
    const name = secretName(backend.kind, backend.settings, workspaceId, id)
    await (await managers.of(backend)).remove(name)
    await store.workspace(workspaceId, async (db) => {
      const gone = await sql`delete from secret_replicas where ${one(row)} and not present`.execute(db)
      // It is to be there again: nothing of it is.
      if (gone.numAffectedRows === 0n)
        await sql`update secret_replicas set written_change = null, remote_version = null, claimed_until = null, due_at = now()
          where ${one(row)}`.execute(db)
      await recordAct(db, workspaceId, {
        kind: 'secret_replica.removed',
        by: gatewayActor,
        target: { kind: 'connection', id, name: id },
        before: { backend: backend.id, secret: name },
      })
    })
  }

  async function release(row: SecretReplicaRow): Promise<void> {
    await store.workspace(row.workspace_id, (db) =>
      sql`update secret_replicas set claimed_until = null, due_at = now() + interval '1 second' where ${one(row)}`.execute(db),
    )
  }

  async function failed(row: SecretReplicaRow, error: unknown): Promise<void> {
    const wait = waits[Math.min(Number(row.attempts), waits.length) - 1] ?? 900
    // Nothing can be written until somebody mends the connection, and that makes it due.
    const hopeless = error instanceof SallyportError && error.code === 'NEEDS_REAUTH'
    log.warn({ err: error, connection: row.connection_id, backend: row.backend_id }, 'a secret was not replicated')
    const problem = problemOf(error)
    await store.workspace(row.workspace_id, async (db) => {
      await sql`
        update secret_replicas set last_error = ${problem}, claimed_until = null,
          due_at = case when change <> ${row.change} then now() when ${hopeless} then null
            else now() + ${wait} * interval '1 second' end
        where ${one(row)}`.execute(db)
      if (error instanceof SecretManagerError)
        await sql`update secret_backends set problem = ${problem}
          where workspace_id = ${row.workspace_id} and id = ${row.backend_id}`.execute(db)
    })
  }

  async function attempt(row: SecretReplicaRow): Promise<void> {
    try {
      const backend = await managers.row(row.workspace_id, row.backend_id)
      if (backend === undefined) return
      await (row.present ? write(row, backend) : remove(row, backend))
      if (backend.problem !== null)
        await store.workspace(row.workspace_id, (db) =>
          sql`update secret_backends set problem = null where workspace_id = ${row.workspace_id} and id = ${backend.id}`.execute(
            db,
          ),
        )
    } catch (error) {
      await failed(row, error)
    }
  }

  return {
    /** Everything that is due. */
    async work(): Promise<void> {
      for (let due = await claim(); due.length > 0; due = await claim()) await Promise.all(due.map(attempt))
    },

    /** What is due of one connection, now and here, unless another gateway is at it. */
    async workOn(workspaceId: string, connection: string): Promise<void> {
      await Promise.all((await claim({ workspaceId, connection })).map(attempt))
    },
  }
}
export type ReplicaOutbox = ReturnType<typeof createReplicaOutbox>
