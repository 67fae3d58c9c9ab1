import { ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'
import manifest from '../../package.json' with { type: 'json' }
import { toMcpTool } from '../call/published-tool.ts'
import type { Calls, Tools } from '../call/types.ts'
import { errorCatalogue, toSallyportError } from '../errors.ts'
import { toMcpResult } from './result.ts'
import { searchModeTools, useSearchMode } from './search-mode.ts'
import { Visit } from './visit.ts'

/** The most the gateway lists at once: some clients read the first page only. It may end sooner, by its size. */
const pageSize = 200
/** How long a client of revision 2026-07-28 may keep a list: a new connection should show up soon. */
const listTtlMs = 10_000

const instructions =
  'Each tool is an action of an API that a person has connected; Sallyport holds the credentials, so never ask for or pass keys or passwords. ' +
  'A result with status pending_approval means that a person must open its url and approve; Sallyport then runs the call, so do not repeat it.'

export interface McpServices {
  readonly tools: Pick<Tools, 'list' | 'find' | 'get' | 'search'>
  readonly calls: Calls
  /** Base URL under which people reach the gateway. */
  readonly publicUrl: () => string
}

/** Errors that are no answer of a tool, as JSON-RPC errors. */
function toProtocolError(thrown: unknown, report: (error: unknown) => void): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown
  const error = toSallyportError(thrown)
  if (error.code === 'INTERNAL') report(thrown)
  const code = error.code === 'INVALID_INPUT' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  return new ProtocolError(code, `${errorCatalogue[error.code].title}: ${error.detail}`, {
    code: error.code,
    resolution: error.resolution,
  })
}

/**
 * A protocol server over the caller's tools, for one request (2026-07-28) or one session (before). It holds nothing of a caller:
 * each request brings its own. The low-level class because the tools differ by caller and bring JSON Schemas as they are.
 */
export function createServer(services: McpServices, report: (error: unknown) => void): Server {
  const server = new Server(
    { name: 'sallyport', title: 'Sallyport', version: manifest.version },
    {
      capabilities: { tools: { listChanged: true } },
      instructions,
      cacheHints: {
        'tools/list': { ttlMs: listTtlMs, cacheScope: 'private' },
        'server/discover': { ttlMs: 3_600_000, cacheScope: 'private' },
      },
    },
  )

  server.setRequestHandler('tools/list', async ({ params }, context) => {
    try {
      const cursor = params?.cursor
      const { caller, format } = Visit.of(context.http?.authInfo)
      if (caller.toolset?.mode === 'search') return { tools: [...searchModeTools] }
      const page = await services.tools.list(caller, {
        format,
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      })
      return { tools: page.items.map(toMcpTool), ...(page.next_cursor === null ? {} : { nextCursor: page.next_cursor }) }
    } catch (error) {
      throw toProtocolError(error, report)
    }
  })

  server.setRequestHandler('tools/call', async ({ params }, context) => {
    try {
      const visit = Visit.of(context.http?.authInfo)
      const { caller, credentials, ip, format, toolset } = visit
      const args = params.arguments ?? {}
      const searched = caller.toolset?.mode === 'search' ? await useSearchMode(services.tools, visit, params.name, args) : null
      if (searched !== null && 'result' in searched) return searched.result
      const target = searched?.target ?? (await services.tools.find(caller, params.name, args, format))
      if (target === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 128)}`)
      const result = await services.calls.run({
        credentials,
        entrance: 'mcp',
        ip,
        ...(toolset !== undefined && { toolset }),
        ...target,
      })
      return toMcpResult(result, (approvalId) => new URL(`/approvals/${approvalId}`, services.publicUrl()).href)
    } catch (error) {
      throw toProtocolError(error, report)
    }
  })

  return server
}
