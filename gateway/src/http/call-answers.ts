import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import type { Handle } from '../call/results/types.ts'
import type { Plan, CallResult as Result } from '../call/types.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { logFault, problemOf, sendProblem } from './problems.ts'
import type { CallResult, PendingCall } from './schemas/calls.ts'
import type { Problem } from './schemas/common.ts'
import type { HttpOptions } from './services.ts'

export type CallResultView = Static<typeof CallResult>
export type PendingCallView = Static<typeof PendingCall>

/** How a call's end is shown over HTTP. */
export type CallAnswer =
  | { readonly status: 200; readonly body: CallResultView }
  | { readonly status: 202; readonly body: PendingCallView }
  | { readonly status: 'problem'; readonly body: Problem }

function planView(plan: Plan) {
  return 'command' in plan ? plan : { ...plan, headers: { ...plan.headers } }
}

function restView(handle: Handle | undefined) {
  return handle === undefined ? {} : { rest: { ...handle, left_out: handle.left_out.map((each) => ({ ...each })) } }
}

export function callAnswer(result: Result, publicUrl: string): CallAnswer {
  switch (result.kind) {
    case 'answered': {
      const { id, outcome, status, answer, durationMs, rest: handle } = result
      const { variables, diagnostics, ...rest } = answer
      const facts = { ...(variables && { variables: { ...variables } }), ...(diagnostics && { diagnostics: { ...diagnostics } }) }
      return { status: 200, body: { id, ...rest, ...facts, ...restView(handle), outcome, status, duration_ms: durationMs } }
    }
    case 'planned': {
      const { id, durationMs, plan, hash, judgement } = result
      const { asks, risk, rulings } = judgement
      const body = { id, success: true, outcome: 'not_sent' as const, status: null, duration_ms: durationMs }
      return {
        status: 200,
        body: { ...body, plan: { ...planView(plan), hash, needs_approval: asks, risk, policy: [...rulings] } },
      }
    }
    case 'pending': {
      const { id, approvalId, expiresAt } = result
      const approval = { id: approvalId, url: `${publicUrl}/approvals/${approvalId}`, expires_at: expiresAt }
      return { status: 202, body: { id, status: 'pending_approval', approval } }
    }
    case 'failed':
      return { status: 'problem', body: problemOf(result.error, result) }
    default:
      return unreachable(result)
  }
}

/** Answers a request with the end of the call it made. */
export function sendCallResult(
  request: FastifyRequest,
  reply: FastifyReply,
  result: Result,
  { log, publicUrl }: Pick<HttpOptions, 'log' | 'publicUrl'>,
): FastifyReply {
  if (result.kind === 'failed') {
    logFault(log, request, result.error, result)
    return sendProblem(reply, result.error, result)
  }
  const shown = callAnswer(result, publicUrl())
  if (shown.status === 'problem') return sendProblem(reply, new SallyportError('INTERNAL'))
  return reply.code(shown.status).send(shown.body)
}
