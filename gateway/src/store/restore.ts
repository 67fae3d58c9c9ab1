import { createReadStream } from 'node:fs'
import { constants, copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { type Manifest, manifestFile, manifestSchema, type OpenServer, tableFile, tablesOf } from './backup-format.ts'
import { migrateAlike, whileLocked } from './migrate.ts'
import { withSchema } from './prepare-database.ts'

export interface RestoreOptions {
  readonly folder: string
  /** Where a root key that is in the backup goes. */
  readonly dataDir: string
  readonly log: Log
}

const name = pg.escapeIdentifier

async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(manifestFile(folder), 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`${folder} is no backup (${why}). Name the folder that sallyport backup has made.`)
  })
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    found = undefined
  }
  if (manifestSchema.Check(found)) return found
  throw new ConfigError(`${manifestFile(folder)} cannot be read. It is damaged, or of a newer Sallyport: restore with that one.`)
}

/** Statements that make the tables take rows as they come, and statements that put everything back, which checks the references. */
async function looseningOf(client: pg.Client): Promise<{ readonly loosen: string[]; readonly fasten: string[] }> {
  const { rows } = await client.query<{ loosen: string; fasten: string }>(
    `with tables as (
       select c.oid, format('%I', c.relname) as name, c.relforcerowsecurity as forced, c.relispartition as part from pg_class c
       where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
     )
     select format('alter table %s drop constraint %I', t.name, k.conname) as loosen,
       format('alter table %s add constraint %I %s', t.name, k.conname, pg_get_constraintdef(k.oid)) as fasten
     from tables t join pg_constraint k on k.conrelid = t.oid where k.contype = 'f' and k.conparentid = 0
     union all
     select format('alter table %s disable trigger user', name), format('alter table %s enable trigger user', name)
     from tables where not part
     union all
     -- COPY takes no rows where policies bind whoever writes.
     select format('alter table %s no force row level security', name), format('alter table %s force row level security', name)
     from tables where forced`,
  )
  return { loosen: rows.map(({ loosen }) => loosen), fasten: rows.map(({ fasten }) => fasten) }
}

/** What audit_make_partitions does for the months to come. */
async function makeMonth(client: pg.Client, month: string): Promise<void> {
  const part = name(`audit_log_${month}`)
  const found = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [part])
  if (found.rows[0]?.there === true) return
  const [year = 0, number = 0] = month.split('_').map(Number)
  const [start, end] = [number - 1, number].map((index) => new Date(Date.UTC(year, index)).toISOString())
  await client.query(`create table ${part} partition of audit_log for values from ('${start}') to ('${end}');
    alter table ${part} enable row level security; alter table ${part} force row level security;
    create policy workspace on ${part} using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id));
    revoke update, delete, truncate on ${part} from current_user;
    create trigger append_only_whole before truncate on ${part} execute function refuse_change()`)
}

async function readTables(client: pg.Client, folder: string, { tables }: Manifest): Promise<void> {
  const shapes = new Map((await tablesOf(client)).map((table) => [table.name, table.columns]))
  for (const { name: table, columns, rows } of tables) {
    const shape = shapes.get(table)
    if (shape === undefined || columns.some((column) => !shape.includes(column)))
      throw new ConfigError(`The backup has a table or columns that its migrations do not make (${table}). It is damaged.`)
    // What the migrations have put there is in the backup as well.
    const { rows: filled } = await client.query(`select from ${name(table)} limit 1`)
    if (filled.length > 0) await client.query(`delete from ${name(table)}`)
    if (rows === 0) continue
    const into = client.query(copyFrom(`copy ${name(table)} (${columns.map(name).join(', ')}) from stdin`))
    await pipeline(createReadStream(tableFile(folder, table)), createGunzip(), into).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new ConfigError(`The table ${table} of the backup cannot be read (${why}). It is damaged: nothing was restored.`)
    })
    if (into.rowCount !== rows)
      throw new ConfigError(
        `The table ${table} of the backup has ${into.rowCount} rows instead of ${rows}. It is damaged: nothing was restored.`,
      )
  }
}

async function readBackup(client: pg.Client, folder: string, manifest: Manifest): Promise<void> {
  const used = await client.query<{ used: boolean }>("select to_regclass('migrations') is not null as used")
  if (used.rows[0]?.used === true)
    throw new ConfigError(
      'The database holds data of Sallyport already. Restore into an empty one: another SALLYPORT_DATA_DIR or DATABASE_URL.',
    )
  await client.query("begin; set local sallyport.workspace = '*'; set local statement_timeout = 0")
  try {
    await migrateAlike(client, manifest.migrations)
    for (const month of manifest.months) await makeMonth(client, month)
    // Deferred checks of what migrations wrote must not wait for the end.
    await client.query('set constraints all immediate')
    const { loosen, fasten } = await looseningOf(client)
    for (const statement of loosen) await client.query(statement)
    await readTables(client, folder, manifest)
    for (const statement of fasten) await client.query(statement)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

/** With the root key in it, the data directory has it again; a key that is there is never replaced. */
async function restoreRootKey(folder: string, dataDir: string): Promise<void> {
  const [kept, there] = await Promise.all(
    [folder, dataDir].map((place) => readFile(join(place, 'root.key'), 'utf8').catch(() => undefined)),
  )
  if (kept === undefined)
    throw new ConfigError(`${folder} has lost its root.key. Restore it there, or take root_key out of the manifest.`)
  if (there === undefined) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await copyFile(join(folder, 'root.key'), join(dataDir, 'root.key'), constants.COPYFILE_EXCL)
  } else if (there !== kept)
    throw new ConfigError(`${dataDir} has another root.key than the backup. Choose an empty data directory.`)
}

/**
 * Puts a backup into an empty database, whole or not at all; the next start of a gateway brings its schema up to date. Throws
 * ConfigError with what to do.
 */
export async function restore({ folder, dataDir, log }: RestoreOptions, open: OpenServer): Promise<Manifest> {
  const manifest = await readManifest(folder)
  await using undo = new AsyncDisposableStack()
  const { connection, stop } = await open()
  undo.defer(stop)
  await withSchema(connection, log, (client) => whileLocked(client, () => readBackup(client, folder, manifest)))
  if (manifest.root_key) await restoreRootKey(folder, dataDir)
  return manifest
}
