import type { Store } from '../store/types.ts'
import type { KeyStore } from '../vault/types.ts'

/** Workspace keys, wrapped by the root key, in the database. */
export function createKeyStore(store: Store): KeyStore {
  return {
    async load(workspace) {
      const rows = await store.workspace(workspace, (db) =>
        db
          .selectFrom('workspace_keys')
          .select(['key_id', 'generation', 'wrapped'])
          .where('workspace_id', '=', workspace)
          .orderBy('generation')
          .execute(),
      )
      return rows.map(({ key_id, generation, wrapped }) => ({ keyId: key_id, generation, wrapped }))
    },

    async add(workspace, { keyId, generation, wrapped }) {
      await store.workspace(workspace, (db) =>
        db
          .insertInto('workspace_keys')
          .values({ workspace_id: workspace, key_id: keyId, generation, wrapped })
          .onConflict((conflict) => conflict.columns(['workspace_id', 'generation']).doNothing())
          .execute(),
      )
    },
  }
}
