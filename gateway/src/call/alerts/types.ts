import type { Caller } from '../../caller.ts'
import type { Page, PageRequest } from '../../page.ts'
import type { AlertGroup, AlertSeverity, AlertState } from '../../store/alert-tables.ts'
import type { AlertKind } from './kinds.ts'

/** What a rule says. */
export interface AlertRuleFields {
  readonly name: string
  readonly connector: string | null
  readonly connection: string | null
  readonly group_by: AlertGroup
  readonly threshold: number
  readonly clear_below: number
  readonly window_minutes: number
  readonly min_calls: number
  readonly for_minutes: number
  readonly clear_for_minutes: number
  readonly severity: AlertSeverity
  readonly channels: readonly string[]
  readonly enabled: boolean
}

export interface AlertRuleView extends AlertRuleFields {
  readonly id: string
  readonly kind: AlertKind
  /** Alerts of it that fire now. */
  readonly firing: number
  readonly evaluated_at: string | null
  readonly problem: string | null
  readonly created_at: string
}

type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined }
export type AlertRuleChanges = Optional<AlertRuleFields>
export type NewAlertRule = AlertRuleChanges & { readonly name: string; readonly kind: AlertKind }

export interface AlertView {
  readonly id: string
  readonly rule: { readonly id: string; readonly name: string; readonly kind: AlertKind }
  readonly severity: AlertSeverity
  /** Id of the connector or connection; empty for the workspace. */
  readonly subject: string
  readonly label: string
  readonly state: AlertState
  readonly value: number
  readonly threshold: number
  readonly examples: readonly string[]
  readonly since: string
  readonly fired_at: string | null
  readonly resolved_at: string | null
  /** Why nobody is told. */
  readonly silenced: string | null
}

export interface AlertDeliveryView {
  readonly event: 'firing' | 'resolved'
  readonly channel: string
  readonly attempts: number
  readonly delivered_at: string | null
  /** When it is tried next; null when it arrived or was given up. */
  readonly due_at: string | null
  readonly last_error: string | null
}

export interface SilenceView {
  readonly id: string
  readonly rule: string | null
  readonly subject: string | null
  readonly reason: string
  readonly by: { readonly kind: string; readonly id: string; readonly name: string }
  readonly created_at: string
  readonly until: string
}

export interface NewSilence {
  readonly rule?: string | undefined
  readonly subject?: string | undefined
  readonly reason: string
  readonly until: string
}

export interface RuleTest {
  /** What it measures at this moment. */
  readonly readings: readonly {
    readonly subject: string
    readonly label: string
    readonly value: number
    readonly breaching: boolean
  }[]
  readonly deliveries: readonly { readonly channel: string; readonly error: string | null }[]
}

/** What an admin asks of alerts. */
export interface Alerts {
  rules(caller: Caller): Promise<readonly AlertRuleView[]>
  createRule(caller: Caller, request: NewAlertRule): Promise<AlertRuleView>
  updateRule(caller: Caller, id: string, changes: AlertRuleChanges): Promise<AlertRuleView>
  /** Its open alerts are resolved, and that is told. */
  deleteRule(caller: Caller, id: string): Promise<void>
  /** Measures, and sends a message that says nothing to its channels. */
  testRule(caller: Caller, id: string): Promise<RuleTest>
  list(caller: Caller, query: PageRequest & { readonly state?: AlertState; readonly rule?: string }): Promise<Page<AlertView>>
  get(caller: Caller, id: string): Promise<AlertView & { readonly deliveries: readonly AlertDeliveryView[] }>
  /** Those that have not ended. */
  silences(caller: Caller): Promise<readonly SilenceView[]>
  silence(caller: Caller, request: NewSilence): Promise<SilenceView>
  endSilence(caller: Caller, id: string): Promise<void>
}
