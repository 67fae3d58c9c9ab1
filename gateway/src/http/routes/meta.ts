import { Type } from 'typebox'
import { workflowJsonSchema } from '../../definition/workflow/document.ts'
import { openApiDocument } from '../openapi.ts'
import { JsonObject } from '../schemas/common.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { answer, answers, anyone } from './answers.ts'

type Json = Readonly<Record<string, unknown>>

const tags = ['meta']
const Status = Type.Object({ status: Type.String() })

/** Health, and the descriptions for machines. Registered at the root (hidden from the description) and under the API's prefix. */
export function metaRoutes(app: HttpApp, services: HttpServices, options: HttpOptions, hide: boolean): void {
  const base = { tags, security: anyone, hide }
  let description: Json | undefined

  app.get(
    '/healthz',
    {
      schema: {
        ...base,
        operationId: 'getHealth',
        summary: 'Whether the process lives',
        response: answers({ 200: answer<{ status: string }>(Status, 'It does.') }),
      },
    },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        ...base,
        operationId: 'getReadiness',
        summary: 'Whether requests can be served',
        response: answers({ 200: answer<{ status: string }>(Status, 'They can.') }),
      },
    },
    async () => {
      await services.ready()
      return { status: 'ready' }
    },
  )

  app.get(
    '/openapi.json',
    {
      schema: {
        ...base,
        operationId: 'getOpenApi',
        summary: 'The OpenAPI document of this API',
        response: answers({ 200: answer<Json>(JsonObject, 'OpenAPI 3.1.') }),
      },
    },
    async () => (description ??= openApiDocument(app)),
  )

  app.get(
    '/connector.schema.json',
    {
      schema: {
        ...base,
        operationId: 'getConnectorSchema',
        summary: 'The JSON Schema of connector files',
        response: answers({ 200: answer<Json>(JsonObject, 'JSON Schema, draft 2020-12.') }),
      },
    },
    async () => options.connectorSchema(),
  )
  app.get(
    '/workflow.schema.json',
    {
      schema: {
        ...base,
        operationId: 'getWorkflowSchema',
        summary: 'The JSON Schema of workflow files',
        response: answers({ 200: answer<Json>(JsonObject, 'JSON Schema, draft 2020-12.') }),
      },
    },
    async () => workflowJsonSchema(),
  )
}
