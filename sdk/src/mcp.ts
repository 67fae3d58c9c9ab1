import { eventsOf } from './events.ts'
import { isObject } from './is-object.ts'
import type { Connection } from './request.ts'

/** A JSON-RPC message, as far as a bridge has to know it. */
interface Message {
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
}

const versionKey = 'io.modelcontextprotocol/protocolVersion'
/** The server's own part of the codes (JSON-RPC 2.0, section 5.1). */
const unreachable = -32_000

/** As header values go that hold more than visible ASCII (MCP 2026-07-28, transports, header encoding). */
function headerValue(text: string): string {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')) return text
  return `=?base64?${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}?=`
}

/**
 * Carries the messages of one MCP client to a gateway and the gateway's back, over streamable HTTP, whatever the client speaks:
 * requests that name their revision (2026-07-28), or a session (before). It understands no more of them than that takes.
 */
export class McpBridge {
  readonly #url: string
  readonly #connection: Connection
  readonly #deliver: (message: unknown) => void
  /** Ends a request that is under way, by its id. */
  readonly #running = new Map<string | number, AbortController>()
  readonly #closed = new AbortController()
  #session: { readonly id: string; readonly version: string } | undefined

  /** `deliver` gets what the gateway sends, one message at a time. */
  constructor(connection: Connection, toolset: string | undefined, deliver: (message: unknown) => void) {
    this.#connection = connection
    this.#url = `${connection.url}/mcp${toolset === undefined ? '' : `/${encodeURIComponent(toolset)}`}`
    this.#deliver = deliver
  }

  /**
   * Hands on one message of the client. Resolves when everything that answers it has been delivered; failures are delivered too, as
   * errors of the request. A session has to be open before the next message is handed on.
   */
  async send(message: unknown): Promise<void> {
    if (!isObject(message)) return this.#deliver(failure(null, -32_600, 'A message is a JSON object.'))
    const { id, method, params } = message as Message
    const cancelled = method === 'notifications/cancelled' ? params?.requestId : undefined
    // Without a session, leaving is what cancels; with one the gateway is told.
    if (this.#session === undefined && (typeof cancelled === 'string' || typeof cancelled === 'number')) {
      this.#running.get(cancelled)?.abort()
      return
    }
    const asks = method !== undefined && id !== undefined && id !== null
    const ending = new AbortController()
    if (asks) this.#running.set(id, ending)
    try {
      await this.#post(message as Message, AbortSignal.any([ending.signal, this.#closed.signal]))
    } catch (error) {
      if (ending.signal.aborted || this.#closed.signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      if (asks) this.#deliver(failure(id, unreachable, `The gateway at ${this.#connection.url} does not answer: ${reason}`))
    } finally {
      if (asks) this.#running.delete(id)
    }
    if (method === 'notifications/initialized') void this.#listen()
  }

  #headers(more: Readonly<Record<string, string>>): Headers {
    const { token } = this.#connection
    const headers = new Headers(more)
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    if (this.#session !== undefined) {
      headers.set('mcp-session-id', this.#session.id)
      headers.set('mcp-protocol-version', this.#session.version)
    }
    return headers
  }

  async #post(message: Message, signal: AbortSignal): Promise<void> {
    const { id = null, method, params } = message
    const headers = this.#headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
    const meta = params?._meta
    const version = isObject(meta) ? meta[versionKey] : undefined
    if (typeof version === 'string' && method !== undefined) {
      headers.set('mcp-protocol-version', version)
      headers.set('mcp-method', method)
      const name = method === 'resources/read' ? params?.uri : params?.name
      if (typeof name === 'string') headers.set('mcp-name', headerValue(name))
    }
    const response = await this.#connection.fetch(this.#url, {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
      // A token goes to the given address and nowhere else.
      redirect: 'manual',
      signal,
    })
    const session = method === 'initialize' ? response.headers.get('mcp-session-id') : null
    for await (const received of messagesOf(response)) {
      if (session !== null && isObject(received) && isObject(received.result) && received.id === id)
        this.#session = { id: session, version: String(received.result.protocolVersion) }
      // What is refused before it is read has no id; the client has to know what was.
      this.#deliver(isObject(received) && received.id === null ? { ...received, id } : received)
    }
    if (response.status >= 300 && !isJson(response) && method !== undefined && id !== null)
      this.#deliver(failure(id, unreachable, `The gateway at ${this.#connection.url} answered ${response.status}.`))
  }

  /** What the gateway tells of its own accord, for as long as the session lasts. */
  async #listen(): Promise<void> {
    const headers = this.#headers({ accept: 'text/event-stream' })
    try {
      const init = { headers, redirect: 'manual', signal: this.#closed.signal } as const
      const response = await this.#connection.fetch(this.#url, init)
      if (response.ok) for await (const received of messagesOf(response)) this.#deliver(received)
    } catch {
      // The client misses that its tools have changed; each of its requests still says what is wrong.
    }
  }

  /** Ends what is under way, and the session. */
  async close(): Promise<void> {
    this.#closed.abort()
    if (this.#session === undefined) return
    const init = { method: 'DELETE', headers: this.#headers({}), redirect: 'manual' } as const
    await this.#connection.fetch(this.#url, init).catch(() => {})
  }
}

const failure = (id: string | number | null, code: number, message: string) => ({ jsonrpc: '2.0', id, error: { code, message } })

const isJson = (response: Response) => response.headers.get('content-type')?.startsWith('application/json') === true

async function* messagesOf(response: Response): AsyncGenerator<unknown> {
  if (isJson(response)) yield await response.json()
  else if (response.headers.get('content-type')?.startsWith('text/event-stream') && response.body !== null)
    for await (const data of eventsOf(response.body)) yield JSON.parse(data)
}
