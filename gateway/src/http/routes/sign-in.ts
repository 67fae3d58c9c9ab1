import type { SignInSettingsView } from '../../access/sign-in-settings.ts'
import type { WorkspaceView } from '../../access/workspaces.ts'
import { Secret } from '../../secret.ts'
import { callerOf, clientOf } from '../credentials.ts'
import {
  BeginSsoRequest,
  NameRequest,
  RequestRecoveryRequest,
  SetPasswordRequest,
  SignInSettings,
  SignInSettingsRequest,
  SsoRedirect,
  Workspace,
} from '../schemas/people.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, anyone, noContent } from './answers.ts'

/** How people get in when they have no session: single sign-on, and a lost password. */
export function signInRoutes(app: HttpApp, { access }: HttpServices): void {
  app.post(
    '/session/sso',
    {
      schema: {
        operationId: 'beginSingleSignOn',
        summary: 'Begin to sign in by single sign-on',
        tags: ['session'],
        security: anyone,
        body: BeginSsoRequest,
        response: answers({
          200: answer<{ url: string }>(SsoRedirect, 'Where to send the browser; a cookie ties the answer to it.'),
        }),
      },
    },
    async (request, reply) => {
      const { url, cookies } = await access.singleSignOn.begin(request.body.workspace, request.body.return_to)
      return reply.header('set-cookie', [...cookies]).send({ url })
    },
  )

  app.get(
    '/session/sso/callback',
    {
      schema: {
        operationId: 'endSingleSignOn',
        summary: 'Where the provider of single sign-on sends the browser back to',
        tags: ['session'],
        security: anyone,
        response: answers({ 303: noContent('To where the person was going, or to the sign-in page, which says why not.') }),
      },
    },
    async (request, reply) => {
      const { cookies, problem, returnTo } = await access.singleSignOn.finish(
        { search: new URL(request.url, 'http://here').search, cookie: new Secret(request.headers.cookie ?? '') },
        clientOf(request),
      )
      reply.code(303).header('set-cookie', [...cookies])
      // Whoever was not let in may try again from where they were.
      const refused = `${returnTo === '/' ? '/sign-in' : returnTo.replace(/#.*$/, '')}#sso=${problem}`
      return reply.header('location', problem === null ? returnTo : refused).send(undefined)
    },
  )

  app.post(
    '/recovery',
    {
      schema: {
        operationId: 'requestRecovery',
        summary: 'Have a link to set a new password mailed',
        description: 'The answer is the same whether anybody has this email.',
        tags: ['session'],
        security: anyone,
        body: RequestRecoveryRequest,
        response: answers({ 204: noContent('If somebody has this email, the link is on its way.') }),
      },
    },
    async (request, reply) => {
      access.recovery.mailLink(request.body.email, request.ip)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/recovery/password',
    {
      schema: {
        operationId: 'setPassword',
        summary: 'Set a new password with a one-time link',
        tags: ['session'],
        security: anyone,
        body: SetPasswordRequest,
        response: answers({ 204: noContent('Set; all sessions of the person are over.') }),
      },
    },
    async (request, reply) => {
      await access.recovery.use({ ...request.body, ip: request.ip })
      return reply.code(204).send(undefined)
    },
  )
}

/** What admins decide about the workspace itself. */
export function workspaceRoutes(app: HttpApp, { access }: HttpServices): void {
  app.patch(
    '/workspace',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'renameWorkspace',
        summary: 'Rename the workspace',
        tags: ['workspaces'],
        body: NameRequest,
        response: answers({ 200: answer<WorkspaceView>(Workspace, 'The workspace with its new name.') }),
      },
    },
    (request) => access.workspaces.rename(callerOf(request), request.body.name.trim()),
  )

  app.get(
    '/sign-in-settings',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'getSignInSettings',
        summary: 'How people sign in to the workspace',
        tags: ['workspaces'],
        response: answers({ 200: answer<SignInSettingsView>(SignInSettings, 'The settings, without the client secret.') }),
      },
    },
    (request) => access.signInSettings.get(callerOf(request)),
  )

  app.patch(
    '/sign-in-settings',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateSignInSettings',
        summary: 'Change how people sign in to the workspace',
        description: 'What is left out stays. The provider of single sign-on is asked before anything is stored.',
        tags: ['workspaces'],
        body: SignInSettingsRequest,
        response: answers({ 200: answer<SignInSettingsView>(SignInSettings, 'The new settings.') }),
      },
    },
    (request) => access.signInSettings.update(callerOf(request), request.body),
  )
}
