import type { ColumnType, Generated, Selectable } from 'kysely'
import type { Created, Instant, Json } from './column-types.ts'

/** What is watched, what came of it, and what answers when an API fails. */

export type AlertState = 'pending' | 'firing' | 'resolved'
export type AlertGroup = 'workspace' | 'connector' | 'connection'
export type AlertSeverity = 'info' | 'warning' | 'error' | 'critical'

interface AlertRuleTable {
  id: string
  workspace_id: string
  name: string
  kind: string
  connector: string | null
  connection_id: string | null
  group_by: AlertGroup
  threshold: number
  clear_below: number
  window_minutes: number
  min_calls: number
  for_minutes: number
  clear_for_minutes: number
  severity: AlertSeverity
  /** Ids of channels. */
  channels: Json<readonly string[]>
  enabled: Generated<boolean>
  due_at: Instant
  evaluated_at: ColumnType<Date | null, undefined, Date>
  problem: ColumnType<string | null, undefined, string | null>
  created_at: Created
}

interface AlertTable {
  id: string
  workspace_id: string
  rule_id: string
  rule: Json<Readonly<Record<string, unknown>>>
  subject: string
  label: string
  state: AlertState
  value: number
  examples: Json<readonly string[]>
  since: Instant
  fired_at: ColumnType<Date | null, Date | null, Date>
  below_since: ColumnType<Date | null, undefined, Date | null>
  resolved_at: ColumnType<Date | null, undefined, Date>
  told_at: ColumnType<Date | null, undefined, Date>
}

interface AlertSilenceTable {
  id: string
  workspace_id: string
  rule_id: string | null
  subject: string | null
  reason: string
  by: Json<unknown>
  created_at: Created
  until: Instant
}

interface AlertDeliveryTable {
  id: string
  workspace_id: string
  alert_id: string
  event: 'firing' | 'resolved'
  channel_id: string
  channel: string
  notice: Json<unknown>
  attempts: Generated<number>
  created_at: Created
  due_at: Instant | null
  delivered_at: ColumnType<Date | null, undefined, Date>
  last_error: ColumnType<string | null, undefined, string | null>
}

/** What an action is answered with when its API fails. */
interface LastAnswerTable {
  id: string
  workspace_id: string
  connection_id: string
  hash: Buffer
  sealed_answer: Buffer
  answer_key_id: string
  answered_at: Instant
  expires_at: Instant
}

export interface AlertTables {
  alert_rules: AlertRuleTable
  alerts: AlertTable
  alert_silences: AlertSilenceTable
  alert_deliveries: AlertDeliveryTable
  last_answers: LastAnswerTable
}

export type AlertRuleRow = Selectable<AlertRuleTable>
export type AlertRow = Selectable<AlertTable>
export type AlertSilenceRow = Selectable<AlertSilenceTable>
