import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { firstId } from '../gateway/src/id.ts'
import { Sallyport } from '../sdk/src/index.ts'
import { newOwnerToken, startSubject } from './governed.ts'
import { type Figures, median, round } from './report.ts'

/** What the log is filled with: as many calls as that, evenly over so many days until now. */
const connectors = 12
const actionsEach = 20
const callers = 40
const errors = ['TIMEOUT', 'UPSTREAM_ERROR', 'RATE_LIMITED', 'SCHEMA_MISMATCH', 'OUTCOME_UNKNOWN', 'FORBIDDEN']
/** One entry in so many is an act; the others are calls. */
const actEvery = 100
const repetitions = 5
const minuteMs = 60_000

const connectorName = (n: number) => `api-${String(n).padStart(2, '0')}`

/** A superuser on the database of a gateway that `startSubject` started, without triggers and foreign keys. */
export async function connect(folder: string): Promise<pg.Client> {
  const data = join(folder, 'data')
  const password = (await readFile(join(data, 'postgres.password'), 'utf8')).trim()
  const client = new pg.Client({ host: join(data, 'postgres'), user: 'postgres', password, database: 'postgres' })
  await client.connect()
  // Without triggers: facets and figures are made from all calls at once below, and the chain is made whole.
  await client.query(
    "set search_path = sallyport; set session_replication_role = replica; set work_mem = '512MB'; set maintenance_work_mem = '1GB'; set synchronous_commit = off",
  )
  return client
}

/** Two connections of each connector, made over the API. */
async function makeConnections(sallyport: Sallyport): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < connectors; n++) {
    const actions = Object.fromEntries(
      Array.from({ length: actionsEach }, (_, a) => [`action_${a}`, { method: 'GET', path: `/things/${a}` }]),
    )
    const servers = { production: { url: 'https://api.example.test' } }
    await sallyport.connectors.create({ connector: connectorName(n), name: `API ${n}`, servers, actions })
    for (const name of ['Main', 'Second'])
      ids.push((await sallyport.connections.create({ connector: connectorName(n), name })).id)
  }
  return ids
}

/** A caller uses two connectors, each by one connection; latencies are spread over a decade; three in a hundred fail. */
async function fillCalls(
  db: pg.Client,
  workspace: string,
  connections: readonly string[],
  rows: number,
  from: number,
  minutes: number,
) {
  await db.query('drop index calls_by_facet, calls_list')
  const prefixes = Array.from({ length: minutes }, (_, m) => firstId('call', from + m * minuteMs))
  await db.query(
    `insert into calls (id, workspace_id, caller_kind, caller_id, caller_name, entrance, connector, connector_version, action, effect,
       connection_id, status, outcome, upstream_status, error_code, method, url, input, response_bytes, trace, started_at, duration_ms, facet)
     select *, call_facet(workspace_id, connector, '1.0.0', action, connection_id, caller_id, status, error_code) from (
     select p.prefix || lpad(i::text, 16, '0'), $1 as workspace_id, 'token', 'tok_' || caller as caller_id, 'agent ' || caller, 'mcp',
       'api-' || lpad(connector::text, 2, '0') as connector, '1.0.0', 'action_' || action as action, 'read',
       ($2::text[])[connector * 2 + caller % 2 + 1] as connection_id, case when error = 0 then 'succeeded' else 'failed' end as status, 'done', case when error = 0 then 200 when error <= 3 then 502 end,
       ($3::text[])[nullif(error, 0)] as error_code, 'GET', 'https://api.example.test/things/' || action, '{"id":"c_1","expand":true}'::json, 1024,
       '"authenticate:4:31 resolve:40:12 authorize:55:4 limit:70:10 send:90:8000"'::json, $4::timestamptz + make_interval(secs => i * $5::float8),
       exp(random() * 2.3) * 20
     from (
       select i, caller, case when r < 0.5 then caller % ${connectors} else caller * 7 % ${connectors} end as connector,
         floor(random() * ${actionsEach})::int as action,
         case when random() < 0.97 then 0 else 1 + floor(random() * random() * ${errors.length})::int end as error
       from (select i, floor(random() * ${callers})::int as caller, random() as r from generate_series(0, $6 - 1) i) c
     ) c
     join unnest($7::text[]) with ordinality as p (prefix, n) on p.n = floor(i * $5::float8 / 60)::int + 1
     ) c`,
    [workspace, connections, errors, new Date(from), (minutes * 60) / rows, rows, prefixes],
  )
  await db.query(`create index calls_by_facet on calls (facet, id) include (workspace_id)`)
  await db.query(`create index calls_list on calls (workspace_id, id desc)`)
  await db.query(`insert into call_facets
    select distinct facet, workspace_id, connector, action, connection_id, caller_id, status, error_code from calls on conflict do nothing`)
  await db.query(`insert into call_figures
    select workspace_id, date_bin('15 minutes', started_at, '2000-01-01T00:00:00Z'), connector, connection_id, call_error(status, error_code),
      coalesce(upstream_status, 0), call_slot(duration_ms), count(*), sum(duration_ms), max(started_at)
    from calls group by 1, 2, 3, 4, 5, 6, 7 order by 2`)
}

async function fillAudit(db: pg.Client, workspace: string, rows: number, from: number, minutes: number) {
  await db.query(`select pg_catalog.set_config('role', 'sallyport_owner', false)`)
  for (
    let month = new Date(Date.UTC(new Date(from).getUTCFullYear(), new Date(from).getUTCMonth()));
    month.getTime() < Date.now();
  ) {
    const next = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1))
    const name = `audit_log_${month.toISOString().slice(0, 7).replace('-', '_')}`
    await db.query(
      `create table if not exists ${name} partition of audit_log for values from ('${month.toISOString()}') to ('${next.toISOString()}')`,
    )
    month = next
  }
  await db.query('reset role')
  await db.query('delete from audit_log; delete from audit_checkpoints; delete from log_heads')
  await db.query(
    `insert into audit_log (workspace_id, seq, at, kind, body, hash, actor, target)
     select $1, seq, at, kind, body, audit_chain(decode(repeat('00', 32), 'hex'), $1 || E'\\n' || seq || E'\\n' || audit_stamp(at) || E'\\n' || kind || E'\\n' || body)
       over (order by seq rows unbounded preceding), body::json #>> '{actor,id}', body::json #>> '{target,id}'
     from (
       select seq, date_trunc('milliseconds', $2::timestamptz + make_interval(secs => seq * $3::float8)) as at,
         case when seq % ${actEvery} = 0 then ('{token.created,connection.updated,session.began,call.decided}'::text[])[seq / ${actEvery} % 4 + 1] else 'call.ended' end as kind,
         case when seq % ${actEvery} = 0
           then '{"actor":{"kind":"session","id":"usr_' || seq / ${actEvery} % 50 || '","name":"Ada"},"ip":"127.0.0.1","target":{"kind":"connection","id":"con_' || seq / ${actEvery} % 997 || '","name":"Main"},"after":{"name":"Main"}}'
           else '{"id":"call_' || seq || '","workspace_id":"' || $1 || '","caller_kind":"token","caller_id":"tok_1","caller_name":"agent 1","connector":"api-01","action":"action_1","status":"succeeded","outcome":"done","url":"https://api.example.test/things/1","duration_ms":41.5}' end as body
       from generate_series(1, $4::int) seq
     ) e`,
    [workspace, new Date(from), (minutes * 60) / rows, rows],
  )
  await db.query('insert into log_heads select workspace_id, seq, hash, at from audit_log order by seq desc limit 1')
}

interface Times {
  /** Of the medians of all kinds of requests, the highest. */
  worst: number
  worstName: string
  readonly all: number[]
}

async function measure(requests: ReadonlyMap<string, () => Promise<unknown>>): Promise<Times> {
  const times: Times = { worst: 0, worstName: '', all: [] }
  for (const [name, request] of requests) {
    const taken: number[] = []
    for (let i = 0; i < repetitions; i++) {
      const started = performance.now()
      await request()
      taken.push(performance.now() - started)
    }
    times.all.push(...taken)
    const middle = median(taken)
    if (middle > times.worst) [times.worst, times.worstName] = [middle, name]
  }
  return times
}

const cursorAt = (text: string) => Buffer.from(text).toString('base64url')

/** Every combination of some of these filters. */
function combinations(filters: Readonly<Record<string, string>>): Record<string, string>[] {
  return Object.entries(filters).reduce<Record<string, string>[]>(
    (all, [name, value]) => all.flatMap((some) => [some, { ...some, [name]: value }]),
    [{}],
  )
}

/** The log of calls and the audit log with 10 million rows each: pages by every combination of filters, and summaries. */
export async function benchAudit(say: (line: string) => void, args: readonly string[]): Promise<Figures> {
  const { values } = parseArgs({
    args: [...args],
    options: { rows: { type: 'string' }, days: { type: 'string' } },
    strict: false,
  })
  const rows = Number(values.rows ?? 10_000_000)
  const days = Number(values.days ?? 30)
  const minutes = days * 24 * 60
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const ownerToken = newOwnerToken()
  const gateway = await startSubject(folder, ownerToken)
  try {
    const sallyport = new Sallyport({ url: gateway.url, token: ownerToken })
    const connections = await makeConnections(sallyport)
    const workspace = (await sallyport.audit.verify()).workspace_id
    const db = await connect(folder)
    const from = Math.floor(Date.now() / minuteMs) * minuteMs - minutes * minuteMs
    const began = performance.now()
    say(`writing ${rows} calls over ${days} days`)
    await fillCalls(db, workspace, connections, rows, from, minutes)
    say(`writing ${rows} entries of the audit log`)
    await fillAudit(db, workspace, rows, from, minutes)
    await db.query('vacuum analyze')
    const { rows: counts } = await db.query<{ facets: number; figures: number; size: number }>(
      `select (select count(*) from call_facets)::int as facets, (select count(*) from call_figures)::int as figures, pg_database_size(current_database())::float8 / 1e9 as size`,
    )
    const [count] = counts
    await db.end()
    const fillSeconds = (performance.now() - began) / 1000
    say(
      `filled in ${Math.round(fillSeconds)} s: ${count?.facets} facets, ${count?.figures} rows of figures, ${count?.size.toFixed(1)} GB`,
    )

    const day = { since: new Date(Date.now() - 86_400_000).toISOString() }
    const pages = new Map<string, () => Promise<unknown>>()
    const filters = {
      connector: connectorName(1),
      action: 'action_7',
      connection: connections[3] ?? '',
      caller: 'tok_1',
      status: 'failed',
      error_code: 'FORBIDDEN',
    }
    for (const depth of [0, 0.02, 0.5, 0.98])
      for (const time of [{}, day])
        for (const some of combinations(filters)) {
          const cursor = depth === 0 ? {} : { cursor: cursorAt(firstId('call', Date.now() - depth * minutes * minuteMs)) }
          pages.set(JSON.stringify({ ...some, ...time, depth }), () =>
            sallyport.calls.list({ ...some, ...time, ...cursor } as never),
          )
        }
    const calls = await measure(pages)
    say(`log of calls, ${pages.size} kinds of pages: slowest median ${round(calls.worst)} ms (${calls.worstName})`)

    const summaries = new Map<string, () => Promise<unknown>>()
    for (const some of combinations({ connector: connectorName(1), connection: connections[3] ?? '' }))
      summaries.set(JSON.stringify(some), () => sallyport.calls.totals({ window: '24h', ...some }))
    const totals = await measure(summaries)
    const month = await measure(new Map([['30d', () => sallyport.calls.totals({ window: '30d' })]]))
    const listed = await measure(new Map([['connections', () => sallyport.connections.list({ limit: 200 })]]))

    const acts = new Map<string, () => Promise<unknown>>()
    for (const depth of [0, 0.5, 0.98])
      for (const some of combinations({ kind: 'call.decided', actor: 'usr_3', target: 'con_303', ...day }))
        acts.set(JSON.stringify({ ...some, depth }), () =>
          sallyport.audit.list({
            ...some,
            ...(depth > 0 && {
              cursor: cursorAt(`${Date.now() - Math.floor(depth * minutes * minuteMs)}-${Math.floor(rows * (1 - depth))}`),
            }),
          }),
        )
    const audit = await measure(acts)
    say(`audit log, ${acts.size} kinds of pages: slowest median ${round(audit.worst)} ms (${audit.worstName})`)

    const verifying = performance.now()
    const step = await sallyport.audit.verify({ from: Math.max(1, rows - 99_999) })
    const verifySeconds = (performance.now() - verifying) / 1000
    if (step.problems.length > 0) throw new Error(`The log does not verify: ${JSON.stringify(step.problems[0])}`)

    const p99 = ({ all }: Times) => round(all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? Number.NaN)
    return {
      rows,
      days,
      call_page_worst_median_ms: round(calls.worst),
      call_page_p99_ms: p99(calls),
      summary_24h_worst_median_ms: round(totals.worst),
      summary_24h_p99_ms: p99(totals),
      summary_30d_median_ms: round(month.worst),
      connections_median_ms: round(listed.worst),
      audit_page_worst_median_ms: round(audit.worst),
      audit_page_p99_ms: p99(audit),
      verify_entries_per_s: Math.round(step.entries / verifySeconds),
      fill_s: Math.round(fillSeconds),
      database_gb: round(count?.size ?? Number.NaN),
    }
  } finally {
    await gateway.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
