import type { TestCheck } from '../../call/types.ts'
import type { ConnectionView, Page } from '../../connections/types.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  Connection,
  ConnectionPage,
  ConnectionQuery,
  CreateConnectionRequest,
  RotateRequest,
  TestResult,
  UpdateConnectionRequest,
} from '../schemas/connections.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['connections']

export function connectionRoutes(app: HttpApp, { connections, tests }: HttpServices): void {
  app.get(
    '/connections',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listConnections',
        summary: 'List the connections of the workspace',
        tags,
        querystring: ConnectionQuery,
        response: answers({ 200: answer<Page<ConnectionView>>(ConnectionPage, 'One page, newest first.') }),
      },
    },
    (request) => connections.list(callerOf(request), request.query),
  )

  app.post(
    '/connections',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'createConnection',
        summary: 'Connect an account of a connector',
        description: 'For yourself, for a team you manage, or, as a manager, for the workspace.',
        tags,
        body: CreateConnectionRequest,
        response: answers({
          201: answer<ConnectionView>(Connection, 'The connection. Its credential is sealed and never shown.'),
        }),
      },
    },
    async (request, reply) => reply.code(201).send(await connections.create(callerOf(request), request.body)),
  )

  app.get(
    '/connections/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getConnection',
        summary: 'One connection',
        tags,
        params: IdParams,
        response: answers({ 200: answer<ConnectionView>(Connection, 'The connection.') }),
      },
    },
    (request) => connections.get(callerOf(request), request.params.id),
  )

  app.patch(
    '/connections/:id',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'updateConnection',
        summary: 'Change the name, environment or settings of a connection',
        tags,
        params: IdParams,
        body: UpdateConnectionRequest,
        response: answers({ 200: answer<ConnectionView>(Connection, 'The changed connection.') }),
      },
    },
    (request) => connections.update(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/connections/:id',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'deleteConnection',
        summary: 'Remove a connection and its credential',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Removed.') }),
      },
    },
    async (request, reply) => {
      await connections.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/connections/:id/test',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'testConnection',
        summary: 'Test a connection against its API',
        tags,
        params: IdParams,
        response: answers({
          200: answer<{ ok: boolean; checks: readonly TestCheck[]; connection: ConnectionView }>(
            TestResult,
            'The checks, passed or not.',
          ),
        }),
      },
    },
    (request) => tests.run(callerOf(request), credentialsOf(request), request.params.id, request.ip),
  )

  app.post(
    '/connections/:id/rotate',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'rotateConnection',
        summary: 'Replace the credential of a connection',
        tags,
        params: IdParams,
        body: RotateRequest,
        response: answers({ 200: answer<ConnectionView>(Connection, 'The connection with its new credential.') }),
      },
    },
    (request) => connections.rotate(callerOf(request), request.params.id, request.body.fields),
  )
}
