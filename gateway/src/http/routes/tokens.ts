import { showToken } from '../../access/show-token.ts'
import type { TokenView } from '../../access/types.ts'
import type { Role } from '../../caller.ts'
import { callerOf } from '../credentials.ts'
import {
  CreatedToken,
  CreateTokenRequest,
  RotatedToken,
  RotateTokenRequest,
  Token,
  TokenList,
  UpdateTokenRequest,
} from '../schemas/access.ts'
import { IdParams } from '../schemas/common.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['tokens']

export function tokenRoutes(app: HttpApp, { access }: HttpServices): void {
  app.get(
    '/tokens',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'listTokens',
        summary: 'List the tokens of the workspace',
        tags,
        response: answers({
          200: answer<{ items: readonly TokenView[]; next_cursor: null }>(
            TokenList,
            'All tokens, newest first, revoked ones included.',
          ),
        }),
      },
    },
    async (request) => ({ items: await access.listTokens(callerOf(request)), next_cursor: null }),
  )

  app.post(
    '/tokens',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createToken',
        summary: 'Make a token',
        tags,
        body: CreateTokenRequest,
        response: answers({
          201: answer<{ id: string; token: string; name: string; role: Role }>(CreatedToken, 'The token, shown this once.'),
        }),
      },
    },
    async (request, reply) => {
      const { id, token, name, role } = await access.createToken(callerOf(request), request.body)
      return reply.code(201).send({ id, token: showToken(token), name, role })
    },
  )

  app.patch(
    '/tokens/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateToken',
        summary: 'Change the name, role or bounds of a token',
        description: 'Counts from its next request on. What is left out stays; null lifts a bound.',
        tags,
        params: IdParams,
        body: UpdateTokenRequest,
        response: answers({ 200: answer<TokenView>(Token, 'The token as it is now.') }),
      },
    },
    (request) => access.updateToken(callerOf(request), request.params.id, request.body),
  )

  app.post(
    '/tokens/:id/rotate',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'rotateToken',
        summary: 'Give a token a new secret',
        description:
          'The same token, with its limits and its history. The old secret counts for `overlap_seconds` more; one from an earlier rotation ends at once.',
        tags,
        params: IdParams,
        body: RotateTokenRequest,
        response: answers({
          200: answer<{ id: string; token: string; name: string; role: Role; previous_until: string | null }>(
            RotatedToken,
            'The new secret, shown this once.',
          ),
        }),
      },
    },
    async (request) => {
      const { token, ...rotated } = await access.rotateToken(
        callerOf(request),
        request.params.id,
        request.body.overlap_seconds ?? 0,
      )
      return { ...rotated, token: showToken(token) }
    },
  )

  app.delete(
    '/tokens/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'revokeToken',
        summary: 'Revoke a token',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Revoked: it opens nothing any more.') }),
      },
    },
    async (request, reply) => {
      await access.revokeToken(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
