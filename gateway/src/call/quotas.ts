import { sql } from 'kysely'
import type { CallLimits } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { firstId } from '../id.ts'
import { type Quota, stepMs } from '../store/quota.ts'
import type { Store } from '../store/types.ts'
import type { Allowed } from './facts.ts'
import type { Past } from './limiter.ts'
import { passedPattern } from './trace.ts'

const spans = { minute: 60_000, day: 86_400_000 } as const

/** Whose calls are counted: `name` is what people call it. */
interface Subject {
  readonly of: 'action' | 'connection' | 'caller'
  readonly workspaceId: string
  /** Of the connection, or of the caller. */
  readonly id: string
  readonly name: string
}

/** A limit of an action of a connection, of a whole connection, or of a caller. */
export interface CallQuota extends Quota {
  readonly subject: Subject
  readonly window: keyof typeof spans
}

function add(quotas: CallQuota[], subject: Subject, key: string, { perMinute, perDay }: CallLimits): void {
  if (perMinute !== null) quotas.push({ key: `${key}/minute`, limit: perMinute, spanMs: spans.minute, subject, window: 'minute' })
  if (perDay !== null) quotas.push({ key: `${key}/day`, limit: perDay, spanMs: spans.day, subject, window: 'day' })
}

/** The limits that one call is under. Ids are unique in the whole installation, and so are these keys. */
export function quotasOf({ caller, connection, action }: Allowed): readonly CallQuota[] {
  const quotas: CallQuota[] = []
  const { workspaceId } = caller
  const { id, name, connector } = connection
  add(quotas, { of: 'action', workspaceId, id, name: action.name }, `${id}/${action.name}`, action.limits)
  add(quotas, { of: 'connection', workspaceId, id, name }, id, connector.limits)
  add(quotas, { of: 'caller', workspaceId, id: caller.id, name: caller.name }, caller.id, caller.limits)
  return quotas
}

/** The id of a call is as old as the call; this much is left for requests that waited before they got through. */
const slackMs = 60_000

/** Finds the calls in the log that were counted: those whose trace shows that they passed the limits, and when. */
export function createPastCalls({ store, clock }: { store: Store; clock: Clock }): (quota: CallQuota) => Promise<Past> {
  return async (quota) => {
    const { subject, spanMs, limit } = quota
    const now = clock.now()
    const oldest = now - spanMs - slackMs
    const step = Math.max(1, stepMs(quota))
    const whose =
      subject.of === 'caller'
        ? sql`caller_id = ${subject.id}`
        : subject.of === 'connection'
          ? sql`connection_id = ${subject.id}`
          : sql`connection_id = ${subject.id} and action = ${subject.name}`
    const { rows } = await store.workspace(subject.workspaceId, (db) =>
      sql<{ at: number; calls: number }>`
        select ceil(at / ${step}::float8) * ${step}::float8 as at, count(*)::integer as calls
        from (
          select extract(epoch from started_at)::float8 * 1000 + (passed[1]::float8 + passed[2]::float8) / 1000 as at
          from calls, regexp_match(trace #>> '{}', ${passedPattern('limit')}) as passed
          where facet in (select facet from call_facets where workspace_id = ${subject.workspaceId} and ${whose}) and passed is not null
            and id >= ${firstId('call', oldest)} and started_at >= ${new Date(oldest)}
          order by id desc limit ${limit}
        ) as counted
        group by 1 order by 1`.execute(db),
    )
    // A clock that was set back since must not let them stay for longer than a window.
    return rows.map(({ at, calls }) => ({ agoMs: Math.max(0, now - at), calls }))
  }
}
