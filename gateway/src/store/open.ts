import { setTimeout as delay } from 'node:timers/promises'
import { sql, type Transaction } from 'kysely'
import type { Log } from '../log.ts'
import { reveal, type Secret } from '../secret.ts'
import { type BackupOptions, backUp } from './backup.ts'
import type { Manifest } from './backup-format.ts'
import { GroupedCallLog } from './call-log.ts'
import { connectDatabases, type Databases } from './database.ts'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'
import { joinedTransaction, together } from './joined.ts'
import { PostgresLimiter } from './postgres-limiter.ts'
import { prepareDatabase } from './prepare-database.ts'
import type { SharedLimiter } from './quota.ts'
import { type RestoreOptions, restore } from './restore.ts'
import { RightsNotices } from './rights-notices.ts'
import { createRunQueue } from './run-queue.ts'
import type { Database } from './schema.ts'
import type { Store } from './types.ts'

export interface StoreOptions {
  /** Where the embedded server keeps its data; made if absent. Not used with `databaseUrl`. */
  readonly dataDir: string
  /** Any PostgreSQL 14 or newer; the embedded server without it. */
  readonly databaseUrl: Secret | undefined
  /** Where limits of calls are counted by all gateways that use it; without it in the database. */
  readonly redisUrl?: Secret | undefined
  readonly log: Log
}

type ServerOptions = Pick<StoreOptions, 'dataDir' | 'databaseUrl' | 'log'>

interface Server {
  readonly connection: Parameters<typeof prepareDatabase>[0]
  stop(): Promise<void>
}

async function openServer({ dataDir, databaseUrl, log }: ServerOptions, start = startEmbeddedPostgres): Promise<Server> {
  if (databaseUrl === undefined) return start(dataDir, log)
  return { connection: { connectionString: reveal(databaseUrl) }, stop: async () => {} }
}

/** Writes a backup of the database, beside whatever gateways use it. Throws ConfigError with what to do. */
export async function backUpStore(options: ServerOptions & BackupOptions): Promise<Manifest> {
  return backUp(options, () => openServer(options, joinEmbeddedPostgres))
}

/** Puts a backup into an empty database, which no gateway uses yet. Throws ConfigError with what to do. */
export async function restoreStore(options: ServerOptions & RestoreOptions): Promise<Manifest> {
  return restore(options, () => openServer(options))
}

/** As long may what is under way take to end when the store closes; a database that has vanished would take for ever. */
const closeTimeoutMs = 5_000

/** Calls that a dead gateway had begun: whether their API did what they asked is not known. Only when no other gateway lives. */
async function closeAbandonedCalls(databases: Databases, log: Log): Promise<void> {
  const detail = 'The gateway stopped before the call ended.'
  const { rows } = await databases
    .scoped('*')
    .transaction()
    .execute((db) =>
      sql`
        with ended as (
          update calls set status = 'failed', outcome = 'sent_unknown', error_code = 'OUTCOME_UNKNOWN', error_detail = ${detail}
          where status = 'started' returning workspace_id, id, status, outcome, error_code, error_detail
        )
        select audit_append(workspace_id, 'call.ended', row_to_json(e)::text)
        from (select * from ended order by workspace_id, id) as e`.execute(db),
    )
  if (rows.length > 0) log.warn({ calls: rows.length }, 'calls were under way when the gateway stopped; their outcome is unknown')
}

/** Loaded when it is in use: the driver takes a fifth of a second. */
async function openRedis(redisUrl: Secret) {
  const { openRedisLimiter } = await import('./redis-limiter.ts')
  return openRedisLimiter(reveal(redisUrl))
}

/**
 * Opens the database, starting the embedded server if there is no other, and migrates it. Throws ConfigError with what to do
 * when that cannot be, and DataDirInUseError while another gateway uses the data directory.
 */
export async function openStore({ dataDir, databaseUrl, redisUrl, log }: StoreOptions): Promise<Store> {
  await using undo = new AsyncDisposableStack()
  const { connection, stop } = await openServer({ dataDir, databaseUrl, log })
  undo.defer(stop)
  const target = await prepareDatabase(connection, log)
  const calls = new GroupedCallLog(target, log)
  const databases = connectDatabases(target, log, calls)
  const close = async (part: { close(): Promise<void> }) => {
    await Promise.race([part.close(), delay(closeTimeoutMs, undefined, { ref: false })])
  }
  undo.defer(() => close(databases))
  if (databaseUrl === undefined) await closeAbandonedCalls(databases, log)
  undo.defer(() => close(calls))
  const redis = redisUrl === undefined ? null : await openRedis(redisUrl)
  const limiter: SharedLimiter | null = redis ?? (databaseUrl === undefined ? null : new PostgresLimiter(target, calls))
  if (limiter !== null) undo.defer(() => close(limiter))

  const rights = new RightsNotices(target, log)
  undo.defer(() => close(rights))

  const parts = undo.move()
  const run = <T>(workspace: string, work: (db: Transaction<Database>) => Promise<T>) =>
    databases.scoped(workspace).transaction().execute(work)
  return {
    workspace: (workspace, work) => {
      const joined = joinedTransaction(workspace)
      return joined === undefined ? run(workspace, work) : work(joined)
    },
    together: (workspace, work) => together(workspace, (transaction) => run(workspace, transaction), work),
    system: (work) => run('*', work),
    people: databases.unscoped,
    runs: createRunQueue({ db: databases.unscoped, log }),
    calls,
    limiter,
    onRightsChanged: (listener) => rights.subscribe(listener),
    ping: async () => {
      await Promise.all([sql`select 1`.execute(databases.unscoped), redis?.ready()])
    },
    close: () => parts.disposeAsync(),
  }
}
