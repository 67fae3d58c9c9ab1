import type { Static } from 'typebox'
import type { ClientView } from '../../access/oauth/clients.ts'
import type { GrantView } from '../../access/oauth/grants.ts'
import { showToken } from '../../access/show-token.ts'
import type { Page } from '../../page.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import {
  Authorization,
  AuthorizationAnswer,
  AuthorizationDecision,
  AuthorizationRequest,
  ClientList,
  CreateClientRequest,
  CreatedClient,
  GrantPage,
} from '../schemas/clients.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['applications']

/** Programs that act for people: what admins register, what people allowed, and what they are asked. */
export function clientRoutes(app: HttpApp, { access: { oauth }, tools }: HttpServices): void {
  app.get(
    '/clients',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'listClients',
        summary: 'List the applications that admins registered',
        tags,
        response: answers({
          200: answer<{ items: readonly ClientView[]; next_cursor: null }>(ClientList, 'All of them, newest first.'),
        }),
      },
    },
    async (request) => ({ items: await oauth.clients.list(callerOf(request)), next_cursor: null }),
  )

  app.post(
    '/clients',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createClient',
        summary: 'Register an application by hand',
        description: 'For programs that neither have a metadata document nor register themselves.',
        tags,
        body: CreateClientRequest,
        response: answers({
          201: answer<Static<typeof CreatedClient>>(CreatedClient, 'The application; its secret, shown this once.'),
        }),
      },
    },
    async (request, reply) => {
      const { secret, redirect_uris, ...client } = await oauth.clients.create(callerOf(request), request.body)
      const shown = secret === null ? null : showToken(secret)
      return reply.code(201).send({ ...client, redirect_uris: [...redirect_uris], secret: shown })
    },
  )

  app.delete(
    '/clients/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteClient',
        summary: 'Remove an application that admins registered',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Removed, with everything that people allowed it.') }),
      },
    },
    async (request, reply) => {
      await oauth.clients.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.get(
    '/grants',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listGrants',
        summary: 'List the connected applications',
        description: 'Your own; for admins those of everybody.',
        tags,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<GrantView>>(GrantPage, 'One page of those that are connected, newest first.') }),
      },
    },
    (request) => oauth.grants.list(callerOf(request), request.query),
  )

  app.delete(
    '/grants/:id',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'revokeGrant',
        summary: 'Disconnect an application',
        description: 'Your own; for admins that of anybody.',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Disconnected: its tokens open nothing any more.') }),
      },
    },
    async (request, reply) => {
      await oauth.grants.revoke(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/authorization/request',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'lookAtAuthorization',
        summary: 'What an application asks of you',
        tags,
        body: AuthorizationRequest,
        response: answers({ 200: answer<Static<typeof Authorization>>(Authorization, 'Who asks, and for what.') }),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { client, place, toolset, refused } = await oauth.look(caller, request.body)
      const { tools: count, writes } = await tools.count(caller, toolset?.selection ?? null)
      const { redirectUris: _, ...shown } = client
      const named = toolset === null ? null : { name: toolset.name, slug: toolset.slug }
      return { client: shown, place, toolset: named, tools: count, writes, refused }
    },
  )
}

/** The answer of whoever is signed in: no token gives it. */
export function authorizationRoutes(app: HttpApp, { access }: HttpServices): void {
  app.post(
    '/authorization',
    {
      config: { role: 'person' },
      schema: {
        operationId: 'decideAuthorization',
        summary: 'Allow an application to act for you, or not',
        tags,
        body: AuthorizationDecision,
        response: answers({ 200: answer<{ url: string }>(AuthorizationAnswer, 'Where to send the browser.') }),
      },
    },
    async (request) => {
      const caller = await access.authenticate(credentialsOf(request), request.ip)
      const { allow, ...asked } = request.body
      return { url: await access.oauth.decide(caller, asked, allow) }
    },
  )
}
