import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { recordAct } from '../store/acts.ts'
import { type SealedColumn, sealedColumns } from '../store/sealed-columns.ts'
import type { Store } from '../store/types.ts'
import { isSealingKeyViolation } from '../vault/sealing.ts'
import type { KeyStore, Place, Sealed, Vault } from '../vault/types.ts'
import type { VaultRotation } from './types.ts'

/** Values read at a time. Each is stored in a transaction of its own, which can wait for nobody in a circle. */
const batchSize = 50
/** How long one request works on a rotation, in milliseconds; the next one goes on. */
const sliceMs = 2_000

interface StoredValue extends Sealed {
  readonly row: string
  readonly version: number
}

interface Options {
  readonly store: Store
  readonly vault: Vault
  readonly keys: KeyStore
  readonly clock: Clock
  readonly log: Log
}

/** Values of a column that another key than the current one has sealed. */
function stale({ table, keyColumn }: SealedColumn, workspace: string, current: string) {
  return sql`from ${sql.table(table)} where workspace_id = ${workspace} and ${sql.ref(keyColumn)} <> ${current}`
}

/**
 * Gives a workspace a new key, seals everything anew with it, and removes the old one. It keeps no state of its own: a
 * workspace with several keys is one whose rotation has not ended, whoever began it and however it was interrupted.
 */
export function createVaultRotation({ store, vault, keys, clock, log }: Options): VaultRotation {
  async function next(column: SealedColumn, workspace: string, current: string, after: string): Promise<readonly StoredValue[]> {
    const { row, keyColumn, version } = column
    const { rows } = await store.workspace(workspace, (db) =>
      sql<StoredValue>`
        select ${sql.ref(row)} as "row", ${sql.ref(column.column)} as ciphertext, ${sql.ref(keyColumn)} as "keyId",
          ${version === null ? sql`1` : sql.ref(version)} as version
        ${stale(column, workspace, current)} and ${sql.ref(row)} > ${after} order by ${sql.ref(row)} limit ${batchSize}`.execute(
        db,
      ),
    )
    return rows
  }

  /** Puts the new ciphertext in the place of the very one it was made of: whatever was stored since is newer, and stays. */
  async function replace(column: SealedColumn, workspace: string, old: StoredValue, sealed: Sealed): Promise<number> {
    const ciphertext = sql.ref(column.column)
    const { numAffectedRows } = await store.workspace(workspace, (db) =>
      sql`
        update ${sql.table(column.table)} set ${ciphertext} = ${sealed.ciphertext}, ${sql.ref(column.keyColumn)} = ${sealed.keyId}
        where workspace_id = ${workspace} and ${sql.ref(column.row)} = ${old.row} and ${ciphertext} = ${old.ciphertext}`.execute(
        db,
      ),
    )
    return Number(numAffectedRows ?? 0)
  }

  /** How many of a batch were sealed anew, and those that do not open. */
  async function reseal(
    column: SealedColumn,
    workspace: string,
    values: readonly StoredValue[],
  ): Promise<{ resealed: number; unopenable: readonly string[] }> {
    const unopenable: string[] = []
    let resealed = 0
    for (const old of values) {
      const { row, version } = old
      const place: Place = { workspace, table: column.table, row, column: column.column, version }
      try {
        resealed += await replace(column, workspace, old, await vault.seal(place, await vault.open(place, old)))
      } catch (error) {
        if (!(error instanceof SallyportError && error.code === 'DECRYPT_FAILED')) throw error
        unopenable.push(`${column.table} ${row}`)
      }
    }
    return { resealed, unopenable }
  }

  async function remaining(workspace: string, current: string): Promise<number> {
    return store.workspace(workspace, async (db) => {
      let count = 0
      for (const column of sealedColumns) {
        const { rows } = await sql<{ count: string }>`select count(*) as count ${stale(column, workspace, current)}`.execute(db)
        count += Number(rows[0]?.count ?? 0)
      }
      return count
    })
  }

  /** Removes the keys that nothing is sealed with any more; the database refuses to remove another. */
  async function retire(workspace: string, current: string): Promise<number> {
    let retired = 0
    for (const { keyId } of await keys.load(workspace)) {
      if (keyId === current) continue
      try {
        await store.workspace(workspace, (db) =>
          db.deleteFrom('workspace_keys').where('workspace_id', '=', workspace).where('key_id', '=', keyId).execute(),
        )
        retired++
      } catch (error) {
        // A writer that had sealed before it knew of the new key was quicker: the next round seals that value anew.
        if (!isSealingKeyViolation(error)) throw error
      }
    }
    vault.refresh(workspace)
    return retired
  }

  /** The key to seal everything with: that of the rotation under way, or a new one. Null when the named rotation has ended. */
  async function begin(workspace: string, wanted: string | undefined): Promise<string | null> {
    vault.refresh(workspace)
    const stored = await keys.load(workspace)
    const newest = stored.at(-1)
    if (wanted !== undefined) {
      if (newest?.keyId !== wanted)
        throw new SallyportError('CONFLICT', { detail: 'Another rotation has begun since. Go on without a key id.' })
      return stored.length === 1 ? null : wanted
    }
    if (newest !== undefined && stored.length > 1) return newest.keyId
    const added = await vault.addKey(workspace, newest?.keyId ?? null)
    log.info({ workspace, key: added }, 'a rotation of the workspace key begins')
    return added
  }

  return {
    async rotate(caller: Caller, keyId) {
      requireRole(caller, 'owner')
      const workspace = caller.workspaceId
      const current = await begin(workspace, keyId)
      if (current === null) return { key_id: keyId ?? '', state: 'done', resealed: 0, remaining: 0, retired: 0, unopenable: [] }
      const until = clock.monotonic() + sliceMs
      let resealed = 0
      let retired = 0
      const unopenable: string[] = []
      let interrupted = false
      columns: for (const column of sealedColumns) {
        for (let after = ''; ; ) {
          const values = await next(column, workspace, current, after)
          const last = values.at(-1)
          if (last === undefined) break
          const batch = await reseal(column, workspace, values)
          resealed += batch.resealed
          unopenable.push(...batch.unopenable)
          after = last.row
          if (clock.monotonic() >= until) {
            interrupted = true
            break columns
          }
        }
      }
      const left = await remaining(workspace, current)
      if (left === 0) retired = await retire(workspace, current)
      const ended = left === 0 && (await keys.load(workspace)).length === 1
      // What is left although everything was gone through does not open: to go on would change nothing.
      const stuck = !interrupted && left > 0 && left <= unopenable.length
      if (ended) {
        log.info({ workspace, key: current, retired }, 'the rotation of the workspace key has ended')
        const target = { kind: 'vault', id: current, name: 'Workspace key' }
        await store.workspace(workspace, (db) => recordAct(db, workspace, { kind: 'vault.rotated', by: caller, target }))
      }
      return {
        key_id: current,
        state: ended ? 'done' : stuck ? 'stuck' : 'running',
        resealed,
        remaining: left,
        retired,
        unopenable,
      }
    },
  }
}
