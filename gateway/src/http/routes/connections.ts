import type { TestCheck } from '../../call/types.ts'
import type { Dependents } from '../../connections/dependents.ts'
import type { DeviceStatus, NextStep } from '../../connections/oauth/flows.ts'
import type { ConnectionView } from '../../connections/types.ts'
import { toSallyportError } from '../../errors.ts'
import type { Page } from '../../page.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import { logFault, problemOf } from '../problems.ts'
import { ndjson, progressLines, wantsProgress } from '../progress-lines.ts'
import { IdParams } from '../schemas/common.ts'
import {
  Connection,
  ConnectionDependents,
  ConnectionPage,
  ConnectionQuery,
  ConsentLink,
  CreateConnectionRequest,
  CreatedConnection,
  DeviceAnswer,
  NextStepAnswer,
  ReauthorizeRequest,
  RotateRequest,
  TestResult,
  UpdateConnectionRequest,
} from '../schemas/connections.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['connections']

export function connectionRoutes(app: HttpApp, { connections, rotation, tests }: HttpServices): void {
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
          201: answer<ConnectionView & NextStep>(
            CreatedConnection,
            'The connection, and what is to be done before it can be used. Its credential is sealed and never shown.',
          ),
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

  app.get(
    '/connections/:id/dependents',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'getConnectionDependents',
        summary: 'What depends on a connection, and ends with it',
        description: 'For those who may delete it.',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Dependents>(ConnectionDependents, 'What goes by this connection.') }),
      },
    },
    (request) => connections.dependents(callerOf(request), request.params.id),
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
    '/connections/:id/reauthorize',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'reauthorizeConnection',
        summary: 'Have somebody consent to a connection, again or for the first time',
        tags,
        params: IdParams,
        body: ReauthorizeRequest,
        response: answers({ 200: answer<NextStep>(NextStepAnswer, 'Where to consent. Earlier links of it count no more.') }),
      },
    },
    (request) => connections.reauthorize(callerOf(request), request.params.id, request.body.scopes ?? []),
  )

  app.post(
    '/connections/:id/consent-link',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'makeConsentLink',
        summary: 'Make a link with which somebody without an account consents to a connection',
        description: 'It counts once and for an hour, for this consent alone, and only while you may change the connection.',
        tags,
        params: IdParams,
        response: answers({
          201: answer<{ url: string; expires_at: string }>(
            ConsentLink,
            'The link. Earlier ones of the connection count no more.',
          ),
        }),
      },
    },
    async (request, reply) => reply.code(201).send(await connections.makeConsentLink(callerOf(request), request.params.id)),
  )

  app.post(
    '/connections/:id/device',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'pollConnectionDevice',
        summary: 'Ask whether the device code of a connection was typed in',
        tags,
        params: IdParams,
        response: answers({
          200: answer<{ status: DeviceStatus; connection: ConnectionView }>(DeviceAnswer, 'Whether it is done.'),
        }),
      },
    },
    (request) => connections.pollDevice(callerOf(request), request.params.id),
  )

  app.post(
    '/connections/:id/test',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'testConnection',
        summary: 'Test a connection against its API',
        description: `Only reads are tried. With "Accept: ${ndjson}" the answer is lines of JSON: {"progress": a check} as each is done, then {"result": …} or {"problem": …}.`,
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
    (request, reply) => {
      const run = (onCheck?: (check: TestCheck) => void) =>
        tests.run(callerOf(request), credentialsOf(request), request.params.id, request.ip, onCheck)
      if (!wantsProgress(request)) return run()
      const lines = progressLines(
        async (onCheck) => Buffer.from(JSON.stringify(await run(onCheck))),
        (thrown) => {
          const error = toSallyportError(thrown)
          logFault(request.server.log, request, error)
          return problemOf(error)
        },
      )
      return reply.type(ndjson).send(lines)
    },
  )

  app.post(
    '/connections/:id/rotate',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'rotateConnection',
        summary: 'Replace the credential of a connection',
        description:
          'The new one is tried by a read first. Calls under way keep the old one to their end: revoke it at the API some seconds later.',
        tags,
        params: IdParams,
        body: RotateRequest,
        response: answers({ 200: answer<ConnectionView>(Connection, 'The connection with its new credential.') }),
      },
    },
    (request) => rotation.rotate(callerOf(request), credentialsOf(request), request.params.id, request.ip, request.body),
  )
}
