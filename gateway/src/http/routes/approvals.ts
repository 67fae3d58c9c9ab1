import type { ApprovalView, StandingApprovalView } from '../../call/types.ts'
import type { Page } from '../../page.ts'
import { type CallResultView, callAnswer } from '../call-answers.ts'
import { callerOf } from '../credentials.ts'
import {
  Approval,
  ApprovalLinkRequest,
  ApprovalPage,
  ApprovalQuery,
  ApproveResult,
  RejectRequest,
  StandingApproval,
  StandingApprovalPage,
  StandingApprovalRequest,
} from '../schemas/approvals.ts'
import { IdParams, PageQuery, type Problem } from '../schemas/common.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers, anyone } from './answers.ts'

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

  app.post(
    '/approvals/:id/standing',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'createStandingApproval',
        summary: 'Let the next calls like this one run for an hour',
        tags,
        params: IdParams,
        body: StandingApprovalRequest,
        response: answers({ 201: answer<StandingApprovalView>(StandingApproval, 'What runs without asking again.') }),
      },
    },
    async (request, reply) =>
      reply.code(201).send(await approvals.standing.create(callerOf(request), request.params.id, request.body)),
  )

  app.get(
    '/standing-approvals',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listStandingApprovals',
        summary: 'Which calls run because a person approved one like them',
        tags,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<StandingApprovalView>>(StandingApprovalPage, 'One page, newest first.') }),
      },
    },
    (request) => approvals.standing.list(callerOf(request), request.query),
  )

  app.delete(
    '/standing-approvals/:id',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'revokeStandingApproval',
        summary: 'Ask about the next calls again',
        tags,
        params: IdParams,
        response: answers({ 200: answer<StandingApprovalView>(StandingApproval, 'As it ended.') }),
      },
    },
    (request) => approvals.standing.revoke(callerOf(request), request.params.id),
  )
}

/** What whoever has the link of a notification asks. */
export function approvalLinkRoutes(app: HttpApp, { approvals }: HttpServices): void {
  app.post(
    '/approval-links/open',
    {
      schema: {
        operationId: 'openApprovalLink',
        summary: 'What the one-time link of a notification leads to',
        description: 'Shows the exact request once, to whoever has the link. Deciding needs a sign-in.',
        tags,
        security: anyone,
        body: ApprovalLinkRequest,
        response: answers({ 200: answer<ApprovalView>(Approval, 'The approval.') }),
      },
    },
    (request) => approvals.look(request.body.code),
  )
}
