import { Type } from 'typebox'
import { CallResult, CallSummary, Plan, Risk, Ruling } from './calls.ts'
import { Actor, AnyJson, Effect, Instant, PageQuery, pageOf } from './common.ts'

export const ApprovalStatus = Type.Enum(['pending', 'approved', 'rejected', 'expired', 'used'])

export const Approval = Type.Object({
  id: Type.String(),
  status: ApprovalStatus,
  call_id: Type.String(),
  connector: Type.String(),
  connector_version: Type.String(),
  action: Type.String(),
  effect: Effect,
  connection: Type.Object({ id: Type.String(), name: Type.String() }),
  requested_by: Actor,
  created_at: Instant,
  expires_at: Instant,
  /** The real request, with credentials redacted. */
  request: Plan,
  input: AnyJson,
  hash: Type.String({ description: 'SHA-256 of the exact call that an approval permits, in hex.' }),
  decided_by: Type.Union([Actor, Type.Null()]),
  decided_at: Type.Union([Instant, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
  /** Whether the reader may decide: its role permits it and the call is not its own. */
  can_decide: Type.Boolean(),
  risk: Type.Union([Risk, Type.Null()]),
  policy: Type.Array(Ruling, { description: 'What each rule says; the call waits when any asks.' }),
  similar: Type.Optional(
    Type.Object(
      { succeeded: Type.Integer(), failed: Type.Integer(), calls: Type.Array(CallSummary) },
      { description: 'How the last calls of the action over the connection ended; only of a single approval.' },
    ),
  ),
})
export const ApprovalPage = pageOf(Approval)
export const ApprovalQuery = Type.Interface([PageQuery], { status: Type.Optional(ApprovalStatus) })
/** After approving: the answer of the call that ran, or the problem it ran into. */
export const ApproveResult = Type.Object({
  approval: Approval,
  call: Type.Union([CallResult, Type.Null()]),
  problem: Type.Union([Type.Ref('Problem'), Type.Null()]),
})
/** The code of a one-time link, the part of its address behind `#code=`. */
export const ApprovalLinkRequest = Type.Object({ code: Type.String({ maxLength: 100 }) }, { additionalProperties: false })
export const RejectRequest = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 1000 })) },
  { additionalProperties: false },
)

/** Lets the next calls like that of an approval run without asking again. */
export const StandingApproval = Type.Object({
  id: Type.String(),
  status: Type.Enum(['open', 'used_up', 'expired', 'revoked']),
  approval_id: Type.String({ description: 'The approval that was looked at.' }),
  requested_by: Actor,
  connector: Type.String(),
  connector_version: Type.String(),
  action: Type.String(),
  connection_id: Type.String(),
  same: Type.Record(Type.String(), Type.Unknown(), { description: 'Inputs that have to have these values.' }),
  total: Type.Integer(),
  used: Type.Integer(),
  granted_by: Actor,
  created_at: Instant,
  expires_at: Instant,
})
export const StandingApprovalPage = pageOf(StandingApproval)
export const StandingApprovalRequest = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 100, description: 'How many calls, within an hour.' }),
    same: Type.Optional(
      Type.Array(Type.String({ maxLength: 200 }), {
        maxItems: 100,
        uniqueItems: true,
        description: 'Names of inputs that must have the same values; without it any input will do.',
      }),
    ),
  },
  { additionalProperties: false },
)
