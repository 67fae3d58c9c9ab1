import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { type Manifest, manifestFile, type OpenServer, tableFile, tablesOf } from './backup-format.ts'
import { withSchema } from './prepare-database.ts'

export interface BackupOptions {
  readonly log: Log
  /** Made; must not be there. */
  readonly folder: string
  readonly version: string
  /** The file to take into the backup; without it whoever restores needs the root key from elsewhere. */
  readonly rootKeyFile?: string | undefined
}

async function writeTables(client: pg.Client, folder: string): Promise<Manifest['tables']> {
  const tables: Manifest['tables'] = []
  for (const { name, columns } of await tablesOf(client)) {
    const list = columns.map(pg.escapeIdentifier).join(', ')
    const rows = client.query(copyTo(`copy (select ${list} from ${pg.escapeIdentifier(name)}) to stdout`))
    await pipeline(
      rows,
      createGzip({ level: 6 }),
      createWriteStream(tableFile(folder, name), { flags: 'wx', mode: 0o600, flush: true }),
    )
    // Most tables of a small installation have none.
    if (rows.rowCount === 0) await rm(tableFile(folder, name))
    tables.push({ name, columns: [...columns], rows: rows.rowCount })
  }
  return tables
}

async function writeBackup(
  client: pg.Client,
  draft: string,
  version: string,
  rootKeyFile: string | undefined,
): Promise<Manifest> {
  const known = await client.query<{ found: boolean }>("select to_regclass('migrations') is not null as found")
  if (known.rows[0]?.found !== true)
    throw new ConfigError('The database holds no data of Sallyport: there is nothing to back up.')
  // One snapshot for all tables, while gateways go on.
  await client.query(`begin isolation level repeatable read read only; set local sallyport.workspace = '*'; set local timezone = 'UTC';
    set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0`)
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from migrations order by name',
  )
  const { rows: months } = await client.query<{ month: string }>(
    `select right(c.relname, 7) as month from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = to_regclass('audit_log') order by 1`,
  )
  const tables = await writeTables(client, draft)
  await client.query('commit')
  if (rootKeyFile !== undefined) await copyFile(rootKeyFile, join(draft, 'root.key'))
  const manifest: Manifest = {
    format: 1,
    version,
    made_at: new Date().toISOString(),
    migrations,
    months: months.map(({ month }) => month),
    tables,
    root_key: rootKeyFile !== undefined,
  }
  await writeFile(manifestFile(draft), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true })
  return manifest
}

/**
 * Writes all rows of the database, as they are at one moment, into a new folder that is there when it is whole. Gateways may go on
 * meanwhile. Throws ConfigError with what to do.
 */
export async function backUp({ folder, version, rootKeyFile, log }: BackupOptions, open: OpenServer): Promise<Manifest> {
  const draft = join(dirname(folder), `.${basename(folder)}.part-${process.pid}`)
  // Taken before anything is read: two backups cannot have one name, and nothing that is there is replaced.
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`The folder ${folder} cannot be made (${why}). Name one that is not there yet.`)
  })
  try {
    await mkdir(draft, { mode: 0o700 })
    await using undo = new AsyncDisposableStack()
    const { connection, stop } = await open()
    undo.defer(stop)
    const manifest = await withSchema(connection, log, (client) => writeBackup(client, draft, version, rootKeyFile))
    // Replaces the empty folder, and refuses one that is not.
    await rename(draft, folder)
    return manifest
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    await rmdir(folder).catch(() => {})
    throw error
  }
}
