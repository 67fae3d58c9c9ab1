import { once } from 'node:events'
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/types.ts'
import { type Clock, systemClock } from '../clock.ts'
import { toSallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { callTool } from './call-tool.ts'
import { toFittingResult } from './fitting-result.ts'
import { authenticate, pathOf, requireKnownSource } from './guard.ts'
import { Live, type Open } from './live.ts'
import { plainAnswer, plainCallOf } from './plain-call.ts'
import { createRelay } from './relay.ts'
import { createStateCodec } from './request-state.ts'
import { rpcError } from './rpc-error.ts'
import { createServer, type McpServices } from './server.ts'
import { clientGone, defaultSessionLimits, type SessionLimits, Sessions } from './sessions.ts'
import type { Visit } from './visit.ts'

export interface MountServices extends McpServices {
  readonly access: Pick<Access, 'authenticate' | 'onRightsChanged'>
  /** For faults, which clients are told nothing of. Default: the log of the server. */
  readonly log?: Pick<Log, 'error' | 'debug'>
}

export interface MountOptions {
  readonly clock?: Clock
  readonly sessions?: SessionLimits
}

/** Arguments of one tool call; the SDK's own default, and enough for any document pasted by a model. */
const bodyLimitBytes = 4 * 1024 * 1024
const sweepEveryMs = 60_000
/** How long a stream may outlive the token it was opened with when nobody tells that the token has ended. */
const lookEveryMs = 1_000

/** Errors before the protocol: of the guard, of Fastify's body parser, or a fault. */
function errorResponse(thrown: unknown, request: FastifyRequest, publicUrl: string, report: (error: unknown) => void): Response {
  const statusCode = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined
  if (statusCode === 413) return rpcError(413, -32000, `The request is larger than ${bodyLimitBytes} bytes.`)
  if (statusCode === 415) return rpcError(415, -32000, 'Content-Type must be application/json.')
  if (statusCode === 400) return rpcError(400, -32700, 'Parse error: the request body is not valid JSON.')
  const error = toSallyportError(thrown)
  if (error.code === 'INTERNAL') report(thrown)
  const headers: Record<string, string> = {}
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds)
  if (error.code === 'UNAUTHENTICATED') {
    // RFC 6750, section 3.1: the error is named only when a token was sent. RFC 9728, section 5.1: who gives tokens for this.
    headers['www-authenticate'] = [
      'Bearer realm="sallyport"',
      ...(request.headers.authorization === undefined ? [] : ['error="invalid_token"']),
      `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource${encodeURI(pathOf(request))}"`,
    ].join(', ')
  }
  return rpcError(error.status, -32000, error.detail, headers, { code: error.code, resolution: error.resolution })
}

/** Without the body, which the SDK takes already parsed. */
function toWebRequest(request: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value)
  return new Request(new URL(request.url, 'http://gateway'), { method: request.method, headers, signal })
}

/** Headers leave with the first bytes, and on a stream nothing may happen for long: a comment lets the client know that it is open. */
function beginning(response: Response): Response {
  async function* bytes() {
    yield new TextEncoder().encode(': open\n\n')
    if (response.body !== null) yield* response.body
  }
  return new Response(ReadableStream.from(bytes()), response)
}

/** The same services, which tell before they run anything. */
function telling(services: McpServices, begin: () => void): McpServices {
  const { calls, code } = services
  return {
    ...services,
    calls: {
      run: (request) => {
        begin()
        return calls.run(request)
      },
    },
    code: {
      run: (asker, program) => {
        begin()
        return code.run(asker, program)
      },
      resume: (asker, run) => {
        begin()
        return code.resume(asker, run)
      },
    },
  }
}

function asksToListen(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'subscriptions/listen'
}

/** Mounts `/mcp` and `/mcp/{toolset}`: streamable HTTP for both protocol eras, over the tools of the bearer token. */
export function mountMcp(app: FastifyInstance, services: MountServices, options: MountOptions = {}): void {
  const log = services.log ?? app.log
  const report = (error: unknown) => log.error({ err: error }, 'MCP request failed')
  const codec = services.asking === undefined ? undefined : createStateCodec(services.asking.stateKey)
  const asks = codec === undefined ? undefined : { codec, relay: createRelay(codec) }
  const build = () => createServer({ ...services, ...(asks !== undefined && { asks }) }, report)
  const onerror = (error: Error) => log.debug({ err: error }, 'MCP request refused')
  const modern = createMcpHandler(build, { legacy: 'reject', onerror })
  const limits = options.sessions ?? defaultSessionLimits
  const live = new Live(services.access)
  const sessions = new Sessions(build, options.clock ?? systemClock, limits, live)
  const running = new Set<Promise<unknown>>()

  const route = async (
    request: Request,
    body: unknown,
    visit: Visit,
    listening: (tell: () => void) => void,
  ): Promise<Response> => {
    // A stream without a question belongs to a session, and tells that its tools have changed.
    const streams = request.method === 'GET' && request.headers.has('mcp-session-id')
    if (!streams && request.method !== 'POST' && request.method !== 'DELETE')
      return rpcError(405, -32000, 'Use POST.', { allow: 'GET, POST, DELETE' })
    if ((streams || asksToListen(body)) && live.streams >= limits.max)
      return rpcError(503, -32000, 'Too many MCP streams are open. Try again soon.', { 'retry-after': '5' })
    if (streams || (await isLegacyRequest(request, body))) return sessions.handle(request, body, visit)
    if (!asksToListen(body)) return modern.fetch(request, { parsedBody: body, authInfo: visit.authInfo })
    // One for each stream: what changes for one caller is no news for another.
    const own = createMcpHandler(build, { legacy: 'reject', onerror, maxSubscriptions: 1 })
    listening(() => own.notify.toolsChanged())
    request.signal.addEventListener('abort', () => void own.close(), { once: true })
    return own.fetch(request, { parsedBody: body, authInfo: visit.authInfo })
  }

  /** Null for what the SDK has to answer: also errors, which it words, as long as nothing has run that must not run twice. */
  const answerPlainly = async (request: FastifyRequest, visit: Visit, signal: AbortSignal): Promise<Buffer | null> => {
    const plain = plainCallOf(request)
    if (plain === null) return null
    let begun = false
    const begin = () => {
      begun = true
    }
    const watch = { signal, progress: () => {}, logsFrom: undefined, log: () => {} }
    const called = await callTool(telling(services, begin), visit, plain.name, plain.arguments, watch).catch((error: unknown) => {
      if (begun) throw error
      return null
    })
    if (called === null) return null
    const result = 'result' in called ? called.result : await toFittingResult(services, visit, plain.name, called.call)
    return plainAnswer(plain, result)
  }

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const left = new AbortController()
    let tell = () => {}
    const visit = request.getDecorator<Visit>('visit')
    const open: Open = { visit, streams: false, cut: () => void reply.raw.destroy(), toolsChanged: () => tell() }
    const forget = live.add(open)
    reply.raw.once('close', () => {
      forget()
      left.abort()
    })
    const plainly = Promise.race([answerPlainly(request, visit, left.signal), clientGone(left.signal)])
    running.add(plainly)
    const answered = await plainly.finally(() => running.delete(plainly))
    // Bytes, to which no charset is added: the SDK names none.
    if (answered !== null) return reply.header('content-type', 'application/json').send(answered)

    const pending = route(toWebRequest(request, left.signal), request.body, visit, (how) => {
      tell = how
    })
    running.add(pending)
    try {
      const response = await pending
      const streams = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
      open.streams = streams && (request.method === 'GET' || asksToListen(request.body))
      if (streams && !open.streams) {
        // An answer with progress before it is not sent yet.
        const sent = once(reply.raw, 'close')
        running.add(sent)
        void sent.finally(() => running.delete(sent))
      }
      return reply.send(open.streams ? beginning(response) : response)
    } finally {
      running.delete(pending)
    }
  }

  app.register((scope, _options, done) => {
    scope.decorateRequest('visit')
    scope.setErrorHandler((error, request, reply) => reply.send(errorResponse(error, request, services.publicUrl(), report)))
    const parseJson = scope.getDefaultJsonParser('error', 'error')
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, parsed) => {
      // DELETE ends a session; clients name their usual content type there too, and send nothing.
      if (request.method === 'POST') void parseJson(request, String(body), parsed)
      else parsed(null)
    })
    // Before the body is read: a stranger's is not worth it.
    scope.addHook('onRequest', async (request) => {
      requireKnownSource(request.headers, services.publicUrl())
      const { toolset } = request.params as { readonly toolset?: string }
      request.setDecorator('visit', await authenticate(services.access, request, toolset))
    })
    scope.all('/mcp', { bodyLimit: bodyLimitBytes }, answer)
    scope.all('/mcp/:toolset', { bodyLimit: bodyLimitBytes }, answer)

    const sweeper = setInterval(() => sessions.sweep(), sweepEveryMs).unref()
    const looker = setInterval(() => void live.tick(), lookEveryMs).unref()
    const deafen = services.access.onRightsChanged((workspaceId) => void live.changed(workspaceId))
    // What is being answered may finish first.
    scope.addHook('preClose', async () => {
      clearInterval(sweeper)
      clearInterval(looker)
      deafen()
      asks?.relay.close()
      await Promise.allSettled(running)
      await modern.close()
      await sessions.close()
      // What is still connected only listens.
      live.close()
    })
    done()
  })
}
