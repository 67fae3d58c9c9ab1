import { sql, type Transaction } from 'kysely'
import type { ActionDocument, ConnectorDocument, JsonSchemaValue } from '../definition/document.ts'
import { checkMade } from '../definition/parse.ts'
import type { Database } from '../store/schema.ts'
import { Turn } from '../turn.ts'

interface Part {
  readonly key: string
  readonly text: string
}

/**
 * A stored version of a connector, taken apart by the database: to parse the largest known, of 40 MB, would hold every other
 * request for half a second, and a call needs one of its actions. Each is parsed when it is looked at.
 */
export async function openStored(
  db: Transaction<Database>,
  workspaceId: string,
  connector: string,
  version: string,
): Promise<ConnectorDocument | null> {
  const stored = sql`connector_versions where workspace_id = ${workspaceId} and connector = ${connector} and version = ${version}`
  const partsOf = async (key: 'actions' | 'schemas') => {
    const { rows } = await sql<Part>`
      select part.key, part.value::text as text
      from (select document from ${stored}) as stored, json_each(stored.document->${key}) as part`.execute(db)
    return rows
  }
  const { rows: head } = await sql<Part>`
    select part.key, part.value::text as text
    from (select document from ${stored}) as stored, json_each(stored.document) as part
    where part.key not in ('actions', 'schemas')`.execute(db)
  if (head.length === 0) return null
  const actions = await partsOf('actions')
  const schemas = await partsOf('schemas')
  const rest: unknown = Object.fromEntries(head.map(({ key, text }) => [key, JSON.parse(text)]))
  // Whatever is stored was checked as a whole before; this tells a row that something else has written.
  const checked = checkMade({ ...(rest as ConnectorDocument), actions: await lazyRecord<ActionDocument>(actions.slice(0, 1)) })
  return {
    ...checked,
    actions: await lazyRecord<ActionDocument>(actions),
    ...(schemas.length === 0 ? {} : { schemas: await lazyRecord<JsonSchemaValue>(schemas) }),
  }
}

/** Values that are parsed on first sight and kept. Without a prototype: any name may be a key. */
export async function lazyRecord<T>(parts: readonly Part[]): Promise<Record<string, T>> {
  const turn = new Turn()
  const record: Record<string, T> = Object.create(null)
  for (const { key, text } of parts) {
    if (turn.isOver()) await turn.next()
    Object.defineProperty(record, key, {
      enumerable: true,
      configurable: true,
      get(): T {
        const value: T = JSON.parse(text)
        Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
        return value
      },
    })
  }
  return record
}
