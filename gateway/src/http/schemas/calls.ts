import { Type } from 'typebox'
import { risks, rulings } from '../../approval-policy.ts'
import { Actor, AnyJson, CassetteName, Diagnostics, Effect, Instant, Outcome, PageQuery, pageOf, Scenario } from './common.ts'

export const CallStatus = Type.Enum(['started', 'succeeded', 'failed', 'pending_approval', 'rejected', 'expired'])

export const MaxResultBytes = Type.Integer({
  minimum: 1024,
  maximum: 10_000_000,
  description: 'Shorten a larger answer, in bytes of JSON, and give a handle to the rest. Without it an answer is whole.',
})
export const Handle = Type.Object(
  {
    handle: Type.String({ description: 'For GET /api/v1/results/{id}, by the same caller, until it expires.' }),
    bytes: Type.Integer({ description: 'Of the whole, as JSON.' }),
    expires_at: Instant,
    left_out: Type.Array(
      Type.Object({
        path: Type.String({ description: 'Where; [*] stands for several places.' }),
        kind: Type.Enum(['items', 'characters', 'members', 'inside']),
        shown: Type.Integer(),
        of: Type.Integer(),
        places: Type.Integer(),
      }),
      { description: 'The largest gaps first, at most 20 kinds of them.' },
    ),
    content_type: Type.Union([Type.String(), Type.Null()], { description: 'Of a file; null for any other answer.' }),
  },
  { description: 'Where the rest is of a payload that is not whole.' },
)

export const CallRequest = Type.Object(
  {
    connector: Type.String({ maxLength: 63 }),
    action: Type.Optional(Type.String({ maxLength: 64, description: 'Default: the default_action of the connector.' })),
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
    mock: Type.Optional(Scenario),
    record: Type.Optional(
      Type.String({ ...CassetteName, description: 'The cassette that the answer is recorded on, redacted. For managers.' }),
    ),
    replay: Type.Optional(Type.String({ ...CassetteName, description: 'The cassette to answer from: nothing is sent.' })),
    max_result_bytes: Type.Optional(MaxResultBytes),
    dry_run: Type.Optional(Type.Boolean({ description: 'Return the request that would be sent, redacted, and send nothing.' })),
  },
  { additionalProperties: false },
)

const request = {
  method: Type.String(),
  url: Type.String(),
  headers: Type.Record(Type.String(), Type.String()),
  body: Type.Optional(AnyJson),
}
/** Of a connector that is code: what would run, and what it would get. */
const command = { command: Type.String(), input: AnyJson }
/** What a call would do; credentials are left out. */
export const Plan = Type.Union([Type.Object(request), Type.Object(command)])
export const Risk = Type.Enum([...risks])
/** What one rule of the policy says to a call. */
export const Ruling = Type.Object({
  rule: Type.Enum([...rulings], {
    description: 'The action, the toolset, the rule of the connection, or one of its conditions on items, bytes and targets.',
  }),
  asks: Type.Boolean(),
  says: Type.String(),
})
const decided = {
  hash: Type.String({ description: 'What an approval of this call would bind.' }),
  needs_approval: Type.Boolean(),
  risk: Risk,
  policy: Type.Array(Ruling, { description: 'What each rule says; the call waits when any asks.' }),
}

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
  rest: Type.Optional(Handle),
  status: Type.Union([Type.Integer({ description: 'Status the API answered.' }), Type.Null()]),
  duration_ms: Type.Number(),
  /** Only for a dry run. */
  plan: Type.Optional(Type.Union([Type.Object({ ...request, ...decided }), Type.Object({ ...command, ...decided })])),
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
  name: Type.Optional(
    Type.String({ description: 'The scenario of the stage mock, the cassette of the stages replay and tape.' }),
  ),
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
