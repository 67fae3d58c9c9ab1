import type { LoadedConnection } from '../connections/registry.ts'
import { SallyportError } from '../errors.ts'
import type { Store } from '../store/types.ts'
import type { ScriptState } from './executors/script/host.ts'

/** Of one connection, and of one value as JSON. */
const maxKeys = 50
const maxBytes = 8 * 1024

function refuse(detail: string): never {
  throw new SallyportError('SCRIPT_LIMIT', { detail, diagnostics: { limit: 'state' } })
}

/** The state of a connection's script, kept in the database in clear: a cursor, a time, a counter, never a secret. */
export function createScriptState(store: Store): (connection: Pick<LoadedConnection, 'id' | 'workspaceId'>) => ScriptState {
  return ({ id: connection_id, workspaceId: workspace_id }) => ({
    async get(key) {
      const found = await store.workspace(workspace_id, (db) =>
        db
          .selectFrom('script_state')
          .select('value')
          .where('workspace_id', '=', workspace_id)
          .where('connection_id', '=', connection_id)
          .where('key', '=', key)
          .executeTakeFirst(),
      )
      return found === undefined ? null : JSON.parse(found.value)
    },

    async set(key, given) {
      const value = JSON.stringify(given)
      if (Buffer.byteLength(value) > maxBytes)
        refuse(`The script keeps more than ${maxBytes / 1024} KB in "${key}" of its state.`)
      await store.workspace(workspace_id, async (db) => {
        if (given === null) {
          await db
            .deleteFrom('script_state')
            .where('workspace_id', '=', workspace_id)
            .where('connection_id', '=', connection_id)
            .where('key', '=', key)
            .execute()
          return
        }
        await db
          .insertInto('script_state')
          .values({ workspace_id, connection_id, key, value })
          .onConflict((conflict) => conflict.columns(['connection_id', 'key']).doUpdateSet({ value }))
          .execute()
        const { keys } = await db
          .selectFrom('script_state')
          .select((select) => select.fn.countAll<string>().as('keys'))
          .where('workspace_id', '=', workspace_id)
          .where('connection_id', '=', connection_id)
          .executeTakeFirstOrThrow()
        // Thrown inside the transaction, which takes the new one back.
        if (Number(keys) > maxKeys) refuse(`The script keeps more than ${maxKeys} values in its state.`)
      })
    },
  })
}
