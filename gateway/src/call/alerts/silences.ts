import type { Kysely } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { recordAct } from '../../store/acts.ts'
import type { AlertRow, AlertSilenceRow } from '../../store/alert-tables.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { Actor } from '../types.ts'
import type { Alerts, SilenceView } from './types.ts'

/** A silence that nobody remembers is how an outage stays unseen. */
const longestMs = 90 * 24 * 3_600_000
const mostSilences = 200

/** Why nobody is told of an alert at this moment; null when people are. */
export async function silenceOf(
  db: Kysely<Database>,
  { workspace_id, rule_id, subject }: Pick<AlertRow, 'workspace_id' | 'rule_id' | 'subject'>,
  now: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('alert_silences')
    .select('reason')
    .where('workspace_id', '=', workspace_id)
    .where('until', '>', new Date(now))
    .where((or) => or.or([or('rule_id', 'is', null), or('rule_id', '=', rule_id)]))
    .where((or) => or.or([or('subject', 'is', null), or('subject', '=', subject)]))
    .orderBy('until', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.reason ?? null
}

const view = (row: AlertSilenceRow): SilenceView => ({
  id: row.id,
  rule: row.rule_id,
  subject: row.subject,
  reason: row.reason,
  by: row.by as Actor,
  created_at: row.created_at.toISOString(),
  until: row.until.toISOString(),
})

/** Times in which people are not told: of a rule, of a connector or connection, or of anything. */
export function createSilences({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: Clock
}): Pick<Alerts, 'silences' | 'silence' | 'endSilence'> {
  return {
    async silences(caller) {
      requireRole(caller, 'admin')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('alert_silences')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .where('until', '>', new Date(clock.now()))
          .orderBy('until')
          .execute(),
      )
      return rows.map(view)
    },

    async silence(caller: Caller, { rule, subject, reason, until }) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const now = clock.now()
      const end = Date.parse(until)
      if (!(end > now) || end - now > longestMs)
        throw new SallyportError('INVALID_INPUT', { detail: 'Give an end of the silence between now and 90 days from now.' })
      return store.workspace(workspaceId, async (db) => {
        await db
          .deleteFrom('alert_silences')
          .where('workspace_id', '=', workspaceId)
          .where('until', '<=', new Date(now))
          .execute()
        if (rule !== undefined) {
          const found = db.selectFrom('alert_rules').select('id').where('workspace_id', '=', workspaceId).where('id', '=', rule)
          if ((await found.executeTakeFirst()) === undefined)
            throw new SallyportError('NOT_FOUND', { detail: `There is no alert rule "${rule}" in this workspace.` })
        }
        const { length } = await db.selectFrom('alert_silences').select('id').where('workspace_id', '=', workspaceId).execute()
        if (length >= mostSilences)
          throw new SallyportError('CONFLICT', { detail: `A workspace has at most ${mostSilences} silences. End one first.` })
        const { kind, id: by, name } = caller
        const row = await db
          .insertInto('alert_silences')
          .values({
            id: newId('alert_silence', now),
            workspace_id: workspaceId,
            rule_id: rule ?? null,
            subject: subject ?? null,
            reason,
            by: JSON.stringify({ kind, id: by, name }),
            created_at: new Date(now),
            until: new Date(end),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const after = { rule: row.rule_id, subject: row.subject, until: row.until.toISOString() }
        const target = { kind: 'alert_silence', id: row.id, name: reason }
        await recordAct(db, workspaceId, { kind: 'alert_silence.created', by: caller, target, after, reason })
        return view(row)
      })
    },

    async endSilence(caller, id) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, async (db) => {
        const row = await db
          .deleteFrom('alert_silences')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no silence "${id}" in this workspace; it may have ended.` })
        const target = { kind: 'alert_silence', id, name: row.reason }
        await recordAct(db, caller.workspaceId, { kind: 'alert_silence.ended', by: caller, target })
      })
    },
  }
}
