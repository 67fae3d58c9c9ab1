import type { Secret } from '../secret.ts'

/** One outbound request. Secrets stay wrapped until the socket. */
export interface EgressRequest {
  readonly method: string
  /** Absolute http or https URL without userinfo. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | Secret>>
  /** Query parameters that are secret (an API key in the query); added at the socket. */
  readonly secretQuery?: Readonly<Record<string, Secret>>
  readonly body?: string | Uint8Array
  /** Milliseconds for everything: resolving, connecting, redirects, and the last byte of the body. */
  readonly timeoutMs: number
  /** Most bytes of the body after decompression. */
  readonly maxResponseBytes: number
  /** `follow` only ever follows GET and HEAD, at most 5 hops, each checked anew; default `none`. */
  readonly redirects?: 'follow' | 'none'
  readonly verifyTls?: boolean
  readonly signal?: AbortSignal
}

export interface EgressResponse {
  readonly status: number
  /** Names in lower case; repeated headers joined with ", " (set-cookie with newline). */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Where the answer came from, after redirects. */
  readonly url: string
}

export type EgressFault =
  | 'blocked' // the guard refused the URL or an address
  | 'unresolvable' // DNS
  | 'refused' // no connection
  | 'tls'
  | 'timeout'
  | 'too_large'
  | 'broken' // the connection broke, or the answer was no HTTP
  | 'aborted'

/** A request that brought no answer. `sent` says whether the API may have seen it. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly fault: EgressFault
  /** False only when it is certain that no byte of the request left. */
  readonly sent: boolean
  constructor(fault: EgressFault, sent: boolean, message: string, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
    this.sent = sent
  }
}

/** The one door out. */
export interface Egress {
  request(request: EgressRequest): Promise<EgressResponse>
  /** Throws EgressError `blocked` when the URL could never be dialled: scheme, userinfo, port, a literal address in a forbidden range. No DNS. */
  checkUrl(url: string): void
  close(): Promise<void>
}
