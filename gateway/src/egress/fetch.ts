import { Secret } from '../secret.ts'
import type { HttpDoor } from './doors.ts'
import { egressProblem } from './problem.ts'
import { type Egress, EgressError, type EgressResponse, type OnHead } from './types.ts'

export interface FetchOptions {
  readonly door: HttpDoor
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  /** Sent with every request, in the place of headers of the same names (in lower case). */
  readonly headers?: Readonly<Record<string, Secret>>
}

function whole({ status, headers, body }: EgressResponse): Response {
  const empty = status === 204 || status === 205 || status === 304
  return new Response(empty ? null : new Uint8Array(body), { status, headers })
}

/**
 * An answer for libraries that read one as it comes: a stream of events is handed on with its head, every other answer when it is
 * complete. `send` makes the request and ends with its signal, which giving the stream up does; `broke` hears why a stream broke.
 */
export function eventResponse(
  send: (onHead: OnHead, signal: AbortSignal) => Promise<EgressResponse>,
  broke: (error: unknown) => void,
): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const leaving = new AbortController()
  let events: ReadableStreamDefaultController<Uint8Array> | null = null
  const onHead: OnHead = ({ status, headers }) => {
    if (!/^text\/event-stream\b/i.test(headers['content-type'] ?? '')) return null
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        events = controller
      },
      cancel() {
        events = null
        leaving.abort()
      },
    })
    resolve(new Response(body, { status, headers }))
    return (chunk) => events?.enqueue(chunk)
  }
  send(onHead, leaving.signal).then(
    (answer) => {
      resolve(whole(answer))
      events?.close()
    },
    (error: unknown) => {
      reject(error)
      if (events === null) return
      events.error(error)
      broke(error)
    },
  )
  return promise
}

/**
 * `fetch` for libraries that take one, through the one door out. Bodies are texts; answers are read whole before they are handed
 * on, and redirects are answers. Rejects with the SallyportError of the fault when there is none.
 */
export function createFetch(egress: Egress, { door, timeoutMs, maxResponseBytes, headers = {} }: FetchOptions) {
  return async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { authorization, ...others } = Object.fromEntries(new Headers(init.headers))
    try {
      const answer = await egress.request({
        door,
        method: init.method ?? 'GET',
        url: String(url),
        headers: { ...others, ...(authorization !== undefined && { authorization: new Secret(authorization) }), ...headers },
        ...(init.body != null && { body: String(init.body) }),
        ...(init.signal != null && { signal: init.signal }),
        timeoutMs,
        maxResponseBytes,
      })
      return whole(answer)
    } catch (error) {
      throw error instanceof EgressError ? egressProblem(error) : error
    }
  }
}
