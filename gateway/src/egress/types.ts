import type { Socket } from 'node:net'
import type { Secret } from '../secret.ts'
import type { Authorities, ClientCertificate } from './certificates.ts'
import type { AgentDoor, HttpDoor, SocketDoor } from './doors.ts'

/** A request with everything but its signature, as it will go on the wire. */
export interface SignableRequest {
  readonly method: string
  /** Complete but for the secret parameters. */
  readonly url: string
  readonly secretQuery: Readonly<Record<string, Secret>>
  /** Those of the request; what the gateway adds by itself is left out. */
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly body: string | Uint8Array | Secret | undefined
}

/** What a signature adds; headers of the same names are replaced. */
export interface Signature {
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly query: Readonly<Record<string, Secret>>
}

export interface Sign {
  (request: SignableRequest): Signature
  /**
   * Of a scheme that is asked first: what signs the request that was refused with 401 and these challenges (`WWW-Authenticate`,
   * RFC 9110 section 11.6.1), which is then sent once more; null when none of them can be answered.
   */
  readonly answer?: (challenges: string) => Sign | null
}

/** One outbound request. Secrets stay wrapped until the socket. */
export interface EgressRequest {
  readonly door: HttpDoor | AgentDoor
  readonly method: string
  /** Absolute http or https URL without userinfo. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | Secret>>
  /** Query parameters that are secret (an API key in the query); added at the socket. */
  readonly secretQuery?: Readonly<Record<string, Secret>>
  /** A key in the path: takes the place of `[redacted]` in it; added at the socket. */
  readonly secretPath?: Secret | undefined
  readonly body?: string | Uint8Array | Secret
  /** Called for each hop, right before it is sent; never for another origin than that of the URL. */
  readonly sign?: Sign | undefined
  /** Milliseconds for everything: resolving, connecting, redirects, and the last byte of the body. */
  readonly timeoutMs: number
  /** Most bytes of the body after decompression. */
  readonly maxResponseBytes: number
  /** `follow` only ever follows GET and HEAD, at most 5 hops, each checked anew; default `none`. */
  readonly redirects?: 'follow' | 'none'
  /** Asked for each hop of a redirect, besides the guard's own checks: a connector's URL allowlist. */
  readonly mayRedirectTo?: (url: string) => boolean
  /** False accepts any certificate; default true. */
  readonly verifyTls?: boolean
  /** Only certificates that these authorities signed are accepted; default those that Node brings. */
  readonly authorities?: Authorities | undefined
  /** Shown to the host of the URL only, never after a redirect to another origin. */
  readonly clientCertificate?: ClientCertificate | undefined
  /** Speak HTTP/2 where the API offers it by ALPN; default false. */
  readonly http2?: boolean
  readonly signal?: AbortSignal
  /** Put in by the agent that sends the request, at the same places as the others; never after a redirect to another origin. */
  readonly onPremises?: OnPremisesCredential | undefined
  /**
   * Asked when the head of the answer has come: what it returns gets the body as it comes, within the same deadline and size, and
   * the answer has none then. Not asked of a redirect, nor of a body that is encoded.
   */
  readonly onHead?: OnHead
}

export type OnHead = (head: Pick<EgressResponse, 'status' | 'headers'>) => ((chunk: Uint8Array) => void) | null

/** A credential that an agent puts in: what of it the gateway has, and the names of the secrets that it has not. */
export interface OnPremisesCredential {
  /** Id of the connection, with the version of its credential. */
  readonly owner: string
  readonly scheme: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, Secret>>
  /** Field of the scheme to name of a secret of the agent. */
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

/** The way through the agents of a private network. */
export interface Passage {
  /** Id of the network. */
  readonly network: string
  /** Whose request it is: agents may serve some connectors only. */
  readonly connector: string
}

export interface EgressResponse {
  readonly status: number
  /**
   * Names in lower case; repeated headers joined with ", " (set-cookie with newline). Content-Encoding and
   * Content-Length are gone where the body was decoded.
   */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Where the answer came from, after redirects; without the secret query and path. */
  readonly url: string
}

export type EgressFault =
  | 'blocked' // the guard refused the URL
  | 'unresolvable' // DNS: no answer, or one with an address that may not be dialled; which of them is in the log only
  | 'refused' // no connection
  | 'tls'
  | 'timeout'
  | 'too_large'
  | 'broken' // the connection broke, or the answer was no HTTP
  | 'aborted'
  | 'no_agent' // no agent of the network is there
  | 'agent_refused' // outside the allowlist of the agent
  | 'agent_credential' // the agent has no such secret, may not send it there, or could not get it

/** A request that brought no answer. `sent` says whether the API may have seen it. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly fault: EgressFault
  /** False only when it is certain that the API has not taken the request: no byte left, or it refused it in its protocol's words. */
  readonly sent: boolean
  /** The status, when the head of the answer arrived before the fault: the API has acted on the request. */
  readonly status: number | undefined
  constructor(fault: EgressFault, sent: boolean, message: string, cause?: unknown, status?: number) {
    super(message, { cause })
    this.fault = fault
    this.sent = sent
    this.status = status
  }
}

export interface DialTarget {
  readonly door: SocketDoor
  /** A host name or an address. */
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** The one door out. */
export interface Egress {
  request(request: EgressRequest): Promise<EgressResponse>
  /** Throws EgressError `blocked` when the URL could never be dialled: scheme, userinfo, port, a literal address in a forbidden range. No DNS. */
  checkUrl(url: string): void
  /** A socket to the checked address of a host, for a protocol that is not HTTP. Throws EgressError as `request` does. */
  dial(target: DialTarget): Promise<Socket>
  /** The same door by way of a private network's agents; the door itself for null. */
  via(passage: Passage | null): Egress
  /** Takes no more requests, and ends those under way with the fault `aborted`. */
  abort(): void
  /** Takes no more requests, waits for those under way (their deadlines bound that), then closes every socket. */
  close(): Promise<void>
}
