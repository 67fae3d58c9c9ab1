import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { SallyportError } from '../src/errors.ts'
import { newId } from '../src/id.ts'
import { createLog } from '../src/log.ts'
import { openStore } from '../src/store/open.ts'
import type { CallEnd, Store } from '../src/store/types.ts'
import { makeDataDir } from './support/data-dir.ts'
import { callRow, startTestStore, superuserOf, type TestStore } from './support/database.ts'

let test: TestStore
let store: Store
let admin: pg.Client
beforeAll(async () => {
  test = await startTestStore()
  store = test.store
  admin = await superuserOf(test.dataDir)
})
afterAll(async () => {
  await admin.end()
  await test.close()
})

const callEnd = (id: string, fields: Partial<CallEnd> = {}): CallEnd => ({
  id,
  workspace_id: 'ws_a',
  status: 'succeeded',
  outcome: 'done',
  upstream_status: 201,
  error_code: null,
  error_detail: null,
  response_bytes: 17,
  trace: '[{"stage":"send","at_ms":1,"ms":2}]',
  duration_ms: 42.5,
  ...fields,
})

async function find(id: string) {
  const found = await store.system((db) => db.selectFrom('calls').selectAll().where('id', '=', id).executeTakeFirst())
  if (found === undefined) return undefined
  const { facet: _facet, ...row } = found
  return row
}

/** After the database was taken away: until rows are taken again. */
async function databaseIsBack(): Promise<void> {
  for (;;) {
    try {
      return await store.calls.ready()
    } catch (error) {
      if (!(error instanceof SallyportError && error.code === 'UNAVAILABLE')) throw error
      await delay(10)
    }
  }
}

/** How many transactions wrote these rows. */
async function commitsOf(ids: readonly string[]): Promise<number> {
  const { rows } = await store.system((db) =>
    sql<{ commits: number }>`select count(distinct xmin::text)::int as commits from calls where id = any(${ids})`.execute(db),
  )
  return rows[0]?.commits ?? 0
}

describe('the call log', () => {
  it('keeps every column as it was given', async () => {
    const row = {
      ...callRow({ connector: 'crm', connector_version: '1.2.3', action: 'find', effect: 'read', connection_id: 'con_1' }),
      upstream_status: 200,
      error_code: 'TIMEOUT',
      error_detail: 'Zu spät: "quoted" \\ \n 😀',
      method: 'GET',
      url: 'https://example.com/?q=1',
      input: JSON.stringify({ text: 'naïve \\u0041 😀', nested: [1, null, { a: "'" }] }),
      response_bytes: 99,
      approval_id: 'apr_1',
      trace: '[{"stage":"send","at_ms":0.25,"ms":1.5}]',
      started_at: new Date('2026-01-02T03:04:05.678Z'),
      duration_ms: 0.125,
    }
    await store.calls.insert(row)
    expect(await find(row.id)).toEqual({ ...row, input: JSON.parse(row.input), trace: JSON.parse(row.trace) })
  })

  it('does not grow what finds calls by the names that callers make up', async () => {
    const facets = () =>
      store.system((db) =>
        db.selectFrom('call_facets').select(['connector', 'action']).where('caller_id', '=', 'tok_inventor').execute(),
      )
    const made = Array.from({ length: 50 }, (_, n) =>
      callRow({
        caller_id: 'tok_inventor',
        connector: `made-up-${n}`,
        action: `made_up_${n}`,
        status: 'failed',
        error_code: 'NOT_FOUND',
      }),
    )
    await Promise.all(made.map((row) => store.calls.insert(row)))
    expect(await facets()).toEqual([{ connector: null, action: null }])
    expect(await find(made[7]?.id ?? '')).toMatchObject({ connector: 'made-up-7', action: 'made_up_7' })
    const { rows: figures } = await admin.query("select from sallyport.call_figures where connector like 'made-up%'")
    expect(figures).toEqual([])
    const real = callRow({
      caller_id: 'tok_inventor',
      connector: 'crm',
      connector_version: '1.0.0',
      action: 'find',
      status: 'started',
    })
    await store.calls.insert(real)
    await store.calls.finish(callEnd(real.id))
    expect(await facets()).toHaveLength(3)
    const { rows } = await admin.query(`
      select c.id from sallyport.calls c left join sallyport.call_facets f on f.facet = c.facet
        and f.connector is not distinct from case when c.connector_version is not null then c.connector end and f.status = c.status
      where c.caller_id = 'tok_inventor' and f is null`)
    expect(rows).toEqual([])
  })

  it('commits rows that arrive together together', async () => {
    const rows = Array.from({ length: 300 }, () => callRow())
    await Promise.all(rows.map((row) => store.calls.insert(row)))
    // The first turn of the event loop sends 256 at once and the rest after it.
    expect(await commitsOf(rows.map(({ id }) => id))).toBe(2)
  })

  it('acknowledges a row only when others can read it', async () => {
    for (let round = 0; round < 20; round++) {
      const rows = Array.from({ length: 5 }, () => callRow())
      await Promise.all(
        rows.map(async (row) => {
          await store.calls.insert(row)
          expect(await find(row.id)).toBeDefined()
        }),
      )
    }
  })

  it('completes a row that was begun', async () => {
    const row = callRow({ status: 'started', outcome: 'sent_unknown', connector: 'crm' })
    await store.calls.insert(row)
    await store.calls.finish(callEnd(row.id))
    expect(await find(row.id)).toMatchObject({
      status: 'succeeded',
      outcome: 'done',
      upstream_status: 201,
      response_bytes: 17,
      duration_ms: 42.5,
      connector: 'crm',
      trace: [{ stage: 'send', at_ms: 1, ms: 2 }],
    })
  })

  it('keeps the order of a beginning and an end that come together', async () => {
    const rows = Array.from({ length: 40 }, () => callRow({ status: 'started', outcome: 'sent_unknown' }))
    await Promise.all(rows.flatMap((row) => [store.calls.insert(row), store.calls.finish(callEnd(row.id))]))
    // And while a commit with the beginning is under way.
    const late = callRow({ status: 'started', outcome: 'sent_unknown' })
    const begun = store.calls.insert(late)
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    await Promise.all([begun, store.calls.finish(callEnd(late.id))])
    for (const { id } of [...rows, late]) expect(await find(id)).toMatchObject({ status: 'succeeded', duration_ms: 42.5 })
  })

  it('says when there is no row to complete, and completes none of another workspace', async () => {
    const row = callRow({ status: 'started' })
    await store.calls.insert(row)
    const neighbour = callRow()
    const results = await Promise.allSettled([
      store.calls.finish(callEnd(newId('call'))),
      store.calls.finish(callEnd(row.id, { workspace_id: 'ws_b' })),
      store.calls.insert(neighbour),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(await find(row.id)).toMatchObject({ status: 'started' })
    expect(await find(neighbour.id)).toBeDefined()
  })

  it('does not let a row the database refuses take its neighbours along', async () => {
    const rows = Array.from({ length: 21 }, (_, index) => callRow(index % 7 === 3 ? { input: '{"not":json' } : {}))
    const results = await Promise.allSettled(rows.map((row) => store.calls.insert(row)))
    for (const [index, result] of results.entries()) {
      expect(result.status).toBe(index % 7 === 3 ? 'rejected' : 'fulfilled')
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'INTERNAL' })
      expect((await find(rows[index]?.id ?? '')) !== undefined).toBe(result.status === 'fulfilled')
    }
  })

  it('never takes the content of a row for its structure', async () => {
    const row = callRow({ input: `1}, {"id":"call_forged","workspace_id":"ws_b"` })
    await expect(store.calls.insert(row)).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(await find('call_forged')).toBeUndefined()
  })

  it('stores what strangers send though PostgreSQL has no such text', async () => {
    const row = callRow({
      input: JSON.stringify({ nul: 'a\0b', lone: '\ud800', escaped: '\\u0000' }),
      error_detail: 'x\0y\udc00',
    })
    await store.calls.insert(row)
    expect(await find(row.id)).toMatchObject({
      input: { nul: 'a\ufffdb', lone: '\ufffd', escaped: '\\u0000' },
      error_detail: 'x\ufffdy\ufffd',
    })
  })

  it('writes on when its connection was cut while nothing was under way', async () => {
    await store.calls.insert(callRow())
    const { rows: cut } = await admin.query(
      `select pg_terminate_backend(pid) as cut from pg_stat_activity where query like 'select log_calls%'`,
    )
    expect(cut).toEqual([{ cut: true }])
    const row = callRow()
    await store.calls.insert(row)
    expect(await find(row.id)).toBeDefined()
  })

  it('writes a group again, once, when its connection is cut in the middle of the commit', async () => {
    const rows = Array.from({ length: 10 }, () => callRow())
    // Holds commits up until it ends.
    const cutOne = async () => {
      for (;;) {
        const { rows: waiting } = await admin.query<{ pid: number }>('select pid from pg_locks where not granted')
        if (waiting[0] === undefined) continue
        await admin.query('select pg_terminate_backend($1, 5000)', [waiting[0].pid])
        return
      }
    }
    const writeThroughCuts = async (cuts: number) => {
      await admin.query('begin; lock table sallyport.calls in exclusive mode')
      const written = Promise.allSettled(rows.map((row) => store.calls.insert(row)))
      for (let cut = 0; cut < cuts; cut++) await cutOne()
      await admin.query('rollback')
      return written
    }
    for (const result of await writeThroughCuts(2)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
    }
    await databaseIsBack()
    for (const { status } of await writeThroughCuts(1)) expect(status).toBe('fulfilled')
    for (const { id } of rows) expect(await find(id)).toBeDefined()
  })

  it('acknowledges nothing that was left over when the database went away among rows it refuses, and writes it later', async () => {
    await admin.query(`
      create function sallyport.fall_over() returns trigger language plpgsql as $$ begin raise exception 'gone' using errcode = '08006'; end $$;
      create trigger fall_over before insert on sallyport.calls for each row when (new.connector = 'breaking') execute function sallyport.fall_over()`)
    const rows = [{ input: '{' }, { connector: 'breaking' }, {}, {}].map((fields) => callRow(fields))
    const results = await Promise.allSettled(rows.map((row) => store.calls.insert(row)))
    await admin.query('drop trigger fall_over on sallyport.calls')
    expect(results[0]).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } })
    expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
    for (const result of results.slice(2)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } })
    await databaseIsBack()
    const kept = await Promise.all(rows.map(({ id }) => find(id)))
    expect(kept.map((row) => row !== undefined)).toEqual([false, true, true, true])
  })

  it('takes a row that is there already for written', async () => {
    const row = callRow({ connector: 'first' })
    await store.calls.insert(row)
    await store.calls.insert({ ...row, connector: 'second' })
    expect(await find(row.id)).toMatchObject({ connector: 'first' })
  })

  it('refuses rows when ten thousand wait, rather than grow without end', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10_050 }, () => store.calls.insert(callRow())))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10_000)
    for (const result of results.slice(10_000)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retryAfterSeconds: 1 } })
    }
  })

  it('writes what waits when the store closes, and refuses what comes later', async () => {
    const dataDir = await makeDataDir()
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const open = () => openStore({ dataDir, databaseUrl: undefined, log: createLog('silent') })
    const closing = await open()
    const rows = Array.from({ length: 700 }, () => callRow())
    const written = Promise.all(rows.map((row) => closing.calls.insert(row)))
    await Promise.all([written, closing.close()])
    await expect(closing.calls.insert(callRow())).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(closing.ping()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const again = await open()
    const { rows: counted } = await again.system((db) => sql<{ n: number }>`select count(*)::int as n from calls`.execute(db))
    expect(counted).toEqual([{ n: 700 }])
    await again.close()
  })
})
