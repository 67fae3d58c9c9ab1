import { readFile, rm } from 'node:fs/promises'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { createLog } from '../src/log.ts'
import { startEmbeddedPostgres } from '../src/store/embedded-postgres.ts'
import { openStore } from '../src/store/open.ts'
import { makeDataDir } from './support/data-dir.ts'
import { callRow } from './support/database.ts'

const log = createLog('silent')
const folder = new URL('../src/store/migrations/', import.meta.url)
/** What the database of the first release has. */
const first = ['0001_initial', '0002_idempotency', '0003_limits', '0006_document_order', '0007_vault']

it('a database from before the audit log keeps its calls, finds them by every filter and counts them', async () => {
  const dataDir = await makeDataDir()
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const server = await startEmbeddedPostgres(dataDir, log)
  const client = new pg.Client(server.connection)
  await client.connect()
  await client.query(`create role sallyport_owner nologin; create schema sallyport authorization sallyport_owner;
    set search_path = sallyport; set role sallyport_owner; set sallyport.workspace = '*';
    create table migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())`)
  for (const name of first.map((each) => `${each}.sql`)) {
    const text = await readFile(new URL(name, folder), 'utf8')
    await client.query(text)
    await client.query("insert into migrations values ($1, encode(sha256(convert_to($2, 'UTF8')), 'hex'))", [name, text])
  }
  await client.query("insert into workspaces values ('ws_a', 'A'), ('ws_b', 'B')")
  const resolved = { connector: 'crm', connector_version: '1.0.0', action: 'find' }
  const rows = [
    callRow({ ...resolved, status: 'succeeded', outcome: 'done', input: '{"b":1,"a":2}' }),
    callRow({ ...resolved, status: 'failed', error_code: 'TIMEOUT', outcome: 'sent_unknown' }),
    callRow({ ...resolved, status: 'pending_approval', outcome: 'not_sent' }),
    callRow({ workspace_id: 'ws_b', ...resolved, status: 'succeeded', outcome: 'done' }),
  ]
  for (const row of rows) {
    const values = Object.values(row)
    await client.query(
      `insert into calls (${Object.keys(row)}) values (${values.map((_value, index) => `$${index + 1}`)})`,
      values,
    )
  }
  await client.end()
  await server.stop()

  const store = await openStore({ dataDir, databaseUrl: undefined, log })
  onTestFinished(() => store.close())
  const found = await store.workspace('ws_a', (db) =>
    db
      .selectFrom('call_facets')
      .innerJoin('calls', 'calls.facet', 'call_facets.facet')
      .select(['calls.id', 'call_facets.status', 'calls.input'])
      .where('call_facets.connector', '=', 'crm')
      .orderBy('calls.id')
      .execute(),
  )
  const mine = rows.slice(0, 3).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(found.map(({ id, status }) => ({ id, status }))).toEqual(mine.map(({ id, status }) => ({ id, status })))
  expect(found.find(({ id }) => id === rows[0]?.id)?.input).toEqual({ a: 2, b: 1 })
  const figures = await store.workspace('ws_a', (db) =>
    db.selectFrom('call_figures').select(['connector', 'error_code', 'calls']).orderBy('error_code').execute(),
  )
  expect(figures).toEqual([
    { connector: 'crm', error_code: '', calls: 1 },
    { connector: 'crm', error_code: 'TIMEOUT', calls: 1 },
  ])
})
