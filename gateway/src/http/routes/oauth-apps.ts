import type { OAuthAppView } from '../../connections/oauth/apps.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import { CreateOAuthAppRequest, OAuthApp, OAuthAppList, UpdateOAuthAppRequest } from '../schemas/oauth-apps.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['connections']

/** Apps that the workspace registered at providers, for connections that authorize by OAuth. */
export function oauthAppRoutes(app: HttpApp, { oauthApps }: HttpServices): void {
  app.get(
    '/oauth-apps',
    {
      config: { role: 'manager' },
      schema: {
        operationId: 'listOAuthApps',
        summary: 'List the OAuth apps of the workspace',
        tags,
        response: answers({
          200: answer<{ redirect_url: string; items: readonly OAuthAppView[]; next_cursor: null }>(
            OAuthAppList,
            'All of them, newest first, without their secrets.',
          ),
        }),
      },
    },
    async (request) => ({ ...(await oauthApps.list(callerOf(request))), next_cursor: null }),
  )

  app.post(
    '/oauth-apps',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createOAuthApp',
        summary: 'Enter an app that you registered at a provider',
        tags,
        body: CreateOAuthAppRequest,
        response: answers({ 201: answer<OAuthAppView>(OAuthApp, 'The app. Its secret is sealed and never shown.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await oauthApps.create(callerOf(request), request.body)),
  )

  app.patch(
    '/oauth-apps/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateOAuthApp',
        summary: 'Change an OAuth app',
        description: 'What is left out stays.',
        tags,
        params: IdParams,
        body: UpdateOAuthAppRequest,
        response: answers({ 200: answer<OAuthAppView>(OAuthApp, 'The changed app.') }),
      },
    },
    (request) => oauthApps.update(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/oauth-apps/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteOAuthApp',
        summary: 'Remove an OAuth app',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Removed. Nothing had its tokens from it.') }),
      },
    },
    async (request, reply) => {
      await oauthApps.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
