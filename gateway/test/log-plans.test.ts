import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listActs } from '../src/audit/entries.ts'
import { createHistory } from '../src/call/history.ts'
import type { SealedCalls } from '../src/call/sealed-calls.ts'
import type { Caller } from '../src/caller.ts'
import { systemClock } from '../src/clock.ts'
import { firstId } from '../src/id.ts'
import { startTestStore, superuserOf, type TestStore } from './support/database.ts'
import { explaining } from './support/plans.ts'

/** Pages of both logs cost what is on them, however long the logs are: held by what PostgreSQL read for each, not by the clock. */

const acts = 200_000
const calls = 60_000
const pageSize = 50
/** Acts and calls are spread over the months whose partitions a new database has. */
const begin = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth())
const days = 80
const dayMs = 86_400_000
const at = (share: number) => new Date(begin + share * days * dayMs).toISOString()

let opened: TestStore
let explained: ReturnType<typeof explaining>
beforeAll(async () => {
  opened = await startTestStore()
  explained = explaining(opened.store)
  const db = await superuserOf(opened.dataDir)
  // Of these, a third have one target, a quarter one kind, and some actors did next to nothing.
  await db.query(
    `set search_path = sallyport; set session_replication_role = replica; set synchronous_commit = off;
     insert into audit_log (workspace_id, seq, at, kind, body, hash, actor, target)
     select 'ws_a', seq, date_trunc('milliseconds', '${at(0)}'::timestamptz + make_interval(secs => seq * ${(days * 86_400) / acts})),
       case when seq % 4 = 0 then 'session.began' else ('{token.created,connection.updated,call.decided}'::text[])[seq % 3 + 1] end,
       '{"actor":{"kind":"session","id":"a","name":"A"},"target":{"kind":"t","id":"t","name":"T"}}', '\\x00',
       'usr_' || case when seq % 5000 = 0 then 'rare' else (seq / 7 % 20)::text end,
       'con_' || case when seq % 3 = 0 then 'busy' else (seq % 997)::text end
     from generate_series(1, ${acts}) seq`,
  )
  await db.query(
    `insert into calls (id, workspace_id, caller_kind, caller_id, caller_name, entrance, connector, connector_version, action,
       connection_id, status, outcome, error_code, trace, started_at, duration_ms, facet)
     select id, 'ws_a', 'token', caller, 'A', 'mcp', connector, '1', action, connection, status, 'done', error, '[]', '${at(0)}'::timestamptz + make_interval(secs => n * ${(days * 86_400) / calls}), 1,
       call_facet('ws_a', connector, '1', action, connection, caller, status, error)
     from (
       select *, ($1::text[])[n * ${days} / ${calls + 1} + 1] || lpad(n::text, 16, '0') as id
       from (
         select n, 'tok_' || n % 7 as caller, 'api-' || n % 5 as connector, 'act_' || n % 11 as action, 'con_' || n % 5 as connection,
           case when n % 40 = 0 then 'failed' else 'succeeded' end as status, case when n % 40 = 0 then 'TIMEOUT' end as error
         from generate_series(1, ${calls}) n
       ) c
     ) c`,
    [Array.from({ length: days + 1 }, (_, day) => firstId('call', begin + day * dayMs))],
  )
  await db.query(`insert into call_facets
    select distinct facet, workspace_id, connector, action, connection_id, caller_id, status, error_code from calls`)
  for (const table of ['audit_log', 'calls', 'call_facets']) await db.query(`vacuum analyze ${table}`)
  await db.end()
})
afterAll(() => opened?.close())

/** Every combination of some of these filters. */
function combinations(filters: Readonly<Record<string, string>>): Record<string, string>[] {
  return Object.entries(filters).reduce<Record<string, string>[]>(
    (all, [name, value]) => all.flatMap((some) => [some, { ...some, [name]: value }]),
    [{}],
  )
}
const cursorAt = (text: string) => Buffer.from(text).toString('base64url')

/** Rows that a query read from a table or an index of it, those that it threw away included. */
function readBy(nodes: ReturnType<ReturnType<typeof explaining>['take']>, table: RegExp) {
  const scans = nodes.filter((node) => table.test(node['Relation Name'] ?? ''))
  const thrownAway = (node: (typeof scans)[number]) =>
    ((node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)) * node['Actual Loops']
  return {
    ways: [...new Set(scans.map((node) => node['Node Type']))],
    most: Math.max(0, ...scans.map((node) => node['Actual Rows'] * node['Actual Loops'] + thrownAway(node))),
    thrownAway: scans.reduce((sum, node) => sum + thrownAway(node), 0),
  }
}

describe(`a page of ${acts} acts is one range of one index, first or deep, with`, () => {
  const filters = { kind: 'session.began', actor: 'usr_3', target: 'con_busy' }
  test.each([
    ['the busiest', filters],
    ['one who did little', { ...filters, actor: 'usr_rare' }],
    ['a target of a few', { ...filters, target: 'con_12' }],
  ])('%s', async (_name, values) => {
    for (const some of combinations({ ...values, since: at(0.2), until: at(0.6) }))
      for (const depth of [undefined, 0.99, 0.5, 0.21, 0.1]) {
        const cursor = depth === undefined ? {} : { cursor: cursorAt(`${Date.parse(at(depth))}-${Math.floor(acts * depth)}`) }
        const { items } = await listActs(explained.store, 'ws_a', { ...some, ...cursor })
        expect(items.length).toBeLessThanOrEqual(pageSize)
        const read = readBy(explained.take(), /^audit_log/)
        expect({ some, depth, ...read, ways: read.ways.filter((way) => way !== 'Index Scan') }).toEqual({
          some,
          depth,
          ways: [],
          thrownAway: 0,
          most: expect.toSatisfy((rows: number) => rows <= pageSize + 1),
        })
      }
  })

  test('pages that follow each other: each act once, in order', async () => {
    const seqs: number[] = []
    let cursor: string | null | undefined
    do {
      const page = await listActs(opened.store, 'ws_a', {
        kind: 'session.began',
        actor: 'usr_3',
        limit: 200,
        ...(cursor && { cursor }),
      })
      seqs.push(...page.items.map(({ seq }) => seq))
      cursor = page.next_cursor
    } while (cursor !== null)
    const wanted = Array.from({ length: acts }, (_, n) => acts - n).filter(
      (seq) => seq % 4 === 0 && seq % 5000 !== 0 && Math.floor(seq / 7) % 20 === 3,
    )
    expect(seqs).toEqual(wanted)
  })
})

describe('a page of calls reads no more than its page, a bounded walk, and one entry for each facet, with', () => {
  const caller = { workspaceId: 'ws_a', role: 'owner' } as Caller
  const filters = {
    connector: 'api-1',
    action: 'act_6',
    caller: 'tok_3',
    status: 'failed',
    error_code: 'TIMEOUT',
  }
  /** As many of the newest calls are walked through before the facets are asked. */
  const walked = 4_000
  test.each([
    ['no time', {}],
    ['a time', { since: at(0.2), until: at(0.6) }],
    ['a time without calls', { since: at(1.2) }],
  ])('%s', async (_name, time) => {
    const history = createHistory({ store: explained.store, clock: systemClock, sealedCalls: {} as SealedCalls })
    for (const some of combinations(filters))
      for (const depth of [undefined, 0.5]) {
        const cursor = depth === undefined ? {} : { cursor: cursorAt(firstId('call', Date.parse(at(depth)))) }
        await history.list(caller, { ...some, ...time, ...cursor })
        const read = readBy(explained.take(), /^calls$/)
        expect({ some, depth, ...read, ways: read.ways.filter((way) => !/^Index (Only )?Scan$/.test(way)) }).toEqual({
          some,
          depth,
          ways: [],
          thrownAway: 0,
          most: expect.toSatisfy((rows: number) => rows <= Math.max(walked + 1, (pageSize + 1) ** 2)),
        })
      }
  })
})
