import { sql } from 'kysely'
import { SecretManagerError } from '../../egress/secret-managers/types.ts'
import type { Log } from '../../log.ts'
import { gatewayActor, recordAct } from '../../store/acts.ts'
import type { SecretBackendRow, SecretReplicaRow } from '../../store/schema.ts'
import type { SecretDrift } from '../../store/secret-tables.ts'
import type { Store } from '../../store/types.ts'
import { secretName } from './kinds.ts'
import { type Managers, problemOf } from './managers.ts'
import type { Snapshots } from './snapshot.ts'

/** How often a backend is looked through, in minutes. */
const checkMinutes = 60
/** Secrets that are asked for at a time. */
const parallel = 5
const pageSize = 100
/** So many seconds before its end, but not before half of its life, a credential is renewed that workloads read. */
const aheadSeconds = 300
/** After an attempt to renew one, how long until the next, in seconds. */
const renewPauseSeconds = 60

interface Dependencies {
  readonly store: Store
  readonly log: Log
  readonly managers: Managers
  readonly snapshots: Snapshots
}

/** What nobody's change tells of: secrets that somebody else has changed, and credentials that come to their end. */
export function createReplicaWatch({ store, log, managers, snapshots }: Dependencies) {
  async function look(backend: SecretBackendRow, row: SecretReplicaRow): Promise<void> {
    const { workspace_id: workspaceId, connection_id: id, backend_id, remote_version: ours } = row
    const name = secretName(backend.kind, backend.settings, workspaceId, id)
    const theirs = await (await managers.of(backend)).version(name)
    const drift: SecretDrift | null = theirs === null ? 'deleted' : theirs === ours ? null : 'changed'
    await store.workspace(workspaceId, async (db) => {
      // What was written while this asked is none of its business.
      const { rows } = await sql<{ before: SecretDrift | null }>`
        with before as (
          select drift from secret_replicas where workspace_id = ${workspaceId} and backend_id = ${backend_id}
            and connection_id = ${id} and present and remote_version = ${ours} and due_at is null for update
        )
        update secret_replicas set drift = ${drift}, checked_at = now() from before
        where workspace_id = ${workspaceId} and backend_id = ${backend_id} and connection_id = ${id}
        returning before.drift as before`.execute(db)
      const [found] = rows
      if (found === undefined || drift === null || found.before === drift) return
      await recordAct(db, workspaceId, {
        kind: 'secret_replica.drifted',
        by: gatewayActor,
        target: { kind: 'connection', id, name: id },
        before: { version: ours },
        after: { backend: backend_id, secret: name, drift, version: theirs },
      })
    })
  }

  /** Connections that a change of the workspace's mode has missed, because they were made while it was made. */
  const reconcile = (workspaceId: string) =>
    store.workspace(workspaceId, (db) =>
      sql`select plan_secret_replica(con.workspace_id, con.id) from connections con
        where con.workspace_id = ${workspaceId} and not exists (
          select from secret_replicas r where r.workspace_id = con.workspace_id and r.connection_id = con.id and r.present
        )`.execute(db),
    )

  async function check(backend: SecretBackendRow): Promise<void> {
    const { workspace_id: workspaceId, id } = backend
    let problem: string | null = null
    try {
      await reconcile(workspaceId)
      for (let after = ''; ; ) {
        const rows = await store.workspace(workspaceId, (db) =>
          db
            .selectFrom('secret_replicas')
            .selectAll()
            .where('workspace_id', '=', workspaceId)
            .where('backend_id', '=', id)
            .where('present', '=', true)
            .where('remote_version', 'is not', null)
            .where('connection_id', '>', after)
            .orderBy('connection_id')
            .limit(pageSize)
            .execute(),
        )
        for (let at = 0; at < rows.length; at += parallel)
          await Promise.all(rows.slice(at, at + parallel).map((row) => look(backend, row)))
        const last = rows.at(-1)
        if (last === undefined || rows.length < pageSize) break
        after = last.connection_id
      }
    } catch (error) {
      if (!(error instanceof SecretManagerError)) log.warn({ err: error, backend: id }, 'a check of a secret backend failed')
      problem = problemOf(error)
    }
    await store.workspace(workspaceId, (db) =>
      db
        .updateTable('secret_backends')
        .set({ problem, ...(problem === null && { checked_at: new Date() }) })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .execute(),
    )
  }

  return {
    check,

    /** Backends whose time has come, each put off to its next time in the same commit: whatever happens, one gateway looks. */
    async checks(): Promise<void> {
      const { rows } = await store.system((db) =>
        sql<SecretBackendRow>`
          update secret_backends set check_due = now() + ${checkMinutes} * interval '1 minute' where id in (
            select id from secret_backends where check_due <= now() order by check_due limit 5 for update skip locked
          ) returning *`.execute(db),
      )
      for (const backend of rows) await check(backend)
    },

    /**
     * Renews what comes to its end, since nobody calls over the gateway who would. What is obtained is stored, and so written
     * out.
     */
    async renewals(): Promise<void> {
      const { rows } = await store.system((db) =>
        sql<{ workspace_id: string; connection_id: string; version: number }>`
          update secret_replicas r set renew_after = now() + ${renewPauseSeconds} * interval '1 second'
          from connections con, upstream_grants held
          where r.present and r.written_change is not null and (r.renew_after is null or r.renew_after <= now())
            and con.workspace_id = r.workspace_id and con.id = r.connection_id
            and held.workspace_id = con.workspace_id and held.id = con.grant_id and held.lost is null
            and held.expires_at - now() <= least(${aheadSeconds} * interval '1 second', (held.expires_at - held.obtained_at) / 2)
          returning r.workspace_id, r.connection_id, held.version`.execute(db),
      )
      for (const { workspace_id, connection_id, version } of rows)
        await snapshots.take(workspace_id, connection_id, version).catch(async (error: unknown) => {
          log.warn({ err: error, connection: connection_id }, 'a replicated credential could not be renewed')
          await store.workspace(workspace_id, (db) =>
            sql`update secret_replicas set last_error = ${problemOf(error)}
              where workspace_id = ${workspace_id} and connection_id = ${connection_id} and present`.execute(db),
          )
        })
    },
  }
}
export type ReplicaWatch = ReturnType<typeof createReplicaWatch>
