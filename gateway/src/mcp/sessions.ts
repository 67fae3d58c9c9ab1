import { isInitializeRequest, type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import type { Clock } from '../clock.ts'
import type { Live, Open } from './live.ts'
import { asOneAnswer } from './one-answer.ts'
import { rpcError } from './rpc-error.ts'
import type { Visit } from './visit.ts'

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly server: Server
  readonly owner: string
  /** What it is held to: the latest visit's rights. */
  readonly open: Open
  /** Monotonic milliseconds. */
  usedAt: number
  /** Requests being answered. */
  busy: number
}

export interface SessionLimits {
  /** Sessions open at once, over all callers. Default 1,000. */
  readonly max: number
  /** A session unused for this long is closed. Default 30 minutes. */
  readonly idleMs: number
}

export const defaultSessionLimits: SessionLimits = { max: 1000, idleMs: 30 * 60_000 }

function ownerOf({ caller, toolset = '' }: Visit): string {
  return `${caller.workspaceId}/${caller.kind}/${caller.id}/${toolset}`
}

const notFound = () => rpcError(404, -32001, 'Session not found. Initialize a new one.')

/** What is answered once nobody waits for it. */
export function clientGone(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    // 499 is written to nobody: the client has gone.
    const gone = () => resolve(new Response(null, { status: 499 }))
    if (signal.aborted) gone()
    else signal.addEventListener('abort', gone, { once: true })
  })
}

/**
 * Sessions of clients up to protocol revision 2025-11-25. A session belongs to the token that opened it, at the entrance where it
 * did: elsewhere it does not exist. Ordered by last use, so that the first one found is the longest unused.
 */
export class Sessions {
  readonly #open = new Map<string, Session>()
  readonly #createServer: () => Server
  readonly #clock: Clock
  readonly #limits: SessionLimits
  readonly #live: Live

  constructor(createServer: () => Server, clock: Clock, limits: SessionLimits, live: Live) {
    this.#createServer = createServer
    this.#clock = clock
    this.#limits = limits
    this.#live = live
  }

  get size(): number {
    return this.#open.size
  }

  async handle(request: Request, body: unknown, visit: Visit): Promise<Response> {
    const id = request.headers.get('mcp-session-id')
    if (id !== null) {
      const session = this.#open.get(id)
      if (session === undefined || session.owner !== ownerOf(visit)) return notFound()
      return this.#use(id, session, request, body, visit)
    }
    if (request.method !== 'POST' || !isInitializeRequest(body)) {
      return rpcError(400, -32000, 'The Mcp-Session-Id header is missing: send an initialize request first.')
    }
    return this.#initialize(request, body, visit)
  }

  async #initialize(request: Request, body: unknown, visit: Visit): Promise<Response> {
    if (!this.#makeRoom(ownerOf(visit)))
      return rpcError(503, -32000, 'Too many MCP sessions are busy. Try again soon.', { 'retry-after': '5' })
    const server = this.#createServer()
    const id = crypto.randomUUID()
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id })
    const open: Open = {
      visit,
      streams: false,
      cut: () => void server.close(),
      // Nobody may be listening.
      toolsChanged: () => void server.sendToolListChanged().catch(() => {}),
    }
    const session: Session = { transport, server, owner: ownerOf(visit), open, usedAt: this.#clock.monotonic(), busy: 0 }
    await server.connect(transport)
    const previous = transport.onclose
    const forget = this.#live.add(open)
    transport.onclose = () => {
      forget()
      this.#open.delete(id)
      previous?.()
    }
    this.#open.set(id, session)
    const response = await this.#use(id, session, request, body, visit)
    if (transport.sessionId === undefined) await server.close()
    return response
  }

  async #use(id: string, session: Session, request: Request, body: unknown, visit: Visit): Promise<Response> {
    this.#touch(id, session)
    session.open.visit = visit
    session.busy++
    let busy = true
    const ended = () => {
      if (!busy) return
      busy = false
      session.busy--
      this.#touch(id, session)
    }
    request.signal.addEventListener('abort', ended, { once: true })
    try {
      // A cancelled request is never answered by the SDK, so the client's leaving ends the wait.
      const answered = session.transport.handleRequest(request, { parsedBody: body, authInfo: visit.authInfo })
      // A stream without a question lasts as long as its client, and keeps no session.
      if (request.method !== 'POST') return await answered.finally(ended)
      return await Promise.race([answered.then((response) => asOneAnswer(response, ended)), clientGone(request.signal)])
    } catch (error) {
      ended()
      throw error
    }
  }

  #touch(id: string, session: Session): void {
    session.usedAt = this.#clock.monotonic()
    // Moves it to the end. A session closed meanwhile stays closed.
    if (this.#open.delete(id)) this.#open.set(id, session)
  }

  /** False when every session is busy. A caller's own idle sessions go first, so that one caller cannot push out the others. */
  #makeRoom(owner: string): boolean {
    if (this.#open.size < this.#limits.max) return true
    const idle = [...this.#open.values()].filter((session) => session.busy === 0)
    const dropped = idle.find((session) => session.owner === owner) ?? idle[0]
    if (dropped === undefined) return false
    void dropped.server.close()
    return true
  }

  /** Closes the sessions that have been idle for too long. */
  sweep(): void {
    const oldest = this.#clock.monotonic() - this.#limits.idleMs
    for (const session of this.#open.values()) {
      if (session.usedAt > oldest) break
      if (session.busy === 0) void session.server.close()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.server.close()))
  }
}
