import { Type } from 'typebox'
import type { ToolView } from '../../call/types.ts'
import { requireRole } from '../../caller.ts'
import type { Page } from '../../connections/types.ts'
import { callerOf } from '../credentials.ts'
import { JsonObject, pageOf } from '../schemas/common.ts'
import { ToolPage, ToolQuery, ToolSearchRequest, ToolSearchResult } from '../schemas/tools.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { formatTool, isToolFormat } from '../tool-formats.ts'
import { answer, answers } from './answers.ts'

interface Found {
  readonly tool: string
  readonly connector: string
  readonly action: string
  readonly description: string
  readonly effect: ToolView['effect']
  readonly method: string
  readonly path: string
  readonly score: number
}

const tags = ['tools']
const ToolListing = Type.Union([ToolPage, pageOf(JsonObject)])

export function toolRoutes(app: HttpApp, { tools }: HttpServices): void {
  app.get(
    '/tools',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'listTools',
        summary: 'The tools the caller has',
        description: 'With `format`, each item is written in the words of that API, ready to be handed to a model.',
        tags,
        querystring: ToolQuery,
        response: answers({ 200: answer<Page<ToolView> | Page<Record<string, unknown>>>(ToolListing, 'One page of tools.') }),
      },
    },
    async (request) => {
      const { format, ...query } = request.query
      const page = await tools.list(callerOf(request), query)
      if (!isToolFormat(format)) return page
      return { items: page.items.map((tool) => formatTool(tool, format)), next_cursor: page.next_cursor }
    },
  )

  app.post(
    '/tools/search',
    {
      config: { role: 'viewer' },
      schema: {
        operationId: 'searchTools',
        summary: 'Find tools by what they do',
        tags,
        body: ToolSearchRequest,
        response: answers({ 200: answer<{ items: readonly Found[] }>(ToolSearchResult, 'The best matches first.') }),
      },
    },
    async (request) => {
      const caller = callerOf(request)
      requireRole(caller, 'viewer')
      const found = await tools.search(caller, request.body.query, request.body.limit ?? 10)
      return { items: found.map(({ tool, score }) => toFound(tool, score)) }
    },
  )
}

function toFound({ name, connector, action, description, effect, method, path }: ToolView, score: number): Found {
  return { tool: name, connector, action, description, effect, method, path, score }
}
