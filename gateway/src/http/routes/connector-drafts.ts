import type { ConnectorDraft as Draft, DraftSummary as Summary } from '../../connections/drafts.ts'
import type { CreatedConnector as Created } from '../../connections/types.ts'
import { SallyportError } from '../../errors.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  ConnectorDraft,
  ConnectorDraftList,
  ConnectorDraftRequest,
  ConnectorDraftSummary,
  CreatedConnector,
} from '../schemas/connectors.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'
import { importBodyLimit as bodyLimit } from './connectors.ts'

const tags = ['connectors']
const config = { role: 'admin' } as const

export function connectorDraftRoutes(app: HttpApp, { drafts }: HttpServices): void {
  app.get(
    '/connector-drafts',
    {
      config,
      schema: {
        operationId: 'listConnectorDrafts',
        summary: 'Connectors that were not published yet',
        tags,
        response: answers({ 200: answer<{ items: readonly Summary[] }>(ConnectorDraftList, 'All drafts, at most 101.') }),
      },
    },
    (request) => drafts.list(callerOf(request)),
  )

  app.get(
    '/connector-drafts/:id',
    {
      config,
      schema: {
        operationId: 'getConnectorDraft',
        summary: 'The draft of a connector',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Draft>(ConnectorDraft, 'The draft with its document.') }),
      },
    },
    (request) => drafts.get(callerOf(request), request.params.id),
  )

  app.put(
    '/connector-drafts/:id',
    {
      bodyLimit,
      config,
      schema: {
        operationId: 'putConnectorDraft',
        summary: 'Store a connector as a draft, which nobody can connect or call',
        tags,
        params: IdParams,
        body: ConnectorDraftRequest,
        response: answers({ 200: answer<Summary>(ConnectorDraftSummary, 'The draft as it was stored.') }),
      },
    },
    (request) => {
      const { document } = request.body
      if (document.connector !== request.params.id)
        throw new SallyportError('NOT_FOUND', { detail: `The document is not of connector "${request.params.id}".` })
      return drafts.put(callerOf(request), document)
    },
  )

  app.post(
    '/connector-drafts/:id/publish',
    {
      config,
      schema: {
        operationId: 'publishConnectorDraft',
        summary: 'Make a draft the connector, or the next version of it',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Created>(CreatedConnector, 'The connector as it was stored.') }),
      },
    },
    (request) => drafts.publish(callerOf(request), request.params.id),
  )

  app.delete(
    '/connector-drafts/:id',
    {
      config,
      schema: {
        operationId: 'discardConnectorDraft',
        summary: 'Discard a draft',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Discarded.') }),
      },
    },
    async (request, reply) => {
      await drafts.discard(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
