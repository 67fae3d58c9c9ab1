import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { newId } from '../../src/id.ts'
import { createLog } from '../../src/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { openStore } from '../../src/store/open.ts'
import type { NewCallRow } from '../../src/store/schema.ts'
import type { Store } from '../../src/store/types.ts'
import { makeDataDir, temporaryDataDir } from './data-dir.ts'

const log = createLog('silent')

export interface TestStore {
  readonly store: Store
  readonly dataDir: string
  /** Closes the store and removes its directory. */
  close(): Promise<void>
}

/** A connection to the embedded server of a data directory, as the superuser whom the gateway never is. */
export async function superuserOf(dataDir: string): Promise<pg.Client> {
  const password = (await readFile(join(dataDir, 'postgres.password'), 'utf8')).trim()
  const client = new pg.Client({ host: join(dataDir, 'postgres'), user: 'postgres', password, database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A store on an embedded server of its own, in a new directory. */
export async function startTestStore(): Promise<TestStore> {
  const dataDir = await temporaryDataDir()
  const store = await openStore({ dataDir, databaseUrl: undefined, log })
  return {
    store,
    dataDir,
    close: async () => {
      await store.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface ExternalServer {
  /** As DATABASE_URL has it, for a login and a database of this server. */
  url(login?: { user: string; password: string }, database?: string): string
  readonly server: EmbeddedPostgres
  close(): Promise<void>
}

/** A PostgreSQL server that stands for one of the operator's own: empty, with the superuser `postgres`. */
export async function startExternalServer(): Promise<ExternalServer> {
  const dataDir = await makeDataDir()
  const server = await startEmbeddedPostgres(dataDir, log)
  const { host, user, password } = server.connection
  // Its many small databases are thrown away soon.
  const client = new pg.Client(server.connection)
  await client.connect()
  await client.query('alter system set fsync = off')
  await client.query('select pg_reload_conf()')
  await client.end()
  return {
    server,
    url: (login = { user, password }, database = 'postgres') =>
      `postgresql://${login.user}:${login.password}@/${database}?host=${encodeURIComponent(host)}`,
    close: async () => {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A row for the call log, with the optional columns filled where it matters to nobody. */
export function callRow(fields: Partial<NewCallRow> = {}): NewCallRow {
  return {
    id: newId('call'),
    workspace_id: 'ws_a',
    caller_kind: 'token',
    caller_id: 'tok_1',
    caller_name: 'agent',
    entrance: 'http',
    status: 'succeeded',
    outcome: 'done',
    trace: '[]',
    started_at: new Date(),
    duration_ms: 1.5,
    ...fields,
  }
}
