import { type RawBuilder, sql, type Transaction } from 'kysely'
import { unreachable } from '../../errors.ts'
import { firstId } from '../../id.ts'
import type { AlertRuleRow } from '../../store/alert-tables.ts'
import type { Database } from '../../store/schema.ts'

/** What can be watched. */
export const alertKinds = [
  'connection_failing',
  'error_rate',
  'latency',
  'credential_expiring',
  'limit_hit',
  'approval_pending',
] as const
export type AlertKind = (typeof alertKinds)[number]

export const isAlertKind = (kind: string): kind is AlertKind => alertKinds.some((known) => known === kind)

/** What stands in a rule that says nothing of it. A window looks back on calls, ahead to ends, and is how long an approval has waited. */
export interface KindDefaults {
  readonly threshold: number
  /** Of the threshold: an alert clears below this part of it. */
  readonly clears: number
  readonly windowMinutes: number
  readonly minCalls: number
  readonly forMinutes: number
  readonly groupBy: 'workspace' | 'connector' | 'connection'
  /** Of the value, in a sentence. */
  readonly unit: string
}

export const kindDefaults: Readonly<Record<AlertKind, KindDefaults>> = {
  connection_failing: {
    threshold: 1,
    clears: 1,
    windowMinutes: 1,
    minCalls: 0,
    forMinutes: 0,
    groupBy: 'connection',
    unit: 'failing',
  },
  error_rate: {
    threshold: 10,
    clears: 0.8,
    windowMinutes: 15,
    minCalls: 10,
    forMinutes: 0,
    groupBy: 'connection',
    unit: '% of calls failed',
  },
  latency: {
    threshold: 5000,
    clears: 0.8,
    windowMinutes: 15,
    minCalls: 10,
    forMinutes: 5,
    groupBy: 'connection',
    unit: 'ms (95th percentile)',
  },
  credential_expiring: {
    threshold: 1,
    clears: 1,
    windowMinutes: 14 * 1440,
    minCalls: 0,
    forMinutes: 0,
    groupBy: 'connection',
    unit: 'coming to an end',
  },
  limit_hit: {
    threshold: 1,
    clears: 1,
    windowMinutes: 15,
    minCalls: 0,
    forMinutes: 0,
    groupBy: 'connection',
    unit: 'calls refused by a limit',
  },
  approval_pending: {
    threshold: 1,
    clears: 1,
    windowMinutes: 15,
    minCalls: 0,
    forMinutes: 0,
    groupBy: 'workspace',
    unit: 'calls waiting',
  },
}

/** What one group measures. */
export interface Reading {
  /** Id of the connector or connection; empty for the workspace. */
  readonly subject: string
  readonly value: number
  /** Names of a few of what was counted. */
  readonly examples: readonly string[]
}

/** Groups of one rule that are looked at, those with the highest values first. */
export const mostReadings = 200
/** Longer windows are read from the figures of quarters of an hour, shorter ones from the newest calls themselves. */
const shortMinutes = 60
/** Of a short window at most this many calls are read: a rate does not need more. */
const mostCalls = 10_000
/** Ids are made when a call arrives; this much is left for clocks that are put right meanwhile. */
const slackMs = 60_000
const minuteMs = 60_000
const quarterMs = 15 * minuteMs

type Rule = Pick<
  AlertRuleRow,
  'workspace_id' | 'kind' | 'connector' | 'connection_id' | 'group_by' | 'window_minutes' | 'min_calls'
>
type Db = Transaction<Database>
interface Counted {
  readonly subject: string
  readonly value: number
  readonly examples: readonly string[] | null
}

/** The column that alerts are grouped by. `id`: where a table has the id of a connection. */
const subjectOf = ({ group_by }: Rule, id: RawBuilder<unknown>) =>
  group_by === 'workspace' ? sql`''` : group_by === 'connector' ? sql`coalesce(connector, '')` : sql`coalesce(${id}, '')`

const scopeOf = ({ workspace_id, connector, connection_id }: Rule, id: RawBuilder<unknown>) => sql`workspace_id = ${workspace_id}
  and ${connector === null ? sql`true` : sql`connector = ${connector}`} and ${connection_id === null ? sql`true` : sql`${id} = ${connection_id}`}`

const aConnection = sql`connection_id`

/** The calls of the window as counts, whether from figures or one by one. */
function countedOf(rule: Rule, now: number): RawBuilder<unknown> {
  const since = now - rule.window_minutes * minuteMs
  const scope = scopeOf(rule, aConnection)
  if (rule.window_minutes > shortMinutes) {
    const from = new Date(Math.floor(since / quarterMs) * quarterMs)
    return sql`select connector, connection_id, error_code, upstream_status, slot, calls, duration_ms from call_figures
      where ${scope} and at >= ${from}`
  }
  return sql`select connector, connection_id, call_error(status, error_code) as error_code, coalesce(upstream_status, 0) as upstream_status,
      call_slot(duration_ms) as slot, 1 as calls, duration_ms
    from (select * from calls where ${scope} and status in ('succeeded', 'failed') and id >= ${firstId('call', since - slackMs)}
      and started_at >= ${new Date(since)} order by id desc limit ${mostCalls}) as newest`
}

/** Failures that say something of the API or the connection, and not of what a caller asked for. */
const isFault = sql`error_code <> '' and (
  error_code in ('AUTHENTICATION_FAILED', 'NEEDS_REAUTH', 'TIMEOUT', 'SSL_ERROR', 'CONNECTION_REFUSED', 'SCHEMA_MISMATCH', 'TOOL_CHANGED',
    'RESPONSE_TOO_LARGE', 'OUTCOME_UNKNOWN', 'UNAVAILABLE', 'INTERNAL', 'DECRYPT_FAILED', 'SCRIPT_FAILED', 'SCRIPT_LIMIT')
  or (error_code = 'UPSTREAM_ERROR' and upstream_status not between 400 and 499)
  or (error_code = 'RATE_LIMITED' and upstream_status = 429))`

interface Top {
  readonly subject: RawBuilder<unknown>
  readonly value: RawBuilder<unknown>
  readonly examples?: RawBuilder<unknown>
  readonly from: RawBuilder<unknown>
  readonly having?: RawBuilder<unknown>
}

const topOf = ({ subject, value, examples = sql`null::text[]`, from, having = sql`true` }: Top) =>
  sql<Counted>`select ${subject} as subject, (${value})::float8 as value, ${examples} as examples ${from}
    group by 1 having ${having} order by 2 desc, 1 limit ${mostReadings}`

const names = sql`(array_agg(name order by name))[1:5]`

function failing(rule: Rule) {
  const id = sql`connections.id`
  const from = sql`from connections where ${scopeOf(rule, id)} and status in ('failing', 'needs_reauth')`
  return topOf({ subject: subjectOf(rule, id), value: sql`count(*)`, examples: names, from })
}

function expiring(rule: Rule, now: number) {
  const id = sql`connections.id`
  const by = new Date(now + rule.window_minutes * minuteMs)
  const ends = sql`least(credential_ends_at, (select g.ends_at from upstream_grants g where g.id = grant_id))`
  const from = sql`from connections where ${scopeOf(rule, id)} and ${ends} <= ${by}`
  return topOf({ subject: subjectOf(rule, id), value: sql`count(*)`, examples: names, from })
}

function waiting(rule: Rule, now: number) {
  const [since, at] = [new Date(now - rule.window_minutes * minuteMs), new Date(now)]
  const from = sql`from approvals where ${scopeOf(rule, aConnection)} and status = 'pending' and created_at <= ${since} and expires_at > ${at}`
  const examples = sql`(array_agg(distinct connector || ' ' || action))[1:5]`
  return topOf({ subject: subjectOf(rule, aConnection), value: sql`count(*)`, examples, from })
}

function limited(rule: Rule, now: number) {
  const from = sql`from (${countedOf(rule, now)}) as counted where error_code = 'RATE_LIMITED' and upstream_status = 0`
  return topOf({ subject: subjectOf(rule, aConnection), value: sql`sum(calls)`, from })
}

function errors(rule: Rule, now: number) {
  return topOf({
    subject: subjectOf(rule, aConnection),
    value: sql`100 * coalesce(sum(calls) filter (where ${isFault}), 0)::float8 / sum(calls)`,
    examples: sql`(array_agg(distinct error_code) filter (where ${isFault}))[1:5]`,
    from: sql`from (${countedOf(rule, now)}) as counted`,
    having: sql`sum(calls) >= ${rule.min_calls}`,
  })
}

/** The mean of the slot of durations in which the 95th of a hundred falls: right to a tenth. */
function latencies(rule: Rule, now: number) {
  return sql<Counted>`
    with slots as (
      select ${subjectOf(rule, aConnection)} as subject, slot, sum(calls) as calls, sum(duration_ms) as ms
      from (${countedOf(rule, now)}) as counted group by 1, 2
    ), ranked as (
      select subject, ms / calls as value, sum(calls) over (partition by subject order by slot) as below,
        sum(calls) over (partition by subject) as total from slots
    )
    select * from (
      select distinct on (subject) subject, value::float8 as value, null::text[] as examples from ranked
        where below >= total * 0.95 and total >= ${rule.min_calls} order by subject, below
    ) as measured order by value desc, subject limit ${mostReadings}`
}

function queryOf(kind: AlertKind, rule: Rule, now: number): RawBuilder<Counted> {
  switch (kind) {
    case 'connection_failing':
      return failing(rule)
    case 'error_rate':
      return errors(rule, now)
    case 'latency':
      return latencies(rule, now)
    case 'credential_expiring':
      return expiring(rule, now)
    case 'limit_hit':
      return limited(rule, now)
    case 'approval_pending':
      return waiting(rule, now)
    default:
      return unreachable(kind)
  }
}

/** What a rule measures at this moment, the highest values first. Reads a bounded number of rows, whatever the load. */
export async function measure(db: Db, kind: AlertKind, rule: Rule, now: number): Promise<readonly Reading[]> {
  const { rows } = await queryOf(kind, rule, now).execute(db)
  return rows.map(({ subject, value, examples }) => ({ subject, value, examples: examples ?? [] }))
}
