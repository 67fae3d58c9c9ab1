import { line, type Message } from '../notices/message.ts'
import { type AlertKind, kindDefaults } from './kinds.ts'

/** What people are told of one alert: names and figures, never an input or an answer. Kept with its deliveries. */
export interface AlertNotice {
  readonly alert_id: string
  readonly state: 'firing' | 'resolved'
  readonly rule: string
  readonly rule_id: string
  readonly kind: AlertKind
  readonly severity: 'info' | 'warning' | 'error' | 'critical'
  readonly workspace: string
  /** The connector or connection; the workspace otherwise. */
  readonly label: string
  readonly subject: string
  readonly value: number
  readonly threshold: number
  readonly examples: readonly string[]
  readonly since: string
  readonly resolved_at: string | null
}

const rounded = (value: number) => String(Math.round(value * 10) / 10)

export function alertMessage(notice: AlertNotice, publicUrl: string): Message {
  const { state, rule, label, value, threshold, examples, kind, workspace, since, alert_id, severity } = notice
  const url = `${publicUrl}/alerts?alert=${alert_id}`
  const named = examples.length === 0 ? '' : ` (${examples.map(line).join(', ')})`
  const { unit } = kindDefaults[kind]
  const now =
    state === 'firing' ? `${rounded(value)} ${unit}${named}, the rule allows less than ${rounded(threshold)}` : 'it is over'
  return {
    subject: `${state === 'firing' ? 'Firing' : 'Resolved'}: ${line(rule)} · ${line(label)}`,
    text: `${line(rule)}, ${line(label)} in ${line(workspace)}: ${now}. It began on ${new Date(since).toUTCString()}.`,
    links: [{ label: 'See the alert', invitation: 'See the alert', url, primary: true }],
    data: { type: `alert.${state}`, ...notice, url },
    incident: { key: `sallyport/${alert_id}`, state, severity },
  }
}

export function testMessage(rule: string, ruleId: string, by: string, publicUrl: string, state: 'firing' | 'resolved'): Message {
  const url = `${publicUrl}/alerts`
  return {
    subject: `Test of the alert ${line(rule)}`,
    text: `${line(by)} tries the alert ${line(rule)}. Nothing is wrong.`,
    links: [{ label: 'See the alerts', invitation: 'See the alerts', url, primary: true }],
    data: { type: 'alert.test', rule, rule_id: ruleId, requested_by: by, url },
    incident: { key: `sallyport/test/${ruleId}`, state, severity: 'info' },
  }
}
