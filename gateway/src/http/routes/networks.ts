import { showToken } from '../../access/show-token.ts'
import { SallyportError } from '../../errors.ts'
import type { Page } from '../../page.ts'
import type { NetworkView, NewNetworkToken as NewToken } from '../../tunnel/types.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import { upgradeOf } from '../listen.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import {
  CreatedNetwork,
  Network,
  NetworkNameRequest,
  NetworkPage,
  NetworkTokenRequest,
  NewNetworkToken,
} from '../schemas/networks.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, anyone, noContent } from './answers.ts'

const tags = ['networks']
const show = ({ id, token }: NewToken) => ({ id, token: showToken(token) })

/** Where agents dial in: no part of the API, but a door beside it with tokens of its own. */
export function agentDoorRoute(app: HttpApp, { agentDoor }: HttpServices): void {
  app.get('/networks/agent', { schema: { hide: true, security: anyone } }, async (request, reply) => {
    const upgrade = upgradeOf(request.raw)
    // Browsers send one with every WebSocket (RFC 6455, section 4.1), and cannot leave it out.
    if (request.headers.origin !== undefined)
      throw new SallyportError('FORBIDDEN', { detail: 'Agents connect here, and no pages.' })
    const credentials = credentialsOf(request)
    if (credentials.kind !== 'bearer')
      throw new SallyportError('UNAUTHENTICATED', { detail: 'An agent sends its token as Authorization: Bearer.' })
    const admission = await agentDoor.admit(credentials.token, request.ip)
    if (upgrade === null)
      throw new SallyportError('INVALID_INPUT', { detail: 'Agents connect here by WebSocket: run sallyport agent.' })
    reply.hijack()
    admission.accept(request.raw, upgrade.take(), upgrade.head)
  })
}

export function networkRoutes(app: HttpApp, { networks }: HttpServices): void {
  app.get(
    '/networks',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listNetworks',
        summary: 'List the private networks with their agents',
        tags,
        querystring: PageQuery,
        response: answers({ 200: answer<Page<NetworkView>>(NetworkPage, 'One page of networks, by name.') }),
      },
    },
    (request) => networks.list(callerOf(request), request.query),
  )

  app.post(
    '/networks',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createNetwork',
        summary: 'Make a private network',
        tags,
        body: NetworkNameRequest,
        response: answers({
          201: answer<{ network: NetworkView; token: { id: string; token: string } }>(
            CreatedNetwork,
            'The network, with a token for its agents that is shown this once.',
          ),
        }),
      },
    },
    async (request, reply) => {
      const { network, token } = await networks.create(callerOf(request), request.body.name)
      return reply.code(201).send({ network, token: show(token) })
    },
  )

  app.get(
    '/networks/:id',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'getNetwork',
        summary: 'Get a private network',
        tags,
        params: IdParams,
        response: answers({ 200: answer<NetworkView>(Network, 'The network with its agents.') }),
      },
    },
    (request) => networks.get(callerOf(request), request.params.id),
  )

  app.patch(
    '/networks/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'renameNetwork',
        summary: 'Rename a private network',
        tags,
        params: IdParams,
        body: NetworkNameRequest,
        response: answers({ 200: answer<NetworkView>(Network, 'The network with its new name.') }),
      },
    },
    (request) => networks.rename(callerOf(request), request.params.id, request.body.name),
  )

  app.delete(
    '/networks/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteNetwork',
        summary: 'Delete a private network that no connection leads through',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted, and its agents disconnected.') }),
      },
    },
    async (request, reply) => {
      await networks.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/networks/:id/tokens',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createNetworkToken',
        summary: 'Make another token for the agents of a network',
        tags,
        params: IdParams,
        body: NetworkTokenRequest,
        response: answers({
          201: answer<{ id: string; token: string }>(NewNetworkToken, 'The token, shown this once.'),
        }),
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(show(await networks.createToken(callerOf(request), request.params.id, request.body.expires_at ?? null))),
  )

  app.delete(
    '/network-tokens/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'revokeNetworkToken',
        summary: 'Revoke a token of a network',
        description: 'Agents that are connected by it are disconnected at once.',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Revoked.') }),
      },
    },
    async (request, reply) => {
      await networks.revokeToken(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
