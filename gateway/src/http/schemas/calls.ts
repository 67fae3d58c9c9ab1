import { Type } from 'typebox'
import { Actor, AnyJson, Diagnostics, Effect, Instant, Outcome, PageQuery, pageOf } from './common.ts'

export const CallStatus = Type.Enum(['started', 'succeeded', 'failed', 'pending_approval', 'rejected', 'expired'])

export const CallRequest = Type.Object(
  {
    connector: Type.String({ maxLength: 63 }),
    action: Type.String({ maxLength: 64 }),
    connection: Type.Optional(
      Type.String({ maxLength: 200, description: 'Id or name. Needed when the connector has several connections.' }),
    ),
    input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    idempotency_key: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'Of your choice; also taken from the header Idempotency-Key. The same key with the same parameters within 24 hours runs once and is answered alike.',
      }),
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'Return the request that would be sent, redacted, and send nothing.' })),
  },
  { additionalProperties: false },
)

const answer = {
  success: Type.Boolean(),
  payload: Type.Optional(AnyJson),
  variables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  diagnostics: Type.Optional(Diagnostics),
  error: Type.Optional(Type.String()),
}
const Answer = Type.Object(answer)

export const CallResult = Type.Object({
  id: Type.String(),
  outcome: Outcome,
  ...answer,
  status: Type.Union([Type.Integer({ description: 'Status the API answered.' }), Type.Null()]),
  duration_ms: Type.Number(),
  /** Only for a dry run. */
  plan: Type.Optional(
    Type.Object({
      method: Type.String(),
      url: Type.String(),
      headers: Type.Record(Type.String(), Type.String()),
      body: Type.Optional(AnyJson),
      hash: Type.String(),
      needs_approval: Type.Boolean(),
    }),
  ),
})

export const PendingCall = Type.Object({
  id: Type.String(),
  status: Type.Literal('pending_approval'),
  approval: Type.Object({ id: Type.String(), url: Type.String(), expires_at: Instant }),
})

export const TraceStep = Type.Object({
  stage: Type.String(),
  at_ms: Type.Number({ description: 'Milliseconds after the start of the call.' }),
  ms: Type.Number(),
  failed: Type.Optional(Type.Boolean()),
})

const callSummary = {
  id: Type.String(),
  started_at: Instant,
  duration_ms: Type.Number(),
  status: CallStatus,
  outcome: Outcome,
  caller: Actor,
  entrance: Type.String(),
  connector: Type.Union([Type.String(), Type.Null()]),
  connector_version: Type.Union([Type.String(), Type.Null()]),
  action: Type.Union([Type.String(), Type.Null()]),
  effect: Type.Union([Effect, Type.Null()]),
  connection: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()]),
  upstream_status: Type.Union([Type.Integer(), Type.Null()]),
  error_code: Type.Union([Type.String(), Type.Null()]),
}
export const CallSummary = Type.Object(callSummary)
/** The whole record of one call. */
export const CallRecord = Type.Object({
  ...callSummary,
  error_detail: Type.Union([Type.String(), Type.Null()]),
  method: Type.Union([Type.String(), Type.Null()]),
  url: Type.Union([Type.String(), Type.Null()]),
  input: AnyJson,
  response_bytes: Type.Union([Type.Integer(), Type.Null()]),
  approval_id: Type.Union([Type.String(), Type.Null()]),
  result: Type.Union([Answer, Type.Null()], {
    description: 'The answer of a call that waited for approval, for its caller; null otherwise.',
  }),
  trace: Type.Array(TraceStep),
})
export const CallPage = pageOf(CallSummary)
export const CallQuery = Type.Interface([PageQuery], {
  connector: Type.Optional(Type.String()),
  action: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String()),
  caller: Type.Optional(Type.String()),
  status: Type.Optional(CallStatus),
  error_code: Type.Optional(Type.String()),
  since: Type.Optional(Instant),
  until: Type.Optional(Instant),
})

export const SummaryQuery = Type.Object({
  window: Type.Optional(Type.String({ pattern: '^\\d{1,3}[mhd]$', default: '24h', description: 'Such as 15m, 24h or 7d.' })),
  connector: Type.Optional(Type.String()),
  connection: Type.Optional(Type.String()),
})
/** Totals of a window (P10). `success_rate` is 0 to 1, null without calls. */
export const CallTotals = Type.Object({
  window: Type.String(),
  total: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  success_rate: Type.Union([Type.Number(), Type.Null()]),
  mean_duration_ms: Type.Union([Type.Number(), Type.Null()]),
  p95_duration_ms: Type.Union([Type.Number(), Type.Null()]),
  errors: Type.Array(
    Type.Object({ code: Type.String(), upstream_status: Type.Union([Type.Integer(), Type.Null()]), count: Type.Integer() }),
  ),
  /** Even slices of the window, oldest first, for a chart. */
  series: Type.Array(Type.Object({ at: Instant, succeeded: Type.Integer(), failed: Type.Integer() })),
})
