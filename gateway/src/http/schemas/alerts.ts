import { Type } from 'typebox'
import { alertKinds } from '../../call/alerts/kinds.ts'
import { Actor, Instant, PageQuery, pageOf } from './common.ts'

const Kind = Type.Enum([...alertKinds], {
  description:
    'connection_failing: connections that need a person. error_rate: of a hundred calls, those that failed through the API or the connection. latency: the 95th percentile of durations, in ms. credential_expiring: credentials that end within the window. limit_hit: calls refused by a limit of the gateway. approval_pending: calls that have waited for the window.',
})
const Group = Type.Enum(['workspace', 'connector', 'connection'], {
  description: 'One alert, and one message, for each of these.',
})
const Severity = Type.Enum(['info', 'warning', 'error', 'critical'])
const State = Type.Enum(['pending', 'firing', 'resolved'])
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

const name = Type.String({ minLength: 1, maxLength: 100 })
const connector = nullable(Type.String({ maxLength: 200, description: 'Of what is watched; null for all.' }))
const connection = nullable(Type.String({ maxLength: 200, description: 'Of what is watched; null for all.' }))
const threshold = Type.Number({ minimum: 0, maximum: 1e9, description: 'It fires at this value. Of a percentage up to 100.' })
const clearBelow = Type.Number({ minimum: 0, maximum: 1e9, description: 'It clears below this; at most the threshold.' })
const windowMinutes = Type.Integer({ minimum: 1, maximum: 129_600, description: 'Of the calls that count, back from now.' })
const minCalls = Type.Integer({ minimum: 0, maximum: 1e9, description: 'Fewer calls say nothing.' })
const forMinutes = Type.Integer({ minimum: 0, maximum: 1440, description: 'How long it has to be so before it fires.' })
const clearForMinutes = Type.Integer({ minimum: 0, maximum: 1440, description: 'How long it has to be over before it clears.' })
const channels = Type.Array(Type.String({ maxLength: 200 }), {
  maxItems: 20,
  description: 'Ids of notification channels that are told.',
})

/** A rule that is looked at once a minute. */
export const AlertRule = Type.Object({
  id: Type.String(),
  kind: Kind,
  name,
  connector,
  connection,
  group_by: Group,
  threshold,
  clear_below: clearBelow,
  window_minutes: windowMinutes,
  min_calls: minCalls,
  for_minutes: forMinutes,
  clear_for_minutes: clearForMinutes,
  severity: Severity,
  channels,
  enabled: Type.Boolean(),
  firing: Type.Integer({ description: 'Alerts of it that fire now.' }),
  evaluated_at: nullable(Instant),
  problem: nullable(Type.String({ description: 'Why it could not be looked at.' })),
  created_at: Instant,
})
export const AlertRuleList = Type.Object({ items: Type.Array(AlertRule), next_cursor: Type.Null() })
export const CreateAlertRuleRequest = Type.Object(
  {
    name,
    kind: Kind,
    connector: Type.Optional(connector),
    connection: Type.Optional(connection),
    group_by: Type.Optional(Group),
    threshold: Type.Optional(threshold),
    clear_below: Type.Optional(clearBelow),
    window_minutes: Type.Optional(windowMinutes),
    min_calls: Type.Optional(minCalls),
    for_minutes: Type.Optional(forMinutes),
    clear_for_minutes: Type.Optional(clearForMinutes),
    severity: Type.Optional(Severity),
    channels: Type.Optional(channels),
    enabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export const UpdateAlertRuleRequest = Type.Object(
  {
    name: Type.Optional(name),
    connector: Type.Optional(connector),
    connection: Type.Optional(connection),
    group_by: Type.Optional(Group),
    threshold: Type.Optional(threshold),
    clear_below: Type.Optional(clearBelow),
    window_minutes: Type.Optional(windowMinutes),
    min_calls: Type.Optional(minCalls),
    for_minutes: Type.Optional(forMinutes),
    clear_for_minutes: Type.Optional(clearForMinutes),
    severity: Type.Optional(Severity),
    channels: Type.Optional(channels),
    enabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
)
export const AlertRuleTest = Type.Object({
  readings: Type.Array(
    Type.Object({ subject: Type.String(), label: Type.String(), value: Type.Number(), breaching: Type.Boolean() }),
    { description: 'What it measures now, the highest first; at most 20.' },
  ),
  deliveries: Type.Array(Type.Object({ channel: Type.String(), error: nullable(Type.String()) }), {
    description: 'What became of a message that says nothing; error null where it arrived.',
  }),
})

export const Alert = Type.Object({
  id: Type.String(),
  rule: Type.Object({ id: Type.String(), name: Type.String(), kind: Kind }),
  severity: Severity,
  subject: Type.String({ description: 'Id of the connector or connection; empty for the workspace.' }),
  label: Type.String(),
  state: State,
  value: Type.Number(),
  threshold: Type.Number(),
  examples: Type.Array(Type.String()),
  since: Instant,
  fired_at: nullable(Instant),
  resolved_at: nullable(Instant),
  silenced: nullable(Type.String({ description: 'Why nobody is told; null when people are.' })),
})
export const AlertPage = pageOf(Alert)
export const AlertQuery = Type.Object({
  ...PageQuery.properties,
  state: Type.Optional(State),
  rule: Type.Optional(Type.String({ maxLength: 200 })),
})
export const AlertDetail = Type.Object({
  ...Alert.properties,
  deliveries: Type.Array(
    Type.Object({
      event: Type.Enum(['firing', 'resolved']),
      channel: Type.String(),
      attempts: Type.Integer(),
      delivered_at: nullable(Instant),
      due_at: nullable(Instant),
      last_error: nullable(Type.String()),
    }),
  ),
})

export const AlertSilence = Type.Object({
  id: Type.String(),
  rule: nullable(Type.String()),
  subject: nullable(Type.String()),
  reason: Type.String(),
  by: Actor,
  created_at: Instant,
  until: Instant,
})
export const AlertSilenceList = Type.Object({ items: Type.Array(AlertSilence), next_cursor: Type.Null() })
export const CreateAlertSilenceRequest = Type.Object(
  {
    rule: Type.Optional(Type.String({ maxLength: 200, description: 'Of one rule; without it of all.' })),
    subject: Type.Optional(Type.String({ maxLength: 200, description: 'Of one connector or connection; without it of all.' })),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
    until: Instant,
  },
  { additionalProperties: false },
)
