import type { Caller } from '../caller.ts'
import { type Page, pageSize, parseCursor, toPage } from '../page.ts'
import type { ConnectionRow } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { visibleTo } from './owners.ts'
import type { Connections } from './types.ts'

/** The rows of one page of those that the caller sees, the newest first. */
export async function listConnections(
  store: Store,
  caller: Caller,
  query: Parameters<Connections['list']>[1],
): Promise<Page<ConnectionRow>> {
  const size = pageSize(query.limit)
  const before = parseCursor(query.cursor)
  const found = await store.workspace(caller.workspaceId, (db) => {
    let select = db
      .selectFrom('connections')
      .selectAll()
      .where('workspace_id', '=', caller.workspaceId)
      .where(visibleTo(caller))
      .orderBy('id', 'desc')
      .limit(size + 1)
    if (before !== undefined) select = select.where('id', '<', before)
    if (query.connector) select = select.where('connector', '=', query.connector)
    if (query.search) {
      const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`
      select = select.where((eb) => eb.or([eb('name', 'ilike', pattern), eb('connector', 'ilike', pattern)]))
    }
    return select.execute()
  })
  return toPage(
    found,
    size,
    (each) => each,
    (each) => each.id,
  )
}
