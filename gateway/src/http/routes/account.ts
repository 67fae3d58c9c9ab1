import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionView } from '../../access/account.ts'
import type { Removal as RemovalView } from '../../access/members.ts'
import type { WorkspaceView } from '../../access/workspaces.ts'
import { SallyportError } from '../../errors.ts'
import { myself } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  AuthenticatorCodeRequest,
  ChangePasswordRequest,
  DeleteWorkspaceRequest,
  EndedSessions,
  MySessionList,
  NameRequest,
  PasswordRequest,
  RecoveryCodes,
  Removal,
  TwoFactorStart,
  Workspace,
} from '../schemas/people.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['account']
const config = { role: 'person' } as const
const signedInAnew = answers({ 204: noContent('Done; a new session cookie is set, and the old session is over.') })

function withCookies(reply: FastifyReply, cookies: readonly string[]) {
  return reply
    .code(204)
    .header('set-cookie', [...cookies])
    .send(undefined)
}

/** What people do with their own account; see `requirePerson`. */
export function accountRoutes(app: HttpApp, { access }: HttpServices): void {
  const { account } = access

  app.patch(
    '/account',
    {
      config,
      schema: {
        operationId: 'updateAccount',
        summary: 'Change your name',
        tags,
        body: NameRequest,
        response: answers({ 204: noContent('Changed.') }),
      },
    },
    async (request, reply) => {
      await account.rename(myself(request), request.body.name.trim())
      return reply.code(204).send(undefined)
    },
  )

  app.put(
    '/account/password',
    {
      config,
      schema: {
        operationId: 'changePassword',
        summary: 'Change your password, which ends your other sessions',
        tags,
        body: ChangePasswordRequest,
        response: signedInAnew,
      },
    },
    async (request, reply) => {
      const { current_password, new_password } = request.body
      return withCookies(reply, (await account.changePassword(myself(request), current_password, new_password)).cookies)
    },
  )

  app.get(
    '/account/sessions',
    {
      config,
      schema: {
        operationId: 'listMySessions',
        summary: 'Where you are signed in',
        tags,
        response: answers({
          200: answer<{ items: readonly SessionView[]; next_cursor: null }>(MySessionList, 'Your sessions, newest first.'),
        }),
      },
    },
    async (request) => ({ items: await account.sessions(myself(request)), next_cursor: null }),
  )

  app.delete(
    '/account/sessions/:id',
    {
      config,
      schema: {
        operationId: 'endMySession',
        summary: 'End one of your sessions',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Ended.') }),
      },
    },
    async (request, reply) => {
      await account.endSession(myself(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.delete(
    '/account/sessions',
    {
      config,
      schema: {
        operationId: 'endMyOtherSessions',
        summary: 'End all your sessions but this one',
        tags,
        response: answers({ 200: answer<{ ended: number }>(EndedSessions, 'How many ended.') }),
      },
    },
    (request) => account.endOtherSessions(myself(request)),
  )

  app.post(
    '/account/two-factor',
    {
      config,
      schema: {
        operationId: 'beginTwoFactor',
        summary: 'Begin to turn two-factor sign-in on',
        tags,
        body: PasswordRequest,
        response: answers({
          200: answer<{ uri: string; recovery_codes: readonly string[] }>(TwoFactorStart, 'What the authenticator needs.'),
        }),
      },
    },
    (request) => account.beginTwoFactor(myself(request), request.body.password),
  )

  app.post(
    '/account/two-factor/confirm',
    {
      config,
      schema: {
        operationId: 'confirmTwoFactor',
        summary: 'Turn two-factor sign-in on with a code of the authenticator',
        tags,
        body: AuthenticatorCodeRequest,
        response: signedInAnew,
      },
    },
    async (request, reply) => withCookies(reply, (await account.confirmTwoFactor(myself(request), request.body.code)).cookies),
  )

  app.post(
    '/account/two-factor/off',
    {
      config,
      schema: {
        operationId: 'endTwoFactor',
        summary: 'Turn two-factor sign-in off',
        tags,
        body: PasswordRequest,
        response: signedInAnew,
      },
    },
    async (request, reply) => withCookies(reply, (await account.endTwoFactor(myself(request), request.body.password)).cookies),
  )

  app.post(
    '/account/two-factor/recovery-codes',
    {
      config,
      schema: {
        operationId: 'newRecoveryCodes',
        summary: 'Get new recovery codes in place of the old ones',
        tags,
        body: PasswordRequest,
        response: answers({ 200: answer<{ recovery_codes: readonly string[] }>(RecoveryCodes, 'The codes, shown this once.') }),
      },
    },
    (request) => account.newRecoveryCodes(myself(request), request.body.password),
  )

  app.post(
    '/workspaces',
    {
      config,
      schema: {
        operationId: 'createWorkspace',
        summary: 'Make a workspace, as its owner',
        description: 'For people who are an admin of a workspace already.',
        tags: ['workspaces'],
        body: NameRequest,
        response: answers({ 201: answer<WorkspaceView>(Workspace, 'The workspace.') }),
      },
    },
    async (request, reply) => {
      const { person, ip } = myself(request)
      return reply.code(201).send(await access.workspaces.create(person, request.body.name.trim(), ip))
    },
  )

  /** As a member of the workspace that the path names, which need not be the one the page works in. */
  async function memberOf(request: FastifyRequest<{ Params: { id: string } }>) {
    const { id: workspace } = request.params
    const { person, cookie } = myself(request)
    if (!(await access.workspaces.of(person)).some(({ id }) => id === workspace))
      throw new SallyportError('NOT_FOUND', { detail: `You are in no workspace "${workspace}".` })
    return access.authenticate({ kind: 'session', cookie, workspace }, request.ip)
  }

  app.post(
    '/workspaces/:id/leave',
    {
      config,
      schema: {
        operationId: 'leaveWorkspace',
        summary: 'Leave a workspace',
        description: 'Takes your own connections in it and the tokens you made. The last owner stays.',
        tags: ['workspaces'],
        params: IdParams,
        response: answers({ 200: answer<RemovalView>(Removal, 'What went with the membership.') }),
      },
    },
    async (request) => access.members.leave(await memberOf(request)),
  )

  app.post(
    '/workspaces/:id/delete',
    {
      config,
      schema: {
        operationId: 'deleteWorkspace',
        summary: 'Delete a workspace with everything in it, as its owner',
        description:
          'For good: members, tokens, toolsets, connectors, connections with their credentials, the log of calls. The audit log stays in the database, where nobody can read it over the API any more. The last workspace of an installation stays.',
        tags: ['workspaces'],
        params: IdParams,
        body: DeleteWorkspaceRequest,
        response: answers({ 204: noContent('Deleted.') }),
      },
    },
    async (request, reply) => {
      await access.workspaces.remove(await memberOf(request), request.body.name)
      return reply.code(204).send(undefined)
    },
  )
}
