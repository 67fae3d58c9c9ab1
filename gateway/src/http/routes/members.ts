import type { MemberView, Removal as RemovalView } from '../../access/members.ts'
import type { RecoveryLink as RecoveryLinkView } from '../../access/recovery.ts'
import type { Page } from '../../page.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  EndedSessions,
  Member,
  MemberPage,
  MemberQuery,
  RecoveryLink,
  RecoveryRequest,
  Removal,
  UpdateMemberRequest,
} from '../schemas/people.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

const tags = ['members']

export function memberRoutes(app: HttpApp, { access }: HttpServices): void {
  app.get(
    '/members',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listMembers',
        summary: 'List the members of the workspace',
        tags,
        querystring: MemberQuery,
        response: answers({ 200: answer<Page<MemberView>>(MemberPage, 'One page, by name.') }),
      },
    },
    (request) => access.members.list(callerOf(request), request.query),
  )

  app.patch(
    '/members/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateMember',
        summary: 'Change the role of a member',
        description: 'Counts from their next request on, also for tokens they made. The last owner stays one.',
        tags,
        params: IdParams,
        body: UpdateMemberRequest,
        response: answers({ 200: answer<MemberView>(Member, 'The member with the new role.') }),
      },
    },
    (request) => access.members.setRole(callerOf(request), request.params.id, request.body.role),
  )

  app.delete(
    '/members/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'removeMember',
        summary: 'Remove a member',
        tags,
        params: IdParams,
        response: answers({ 200: answer<RemovalView>(Removal, 'What went with the membership.') }),
      },
    },
    (request) => access.members.remove(callerOf(request), request.params.id),
  )

  app.delete(
    '/members/:id/sessions',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'endMemberSessions',
        summary: 'Sign a member out everywhere',
        tags,
        params: IdParams,
        response: answers({ 200: answer<{ ended: number }>(EndedSessions, 'How many sessions ended.') }),
      },
    },
    (request) => access.members.endSessions(callerOf(request), request.params.id),
  )

  app.post(
    '/members/:id/recovery',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'recoverMember',
        summary: 'Make a one-time link for a member to set a new password',
        description: 'For somebody who is in no other workspace and has no higher role than the caller.',
        tags,
        params: IdParams,
        body: RecoveryRequest,
        response: answers({ 201: answer<RecoveryLinkView>(RecoveryLink, 'The link, shown this once.') }),
      },
    },
    async (request, reply) => {
      const { remove_two_factor = false } = request.body
      const link = await access.members.recover(callerOf(request), request.params.id, remove_two_factor)
      return reply.code(201).send(link)
    },
  )
}
