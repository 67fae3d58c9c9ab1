import {
  type CallToolRequest,
  type CompleteResult,
  type LoggingLevel,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import manifest from '../../package.json' with { type: 'json' }
import { toMcpTool } from '../call/published-tool.ts'
import type { CallWatch, Tools } from '../call/types.ts'
import { parseCursor, toPage } from '../page.ts'
import { type Asking, createAsking } from './ask.ts'
import { buildTools } from './build-tools.ts'
import { type CallServices, callTool } from './call-tool.ts'
import { codeModeTools } from './code-mode.ts'
import { toFittingResult } from './fitting-result.ts'
import { logCall, watchOf } from './follow.ts'
import { fillPrompt, toPrompt, valuesOf } from './prompts.ts'
import { toProtocolError } from './protocol-error.ts'
import { readResultTool } from './read-result.ts'
import type { Relay } from './relay.ts'
import type { StateCodec } from './request-state.ts'
import type { ResourceSource } from './resource-source.ts'
import { searchModeTools } from './search-mode.ts'
import { Visit } from './visit.ts'

/** The most the gateway lists at once: some clients read the first page only. It may end sooner, by its size. */
const pageSize = 200
/** The most values that a completion has (MCP 2025-11-25, server utilities, completion). */
const mostValues = 100
/** How long a client of revision 2026-07-28 may keep a list: a new connection should show up soon. */
const listTtlMs = 10_000
const listHint = { ttlMs: listTtlMs, cacheScope: 'private' } as const

const instructions =
  'Each tool is an action of an API that a person has connected; Sallyport holds the credentials, so never ask for or pass keys or passwords. ' +
  'A result with status pending_approval means that a person must open its url and approve; Sallyport then runs the call, so do not repeat it.'

export interface McpServices extends CallServices {
  readonly tools: Pick<Tools, 'list' | 'find' | 'get' | 'search' | 'nearest' | 'examples' | 'example'>
  /** Asked one after the other. */
  readonly resources: readonly ResourceSource[]
  /** Questions that calls stop for, until they are answered. */
  readonly asks?: { readonly relay: Relay; readonly codec: StateCodec }
  /** Without it nobody is asked, and calls wait for their approval on the gateway's page. */
  readonly asking?: Asking
}

const cursorOf = (params: { readonly cursor?: string | undefined } | undefined) =>
  params?.cursor === undefined ? {} : { cursor: params.cursor }
const nextOf = (cursor: string | null) => (cursor === null ? {} : { nextCursor: cursor })

export const serverInfo = { name: 'sallyport', title: 'Sallyport', version: manifest.version }

/**
 * A protocol server over the caller's tools, for one request (2026-07-28) or one session (before). It holds nothing of a caller:
 * each request brings its own. The low-level class because the tools differ by caller and bring JSON Schemas as they are.
 */
export function createServer(services: McpServices, report: (error: unknown) => void): Server {
  const { tools, resources } = services
  /** From which level on a session wants to be told. Since 2026-07-28 each request says so, and the SDK heeds it. */
  let wanted: LoggingLevel | undefined
  const levelOf = ({ mcpReq }: ServerContext) => (mcpReq.envelope === undefined ? wanted : 'debug')

  /** Knows who asks, and tells errors as JSON-RPC errors. */
  async function handle<Result>(context: ServerContext, answer: (visit: Visit) => Promise<Result>): Promise<Result> {
    try {
      return await answer(Visit.of(context.http?.authInfo))
    } catch (error) {
      throw toProtocolError(error, report)
    }
  }

  const { relay, codec } = services.asks ?? {}
  const asking = services.asking === undefined || codec === undefined ? null : createAsking(services.asking, codec)

  const server = new Server(serverInfo, {
    ...(codec !== undefined && { requestState: { verify: codec.verify } }),
    capabilities: { tools: { listChanged: true }, resources: {}, prompts: {}, completions: {}, logging: {} },
    instructions,
    cacheHints: {
      'tools/list': listHint,
      'resources/list': listHint,
      'resources/templates/list': listHint,
      'resources/read': listHint,
      'prompts/list': listHint,
      'server/discover': { ttlMs: 3_600_000, cacheScope: 'private' },
    },
  })

  /** Calls a tool, which may stop to ask the client's person something. */
  async function begin(context: ServerContext, visit: Visit, { name, arguments: args = {} }: CallToolRequest['params']) {
    const level = levelOf(context)
    const run = (watch: CallWatch) => callTool(services, visit, name, args, watch)
    const watch = (current: () => ServerContext | null, signal: AbortSignal) => watchOf(current, signal, level, name)
    if (relay === undefined) return { done: await run(watch(() => context, context.mcpReq.signal)) }
    return relay.call(server, { context, tool: name, watch, run })
  }

  server.setRequestHandler('logging/setLevel', ({ params }) => {
    wanted = params.level
    return {}
  })

  server.setRequestHandler('tools/list', ({ params }, context) =>
    handle(context, async ({ caller, format, builds }) => {
      if (builds) return { tools: [...buildTools] }
      if (caller.toolset?.mode === 'code') return { tools: [...codeModeTools, readResultTool(format)] }
      if (caller.toolset?.mode === 'search') {
        // The index is made while the client reads, and not at its first search.
        void tools.search(caller, 'search', 1).catch(report)
        return { tools: [...searchModeTools, readResultTool(format)] }
      }
      const page = await tools.list(caller, { format, limit: pageSize, ...cursorOf(params) })
      const own = page.next_cursor === null ? [readResultTool(format)] : []
      return { tools: [...page.items.map(toMcpTool), ...own], ...nextOf(page.next_cursor) }
    }),
  )

  server.setRequestHandler('tools/call', ({ params }, context) =>
    handle(context, async (visit) => {
      const decided = await asking?.answered(visit, context, params.name)
      if (decided) return toFittingResult(services, visit, params.name, decided)
      const came = (await relay?.resume(context, params.name)) ?? (await begin(context, visit, params))
      if ('asks' in came) return came.asks
      const called = came.done
      if ('result' in called) return called.result
      await logCall(context, levelOf(context), params.name, called.call)
      return (
        (await asking?.question(server, context, params.name, called.call)) ??
        toFittingResult(services, visit, params.name, called.call)
      )
    }),
  )

  server.setRequestHandler('resources/list', ({ params }, context) =>
    handle(context, async (visit) => {
      const after = parseCursor(params?.cursor)
      const listed = (await Promise.all(resources.map((source) => source.list(visit, after)))).flat()
      const rows = listed.sort((a, b) => (a.uri < b.uri ? -1 : 1)).slice(0, pageSize + 1)
      const page = toPage(
        rows,
        pageSize,
        (row) => row,
        ({ uri }) => uri,
      )
      return { resources: [...page.items], ...nextOf(page.next_cursor) }
    }),
  )

  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: resources.flatMap(({ templates }) => templates),
  }))

  server.setRequestHandler('resources/read', ({ params: { uri } }, context) =>
    handle(context, async (visit) => {
      for (const source of resources) {
        const contents = await source.read(visit, uri)
        if (contents !== null) return { contents }
      }
      throw new ResourceNotFoundError(uri)
    }),
  )

  server.setRequestHandler('prompts/list', ({ params }, context) =>
    handle(context, async ({ caller }) => {
      const page = await tools.examples(caller, { limit: pageSize, ...cursorOf(params) })
      return { prompts: page.items.map(toPrompt), ...nextOf(page.next_cursor) }
    }),
  )

  server.setRequestHandler('prompts/get', ({ params }, context) =>
    handle(context, async ({ caller }) => {
      const example = await tools.example(caller, params.name)
      if (example === null)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${params.name.slice(0, 128)}`)
      return fillPrompt(example, params.arguments ?? {})
    }),
  )

  server.setRequestHandler('completion/complete', ({ params: { ref, argument } }, context) =>
    handle(context, async (visit): Promise<CompleteResult> => {
      const all =
        ref.type === 'ref/prompt' ? await promptValues(visit, ref.name, argument.name) : await uriValues(visit, ref.uri, argument)
      const values = all.filter((value) => value.startsWith(argument.value))
      return { completion: { values: values.slice(0, mostValues), total: values.length, hasMore: values.length > mostValues } }
    }),
  )

  async function promptValues({ caller }: Visit, name: string, argument: string): Promise<readonly string[]> {
    const example = await tools.example(caller, name)
    return example === null ? [] : valuesOf(example, argument)
  }

  async function uriValues(visit: Visit, template: string, { name, value }: { name: string; value: string }) {
    for (const source of resources) {
      const values = await source.complete(visit, template, name, value)
      if (values !== null) return values
    }
    return []
  }

  return server
}
