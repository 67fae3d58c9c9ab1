import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CallToolResult,
  createMcpHandler,
  type InputRequiredResult,
  isLegacyRequest,
  Server,
  type ServerContext,
  type Tool,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'

type Answer = CallToolResult | InputRequiredResult

export interface UpstreamTool extends Tool {
  /** Default: its name. */
  readonly run?: (input: Record<string, unknown>, context: ServerContext, server: Server) => Answer | Promise<Answer>
}

export const textAnswer = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] })
export const noInput = { type: 'object', properties: {} } as const

export interface Received {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The method of its JSON-RPC message. */
  readonly asks: string | undefined
  readonly path: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at parts of it
  readonly body: any
}

interface Options {
  /** Sent in the place of all else where it answers. */
  readonly before?: (request: Received, response: ServerResponse) => boolean | Promise<boolean>
  /** `legacy` knows nothing of 2026-07-28. */
  readonly era?: 'both' | 'legacy'
  readonly extend?: (server: Server) => void
}

/** A server that speaks MCP in both eras, as somebody else would run it; its tools may change while it runs. */
export async function startMcpUpstream(first: readonly UpstreamTool[], { before, era = 'both', extend }: Options = {}) {
  const state = { tools: first }
  const received: Received[] = []
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()
  const make = () => {
    const server = new Server(
      { name: 'fixture', title: 'Fixture', version: '1.0.0' },
      { capabilities: { tools: {}, logging: {}, resources: {}, prompts: {} }, instructions: 'A server of the tests.' },
    )
    server.setRequestHandler('tools/list', () => ({ tools: state.tools.map(({ run: _run, ...tool }) => tool) }))
    server.setRequestHandler('tools/call', async ({ params: { name, arguments: input = {} } }, context) => {
      const tool = state.tools.find((one) => one.name === name)
      return (await tool?.run?.(input, context, server)) ?? textAnswer(name)
    })
    extend?.(server)
    return server
  }
  const modern = createMcpHandler(make, { legacy: 'reject' })

  async function answer(request: Request, body: unknown): Promise<Response> {
    const id = request.headers.get('mcp-session-id')
    const known = id === null ? undefined : sessions.get(id)
    if (id !== null) return known?.handleRequest(request, { parsedBody: body }) ?? new Response(null, { status: 404 })
    if (era === 'both' && !(await isLegacyRequest(request, body))) return modern.fetch(request, { parsedBody: body })
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (session) => void sessions.set(session, transport),
    })
    await make().connect(transport)
    return transport.handleRequest(request, { parsedBody: body })
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const body = text === '' ? undefined : JSON.parse(text)
    const one = { method: request.method ?? '', headers: request.headers, asks: body?.method, path: request.url ?? '', body }
    received.push(one)
    if ((await before?.(one, response)) === true) return
    const left = new AbortController()
    response.once('close', () => left.abort())
    const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    const asked = new Request(`http://fixture${request.url}`, {
      method: one.method,
      headers,
      signal: left.signal,
      ...(text !== '' && { body: text }),
    })
    const answered = await answer(asked, body)
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    response.flushHeaders()
    const reader = answered.body?.getReader()
    left.signal.addEventListener('abort', () => void reader?.cancel().catch(() => {}))
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) response.write(part.value)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    state,
    received,
    /** Forgets every session, as a restart does. */
    restart: () => sessions.clear(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
