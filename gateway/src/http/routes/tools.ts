import { type Static, Type } from 'typebox'
import type { AskCandidate, Asked } from '../../call/ask/types.ts'
import type { FoundTool, ToolView } from '../../call/types.ts'
import { requireRole } from '../../caller.ts'
import { trimText } from '../../definition/tool/text.ts'
import { SallyportError, unreachable } from '../../errors.ts'
import type { Page } from '../../page.ts'
import { type CallResultView, callAnswer, type PendingCallView, sendCallResult } from '../call-answers.ts'
import { callerOf, credentialsOf, traceOf } from '../credentials.ts'
import { CallResult, PendingCall } from '../schemas/calls.ts'
import { IdParams, JsonObject, pageOf } from '../schemas/common.ts'
import {
  AskAnswer,
  AskRequest,
  ToolCallRequest,
  ToolPage,
  ToolQuery,
  ToolSearchRequest,
  ToolSearchResult,
} from '../schemas/tools.ts'
import type { HttpApp, HttpOptions, HttpServices } from '../services.ts'
import { formatTool } from '../tool-formats.ts'
import { answer, answers } from './answers.ts'

interface Found extends Omit<FoundTool, 'tool' | 'matched'> {
  readonly tool: string
  readonly connector: string
  readonly action: string
  readonly connection: { id: string; name: string; environment: string }
  readonly description: string
  readonly effect: ToolView['effect']
  readonly method?: string
  readonly path?: string
  readonly matched: { word: string; in: string[] }[]
}

const tags = ['tools']
const ToolListing = Type.Union([ToolPage, pageOf(JsonObject)])
/** Of a description in a list of matches. */
const foundBytes = 300

export function toolRoutes(app: HttpApp, { tools, calls, asks }: HttpServices, { log, publicUrl }: HttpOptions): void {
  app.get(
    '/tools',
    {
      config: { role: 'viewer', tools: true },
      schema: {
        operationId: 'listTools',
        summary: 'The tools the caller has',
        description:
          'With `format`, each item is written in the words of that API, ready to be handed to a model. A page ends before `limit` where it would be larger than 1.1 MB.',
        tags,
        querystring: ToolQuery,
        response: answers({ 200: answer<Page<ToolView> | Page<Record<string, unknown>>>(ToolListing, 'One page of tools.') }),
      },
    },
    async (request) => {
      const { format, ...query } = request.query
      const page = await tools.list(callerOf(request), { ...query, ...(format !== undefined && { format }) })
      if (format === undefined) return page
      return { items: page.items.map((tool) => formatTool(tool, format)), next_cursor: page.next_cursor }
    },
  )

  app.post(
    '/tools/search',
    {
      config: { role: 'viewer', tools: true },
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
      return { items: found.map(toFound) }
    },
  )

  app.post(
    '/tools/ask',
    {
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'askTools',
        summary: 'Do what is asked in plain words',
        description:
          'Picks a tool and its arguments. A read is called; anything else is only planned; and where nobody can be sure, nothing is called and the tools that may be meant are named.',
        tags,
        body: AskRequest,
        response: answers({ 200: answer<Static<typeof AskAnswer>>(AskAnswer, 'What came of it.') }),
      },
    },
    async (request, reply) => {
      const { text, max_result_bytes } = request.body
      const asked = await asks.ask({
        caller: callerOf(request),
        credentials: credentialsOf(request),
        ip: request.ip,
        text,
        ...(max_result_bytes !== undefined && { maxResultBytes: max_result_bytes }),
      })
      if (asked.kind !== 'unsure' && asked.call.kind === 'failed')
        return sendCallResult(request, reply, asked.call, { log, publicUrl })
      return toAskAnswer(asked, publicUrl())
    },
  )

  app.post(
    '/tools/:id/call',
    {
      bodyLimit: 10 * 1024 * 1024,
      config: { role: 'member', tools: true },
      schema: {
        operationId: 'callTool',
        summary: 'Call a tool with the arguments a model gave',
        description:
          'As POST /calls, with the name of a tool as id. Give the `format` in which the tool was listed: its arguments are turned back into the input of the action, and checked as that.',
        tags,
        params: IdParams,
        body: ToolCallRequest,
        response: answers({
          200: answer<CallResultView>(CallResult, 'What the API answered, or the plan of a dry run.'),
          202: answer<PendingCallView>(PendingCall, 'The call waits for the decision of a person.'),
        }),
      },
    },
    async (request, reply) => {
      const { arguments: args, format, idempotency_key, dry_run, max_result_bytes } = request.body
      const target = await tools.find(callerOf(request), request.params.id, args ?? {}, format)
      if (target === null) {
        throw new SallyportError('NOT_FOUND', {
          detail: 'You have no tool of that name. List your tools with GET /api/v1/tools.',
        })
      }
      const result = await calls.run({
        credentials: credentialsOf(request),
        entrance: 'http',
        ip: request.ip,
        ...traceOf(request),
        ...target,
        ...(idempotency_key !== undefined && { idempotencyKey: idempotency_key }),
        ...(dry_run !== undefined && { dryRun: dry_run }),
        ...(max_result_bytes !== undefined && { maxResultBytes: max_result_bytes }),
      })
      return sendCallResult(request, reply, result, { log, publicUrl })
    },
  )
}

function toFound({ tool, score, matched }: FoundTool): Found {
  const { name, connector, action, connection, description, effect, method, path } = tool
  return {
    tool: name,
    connector,
    action,
    connection,
    description: trimText(description, foundBytes),
    effect,
    ...(method !== null && { method }),
    ...(path !== null && { path }),
    score,
    matched: matched.map((match) => ({ word: match.word, in: [...match.in] })),
  }
}

const toCandidate = ({ tool, arguments: args, missing }: AskCandidate) => ({
  tool: tool.name,
  description: trimText(tool.description, foundBytes),
  effect: tool.effect,
  arguments: { ...args },
  missing: [...missing],
})

function toAskAnswer(asked: Asked, publicUrl: string): Static<typeof AskAnswer> {
  if (asked.kind === 'unsure') {
    const { chosenBy, reason, candidates } = asked
    return { status: 'unsure', chosen_by: chosenBy, reason, candidates: candidates.map(toCandidate) }
  }
  const chosen = { chosen_by: asked.chosenBy, tool: asked.tool.name, arguments: { ...asked.arguments } }
  const shown = callAnswer(asked.call, publicUrl)
  switch (shown.status) {
    case 200:
      return { status: asked.kind === 'planned' ? 'confirm' : 'done', ...chosen, call: shown.body }
    case 202:
      return { status: 'pending_approval', ...chosen, call: shown.body }
    case 'problem':
      throw new SallyportError('INTERNAL')
    default:
      return unreachable(shown)
  }
}
