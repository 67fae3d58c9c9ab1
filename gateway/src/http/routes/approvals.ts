import type { ApprovalView } from '../../call/types.ts'
import type { Page } from '../../connections/types.ts'
import { type CallResultView, callAnswer } from '../call-answers.ts'
import { callerOf } from '../credentials.ts'
import { Approval, ApprovalPage, ApprovalQuery, ApproveResult, RejectRequest } from '../schemas/approvals.ts'
import { IdParams, type Problem } from '../schemas/common.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

interface Approved {
  readonly approval: ApprovalView
  readonly call: CallResultView | null
  readonly problem: Problem | null
}

const tags = ['approvals']

export function approvalRoutes(app: HttpApp, { approvals }: HttpServices, { publicUrl }: HttpOptions): void {
  app.get(
    '/approvals',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listApprovals',
        summary: 'Calls that wait for a decision, and past decisions',
        tags,
        querystring: ApprovalQuery,
        response: answers({ 200: answer<Page<ApprovalView>>(ApprovalPage, 'One page, newest first.') }),
      },
    },
    (request) => approvals.list(callerOf(request), request.query),
  )

  app.get(
    '/approvals/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getApproval',
        summary: 'One approval, with the exact request it permits',
        tags,
        params: IdParams,
        response: answers({ 200: answer<ApprovalView>(Approval, 'The approval.') }),
      },
    },
    (request) => approvals.get(callerOf(request), request.params.id),
  )

  app.post(
    '/approvals/:id/approve',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'approve',
        summary: 'Approve a call and run it, exactly once',
        tags,
        params: IdParams,
        response: answers({
          200: answer<Approved>(ApproveResult, 'The decision, and how the call ended: its answer or its problem.'),
        }),
      },
    },
    async (request) => {
      const { approval, call } = await approvals.approve(callerOf(request), request.params.id)
      const shown = callAnswer(call, publicUrl())
      return { approval, call: shown.status === 200 ? shown.body : null, problem: shown.status === 'problem' ? shown.body : null }
    },
  )

  app.post(
    '/approvals/:id/reject',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'reject',
        summary: 'Reject a call',
        tags,
        params: IdParams,
        body: RejectRequest,
        response: answers({ 200: answer<ApprovalView>(Approval, 'The decision.') }),
      },
    },
    (request) => approvals.reject(callerOf(request), request.params.id, request.body.reason),
  )
}
