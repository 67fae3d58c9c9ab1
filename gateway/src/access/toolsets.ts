import type { Transaction } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { recordAct } from '../store/acts.ts'
import { isUniqueViolation } from '../store/constraints.ts'
import { storableJson } from '../store/json-text.ts'
import type { Database, ToolsetRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { builderSlug, type Toolset } from '../toolset.ts'
import type { TokenCache } from './token-cache.ts'

export interface ToolsetView extends Toolset {
  /** Tokens bound to it that are not revoked. */
  readonly tokens: number
  readonly created_at: string
  readonly updated_at: string
}

export type NewToolset = Omit<Toolset, 'id'>

/** Named selections of tools. Members see them, admins make them. `id` is an id or a slug, which never look alike. */
export interface Toolsets {
  /** By name. */
  list(caller: Caller): Promise<readonly ToolsetView[]>
  get(caller: Caller, id: string): Promise<ToolsetView>
  /** Throws CONFLICT when the slug is taken. */
  create(caller: Caller, toolset: NewToolset): Promise<ToolsetView>
  /** What is left out stays. Counts from the next call on. */
  update(caller: Caller, id: string, changes: Partial<NewToolset>): Promise<ToolsetView>
  /** Tokens bound to it open nothing any more. */
  remove(caller: Caller, id: string): Promise<void>
}

/** Throws NOT_FOUND. */
export async function findToolset(db: Transaction<Database>, workspaceId: string, id: string): Promise<ToolsetRow> {
  const row = await db
    .selectFrom('toolsets')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where((eb) => eb.or([eb('id', '=', id), eb('slug', '=', id)]))
    .executeTakeFirst()
  if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no toolset "${id}" in this workspace.` })
  return row
}

async function free<T>(slug: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new SallyportError('CONFLICT', { detail: `There is a toolset "${slug}" already.`, cause: error })
  }
}

/** What the audit log keeps of one. */
function factsOf({ slug, name, mode, format, approval, selection, max_result_bytes }: NewToolset): NewToolset {
  return { slug, name, mode, format, approval, selection, max_result_bytes }
}

/** Throws CONFLICT for the name of an entrance that is no toolset. */
function requireFree(slug: string): void {
  if (slug !== builderSlug) return
  throw new SallyportError('CONFLICT', { detail: `At /mcp/${slug} admins build connectors. Choose another slug.` })
}

export function createToolsets({ store, clock, cache }: { store: Store; clock: Clock; cache: TokenCache }): Toolsets {
  function read(workspaceId: string, id?: string): Promise<readonly ToolsetView[]> {
    return store.workspace(workspaceId, async (db) => {
      const only = id === undefined ? undefined : await findToolset(db, workspaceId, id)
      let select = db
        .selectFrom('toolsets')
        .selectAll('toolsets')
        .select((eb) =>
          eb
            .selectFrom('tokens')
            .select(({ fn }) => fn.countAll<string>().as('count'))
            .whereRef('tokens.workspace_id', '=', 'toolsets.workspace_id')
            .whereRef('tokens.toolset_id', '=', 'toolsets.id')
            .where('tokens.revoked_at', 'is', null)
            .as('tokens'),
        )
        .where('toolsets.workspace_id', '=', workspaceId)
        .orderBy('toolsets.name')
        .orderBy('toolsets.id')
      if (only !== undefined) select = select.where('toolsets.id', '=', only.id)
      return (await select.execute()).map((row) => ({
        id: row.id,
        ...factsOf(row),
        tokens: Number(row.tokens ?? 0),
        created_at: row.created_at.toISOString(),
        updated_at: row.updated_at.toISOString(),
      }))
    })
  }

  async function get(caller: Caller, id: string): Promise<ToolsetView> {
    requireRole(caller, 'member')
    const [toolset] = await read(caller.workspaceId, id)
    if (toolset === undefined) throw new SallyportError('INTERNAL', { internal: 'a toolset went while it was read' })
    return toolset
  }

  return {
    get,

    async list(caller) {
      requireRole(caller, 'member')
      return read(caller.workspaceId)
    },

    async create(caller, toolset) {
      requireRole(caller, 'admin')
      requireFree(toolset.slug)
      const { workspaceId } = caller
      const now = new Date(clock.now())
      const id = newId('toolset', clock.now())
      const facts = factsOf(toolset)
      const row = { ...facts, selection: storableJson(JSON.stringify(facts.selection)), created_at: now, updated_at: now }
      await free(facts.slug, () =>
        store.workspace(workspaceId, async (db) => {
          await db
            .insertInto('toolsets')
            .values({ id, workspace_id: workspaceId, ...row })
            .execute()
          const target = { kind: 'toolset', id, name: facts.name }
          await recordAct(db, workspaceId, { kind: 'toolset.created', by: caller, target, after: facts })
        }),
      )
      return get(caller, id)
    },

    async update(caller, id, changes) {
      requireRole(caller, 'admin')
      if (changes.slug !== undefined) requireFree(changes.slug)
      const { workspaceId } = caller
      const changed = await free(changes.slug ?? id, () =>
        store.workspace(workspaceId, async (db) => {
          const before = await findToolset(db, workspaceId, id)
          const facts = factsOf({ ...before, ...changes })
          await db
            .updateTable('toolsets')
            .set({ ...facts, selection: storableJson(JSON.stringify(facts.selection)), updated_at: new Date(clock.now()) })
            .where('workspace_id', '=', workspaceId)
            .where('id', '=', before.id)
            .execute()
          const target = { kind: 'toolset', id: before.id, name: facts.name }
          await recordAct(db, workspaceId, {
            kind: 'toolset.updated',
            by: caller,
            target,
            before: factsOf(before),
            after: facts,
          })
          return before.id
        }),
      )
      cache.clear(workspaceId)
      return get(caller, changed)
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await store.workspace(workspaceId, async (db) => {
        const before = await findToolset(db, workspaceId, id)
        await db.deleteFrom('toolsets').where('workspace_id', '=', workspaceId).where('id', '=', before.id).execute()
        const target = { kind: 'toolset', id: before.id, name: before.name }
        await recordAct(db, workspaceId, { kind: 'toolset.deleted', by: caller, target, before: factsOf(before) })
      })
      cache.clear(workspaceId)
    },
  }
}
