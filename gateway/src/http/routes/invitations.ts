import type { InvitationView, InvitationOffer as Offer, SentInvitation as Sent } from '../../access/invitations.ts'
import type { SignedIn } from '../../access/people.ts'
import type { Access } from '../../access/types.ts'
import type { Page } from '../../page.ts'
import { callerOf, clientOf, credentialsOf } from '../credentials.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import {
  InvitationCodeRequest,
  InvitationOffer,
  InvitationPage,
  InvitationRequest,
  JoinRequest,
  SentInvitation,
  Workspace,
} from '../schemas/people.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, anyone, noContent } from './answers.ts'

const tags = ['invitations']

export function invitationRoutes(app: HttpApp, { access }: HttpServices): void {
  app.get(
    '/invitations',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'listInvitations',
        summary: 'List the invitations of the workspace',
        tags,
        querystring: PageQuery,
        response: answers({
          200: answer<Page<InvitationView>>(InvitationPage, 'One page, newest first, those that ended included.'),
        }),
      },
    },
    (request) => access.invitations.list(callerOf(request), request.query),
  )

  app.post(
    '/invitations',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createInvitation',
        summary: 'Invite somebody by a one-time link',
        description: 'The link goes by mail when the installation sends mail, and is shown this once otherwise.',
        tags,
        body: InvitationRequest,
        response: answers({ 201: answer<Sent>(SentInvitation, 'The invitation, good for seven days.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await access.invitations.create(callerOf(request), request.body)),
  )

  app.post(
    '/invitations/:id/renew',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'renewInvitation',
        summary: 'Send an invitation again, with a new link',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Sent>(SentInvitation, 'The invitation, good for seven more days.') }),
      },
    },
    (request) => access.invitations.renew(callerOf(request), request.params.id),
  )

  app.delete(
    '/invitations/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'revokeInvitation',
        summary: 'Take an invitation back',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Its link opens nothing any more.') }),
      },
    },
    async (request, reply) => {
      await access.invitations.revoke(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}

/** What whoever has the link asks. */
export function joinRoutes(app: HttpApp, { access }: HttpServices): void {
  app.post(
    '/join/offer',
    {
      schema: {
        operationId: 'lookAtInvitation',
        summary: 'What an invitation is to',
        tags,
        security: anyone,
        body: InvitationCodeRequest,
        response: answers({ 200: answer<Offer>(InvitationOffer, 'What it is to, and what to do next.') }),
      },
    },
    async (request) => access.invitations.look(request.body.code, await presentPerson(access, request), request.ip),
  )

  app.post(
    '/join',
    {
      schema: {
        operationId: 'join',
        summary: 'Join a workspace by an invitation',
        description:
          'With a name and a password for somebody new, who is signed in by it; else signed in with the email it is for.',
        tags,
        security: anyone,
        body: JoinRequest,
        response: answers({ 201: answer<{ id: string; name: string; role: string }>(Workspace, 'The workspace.') }),
      },
    },
    async (request, reply) => {
      const person = await presentPerson(access, request)
      const { userId, isNew, workspace } = await access.invitations.accept({ ...request.body, ip: request.ip }, person)
      if (isNew) reply.header('set-cookie', [...(await access.welcome(userId, clientOf(request))).cookies])
      return reply.code(201).send(workspace)
    },
  )
}

async function presentPerson(access: Access, request: Parameters<typeof credentialsOf>[0]): Promise<SignedIn | null> {
  const credentials = credentialsOf(request)
  return credentials.kind === 'session' ? access.person(credentials).catch(() => null) : null
}
