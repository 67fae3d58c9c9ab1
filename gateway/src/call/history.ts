import { type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { firstId } from '../id.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import type { CallRow, Database } from '../store/schema.ts'
import { mayRead, readableBy } from './call-readers.ts'
import type { CallServices } from './services.ts'
import { totalsOf } from './totals.ts'
import { readTrace } from './trace.ts'
import type { CallHistory, CallQuery, CallSummary, Outcome } from './types.ts'

type SummaryRow = Omit<
  CallRow,
  'error_detail' | 'method' | 'url' | 'input' | 'response_bytes' | 'trace' | 'workspace_id' | 'facet'
> & {
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

function instant(name: string, value: string): Date {
  const at = new Date(value)
  if (Number.isNaN(at.getTime()))
    throw new SallyportError('INVALID_INPUT', { detail: `"${name}" must be a date and time such as 2026-01-31T12:00:00Z.` })
  return at
}

/** A filter that many calls pass finds its page among so many; for the others there are the facets. */
const walked = 4_000

const columns = [
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
] as const

/**
 * What the filters ask of a call, or of a facet, which has the same columns, and what the caller may read. Undefined for all. By the name of a
 * connector or an action only calls for which it was there are found: names that callers make up have no facets.
 */
function wanted(query: CallQuery, of: 'calls' | 'call_facets', readable: RawBuilder<SqlBool> | undefined) {
  const all: RawBuilder<SqlBool>[] = []
  if (query.connector) all.push(sql`connector = ${query.connector}`)
  if (query.action) all.push(sql`action = ${query.action}`)
  if (of === 'calls' && all.length > 0) all.push(sql`connector_version is not null`)
  if (query.connection) all.push(sql`connection_id = ${query.connection}`)
  if (query.caller) all.push(sql`caller_id = ${query.caller}`)
  if (query.status) all.push(sql`status = ${query.status}`)
  if (query.error_code) all.push(sql`error_code = ${query.error_code}`)
  if (readable !== undefined) all.push(readable)
  return all.length === 0 ? undefined : sql<SqlBool>`${sql.join(all, sql` and `)}`
}

/** The newest calls that pass the filters, newest first. Their ids are as old as they are, and so stand for their times. */
async function newest(db: Transaction<Database>, caller: Caller, query: CallQuery, before: string | undefined, most: number) {
  const { workspaceId } = caller
  const { since, until } = query
  const from = since === undefined ? '' : firstId('call', instant('since', since).getTime())
  const ends = [before, until === undefined ? undefined : firstId('call', instant('until', until).getTime())].filter(
    (end) => end !== undefined,
  )
  const to = ends.length === 0 ? undefined : sql<string>`least(${sql.join(ends)})`
  const inTime = sql<SqlBool>`id >= ${from} and ${to === undefined ? sql`true` : sql`id < ${to}`}`
  const select = db.selectFrom('calls').select(columns).where('calls.workspace_id', '=', workspaceId).orderBy('calls.id', 'desc')
  const latest = select.where(inTime)
  const readable = await readableBy(db, caller)
  const filters = wanted(query, 'calls', readable)
  if (filters === undefined) return latest.limit(most).execute()
  const recent = db.selectFrom(latest.limit(walked).as('calls')).selectAll()
  const found = await recent.where(filters).orderBy('id', 'desc').limit(most).execute()
  if (found.length === most) return found
  const beyond = await db
    .selectFrom(latest.clearSelect().select('calls.id').offset(walked).limit(1).as('calls'))
    .select('id')
    .execute()
  if (beyond.length === 0) return found
  // From the index alone: the newest call of each facet, then as many as the page holds of the facets with the newest of these.
  // Compared as rows, because for two comparisons the planner may expect so few calls that it reads all of them to sort them.
  const ofFacet = sql`select id from calls where (facet, id) >= (f.facet, ${from})
    and (facet, id) < ${to === undefined ? sql`(f.facet + 1, '')` : sql`(f.facet, ${to})`} order by facet desc, id desc`
  const ids = sql<string>`
    select c.id from (
      select f.facet from call_facets f cross join lateral (${ofFacet} limit 1) as newest
      where f.workspace_id = ${workspaceId} and ${wanted(query, 'call_facets', readable)}
      order by newest.id desc limit ${most}
    ) as f
    cross join lateral (${ofFacet} limit ${most}) as c
    order by c.id desc limit ${most}`
  return select.where('calls.id', 'in', sql<string>`(${ids})`).execute()
}

export function createHistory({ store, clock, sealedCalls }: Pick<CallServices, 'store' | 'clock' | 'sealedCalls'>): CallHistory {
  return {
    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, async (db) => {
        const found = await newest(db, caller, query, before, size + 1)
        const ids = [...new Set(found.flatMap(({ connection_id }) => connection_id ?? []))]
        const named =
          ids.length === 0 ? [] : await db.selectFrom('connections').select(['id', 'name']).where('id', 'in', ids).execute()
        const names = new Map(named.map(({ id, name }) => [id, name]))
        return found.map((row) => ({ ...row, connection_name: names.get(row.connection_id ?? '') ?? null }))
      })
      return toPage(rows, size, summaryOf, (row) => row.id)
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      const row = await store.workspace(caller.workspaceId, async (db) => {
        const found = await db
          .selectFrom('calls')
          .leftJoin('connections', 'connections.id', 'calls.connection_id')
          .leftJoin('approvals', 'approvals.id', 'calls.approval_id')
          .selectAll('calls')
          .select(['connections.name as connection_name', 'approvals.sealed_result', 'approvals.result_key_id'])
          .where('calls.workspace_id', '=', caller.workspaceId)
          .where('calls.id', '=', id)
          .executeTakeFirst()
        return found !== undefined && (await mayRead(db, caller, found)) ? found : undefined
      })
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
      return store.workspace(caller.workspaceId, (db) => totalsOf(db, caller, query, clock.now()))
    },
  }
}
