import type { ToolsetView } from '../../access/toolsets.ts'
import type { ToolsetPreview as Preview } from '../../call/types.ts'
import { callerOf } from '../credentials.ts'
import { IdParams } from '../schemas/common.ts'
import {
  CreateToolsetRequest,
  Toolset,
  ToolsetList,
  ToolsetPreview,
  ToolsetPreviewRequest,
  ToolsetToolsQuery,
  UpdateToolsetRequest,
} from '../schemas/toolsets.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers, noContent } from './answers.ts'

const tags = ['toolsets']

export function toolsetRoutes(app: HttpApp, { access: { toolsets }, tools }: HttpServices): void {
  app.get(
    '/toolsets',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listToolsets',
        summary: 'List the toolsets of the workspace',
        tags,
        response: answers({
          200: answer<{ items: readonly ToolsetView[]; next_cursor: null }>(ToolsetList, 'All toolsets, by name.'),
        }),
      },
    },
    async (request) => ({ items: await toolsets.list(callerOf(request)), next_cursor: null }),
  )

  app.post(
    '/toolsets',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'createToolset',
        summary: 'Make a toolset',
        tags,
        body: CreateToolsetRequest,
        response: answers({ 201: answer<ToolsetView>(Toolset, 'The toolset.') }),
      },
    },
    async (request, reply) => {
      const defaults = { mode: 'direct', format: 'mcp', approval: 'never', max_result_bytes: null } as const
      return reply.code(201).send(await toolsets.create(callerOf(request), { ...defaults, ...request.body }))
    },
  )

  app.post(
    '/toolsets/preview',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'previewToolset',
        summary: 'What a toolset would be, before it is made or changed',
        description: 'Of the tools that the caller has. Nothing is stored.',
        tags,
        body: ToolsetPreviewRequest,
        querystring: ToolsetToolsQuery,
        response: answers({ 200: answer<Preview>(ToolsetPreview, 'One page of tools, by name.') }),
      },
    },
    (request) => {
      const { selection, format = 'mcp', approval = 'never' } = request.body
      return tools.preview(callerOf(request), { selection, format, approval }, { show: 'included', ...request.query })
    },
  )

  app.get(
    '/toolsets/:id',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'getToolset',
        summary: 'A toolset, by its id or slug',
        tags,
        params: IdParams,
        response: answers({ 200: answer<ToolsetView>(Toolset, 'The toolset.') }),
      },
    },
    (request) => toolsets.get(callerOf(request), request.params.id),
  )

  app.get(
    '/toolsets/:id/tools',
    {
      config: { role: 'member' },
      schema: {
        operationId: 'listToolsetTools',
        summary: 'The tools of a toolset, and what they cost',
        description: 'Of the tools that the caller has; a token bound to the toolset may reach other connections.',
        tags,
        params: IdParams,
        querystring: ToolsetToolsQuery,
        response: answers({ 200: answer<Preview>(ToolsetPreview, 'One page of tools, by name.') }),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      return tools.preview(caller, await toolsets.get(caller, request.params.id), { show: 'included', ...request.query })
    },
  )

  app.patch(
    '/toolsets/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'updateToolset',
        summary: 'Change a toolset',
        description: 'What is left out stays. It counts from the next call on, for every token bound to it.',
        tags,
        params: IdParams,
        body: UpdateToolsetRequest,
        response: answers({ 200: answer<ToolsetView>(Toolset, 'The toolset as it is now.') }),
      },
    },
    (request) => toolsets.update(callerOf(request), request.params.id, request.body),
  )

  app.delete(
    '/toolsets/:id',
    {
      config: { role: 'admin' },
      schema: {
        operationId: 'deleteToolset',
        summary: 'Delete a toolset',
        tags,
        params: IdParams,
        response: answers({ 204: noContent('Deleted: tokens bound to it open nothing any more.') }),
      },
    },
    async (request, reply) => {
      await toolsets.remove(callerOf(request), request.params.id)
      return reply.code(204).send(undefined)
    },
  )
}
