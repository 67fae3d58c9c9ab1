import { Secret } from '../secret.ts'
import type { HttpDoor } from './doors.ts'
import { egressProblem } from './problem.ts'
import { type Egress, EgressError } from './types.ts'

export interface FetchOptions {
  readonly door: HttpDoor
  /** Milliseconds for the whole answer. */
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  /** Sent with every request, in the place of headers of the same names (in lower case). */
  readonly headers?: Readonly<Record<string, Secret>>
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
      const empty = answer.status === 204 || answer.status === 304
      return new Response(empty ? null : new Uint8Array(answer.body), { status: answer.status, headers: answer.headers })
    } catch (error) {
      throw error instanceof EgressError ? egressProblem(error) : error
    }
  }
}
