import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { ConfigError } from '../config.ts'
import { places } from '../places.ts'

const folder = places.migrations

/** Held while a gateway migrates, so that another one starting on the same database waits. Any number nobody else uses. */
const lock = '5210432876320115'

interface Migration {
  readonly name: string
  readonly sql: string
}

/** The files `NNNN_what.sql`, in order. */
async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    // A checkout on another system may have other line ends, which is no change.
    names.map(async (name) => ({ name, sql: (await readFile(new URL(name, folder), 'utf8')).replaceAll('\r\n', '\n') })),
  )
}

/** Answers its checksum. */
async function run(client: pg.Client, { name, sql }: Migration): Promise<string | undefined> {
  await client.query(sql)
  const { rows } = await client.query<{ checksum: string }>(
    "insert into migrations (name, checksum) values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex')) returning checksum",
    [name, sql],
  )
  return rows[0]?.checksum
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const { name } = migration
  await client.query('begin')
  try {
    await run(client, migration)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`The migration ${name} failed, and nothing of it was kept: ${why}`, { cause: error })
  }
}

/** Refuses a database that a newer Sallyport, or an altered one, has migrated. Returns the names that are done. */
async function check(client: pg.Client, migrations: readonly Migration[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string; unchanged: boolean | null }>(
    `select m.name, m.checksum = encode(sha256(convert_to(f.sql, 'UTF8')), 'hex') as unchanged
     from migrations m left join unnest($1::text[], $2::text[]) as f (name, sql) using (name) order by m.name`,
    [migrations.map(({ name }) => name), migrations.map(({ sql }) => sql)],
  )
  for (const { name, unchanged } of rows) {
    if (unchanged === null) {
      throw new ConfigError(
        `The database was migrated by a newer Sallyport (${name}), and migrations only go forward. Start that version, or use a database from before it.`,
      )
    }
    if (!unchanged) {
      throw new ConfigError(
        `The migration ${name} is not the one this database was made with. Start the Sallyport that made it, or use a new database.`,
      )
    }
  }
  return new Set(rows.map(({ name }) => name))
}

/** Runs `work` alone among all gateways on this database. */
export async function whileLocked<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query(`select pg_advisory_lock(${lock})`)
  try {
    return await work()
  } finally {
    // A connection that has ended has let go already.
    await client.query(`select pg_advisory_unlock(${lock})`).catch(() => {})
  }
}

async function makeList(client: pg.Client): Promise<void> {
  await client.query(
    'create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  )
}

/** Gives the empty schema selected the state of another database, within the transaction of the caller. */
export async function migrateAlike(
  client: pg.Client,
  done: readonly { readonly name: string; readonly checksum: string }[],
): Promise<void> {
  await makeList(client)
  const migrations = new Map((await readMigrations()).map((migration) => [migration.name, migration]))
  for (const { name, checksum } of done) {
    const migration = migrations.get(name)
    if (migration === undefined || (await run(client, migration)) !== checksum)
      throw new ConfigError(`The backup is of a newer Sallyport, or of an altered one (${name}). Restore it with that one.`)
  }
}

/** Brings the selected schema up to date, each migration in a transaction of its own. Under {@link whileLocked}. */
export async function migrate(client: pg.Client): Promise<void> {
  await makeList(client)
  const migrations = await readMigrations()
  const done = await check(client, migrations)
  for (const migration of migrations) {
    if (!done.has(migration.name)) await apply(client, migration)
  }
}
