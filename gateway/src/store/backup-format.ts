import { join } from 'node:path'
import type pg from 'pg'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * A backup is a folder: `manifest.json`, and for each table with rows a file of what PostgreSQL's COPY writes, compressed. It holds rows, not
 * the schema: that is made by the migrations it names, so that any later Sallyport, on any PostgreSQL, takes it.
 */
const Manifest = Type.Object({
  format: Type.Literal(1),
  /** The Sallyport that made it, for people. */
  version: Type.String(),
  made_at: Type.String(),
  migrations: Type.Array(Type.Object({ name: Type.String(), checksum: Type.String() })),
  /** Months of the audit log, as `2026_11`. */
  months: Type.Array(Type.String({ pattern: '^\\d{4}_\\d{2}$' })),
  tables: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[A-Za-z_]+$' }),
      columns: Type.Array(Type.String()),
      rows: Type.Integer({ minimum: 0 }),
    }),
  ),
  /** Whether the root key is in it, as `root.key`. */
  root_key: Type.Boolean(),
})
export type Manifest = Type.Static<typeof Manifest>
export const manifestSchema = Compile(Manifest)

/** Where the database is, and how to let go of it. */
export type OpenServer = () => Promise<{ readonly connection: pg.ClientConfig; stop(): Promise<void> }>

export const manifestFile = (folder: string) => join(folder, 'manifest.json')
export const tableFile = (folder: string, name: string) => join(folder, `${name}.copy.gz`)

export interface TableShape {
  readonly name: string
  /** Without those that PostgreSQL computes. */
  readonly columns: readonly string[]
}

/** The tables of the selected schema, a partitioned one as a whole, without the list of migrations. */
export async function tablesOf(client: pg.Client): Promise<TableShape[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname <> 'migrations' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.relname order by c.relname`,
  )
  return rows
}
