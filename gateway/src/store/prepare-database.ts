import pg from 'pg'
import { ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { clientDefaults, type Target } from './database.ts'
import { jobSchema } from './job-schema.ts'
import { migrate, whileLocked } from './migrate.ts'

/** The owner of the schema where the login is a superuser, whom row-level security would not bind. */
const ownerRole = 'sallyport_owner'

interface Login {
  readonly name: string
  readonly superuser: boolean
}

/** PostgreSQL 14, the oldest with support by its makers when this was written. */
const oldestVersion = 140_000

function describe(client: pg.Client): string {
  return client.host.startsWith('/') ? client.host : `${client.host}:${client.port}`
}

/** What to do about a DATABASE_URL that leads nowhere. Never shows the URL, which has the password in it. */
function connectProblem(client: pg.Client, error: unknown): ConfigError {
  const place = describe(client)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(`DATABASE_URL: the host name ${client.host} does not resolve. Check it.`)
    case 'ECONNREFUSED':
    case 'ENOENT':
      return new ConfigError(
        `DATABASE_URL: no PostgreSQL accepts connections at ${place}. Check host and port, and that the server runs.`,
      )
    case '28P01':
    case '28000':
      return new ConfigError(
        `DATABASE_URL: PostgreSQL at ${place} refuses the user ${client.user}. Check user, password and pg_hba.conf.`,
      )
    case '3D000':
      return new ConfigError(
        `DATABASE_URL: the database ${client.database} does not exist at ${place}. Make it: create database ${client.database};`,
      )
    default: {
      const why = error instanceof Error ? error.message : String(error)
      return new ConfigError(`DATABASE_URL: PostgreSQL at ${place} cannot be used (${why}).`)
    }
  }
}

async function connect(connection: pg.ClientConfig): Promise<pg.Client> {
  let client: pg.Client
  try {
    client = new pg.Client({ ...clientDefaults, ...connection, query_timeout: undefined })
  } catch {
    // The error shows what it could not parse, password included.
    throw new ConfigError('DATABASE_URL must be a URL of the form postgresql://user:password@host:5432/database.')
  }
  // A break shows as the failure of the query under way.
  client.on('error', () => {})
  try {
    await client.connect()
    return client
  } catch (error) {
    throw connectProblem(client, error)
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as version",
  )
  const server = rows[0]
  if (server !== undefined && Number(server.number) >= oldestVersion) return
  throw new ConfigError(
    `DATABASE_URL: Sallyport needs PostgreSQL 14 or newer, and ${describe(client)} is ${server?.version ?? 'unknown'}.`,
  )
}

/** Whoever row-level security binds: the owner of our schema, made with it when there is none. */
async function schemaOwner(client: pg.Client, login: Login): Promise<string> {
  const find = () =>
    client.query<{ owner: string; superuser: boolean }>(
      `select r.rolname as owner, r.rolsuper as superuser from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = 'sallyport'`,
    )
  const found = (await find()).rows[0]
  if (found !== undefined && !found.superuser) return found.owner
  if (!login.superuser) {
    await client.query('create schema if not exists sallyport').catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw new ConfigError(
        `DATABASE_URL: the user ${login.name} cannot make the schema sallyport (${why}). As an administrator: create schema sallyport authorization "${login.name}";`,
      )
    })
    return (await find()).rows[0]?.owner ?? login.name
  }
  // Roles belong to the whole server, and a gateway on another of its databases may make this one at the same time.
  await client.query(
    `do $$ begin create role ${ownerRole} nologin; exception when duplicate_object or unique_violation then null; end $$`,
  )
  await client.query(`create schema if not exists sallyport; alter schema sallyport owner to ${ownerRole}`)
  return ownerRole
}

/** The schema of the queue of workflow runs. Without it everything else works. */
async function ensureJobSchema(client: pg.Client, owner: string, log: Log): Promise<void> {
  const { rows } = await client.query('select from pg_namespace where nspname = $1', [jobSchema])
  if (rows.length > 0) return
  const make = `create schema ${jobSchema} authorization ${pg.escapeIdentifier(owner)}`
  await client.query(make).catch((error: unknown) => {
    log.warn({ err: error }, `workflows will not run before an administrator has made their schema: ${make};`)
  })
}

async function selectOwner(client: pg.Client, log: Log): Promise<string> {
  const { rows } = await client.query<Login>(
    'select rolname as name, rolsuper as superuser from pg_roles where rolname = session_user',
  )
  const login = rows[0] ?? { name: client.user ?? '', superuser: false }
  const owner = await schemaOwner(client, login)
  await ensureJobSchema(client, owner, log)
  const session = `set search_path = sallyport; set role ${pg.escapeIdentifier(owner)}`
  await client.query(session).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError(
      `DATABASE_URL: the schema sallyport belongs to ${owner}, and the user ${login.name} cannot act for it (${why}). Use that user, or: grant "${owner}" to "${login.name}";`,
    )
  })
  const role = await client.query<{ superuser: boolean; bypasses: boolean }>(
    'select rolsuper as superuser, rolbypassrls as bypasses from pg_roles where rolname = current_user',
  )
  if (role.rows[0]?.superuser !== false) {
    throw new ConfigError(
      `DATABASE_URL: the role ${owner} is a superuser, whom row-level security does not bind: alter role "${owner}" nosuperuser;`,
    )
  }
  if (role.rows[0].bypasses) {
    log.warn(
      { role: owner },
      'the database role has BYPASSRLS, so row-level security does not separate the workspaces: alter role … nobypassrls',
    )
  }
  return session
}

/** Runs `work` on one connection with the schema selected, whatever is in it. */
export async function withSchema<T>(
  connection: pg.ClientConfig,
  log: Log,
  work: (client: pg.Client, session: string) => Promise<T>,
): Promise<T> {
  const client = await connect(connection)
  try {
    await requireVersion(client)
    return await work(client, await selectOwner(client, log))
  } finally {
    await client.end()
  }
}

/**
 * Connects once, refuses an unfit server with what to do, brings the schema `sallyport` up to date, and tells how
 * every later session begins.
 *
 * Sessions keep settings, so a connection pooler between must pool sessions, not transactions.
 */
export async function prepareDatabase(connection: pg.ClientConfig, log: Log): Promise<Target> {
  const client = await connect(connection)
  try {
    await requireVersion(client)
    return await whileLocked(client, async () => {
      const session = await selectOwner(client, log)
      await migrate(client)
      await client.query('select audit_make_partitions(2)')
      return { connection, session }
    })
  } finally {
    await client.end()
  }
}
