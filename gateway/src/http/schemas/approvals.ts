import { Type } from 'typebox'
import { CallResult } from './calls.ts'
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
  request: Type.Object({
    method: Type.String(),
    url: Type.String(),
    headers: Type.Record(Type.String(), Type.String()),
    body: Type.Optional(AnyJson),
  }),
  input: AnyJson,
  hash: Type.String({ description: 'SHA-256 of the exact call that an approval permits, in hex.' }),
  decided_by: Type.Union([Actor, Type.Null()]),
  decided_at: Type.Union([Instant, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
  /** Whether the reader may decide: its role permits it and the call is not its own. */
  can_decide: Type.Boolean(),
})
export const ApprovalPage = pageOf(Approval)
export const ApprovalQuery = Type.Interface([PageQuery], { status: Type.Optional(ApprovalStatus) })
/** After approving: the answer of the call that ran, or the problem it ran into. */
export const ApproveResult = Type.Object({
  approval: Approval,
  call: Type.Union([CallResult, Type.Null()]),
  problem: Type.Union([Type.Ref('Problem'), Type.Null()]),
})
export const RejectRequest = Type.Object(
  { reason: Type.Optional(Type.String({ maxLength: 1000 })) },
  { additionalProperties: false },
)
