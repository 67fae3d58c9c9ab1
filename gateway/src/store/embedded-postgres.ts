import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { ConfigError } from '../config.ts'
import type { Log } from '../log.ts'
import { clusterLogin, postgresUser, prepareCluster, seenFromWithin } from './cluster.ts'
import { clusterName, endLeftovers } from './cluster-processes.ts'
import { claimDataDir, DataDirInUseError } from './data-dir.ts'
import { type Binaries, findBinaries, findPackage, type PostgresUser, placesForCopies } from './postgres-binaries.ts'

/** A PostgreSQL server of our own, which is started again when it dies. */
export interface EmbeddedPostgres {
  readonly connection: { readonly host: string; readonly user: string; readonly password: string; readonly database: string }
  stop(): Promise<void>
}

/** For one gateway on a small machine; durability stays as PostgreSQL has it: fsync, full pages, synchronous commits. */
const settings = {
  listen_addresses: '',
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  password_encryption: 'scram-sha-256',
  shared_buffers: '32MB',
  max_connections: '40',
  // No standby ever follows this server.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '2',
  max_worker_processes: '4',
  io_method: 'sync',
  // After a crash: one flush of the file system instead of one for each file.
  recovery_init_sync_method: process.platform === 'linux' ? 'syncfs' : 'fsync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The gateway reads these lines, and statements and values have no place in a log.
  lc_messages: 'C',
  log_line_prefix: '',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}

interface Server {
  readonly child: ChildProcess
  readonly exited: Promise<string>
}

/** Resolves when it accepts connections. */
async function launch(cluster: string, binaries: Binaries, user: PostgresUser, log: Log): Promise<Server> {
  await endLeftovers(cluster, log)
  const options = Object.entries({ ...settings, cluster_name: await clusterName(cluster) })
  const child = spawn(
    binaries.postgres,
    ['-D', seenFromWithin(cluster, user), ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Detached: an interrupt typed at a terminal is for the gateway, which still has work to finish on its database.
    { ...user, cwd: cluster, env: {}, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const said: string[] = []
  const { promise: ready, resolve: isReady } = Promise.withResolvers<'ready'>()
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`))
  })
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.push(line) > 20) said.shift()
      log[/^(?:FATAL|PANIC):/.test(line) ? 'error' : 'debug']({ postgres: line }, 'the embedded PostgreSQL')
      if (line.includes('ready to accept connections')) isReady('ready')
    })
  }
  const outcome = await Promise.race([ready, exited])
  if (outcome === 'ready') return { child, exited }
  throw new ConfigError(`The embedded PostgreSQL in ${cluster} does not start (${outcome}): ${said.join(' ')}`)
}

/** Fast shutdown; after 10 s an immediate one, which the next start recovers from, and then the end. */
async function shutDown({ child, exited }: Server): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 3_000],
  ] as const) {
    child.kill(signal)
    if ((await Promise.race([exited, delay(patience, 'late', { ref: false })])) !== 'late') return
  }
}

/**
 * A client's socket path may have 107 bytes on Linux and 103 on macOS (sockaddr_un), the data directory any length. On Linux
 * a descriptor of the directory gives a short name to the same place.
 */
function socketHost(cluster: string): { host: string; close: () => void } {
  const name = `${cluster}/.s.PGSQL.5432`
  if (Buffer.byteLength(name) <= (process.platform === 'linux' ? 107 : 103)) return { host: cluster, close: () => {} }
  if (process.platform !== 'linux') {
    throw new ConfigError(
      `The path ${cluster} is too long for the database's socket. Choose a shorter one with SALLYPORT_DATA_DIR.`,
    )
  }
  const descriptor = openSync(cluster, 'r')
  return { host: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) }
}

/** The server of a gateway that uses the directory now: as long as that gateway lives. */
async function joinRunning(dataDir: string): Promise<EmbeddedPostgres> {
  const password = (await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim()
  const socket = socketHost(join(dataDir, 'postgres'))
  const connection = { host: socket.host, user: clusterLogin, password, database: 'postgres' }
  return { connection, stop: async () => socket.close() }
}

/** {@link startEmbeddedPostgres}, or the server that a gateway on the directory has started. */
export async function joinEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  try {
    return await startEmbeddedPostgres(dataDir, log)
  } catch (error) {
    if (error instanceof DataDirInUseError) return joinRunning(dataDir)
    throw error
  }
}

function startFailure(dataDir: string, error: unknown): unknown {
  if (error instanceof ConfigError || !(error instanceof Error)) return error
  const advice =
    'code' in error && (error.code === 'EPERM' || error.code === 'EACCES') && process.getuid?.() === 0
      ? ' PostgreSQL refuses to run as root, and this root may not act for another user: start the gateway as an ordinary user, or set DATABASE_URL.'
      : ''
  return new ConfigError(`The embedded PostgreSQL in ${dataDir} cannot be started: ${error.message}.${advice}`)
}

/**
 * Starts the PostgreSQL that npm installed, on a Unix socket in the data directory, and keeps it running. Throws ConfigError
 * with what to do, and DataDirInUseError while another gateway uses the directory.
 */
export async function startEmbeddedPostgres(dataDir: string, log: Log): Promise<EmbeddedPostgres> {
  await using undo = new AsyncDisposableStack()
  const cluster = join(dataDir, 'postgres')
  undo.defer(await claimDataDir(dataDir))
  try {
    const user = await postgresUser(cluster)
    const binaries = await findBinaries(await findPackage(), placesForCopies(dataDir, user), user)
    const password = await prepareCluster(dataDir, cluster, binaries, user)
    const socket = socketHost(cluster)
    undo.defer(socket.close)
    const supervision = await supervise(() => launch(cluster, binaries, user, log), log)
    undo.defer(supervision.stop)
    const parts = undo.move()
    return {
      connection: { host: socket.host, user: clusterLogin, password, database: 'postgres' },
      stop: () => parts.disposeAsync(),
    }
  } catch (error) {
    throw startFailure(dataDir, error)
  }
}

/** Starts a server, and starts it again whenever it ends by itself. */
async function supervise(start: () => Promise<Server>, log: Log): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  let server = await start()
  const kill = () => server.child.kill('SIGINT')
  process.once('exit', kill)

  const restart = async (): Promise<Server | undefined> => {
    for (let pause = 50; !stopping.signal.aborted; pause = Math.min(pause * 2, 5_000)) {
      try {
        return await start()
      } catch (error) {
        log.error({ err: error }, 'the embedded PostgreSQL does not start again yet')
        await delay(pause, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
    return undefined
  }
  const watch = async () => {
    while (!stopping.signal.aborted) {
      const how = await server.exited
      if (stopping.signal.aborted) return
      log.error({ how }, 'the embedded PostgreSQL stopped unexpectedly and is started again')
      server = (await restart()) ?? server
      if (!stopping.signal.aborted) log.info('the embedded PostgreSQL runs again')
    }
  }
  const watching = watch()
  return {
    stop: async () => {
      stopping.abort()
      await shutDown(server)
      // A restart that was under way has another server by now.
      await watching
      await shutDown(server)
      process.off('exit', kill)
    },
  }
}
