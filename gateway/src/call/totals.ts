import { sql, type Transaction } from 'kysely'
import { type Caller, hasRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { firstId } from '../id.ts'
import type { Database } from '../store/schema.ts'
import { closedTo } from './call-readers.ts'
import type { CallTotals, TotalsQuery } from './types.ts'

/** A chart is drawn with this many slices of its window. */
const slices = 48
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }
/** Figures are kept for each quarter of an hour. */
const quarterMs = 15 * unitMs.m
/** Up to this, a window has slices much shorter than that, and so few calls that they are counted one by one. */
const shortMs = 2 * unitMs.h
/** Ids are made when a call arrives; this much is left for clocks that are put right meanwhile. */
const slackMs = unitMs.m

function parseWindow(window: string): number {
  const match = /^(\d{1,3})([mhd])$/.exec(window)
  const amount = Number(match?.[1] ?? 0)
  const unit = match?.[2]
  if (amount === 0 || (unit !== 'm' && unit !== 'h' && unit !== 'd'))
    throw new SallyportError('INVALID_INPUT', { detail: 'A window is a number and m, h or d, such as 24h.' })
  return amount * unitMs[unit]
}

/** Those of one connection are for its readers; in those of all, nobody's can be told apart. */
function isFor(caller: Caller) {
  return hasRole(caller, 'admin') ? sql`true` : sql`connection_id not in (${closedTo(caller)})`
}

/** One set of calls that ended: of a time, of a kind of failure, or of a slot of durations. */
interface Figure {
  readonly at: Date | null
  readonly error_code: string | null
  readonly upstream_status: number | null
  readonly slot: number | null
  readonly calls: number
  readonly failed: number
  readonly ms: number
}

/** The totals of a window that ends now, from the figures of whole quarters of an hour and the calls before the first of them. */
export async function totalsOf(
  db: Transaction<Database>,
  caller: Caller,
  { window = '24h', connector, connection }: TotalsQuery,
  now: number,
): Promise<CallTotals> {
  const { workspaceId } = caller
  const span = parseWindow(window)
  const since = now - span
  const whole = span <= shortMs ? now + quarterMs : Math.ceil(since / quarterMs) * quarterMs
  const scope = sql`${connector === undefined ? sql`true` : sql`connector = ${connector}`}
    and ${connection === undefined ? sql`true` : sql`connection_id = ${connection} and ${isFor(caller)}`}`
  const { rows } = await sql<Figure>`
    with counted as (
      select at, error_code, upstream_status, slot, calls, duration_ms from call_figures
        where workspace_id = ${workspaceId} and at >= ${new Date(whole)} and ${scope}
      union all
      select date_trunc('second', started_at), call_error(status, error_code), coalesce(upstream_status, 0), call_slot(duration_ms), 1, duration_ms
        from calls
        where workspace_id = ${workspaceId} and status in ('succeeded', 'failed') and ${scope}
          and ${connector === undefined ? sql`true` : sql`connector_version is not null`}
          and id >= ${firstId('call', since - slackMs)} and id < ${firstId('call', whole + slackMs)}
          and started_at >= ${new Date(since)} and started_at < ${new Date(whole)}
    )
    select at, error_code, upstream_status, slot, sum(calls)::float8 as calls,
      coalesce(sum(calls) filter (where error_code <> ''), 0)::float8 as failed, sum(duration_ms) as ms
    from counted group by grouping sets ((at), (error_code, upstream_status), (slot))`.execute(db)

  const bySlot = rows.filter(({ slot }) => slot !== null).sort((a, b) => (a.slot ?? 0) - (b.slot ?? 0))
  const bySlice = new Map<number, { calls: number; failed: number }>()
  for (const { at, calls, failed } of rows) {
    if (at === null) continue
    const index = Math.min(slices - 1, Math.max(0, Math.floor(((at.getTime() - since) * slices) / span)))
    const before = bySlice.get(index) ?? { calls: 0, failed: 0 }
    bySlice.set(index, { calls: before.calls + calls, failed: before.failed + failed })
  }
  const total = sum(bySlot, 'calls')
  const failed = sum(bySlot, 'failed')
  return {
    window,
    total,
    succeeded: total - failed,
    failed,
    success_rate: total === 0 ? null : (total - failed) / total,
    mean_duration_ms: total === 0 ? null : sum(bySlot, 'ms') / total,
    p95_duration_ms: percentile(bySlot, total * 0.95),
    errors: rows
      .flatMap(({ error_code, upstream_status, calls }) =>
        error_code === null || error_code === ''
          ? []
          : [{ code: error_code, upstream_status: upstream_status || null, count: calls }],
      )
      .sort((a, b) => b.count - a.count)
      .slice(0, 20),
    series: Array.from({ length: slices }, (_, index) => {
      const { calls = 0, failed: bad = 0 } = bySlice.get(index) ?? {}
      return { at: new Date(since + (index * span) / slices).toISOString(), succeeded: calls - bad, failed: bad }
    }),
  }
}

function sum(figures: readonly Figure[], what: 'calls' | 'failed' | 'ms'): number {
  return figures.reduce((total, figure) => total + figure[what], 0)
}

/** The mean of the slot of durations in which the one with this rank falls: right to a tenth. Null without calls. */
function percentile(bySlot: readonly Figure[], rank: number): number | null {
  let below = 0
  for (const { calls, ms } of bySlot) {
    below += calls
    if (below >= rank) return ms / calls
  }
  return null
}
