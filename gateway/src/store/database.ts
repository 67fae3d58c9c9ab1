import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  type PostgresCursor,
  PostgresDriver,
  PostgresIntrospector,
  type PostgresPool,
  type PostgresPoolClient,
  PostgresQueryCompiler,
  type PostgresQueryResult,
} from 'kysely'
import pg from 'pg'
import type { Log } from '../log.ts'
import { asStoreError, isConnectionFailure } from './connection-failure.ts'
import type { Database } from './schema.ts'

/** Where the database is and what every session there begins with. */
export interface Target {
  readonly connection: pg.ClientConfig
  /** SQL that selects the schema and the role which row-level security binds. */
  readonly session: string
}

/** Ten transactions at a time keep a small server busy; more only queue inside it. */
const maxConnections = 10
/** Within a request, waiting longer than this for a connection helps nobody. */
const connectTimeoutMs = 3_000
/** A statement of the gateway takes milliseconds; one that takes this long holds a connection others wait for. */
const statementTimeoutMs = 30_000

export const clientDefaults = {
  application_name: 'sallyport',
  keepAlive: true,
  connectionTimeoutMillis: connectTimeoutMs,
  // For a server that has vanished without closing the connection; one that lives ends the statement itself before.
  query_timeout: statementTimeoutMs + 5_000,
} satisfies pg.ClientConfig

/** Kysely writes the same text for the same query, so few names serve. The bound is for queries with lists of any length. */
const statementNames = new Map<string, string>()
const maxStatements = 300

function statementName(text: string): string | undefined {
  const known = statementNames.get(text)
  if (known !== undefined || statementNames.size >= maxStatements) return known
  const name = `q${statementNames.size}`
  statementNames.set(text, name)
  return name
}

/** A pooled connection as Kysely wants it: prepares statements and throws connection failures as UNAVAILABLE. */
class Session implements PostgresPoolClient {
  readonly #client: pg.PoolClient
  #broken = false

  constructor(client: pg.PoolClient) {
    this.#client = client
  }

  query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>
  query<R>(
    sql: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): PostgresCursor<R> | Promise<PostgresQueryResult<R>> {
    if (typeof sql !== 'string') throw new TypeError('cursors are not in use')
    return this.#run(sql, parameters)
  }

  async #run<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    // Without parameters it may be several statements, which cannot be prepared.
    const name = parameters.length > 0 ? statementName(text) : undefined
    try {
      const result: unknown = await this.#client.query({ text, values: [...parameters], ...(name === undefined ? {} : { name }) })
      // The driver cannot know the shape of a row; Kysely does, from the query.
      return result as PostgresQueryResult<R>
    } catch (error) {
      if (isConnectionFailure(error)) this.#broken = true
      throw asStoreError(error)
    }
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#broken)
  }
}

class Connections implements PostgresPool {
  readonly options = {}
  readonly #pool: pg.Pool
  readonly #setup: string
  readonly #sessions = new WeakMap<pg.PoolClient, Session>()

  constructor(target: Target, log: Log) {
    this.#pool = new pg.Pool({ ...clientDefaults, ...target.connection, max: maxConnections })
    this.#setup = `${target.session}; set statement_timeout = ${statementTimeoutMs}; set idle_in_transaction_session_timeout = ${statementTimeoutMs * 2}`
    // Without a listener a connection that breaks while idle, or between two statements, would end the process.
    this.#pool.on('error', (error) => log.debug({ err: error }, 'an idle database connection broke'))
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async connect(): Promise<Session> {
    try {
      const client = await this.#pool.connect()
      return this.#sessions.get(client) ?? (await this.#begin(client))
    } catch (error) {
      throw asStoreError(error)
    }
  }

  async #begin(client: pg.PoolClient): Promise<Session> {
    try {
      await client.query(this.#setup)
    } catch (error) {
      client.release(true)
      throw error
    }
    const session = new Session(client)
    this.#sessions.set(client, session)
    return session
  }

  end(): Promise<void> {
    return this.#pool.end()
  }
}

/** Opens a transaction and names its workspace in one round trip. */
class WorkspaceDriver extends PostgresDriver {
  readonly #begin: CompiledQuery

  constructor(pool: PostgresPool, workspace: string) {
    super({ pool })
    this.#begin = CompiledQuery.raw(`begin; set local sallyport.workspace = ${pg.escapeLiteral(workspace)}`)
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.#begin)
  }
}

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()

function dialect(createDriver: () => PostgresDriver): Dialect {
  return {
    createDriver,
    createAdapter: () => adapter,
    createQueryCompiler: () => compiler,
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

export interface Databases {
  /** For transactions: every one of them is bound to this workspace, '*' being all. */
  scoped(workspace: string): Kysely<Database>
  /** Outside the workspaces. */
  readonly unscoped: Kysely<Database>
  close(): Promise<void>
}

export function connectDatabases(target: Target, log: Log): Databases {
  const pool = new Connections(target, log)
  return {
    scoped: (workspace) => new Kysely({ dialect: dialect(() => new WorkspaceDriver(pool, workspace)) }),
    unscoped: new Kysely({ dialect: dialect(() => new PostgresDriver({ pool })) }),
    close: () => pool.end(),
  }
}
