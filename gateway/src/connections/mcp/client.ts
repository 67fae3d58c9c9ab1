import type { Client, ClientCapabilities, Transport } from '@modelcontextprotocol/client'
import manifest from '../../../package.json' with { type: 'json' }
import { SallyportError } from '../../errors.ts'
import type { ProgramTransport } from './program-transport.ts'
import { type Standing, withStandingStream } from './standing-stream.ts'
import type { Fetch } from './types.ts'

export interface McpPlace {
  readonly url: string
  readonly transport: 'http' | 'sse'
}

export interface McpDial {
  /** Every request of the client goes through it. */
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** What the gateway does for the server besides calling it; nothing unless somebody is there who answers. */
  readonly capabilities?: ClientCapabilities
  /** Is handed the stream of a server of an earlier revision; without it there is none. */
  readonly standing?: (standing: Standing) => void
}

/** The gateway checks answers against the schema that an admin took, with its own validator; the SDK's compiles what a server says. */
const takesAll = {
  getValidator: () => (value: unknown) => ({ valid: true as const, data: value as never, errorMessage: undefined }),
}

const notOffered = () => new Response(null, { status: 405 })

/** Whoever only lists tools is asked nothing; a stream that was broken off is read on. */
function withoutStandingStream(fetch: Fetch): Fetch {
  return async (url, init) =>
    init?.method === 'GET' && !new Headers(init.headers).has('last-event-id') ? notOffered() : fetch(url, init)
}

/** Whoever answers with a page or leads elsewhere is no MCP server, and is not asked a second time in older words. */
function ofMcpOnly(fetch: Fetch, stranger: (problem: SallyportError) => void): Fetch {
  return async (url, init) => {
    const answer = await fetch(url, init)
    const { status, headers, body } = answer
    const type = headers.get('content-type') ?? ''
    const speaks = body === null || status === 202 || /^(application\/json|text\/event-stream)\b/i.test(type)
    if ((status < 300 || status >= 400) && (!answer.ok || speaks)) return answer
    const problem = new SallyportError('UPSTREAM_ERROR', {
      detail: `The address answered ${status}, and not as an MCP server. Give the one at which the server takes messages, often ending in /mcp.`,
    })
    stranger(problem)
    throw problem
  }
}

interface Meeting {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly capabilities?: ClientCapabilities | undefined
  readonly mode: 'legacy' | 'auto'
}

async function meet(way: Transport, { timeoutMs, signal, capabilities = {}, mode }: Meeting): Promise<Client> {
  // Loaded with the first use: most gateways have no MCP server behind them.
  const sdk = await import('@modelcontextprotocol/client')
  const client = new sdk.Client(
    { name: 'sallyport', title: 'Sallyport', version: manifest.version },
    { capabilities, jsonSchemaValidator: takesAll, versionNegotiation: { mode } },
  )
  await client.connect(way, { timeout: timeoutMs, ...(signal && { signal }) })
  return client
}

/** A client of an MCP server, in whichever revision of the protocol both speak. Throws what `fetch` throws, and the SDK's errors. */
export async function openClient({ url, transport }: McpPlace, dial: McpDial): Promise<Client> {
  const sdk = await import('@modelcontextprotocol/client')
  const { timeoutMs, signal, capabilities, standing } = dial
  let problem: SallyportError | undefined
  const fetch = ofMcpOnly(dial.fetch, (found) => {
    problem = found
  })
  const way =
    transport === 'sse'
      ? new sdk.SSEClientTransport(new URL(url), { fetch, eventSourceInit: { fetch } })
      : new sdk.StreamableHTTPClientTransport(new URL(url), {
          fetch: standing === undefined ? withoutStandingStream(fetch) : withStandingStream(fetch, standing),
          requestInit: { redirect: 'manual' },
        })
  // What speaks the old transport speaks no newer revision.
  const mode = transport === 'sse' ? 'legacy' : 'auto'
  return meet(way, { timeoutMs, signal, capabilities, mode }).catch((error: unknown) => {
    // The SDK tells it in words of its own.
    throw problem ?? error
  })
}

/** A client of a program. To ask one first which revision it speaks would end many of them. */
export async function openProgramClient(
  way: ProgramTransport,
  dial: Pick<McpDial, 'timeoutMs' | 'signal' | 'capabilities'>,
): Promise<Client> {
  try {
    return await meet(way, { ...dial, mode: 'legacy' })
  } catch (error) {
    const over = way.over()
    await way.close()
    if (over === null || error instanceof SallyportError) throw error
    throw new SallyportError('UPSTREAM_ERROR', {
      detail: `The program of the MCP server did not begin to speak. ${over}; what it wrote is in the log of the gateway.`,
      cause: error,
    })
  }
}
