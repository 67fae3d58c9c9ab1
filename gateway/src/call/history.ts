import { type Expression, type SqlBool, sql } from 'kysely'
import { hasRole, requireRole } from '../caller.ts'
import { pageSize, parseCursor, toPage } from '../connections/page.ts'
import { SallyportError } from '../errors.ts'
import type { CallRow, CallStatus } from '../store/schema.ts'
import type { CallServices } from './services.ts'
import { readTrace } from './trace.ts'
import type { CallHistory, CallSummary, Outcome } from './types.ts'

/** A chart is drawn with this many slices of its window. */
const slices = 48
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 }

type SummaryRow = Omit<CallRow, 'error_detail' | 'method' | 'url' | 'input' | 'response_bytes' | 'trace' | 'workspace_id'> & {
  connection_name: string | null
}

function summaryOf(row: SummaryRow): CallSummary {
  return {
    id: row.id,
    started_at: row.started_at.toISOString(),
    duration_ms: row.duration_ms,
    status: row.status,
    outcome: row.outcome,
    caller: { kind: row.caller_kind, id: row.caller_id, name: row.caller_name },
    entrance: row.entrance,
    connector: row.connector,
    connector_version: row.connector_version,
    action: row.action,
    effect: row.effect === 'read' || row.effect === 'write' || row.effect === 'destructive' ? row.effect : null,
    connection: row.connection_id === null ? null : { id: row.connection_id, name: row.connection_name ?? 'deleted' },
    upstream_status: row.upstream_status,
    error_code: row.error_code,
  }
}

function parseWindow(window: string): number {
  const match = /^(\d{1,3})([mhd])$/.exec(window)
  const amount = Number(match?.[1] ?? 0)
  const unit = match?.[2]
  if (amount === 0 || (unit !== 'm' && unit !== 'h' && unit !== 'd'))
    throw new SallyportError('INVALID_INPUT', { detail: 'A window is a number and m, h or d, such as 24h.' })
  return amount * unitMs[unit]
}

function instant(name: string, value: string): Date {
  const at = new Date(value)
  if (Number.isNaN(at.getTime()))
    throw new SallyportError('INVALID_INPUT', { detail: `"${name}" must be a date and time such as 2026-01-31T12:00:00Z.` })
  return at
}

export function createHistory({ store, clock, sealedCalls }: CallServices): CallHistory {
  return {
    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('calls')
          .leftJoin('connections', 'connections.id', 'calls.connection_id')
          .select([
            'calls.id',
            'calls.started_at',
            'calls.duration_ms',
            'calls.status',
            'calls.outcome',
            'calls.caller_kind',
            'calls.caller_id',
            'calls.caller_name',
            'calls.entrance',
            'calls.connector',
            'calls.connector_version',
            'calls.action',
            'calls.effect',
            'calls.connection_id',
            'calls.upstream_status',
            'calls.error_code',
            'calls.approval_id',
            'connections.name as connection_name',
          ])
          .where('calls.workspace_id', '=', caller.workspaceId)
          .where((eb) => {
            const all: Expression<SqlBool>[] = []
            if (before !== undefined) all.push(eb('calls.id', '<', before))
            if (query.connector) all.push(eb('calls.connector', '=', query.connector))
            if (query.action) all.push(eb('calls.action', '=', query.action))
            if (query.connection) all.push(eb('calls.connection_id', '=', query.connection))
            if (query.caller) all.push(eb('calls.caller_id', '=', query.caller))
            if (query.status) all.push(eb('calls.status', '=', query.status as CallStatus))
            if (query.error_code) all.push(eb('calls.error_code', '=', query.error_code))
            if (query.since) all.push(eb('calls.started_at', '>=', instant('since', query.since)))
            if (query.until) all.push(eb('calls.started_at', '<', instant('until', query.until)))
            return eb.and(all)
          })
          .orderBy('calls.id', 'desc')
          .limit(size + 1)
          .execute(),
      )
      return toPage(rows, size, summaryOf, (row) => row.id)
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      const row = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('calls')
          .leftJoin('connections', 'connections.id', 'calls.connection_id')
          .leftJoin('approvals', 'approvals.id', 'calls.approval_id')
          .selectAll('calls')
          .select(['connections.name as connection_name', 'approvals.sealed_result', 'approvals.result_key_id'])
          .where('calls.workspace_id', '=', caller.workspaceId)
          .where('calls.id', '=', id)
          .executeTakeFirst(),
      )
      if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no call "${id}" in this workspace.` })
      const readable = (row.caller_kind === caller.kind && row.caller_id === caller.id) || hasRole(caller, 'manager')
      const result =
        readable && row.approval_id !== null && row.sealed_result !== null && row.result_key_id !== null
          ? await sealedCalls.openResult(caller.workspaceId, row.approval_id, {
              ciphertext: row.sealed_result,
              keyId: row.result_key_id,
            })
          : null
      return {
        ...summaryOf(row),
        error_detail: row.error_detail,
        method: row.method,
        url: row.url,
        input: row.input,
        response_bytes: row.response_bytes,
        approval_id: row.approval_id,
        result: result as Outcome | null,
        trace: readTrace(row.trace),
      }
    },

    async totals(caller, query) {
      requireRole(caller, 'viewer')
      const window = query.window ?? '24h'
      const span = parseWindow(window)
      const until = clock.now()
      const since = new Date(until - span)
      return store.workspace(caller.workspaceId, async (db) => {
        const ended = db
          .selectFrom('calls')
          .where('workspace_id', '=', caller.workspaceId)
          .where('started_at', '>=', since)
          .where('status', 'in', ['succeeded', 'failed'])
          .$if(query.connector !== undefined, (select) => select.where('connector', '=', query.connector ?? ''))
          .$if(query.connection !== undefined, (select) => select.where('connection_id', '=', query.connection ?? ''))
        const totals = await ended
          .select(({ fn }) => [
            fn.countAll<string>().as('total'),
            fn.countAll<string>().filterWhere('status', '=', 'succeeded').as('succeeded'),
            fn.avg<number | null>('duration_ms').as('mean'),
            sql<number | null>`percentile_cont(0.95) within group (order by duration_ms)`.as('p95'),
          ])
          .executeTakeFirstOrThrow()
        const errors = await ended
          .select(({ fn }) => ['error_code', 'upstream_status', fn.countAll<string>().as('count')])
          .where('status', '=', 'failed')
          .groupBy(['error_code', 'upstream_status'])
          .orderBy('count', 'desc')
          .limit(20)
          .execute()
        const slice = sql<number>`least(floor(extract(epoch from started_at - ${since}) * 1000 / ${span / slices}), ${slices - 1})::int`
        const series = await ended
          .select(({ fn }) => [
            slice.as('slice'),
            fn.countAll<string>().as('total'),
            fn.countAll<string>().filterWhere('status', '=', 'succeeded').as('succeeded'),
          ])
          .groupBy(sql`1`)
          .execute()
        const total = Number(totals.total)
        const succeeded = Number(totals.succeeded)
        return {
          window,
          total,
          succeeded,
          failed: total - succeeded,
          success_rate: total === 0 ? null : succeeded / total,
          mean_duration_ms: totals.mean === null ? null : Number(totals.mean),
          p95_duration_ms: totals.p95,
          errors: errors.map((row) => ({
            code: row.error_code ?? 'INTERNAL',
            upstream_status: row.upstream_status,
            count: Number(row.count),
          })),
          series: Array.from({ length: slices }, (_, index) => {
            const found = series.find((row) => row.slice === index)
            const ok = Number(found?.succeeded ?? 0)
            return {
              at: new Date(since.getTime() + (index * span) / slices).toISOString(),
              succeeded: ok,
              failed: Number(found?.total ?? 0) - ok,
            }
          }),
        }
      })
    },
  }
}
