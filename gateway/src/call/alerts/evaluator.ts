import { sql, type Transaction } from 'kysely'
import type { Clock } from '../../clock.ts'
import { newId } from '../../id.ts'
import type { Log } from '../../log.ts'
import { createRounds } from '../../rounds.ts'
import type { AlertRow, AlertRuleRow } from '../../store/alert-tables.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { decide, measuredOf } from './decide.ts'
import { queueNotice } from './deliveries.ts'
import { isAlertKind, measure, type Reading } from './kinds.ts'
import type { AlertNotice } from './message.ts'
import { silenceOf } from './silences.ts'

/** How often it is looked whether a rule is due. */
const roundMs = 15_000
/** How often a rule is looked at. */
const everyMs = 60_000
/** What is over is kept this long. */
const historyMs = 90 * 24 * 3_600_000

interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Something is to be told. */
  readonly wake: () => void
}

type Db = Transaction<Database>

/** What of a rule stands in the history of its alerts. */
export const snapshotOf = ({ name, kind, severity, threshold }: AlertRuleRow) =>
  JSON.stringify({ name, kind, severity, threshold })

/** `workspace`: its name. */
async function noticeOf(
  db: Db,
  rule: AlertRuleRow,
  alert: AlertRow,
  state: AlertNotice['state'],
  now: number,
): Promise<AlertNotice | null> {
  const { kind } = rule
  if (!isAlertKind(kind)) return null
  const workspace = await db.selectFrom('workspaces').select('name').where('id', '=', rule.workspace_id).executeTakeFirstOrThrow()
  return {
    alert_id: alert.id,
    state,
    rule: rule.name,
    rule_id: rule.id,
    kind,
    severity: rule.severity,
    workspace: workspace.name,
    label: alert.label,
    subject: alert.subject,
    value: alert.value,
    threshold: rule.threshold,
    examples: alert.examples,
    since: alert.since.toISOString(),
    resolved_at: state === 'resolved' ? new Date(now).toISOString() : null,
  }
}

const change = (db: Db, { workspace_id, id }: AlertRow) =>
  db.updateTable('alerts').where('workspace_id', '=', workspace_id).where('id', '=', id)

/** Ends an alert that fires, and tells those who were told of it. */
export async function resolveAlert(db: Db, rule: AlertRuleRow, alert: AlertRow, now: number): Promise<void> {
  await change(db, alert)
    .set({ state: 'resolved', resolved_at: new Date(now) })
    .execute()
  if (alert.told_at === null) return
  const notice = await noticeOf(db, rule, alert, 'resolved', now)
  if (notice !== null) await queueNotice(db, rule.workspace_id, rule.channels, notice, now)
}

/** The name of what an alert is about, as people know it. */
async function labelOf(db: Db, rule: AlertRuleRow, subject: string): Promise<string> {
  if (rule.group_by === 'workspace' || subject === '') return rule.connector ?? 'all connections'
  if (rule.group_by === 'connector') return subject
  const row = await db
    .selectFrom('connections')
    .select(['name', 'connector'])
    .where('workspace_id', '=', rule.workspace_id)
    .where('id', '=', subject)
    .executeTakeFirst()
  return row === undefined ? subject : `${row.name} (${row.connector})`
}

/** Looks at what rules watch, one gateway at a time, beside the calls and never on their way. */
export function createEvaluator({ store, clock, log, wake }: Services) {
  /** Rules that are due, put off in the same statement: no other gateway looks at them until then. */
  async function claim(): Promise<readonly Pick<AlertRuleRow, 'id' | 'workspace_id'>[]> {
    const now = clock.now()
    const { rows } = await store.system((db) =>
      sql<Pick<AlertRuleRow, 'id' | 'workspace_id'>>`
        update alert_rules set due_at = ${new Date(now + everyMs)} where id in (
          select id from alert_rules where enabled and due_at <= ${new Date(now)} order by due_at limit 20 for update skip locked
        ) returning id, workspace_id`.execute(db),
    )
    return rows
  }

  async function step(
    db: Db,
    rule: AlertRuleRow,
    alert: AlertRow | undefined,
    subject: string,
    readings: readonly Reading[],
    now: number,
  ) {
    const value = measuredOf(rule, readings, subject)
    const examples = JSON.stringify(readings.find((reading) => reading.subject === subject)?.examples ?? [])
    const at = new Date(now)
    const next = decide(rule, alert, value, now)
    if (alert === undefined) {
      if (next !== 'fire' && next !== 'wait') return
      const made = {
        id: newId('alert', now),
        workspace_id: rule.workspace_id,
        rule_id: rule.id,
        rule: snapshotOf(rule),
        subject,
        label: await labelOf(db, rule, subject),
        ...(next === 'fire' ? { state: 'firing' as const, fired_at: at } : { state: 'pending' as const, fired_at: null }),
        ...{ value: value ?? 0, examples, since: at },
      }
      const row = await db.insertInto('alerts').values(made).returningAll().executeTakeFirstOrThrow()
      if (next === 'fire') await tell(db, rule, row, now)
      return
    }
    const measured = value === undefined ? {} : { value, examples }
    if (next === 'drop') {
      await db.deleteFrom('alerts').where('workspace_id', '=', rule.workspace_id).where('id', '=', alert.id).execute()
    } else if (next === 'resolve') {
      await resolveAlert(db, rule, alert, now)
    } else {
      const row = await change(db, alert)
        .set({
          ...measured,
          ...(next === 'fire' && { state: 'firing' as const, fired_at: at }),
          below_since: next === 'below' ? (alert.below_since ?? at) : null,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      if (row.state === 'firing' && row.told_at === null) await tell(db, rule, row, now)
    }
  }

  /** Once, and not while it is silenced: then at the end of the silence, if it fires still. */
  async function tell(db: Db, rule: AlertRuleRow, alert: AlertRow, now: number): Promise<void> {
    if ((await silenceOf(db, alert, now)) !== null) return
    const notice = await noticeOf(db, rule, alert, 'firing', now)
    if (notice === null) return
    await queueNotice(db, rule.workspace_id, rule.channels, notice, now)
    await change(db, alert)
      .set({ told_at: new Date(now) })
      .execute()
  }

  async function evaluate({ workspace_id: workspaceId, id }: Pick<AlertRuleRow, 'id' | 'workspace_id'>): Promise<void> {
    const now = clock.now()
    await store.workspace(workspaceId, async (db) => {
      const rules = () => db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id)
      const rule = await rules().forUpdate().executeTakeFirst()
      if (rule === undefined || !rule.enabled || !isAlertKind(rule.kind)) return
      const readings = await measure(db, rule.kind, rule, now)
      const alerts = db.selectFrom('alerts').selectAll().where('workspace_id', '=', workspaceId).where('rule_id', '=', id)
      const open = new Map((await alerts.where('state', '<>', 'resolved').execute()).map((alert) => [alert.subject, alert]))
      const subjects = new Set([...readings.map(({ subject }) => subject), ...open.keys()])
      for (const subject of subjects) await step(db, rule, open.get(subject), subject, readings, now)
      await sql`delete from alerts where id in (select id from alerts where workspace_id = ${workspaceId} and rule_id = ${id}
        and state = 'resolved' and resolved_at < ${new Date(now - historyMs)} limit 500)`.execute(db)
      await seen(db, rule, null, now)
    })
  }

  const seen = (db: Db, { workspace_id, id }: Pick<AlertRuleRow, 'id' | 'workspace_id'>, problem: string | null, now: number) =>
    db
      .updateTable('alert_rules')
      .set({ evaluated_at: new Date(now), problem })
      .where('workspace_id', '=', workspace_id)
      .where('id', '=', id)
      .execute()

  /** What is due now. A rule that cannot be looked at says so, and keeps no other from it. */
  async function round(): Promise<void> {
    for (let due = await claim(); due.length > 0; due = await claim()) {
      for (const rule of due) {
        try {
          await evaluate(rule)
        } catch (error) {
          log.warn({ err: error, rule: rule.id }, 'an alert could not be evaluated')
          const problem = 'The gateway could not read what it watches; it tries again each minute.'
          await store.workspace(rule.workspace_id, (db) => seen(db, rule, problem, clock.now()))
        }
      }
      wake()
    }
  }

  const rounds = createRounds({ everyMs: roundMs, round })
  return {
    round,
    wake: rounds.wake,
    /** Looks from now on; what it returns ends that. */
    start: () => rounds.start((error) => log.warn({ err: error }, 'alerts could not be evaluated; they are tried again')),
  }
}
