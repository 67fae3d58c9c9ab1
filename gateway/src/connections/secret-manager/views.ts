import { sql, type Transaction } from 'kysely'
import type { Caller } from '../../caller.ts'
import type { Database, SecretBackendRow, SecretReplicaRow } from '../../store/schema.ts'
import { isVisible } from '../owners.ts'
import { referenceOf, secretName } from './kinds.ts'
import type { ReplicaState, SecretBackendView, SecretReplicaView } from './types.ts'

type Counts = ReadonlyMap<string, SecretBackendView['secrets']>

/** How many secrets of each backend are how. */
export async function countsOf(db: Transaction<Database>, workspaceId: string): Promise<Counts> {
  const { rows } = await sql<{ backend_id: string; written: string; waiting: string; failing: string; drifted: string }>`
    select backend_id, count(*) filter (where present and due_at is null and last_error is null and drift is null) as written,
      count(*) filter (where due_at is not null and last_error is null) as waiting,
      count(*) filter (where last_error is not null) as failing,
      count(*) filter (where drift is not null and due_at is null and last_error is null) as drifted
    from secret_replicas where workspace_id = ${workspaceId} group by backend_id`.execute(db)
  return new Map(
    rows.map(({ backend_id, written, waiting, failing, drifted }) => [
      backend_id,
      { written: Number(written), waiting: Number(waiting), failing: Number(failing), drifted: Number(drifted) },
    ]),
  )
}

export function viewBackend(row: SecretBackendRow, counts: Counts): SecretBackendView {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    settings: row.settings,
    default: row.is_default,
    secrets: counts.get(row.id) ?? { written: 0, waiting: 0, failing: 0, drifted: 0 },
    problem: row.problem,
    tested_at: row.tested_at?.toISOString() ?? null,
    checked_at: row.checked_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  }
}

/** Replicas of a workspace with what their names are made of. */
export function replicaRows(db: Transaction<Database>, workspaceId: string) {
  return db
    .selectFrom('secret_replicas as r')
    .innerJoin('secret_backends as b', (join) =>
      join.onRef('b.workspace_id', '=', 'r.workspace_id').onRef('b.id', '=', 'r.backend_id'),
    )
    .leftJoin('connections as c', (join) =>
      join.onRef('c.workspace_id', '=', 'r.workspace_id').onRef('c.id', '=', 'r.connection_id'),
    )
    .selectAll('r')
    .select(['b.kind', 'b.settings', 'b.name as backend_name', 'c.name', 'c.connector', 'c.user_id', 'c.team_id'])
    .where('r.workspace_id', '=', workspaceId)
}

type Row = SecretReplicaRow &
  Pick<SecretBackendRow, 'kind' | 'settings'> & {
    readonly backend_name: string
    readonly name: string | null
    readonly connector: string | null
    readonly user_id: string | null
    readonly team_id: string | null
  }

function stateOf({ present, last_error, due_at, drift }: SecretReplicaRow): ReplicaState {
  if (last_error !== null) return 'failing'
  if (!present) return 'removing'
  if (due_at !== null) return 'waiting'
  return drift === null ? 'written' : 'drifted'
}

/** Names of connections that the caller does not see are left out. */
export function viewReplica(caller: Pick<Caller, 'personId' | 'teams'>, row: Row): SecretReplicaView {
  const name = secretName(row.kind, row.settings, row.workspace_id, row.connection_id)
  const visible = isVisible(caller, row)
  return {
    connection: row.connection_id,
    connection_name: visible ? row.name : null,
    connector: visible ? row.connector : null,
    backend: row.backend_id,
    backend_name: row.backend_name,
    name,
    reference: referenceOf(row.kind, row.settings, name),
    state: stateOf(row),
    drift: row.drift,
    problem: row.last_error,
    version: row.remote_version,
    written_at: row.written_at?.toISOString() ?? null,
    checked_at: row.checked_at?.toISOString() ?? null,
  }
}
