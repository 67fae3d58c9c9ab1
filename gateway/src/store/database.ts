import { AsyncLocalStorage } from 'node:async_hooks'
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

/** Whether the database is there, as {@link CallLog.ready} knows it, and who tells it so. */
export interface DatabaseHealth {
  ready(): Promise<void> | undefined
  /** The database has answered. */
  answered(): void
  /** Calls back whenever the database has gone away. */
  onLost(listener: () => void): void
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
  readonly #health: DatabaseHealth
  #broken = false
  #held = false

  constructor(client: pg.PoolClient, health: DatabaseHealth) {
    this.#client = client
    this.#health = health
  }

  hold(): this {
    this.#held = true
    return this
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
      this.#health.answered()
      // The driver cannot know the shape of a row; Kysely does, from the query.
      return result as PostgresQueryResult<R>
    } catch (error) {
      if (isConnectionFailure(error)) this.#broken = true
      throw asStoreError(error)
    }
  }

  release(destroy = false): void {
    if (!this.#held) return
    this.#held = false
    this.#client.release(destroy || this.#broken)
  }
}

/** A socket keeps the asynchronous context it was made in, and better-auth's has a session's token in it. */
const outsideOfRequests = AsyncLocalStorage.snapshot()

class Connections implements PostgresPool {
  readonly options = {}
  readonly #pool: pg.Pool
  readonly #setup: string
  readonly #health: DatabaseHealth
  readonly #sessions = new WeakMap<pg.PoolClient, Session>()
  readonly #busy = new Set<Session>()

  constructor(target: Target, log: Log, health: DatabaseHealth) {
    this.#health = health
    this.#pool = new pg.Pool({ ...clientDefaults, ...target.connection, max: maxConnections })
    this.#setup = `${target.session}; set statement_timeout = ${statementTimeoutMs}; set idle_in_transaction_session_timeout = ${statementTimeoutMs * 2}`
    // Without a listener a connection that breaks while idle, or between two statements, would end the process.
    this.#pool.on('error', (error) => log.debug({ err: error }, 'an idle database connection broke'))
    this.#pool.on('connect', (client) => client.on('error', () => {}))
    this.#pool.on('release', (_error, client) => {
      const session = this.#sessions.get(client)
      if (session !== undefined) this.#busy.delete(session)
    })
    // Nobody waits for what a vanished server will not answer: a connection with a query under way is cut.
    health.onLost(() => {
      for (const session of this.#busy) session.release(true)
    })
  }

  async connect(): Promise<Session> {
    try {
      await this.#health.ready()
      const client = await outsideOfRequests(() => this.#pool.connect())
      const known = this.#sessions.get(client)
      const session = known ?? new Session(client, this.#health)
      this.#sessions.set(client, session)
      this.#busy.add(session.hold())
      if (known === undefined) await this.#begin(session)
      return session
    } catch (error) {
      throw asStoreError(error)
    }
  }

  async #begin(session: Session): Promise<void> {
    try {
      await session.query(this.#setup, [])
    } catch (error) {
      session.release(true)
      throw error
    }
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

export function connectDatabases(target: Target, log: Log, health: DatabaseHealth): Databases {
  const pool = new Connections(target, log, health)
  return {
    scoped: (workspace) => new Kysely({ dialect: dialect(() => new WorkspaceDriver(pool, workspace)) }),
    unscoped: new Kysely({ dialect: dialect(() => new PostgresDriver({ pool })) }),
    close: () => pool.end(),
  }
}
