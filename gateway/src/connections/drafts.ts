import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { compileConnector } from '../definition/compile.ts'
import { parseConnector } from '../definition/parse.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import { storableJson } from '../store/json-text.ts'
import type { Store } from '../store/types.ts'
import { connectorFacts } from './acts.ts'
import type { Builtins } from './builtins/index.ts'
import { completeInstance } from './builtins/instance.ts'
import { firstVersion } from './catalog/catalog.ts'
import type { Connectors, CreatedConnector } from './types.ts'

export interface DraftSummary {
  readonly connector: string
  readonly name: string
  readonly actions: number
  /** Of the connector that it is to replace; null when there is none yet. */
  readonly published_version: string | null
  readonly updated_at: string
  readonly updated_by: string
}

export interface ConnectorDraft extends DraftSummary {
  readonly document: Readonly<Record<string, unknown>>
}

/**
 * Connectors that nobody can connect or call yet: at most one draft for each. They lie apart from the connectors, so that nothing
 * but a trial ever runs them.
 */
export interface ConnectorDrafts {
  /** By name. */
  list(caller: Caller): Promise<{ readonly items: readonly DraftSummary[] }>
  get(caller: Caller, id: string): Promise<ConnectorDraft>
  /** Stores a draft, in place of the one before. Throws INVALID_INPUT for what is no connector document. */
  put(caller: Caller, document: Readonly<Record<string, unknown>>): Promise<DraftSummary>
  /** Makes it the connector, or the next version of it. */
  publish(caller: Caller, id: string): Promise<CreatedConnector>
  discard(caller: Caller, id: string): Promise<void>
}

const maxDrafts = 100

const notFound = (id: string) =>
  new SallyportError('NOT_FOUND', {
    detail: `There is no draft of a connector "${id}". List them with GET /api/v1/connector-drafts.`,
  })

interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly builtins: Builtins
  readonly connectors: Pick<Connectors, 'create' | 'update'>
}

export function createDrafts({ store, clock, builtins, connectors }: Services): ConnectorDrafts {
  const rows = (workspaceId: string, id?: string) =>
    store.workspace(workspaceId, (db) => {
      const select = db
        .selectFrom('connector_drafts')
        .leftJoin('connectors', (join) =>
          join
            .onRef('connectors.workspace_id', '=', 'connector_drafts.workspace_id')
            .onRef('connectors.id', '=', 'connector_drafts.connector'),
        )
        .select([
          'connector_drafts.connector',
          'connector_drafts.name',
          'connector_drafts.actions',
          'connector_drafts.updated_at',
          'connector_drafts.updated_by',
          'connectors.version as published_version',
        ])
        .where('connector_drafts.workspace_id', '=', workspaceId)
        .orderBy('connector_drafts.connector')
      return (id === undefined ? select : select.where('connector_drafts.connector', '=', id)).execute()
    })

  async function find(workspaceId: string, id: string) {
    const found = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connector_drafts')
        .select(['document', 'updated_at'])
        .where('workspace_id', '=', workspaceId)
        .where('connector', '=', id)
        .executeTakeFirst(),
    )
    if (found === undefined) throw notFound(id)
    return found
  }

  async function summary(workspaceId: string, id: string): Promise<DraftSummary> {
    const [row] = await rows(workspaceId, id)
    if (row === undefined) throw notFound(id)
    return { ...row, updated_at: row.updated_at.toISOString() }
  }

  return {
    async list(caller) {
      requireRole(caller, 'admin')
      const items = await rows(caller.workspaceId)
      return { items: items.map((row) => ({ ...row, updated_at: row.updated_at.toISOString() })) }
    },

    async get(caller, id) {
      requireRole(caller, 'admin')
      const { document } = await find(caller.workspaceId, id)
      return { ...(await summary(caller.workspaceId, id)), document }
    },

    async put(caller, submitted) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const document = parseConnector(completeInstance(submitted, builtins))
      const version = document.version ?? firstVersion
      compileConnector(document, version)
      const { connector, name } = document
      const row = {
        name,
        document: storableJson(JSON.stringify(document)),
        actions: Object.keys(document.actions).length,
        updated_by: caller.name,
        updated_at: new Date(clock.now()),
      }
      await store.workspace(workspaceId, async (db) => {
        const others = await db
          .selectFrom('connector_drafts')
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .where('workspace_id', '=', workspaceId)
          .where('connector', '!=', connector)
          .executeTakeFirstOrThrow()
        if (Number(others.count) >= maxDrafts)
          throw new SallyportError('CONFLICT', { detail: `There are ${maxDrafts} drafts. Publish or discard some first.` })
        await db
          .insertInto('connector_drafts')
          .values({ workspace_id: workspaceId, connector, ...row })
          .onConflict((conflict) => conflict.columns(['workspace_id', 'connector']).doUpdateSet(row))
          .execute()
        const target = { kind: 'connector', id: connector, name }
        await recordAct(db, workspaceId, {
          kind: 'connector.drafted',
          by: caller,
          target,
          after: connectorFacts(version, { ...document }),
        })
      })
      return summary(workspaceId, connector)
    },

    async publish(caller, id) {
      requireRole(caller, 'admin')
      const { document, updated_at } = await find(caller.workspaceId, id)
      const { published_version } = await summary(caller.workspaceId, id)
      const published =
        published_version === null
          ? await connectors.create(caller, document)
          : await connectors.update(caller, id, { document, autoBump: true })
      await store.workspace(caller.workspaceId, (db) =>
        db
          .deleteFrom('connector_drafts')
          .where('workspace_id', '=', caller.workspaceId)
          .where('connector', '=', id)
          // What somebody drafted meanwhile is another draft.
          .where('updated_at', '=', updated_at)
          .execute(),
      )
      return published
    },

    async discard(caller, id) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, async (db) => {
        const gone = await db
          .deleteFrom('connector_drafts')
          .where('workspace_id', '=', caller.workspaceId)
          .where('connector', '=', id)
          .returning('name')
          .executeTakeFirst()
        if (gone === undefined) throw notFound(id)
        const target = { kind: 'connector', id, name: gone.name }
        await recordAct(db, caller.workspaceId, { kind: 'connector.draft_discarded', by: caller, target })
      })
    },
  }
}
