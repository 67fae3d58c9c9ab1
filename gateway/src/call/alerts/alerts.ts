import { sql } from 'kysely'
import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { pageSize, parseCursor, toPage } from '../../page.ts'
import { type ActKind, recordAct } from '../../store/acts.ts'
import type { AlertRow, AlertRuleRow } from '../../store/alert-tables.ts'
import { isUniqueViolation } from '../../store/constraints.ts'
import type { Store } from '../../store/types.ts'
import type { Channels } from '../notices/channels.ts'
import { type Deliverers, deliver } from '../notices/deliver.ts'
import { resolveAlert } from './evaluator.ts'
import { type AlertKind, isAlertKind, kindDefaults, measure } from './kinds.ts'
import { testMessage } from './message.ts'
import { createSilences } from './silences.ts'
import type { AlertRuleChanges, AlertRuleFields, AlertRuleView, Alerts, AlertView, NewAlertRule } from './types.ts'

/** Each is looked at once a minute. */
const mostRules = 100

interface Services extends Deliverers {
  readonly store: Store
  readonly clock: Clock
  readonly channels: Pick<Channels, 'open' | 'list'>
  readonly publicUrl: () => string
  /** Something changed that is looked at soon. */
  readonly wake: { evaluation(): void; deliveries(): void }
}

function kindOf({ kind }: Pick<AlertRuleRow, 'kind'>): AlertKind {
  if (isAlertKind(kind)) return kind
  throw new SallyportError('INTERNAL', { internal: `an alert rule of the unknown kind ${kind}` })
}

function fieldsOf(row: AlertRuleRow): AlertRuleFields {
  const { name, connector, connection_id, group_by, threshold, clear_below, window_minutes, min_calls } = row
  const { for_minutes, clear_for_minutes, severity, channels, enabled } = row
  return {
    ...{ name, connector, connection: connection_id, group_by, threshold, clear_below, window_minutes, min_calls },
    ...{ for_minutes, clear_for_minutes, severity, channels, enabled },
  }
}

const ruleView = (row: AlertRuleRow, firing: number): AlertRuleView => ({
  id: row.id,
  kind: kindOf(row),
  ...fieldsOf(row),
  firing,
  evaluated_at: row.evaluated_at?.toISOString() ?? null,
  problem: row.problem,
  created_at: row.created_at.toISOString(),
})

function columnsOf(fields: AlertRuleFields) {
  const { connection, channels, ...rest } = fields
  if (rest.clear_below > rest.threshold)
    throw new SallyportError('INVALID_INPUT', { detail: 'clear_below is at most the threshold: an alert clears below it.' })
  return { ...rest, connection_id: connection, channels: JSON.stringify(channels) }
}

/** What was not given is as the kind has it. */
function wholeOf({ kind, ...given }: NewAlertRule): AlertRuleFields {
  const { threshold, clears, windowMinutes, minCalls, forMinutes, groupBy } = kindDefaults[kind]
  const limit = given.threshold ?? threshold
  return {
    name: given.name,
    connector: given.connector ?? null,
    connection: given.connection ?? null,
    group_by: given.group_by ?? groupBy,
    threshold: limit,
    clear_below: given.clear_below ?? limit * clears,
    window_minutes: given.window_minutes ?? windowMinutes,
    min_calls: given.min_calls ?? minCalls,
    for_minutes: given.for_minutes ?? forMinutes,
    clear_for_minutes: given.clear_for_minutes ?? 0,
    severity: given.severity ?? 'warning',
    channels: given.channels ?? [],
    enabled: given.enabled ?? true,
  }
}

/** With what was given in place of what was. */
function changed(before: AlertRuleFields, changes: AlertRuleChanges): AlertRuleFields {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const after = { ...before, ...Object.fromEntries(given) }
  // A lower threshold takes what clears it along, unless that is said as well.
  return changes.clear_below === undefined ? { ...after, clear_below: Math.min(after.clear_below, after.threshold) } : after
}

/** Rules, what they fired, and who is told. The looking itself is in evaluator.ts. */
export function createAlerts(services: Services): Alerts {
  const { store, clock, channels, publicUrl, wake } = services

  const missing = (id: string) => new SallyportError('NOT_FOUND', { detail: `There is no alert rule "${id}" in this workspace.` })
  const taken = (name: string) => (error: unknown) => {
    if (!isUniqueViolation(error)) throw error
    throw new SallyportError('CONFLICT', { detail: `There is an alert rule named "${name}" already.`, cause: error })
  }

  /** Channels that are not there would be told nothing, and nobody would notice. */
  async function checkChannels(caller: Caller, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const known = new Set((await channels.list(caller)).map(({ id }) => id))
    const unknown = ids.find((id) => !known.has(id))
    if (unknown !== undefined)
      throw new SallyportError('INVALID_INPUT', { detail: `There is no notification channel "${unknown}" in this workspace.` })
  }

  const act = (caller: Caller, kind: ActKind, { id, name }: AlertRuleRow, facts: { before?: unknown; after?: unknown }) => ({
    ...{ kind, by: caller, target: { kind: 'alert_rule', id, name } },
    ...facts,
  })

  function find(caller: Caller, id: string): Promise<AlertRuleRow> {
    return store.workspace(caller.workspaceId, async (db) => {
      const rules = db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', caller.workspaceId)
      const row = await rules.where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw missing(id)
      return row
    })
  }

  type ListedAlert = AlertRow & { readonly silenced: string | null }

  const alertView = ({ rule, ...row }: ListedAlert): AlertView => {
    const { name, kind, severity, threshold } = rule as Pick<AlertRuleRow, 'name' | 'severity' | 'threshold'> & {
      kind: AlertKind
    }
    return {
      id: row.id,
      rule: { id: row.rule_id, name, kind },
      ...{ severity, threshold },
      ...{ subject: row.subject, label: row.label, state: row.state, value: row.value, examples: row.examples },
      since: row.since.toISOString(),
      fired_at: row.fired_at?.toISOString() ?? null,
      resolved_at: row.resolved_at?.toISOString() ?? null,
      silenced: row.state === 'resolved' ? null : row.silenced,
    }
  }

  const silenced = (now: number) =>
    sql<string | null>`(select reason from alert_silences s where s.workspace_id = alerts.workspace_id
    and s.until > ${new Date(now)} and (s.rule_id is null or s.rule_id = alerts.rule_id) and (s.subject is null or s.subject = alerts.subject)
    order by s.until desc limit 1)`.as('silenced')

  return {
    ...createSilences({ store, clock }),

    async rules(caller) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      return store.workspace(workspaceId, async (db) => {
        const rows = await db
          .selectFrom('alert_rules')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .orderBy('name')
          .execute()
        const { rows: counts } = await sql<{ rule_id: string; firing: number }>`
          select rule_id, count(*)::float8 as firing from alerts where workspace_id = ${workspaceId} and state = 'firing' group by 1`.execute(
          db,
        )
        const firing = new Map(counts.map((count) => [count.rule_id, count.firing]))
        return rows.map((row) => ruleView(row, firing.get(row.id) ?? 0))
      })
    },

    async createRule(caller, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const fields = wholeOf(request)
      await checkChannels(caller, fields.channels)
      const now = clock.now()
      const made = await store
        .workspace(workspaceId, async (db) => {
          const { length } = await db.selectFrom('alert_rules').select('id').where('workspace_id', '=', workspaceId).execute()
          if (length >= mostRules)
            throw new SallyportError('CONFLICT', {
              detail: `A workspace has at most ${mostRules} alert rules. Delete one first.`,
            })
          const row = await db
            .insertInto('alert_rules')
            .values({
              ...columnsOf(fields),
              ...{ id: newId('alert_rule', now), workspace_id: workspaceId, kind: request.kind },
              ...{ due_at: new Date(now), created_at: new Date(now) },
            })
            .returningAll()
            .executeTakeFirstOrThrow()
          await recordAct(db, workspaceId, act(caller, 'alert_rule.created', row, { after: { kind: row.kind, ...fields } }))
          return ruleView(row, 0)
        })
        .catch(taken(fields.name))
      wake.evaluation()
      return made
    },

    async updateRule(caller, id, changes) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      await checkChannels(caller, changes.channels ?? [])
      const now = clock.now()
      const made = await store
        .workspace(workspaceId, async (db) => {
          const rules = db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id)
          const before = await rules.forUpdate().executeTakeFirst()
          if (before === undefined) throw missing(id)
          const fields = changed(fieldsOf(before), changes)
          const row = await db
            .updateTable('alert_rules')
            .set({ ...columnsOf(fields), due_at: new Date(now), problem: null })
            .where('workspace_id', '=', workspaceId)
            .where('id', '=', id)
            .returningAll()
            .executeTakeFirstOrThrow()
          const regrouped = row.group_by !== before.group_by
          const firing = row.enabled && !regrouped ? null : await endAll(db, before, now)
          await recordAct(db, workspaceId, act(caller, 'alert_rule.updated', row, { before: fieldsOf(before), after: fields }))
          return ruleView(row, firing ?? (await firingOf(db, row)))
        })
        .catch(taken(changes.name ?? ''))
      wake.evaluation()
      wake.deliveries()
      return made
    },

    async deleteRule(caller, id) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, async (db) => {
        const rules = db.selectFrom('alert_rules').selectAll().where('workspace_id', '=', caller.workspaceId).where('id', '=', id)
        const row = await rules.forUpdate().executeTakeFirst()
        if (row === undefined) throw missing(id)
        await endAll(db, row, clock.now())
        await db.deleteFrom('alert_rules').where('workspace_id', '=', caller.workspaceId).where('id', '=', id).execute()
        await recordAct(db, caller.workspaceId, act(caller, 'alert_rule.deleted', row, { before: fieldsOf(row) }))
      })
      wake.deliveries()
    },

    async testRule(caller, id) {
      requireRole(caller, 'admin')
      const rule = await find(caller, id)
      const kind = kindOf(rule)
      const now = clock.now()
      const found = await store.workspace(caller.workspaceId, async (db) => {
        const readings = (await measure(db, kind, rule, now)).slice(0, 20)
        const connections = db.selectFrom('connections').select(['id', 'name']).where('workspace_id', '=', caller.workspaceId)
        const ids = readings.map(({ subject }) => subject)
        const named = ids.length === 0 ? [] : await connections.where('id', 'in', ids).execute()
        const names = new Map(named.map(({ id: connection, name }) => [connection, name]))
        return readings.map(({ subject, value }) => ({
          ...{ subject, label: names.get(subject) ?? subject, value },
          breaching: value >= rule.threshold,
        }))
      })
      const known = new Map((await channels.list(caller)).map(({ id: channel, name }) => [channel, name]))
      const deliveries = await Promise.all(
        rule.channels.map(async (channelId) => ({
          channel: known.get(channelId) ?? channelId,
          error: await tryChannel(channelId),
        })),
      )
      return { readings: found, deliveries }

      async function tryChannel(channelId: string): Promise<string | null> {
        try {
          const channel = await channels.open(caller.workspaceId, channelId)
          if (channel === null) return 'The channel is gone.'
          const states = channel.kind === 'pagerduty' ? (['firing', 'resolved'] as const) : (['firing'] as const)
          for (const state of states) {
            const message = testMessage(rule.name, rule.id, caller.name, publicUrl(), state)
            await deliver(services, channel.kind, channel.target, message, clock.now())
          }
          return null
        } catch (error) {
          return error instanceof SallyportError ? (error.detail ?? error.code) : 'The gateway could not send it.'
        }
      }
    },

    async list(caller, query) {
      requireRole(caller, 'admin')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('alerts')
          .selectAll()
          .select(silenced(clock.now()))
          .where('workspace_id', '=', caller.workspaceId)
          .orderBy('id', 'desc')
          .limit(size + 1)
        if (before !== undefined) select = select.where('id', '<', before)
        if (query.state !== undefined) select = select.where('state', '=', query.state)
        if (query.rule !== undefined) select = select.where('rule_id', '=', query.rule)
        return select.execute()
      })
      return toPage(rows, size, alertView, ({ id }) => id)
    },

    async get(caller, id) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      return store.workspace(workspaceId, async (db) => {
        const alerts = db.selectFrom('alerts').selectAll().select(silenced(clock.now())).where('workspace_id', '=', workspaceId)
        const row = await alerts.where('id', '=', id).executeTakeFirst()
        if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no alert "${id}" in this workspace.` })
        const deliveries = db.selectFrom('alert_deliveries').selectAll().where('workspace_id', '=', workspaceId)
        const told = await deliveries.where('alert_id', '=', id).orderBy('id').limit(200).execute()
        return {
          ...alertView(row),
          deliveries: told.map(({ event, channel, attempts, delivered_at, due_at, last_error }) => ({
            ...{ event, channel, attempts, last_error },
            delivered_at: delivered_at?.toISOString() ?? null,
            due_at: due_at?.toISOString() ?? null,
          })),
        }
      })
    },
  }
}

type Db = Parameters<typeof resolveAlert>[0]

const openOf = (db: Db, { workspace_id, id }: AlertRuleRow) =>
  db.selectFrom('alerts').selectAll().where('workspace_id', '=', workspace_id).where('rule_id', '=', id)

async function firingOf(db: Db, rule: AlertRuleRow): Promise<number> {
  return (await openOf(db, rule).where('state', '=', 'firing').execute()).length
}

/** A rule that watches no more, or other groups, leaves no incident open at whoever is on call. Answers how many fire then: none. */
async function endAll(db: Db, rule: AlertRuleRow, now: number): Promise<0> {
  for (const alert of await openOf(db, rule).where('state', '<>', 'resolved').execute()) {
    if (alert.state === 'firing') await resolveAlert(db, rule, alert, now)
    else await db.deleteFrom('alerts').where('workspace_id', '=', rule.workspace_id).where('id', '=', alert.id).execute()
  }
  return 0
}
