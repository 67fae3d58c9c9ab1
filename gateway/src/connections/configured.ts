import { requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import type { ConnectionRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import type { ConnectorRegistry } from './connectors.ts'
import { credentialOf } from './credentials.ts'
import type { OpenEntered } from './entered.ts'
import { chooseScheme } from './fit.ts'
import { visibleTo } from './owners.ts'
import type { ConfiguredConnection, ConfiguredConnections } from './types.ts'

interface Dependencies {
  readonly store: Store
  readonly connectors: ConnectorRegistry
  readonly openEntered: OpenEntered
}

export function createConfigured({ store, connectors, openEntered }: Dependencies): ConfiguredConnections {
  /** A credential that does not open, or fits its connector no more, is one to be entered anew. */
  async function enteredIn(row: ConnectionRow): Promise<readonly string[]> {
    const credential = credentialOf(row)
    if (credential === null) return []
    try {
      const { scheme } = chooseScheme(await connectors.compiled(row.workspace_id, row.connector), row.scheme)
      return Object.keys(await openEntered(row.workspace_id, row.id, scheme, credential, row.agent_secrets ?? {}))
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error
      return []
    }
  }

  return {
    async configured(caller) {
      requireRole(caller, 'admin')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('connections')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .where('user_id', 'is', null)
          .where(visibleTo(caller))
          .orderBy('connector')
          .orderBy('created_at')
          .orderBy('id')
          .execute(),
      )
      const found: ConfiguredConnection[] = []
      for (const row of rows)
        found.push({ ...row, references: row.secret_references, entered: (await enteredIn(row)).toSorted() })
      return found
    },

    async refer(caller, id, references) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, (db) =>
        db
          .updateTable('connections')
          .set({ secret_references: JSON.stringify(references) })
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .execute(),
      )
    },
  }
}
