import { type Dispatcher, errors, type Pool } from 'undici'
import { unreachable } from '../errors.ts'
import { BodyBuffer } from './body.ts'
import type { Deadline, Ending } from './deadline.ts'
import { answerHeaders } from './headers.ts'
import { DialError } from './pools.ts'
import { EgressError, type EgressFault, type OnHead } from './types.ts'

/** A request as it goes on the wire; it may hold revealed secrets, and goes nowhere else. */
export interface WireRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: string | Uint8Array | undefined
}

/** An answer as it came; the body is still encoded. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

export interface ExchangeLimits {
  readonly maxBytes: number
  readonly deadline: Deadline
  /** Longest wait for a connection where there is another address to try. */
  readonly connectMs: number | null
  /** Whether an earlier hop of a redirect went out already. */
  readonly sentBefore: boolean
  readonly onHead?: OnHead | undefined
}

/** Only what went wrong: undici's parser errors also hold the bytes that came, which may echo a secret. */
function plain(cause: unknown): Error | undefined {
  if (!(cause instanceof Error)) return undefined
  return new Error(`${'code' in cause ? `${String(cause.code)} ` : ''}${cause.message}`)
}

/**
 * With TLS 1.3 the client's certificate is judged when the request is on its way already; a server that refuses it has not
 * begun with the request (RFC 8446 section 4.4.2.4).
 */
function isCertificateAlert(error: Error): boolean {
  return (
    'code' in error && /^ERR_SSL_\w+_ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)$/.test(String(error.code))
  )
}

const tooLarge = 'The answer is too large.'

export function endingError(ending: Ending, sent: boolean, status?: number): EgressError {
  switch (ending) {
    case 'timeout':
      return new EgressError('timeout', sent, 'The request did not finish before its deadline.', undefined, status)
    case 'aborted':
      return new EgressError('aborted', sent, 'The caller gave up.', undefined, status)
    default:
      return unreachable(ending)
  }
}

/**
 * One request on one socket, as undici's handler. It settles once: after that nothing that still arrives counts, and a
 * socket that only now stands is not written to.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<WireAnswer>
  #resolve: (answer: WireAnswer) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #settled = false
  /** Set when undici is about to write the head of the request: from here on the API may have seen it. */
  #controller: Dispatcher.DispatchController | null = null
  #status: number | undefined
  #headers: Record<string, string> = {}
  readonly #body: BodyBuffer
  /** Gets the body as it comes, and counts what it has got. */
  #reader: ((chunk: Buffer) => void) | null = null
  #read = 0
  readonly #method: string
  readonly #limits: ExchangeLimits

  constructor(method: string, limits: ExchangeLimits) {
    const { maxBytes, deadline } = limits
    this.#body = new BodyBuffer(maxBytes)
    this.#method = method
    this.#limits = limits
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    deadline.onEnd((ending) => this.#fail(endingError(ending, this.sent, this.#status)))
  }

  get sent(): boolean {
    return this.#controller !== null || this.#limits.sentBefore
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Ends a try that has not got as far as sending. */
  giveUpConnecting(): void {
    if (this.#controller === null) this.#fail(new DialError(false, new Error('no connection in time')))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#limits.deadline.onEnd(null)
    return true
  }

  #fail(error: Error): void {
    if (!this.#settle()) return
    this.#reject(error)
    this.#controller?.abort(error)
  }

  #fault(fault: EgressFault, message: string, cause?: unknown): void {
    this.#fail(new EgressError(fault, this.sent, message, plain(cause), this.#status))
  }

  /** The API says, in the words of its protocol, that it has not begun with the request. */
  #notTaken(fault: EgressFault, message: string, cause?: unknown): void {
    this.#fail(new EgressError(fault, this.#limits.sentBefore, message, plain(cause)))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const again = this.#controller !== null
    // Too late: aborting here keeps undici from writing anything.
    if (this.#settled) controller.abort(new Error('settled'))
    else this.#controller = controller
    // HTTP/2 lets a server refuse a request (REFUSED_STREAM, GOAWAY), and undici would send it once more by itself.
    if (again) this.#notTaken('refused', 'The API refused the request before taking it.')
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim answers (RFC 9110 section 15.2) come before the real one.
    if (status < 200) return
    this.#status = status
    this.#headers = answerHeaders(headers)
    // The length of what a GET would bring comes with the answer to a HEAD too.
    const announced = this.#method === 'HEAD' ? 0 : Number(this.#headers['content-length'] ?? 0)
    if (announced > this.#limits.maxBytes) this.#fault('too_large', tooLarge)
    const whole = this.#settled || (status >= 300 && status < 400) || this.#headers['content-encoding'] !== undefined
    this.#reader = whole ? null : (this.#limits.onHead?.({ status, headers: this.#headers }) ?? null)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    this.#read += chunk.length
    if (this.#reader === null ? !this.#body.add(chunk) : this.#read > this.#limits.maxBytes) this.#fault('too_large', tooLarge)
    else this.#reader?.(chunk)
  }

  onResponseEnd(): void {
    if (this.#status === undefined) this.#fault('broken', 'The answer ended before it began.')
    else if (this.#settle()) this.#resolve({ status: this.#status, headers: this.#headers, body: this.#body.bytes })
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (error instanceof DialError) this.#fail(error)
    else if (error instanceof errors.HeadersOverflowError)
      this.#fault('too_large', 'The headers of the answer are too large.', error)
    else if (this.#status === undefined && isCertificateAlert(error))
      this.#notTaken('tls', 'The API wants another client certificate.', error)
    else if (this.#controller === null) this.#fault('refused', 'The connection broke before the request was sent.', error)
    else this.#fault('broken', 'The connection broke before the answer was complete, or the answer is not valid HTTP.', error)
  }
}

/**
 * Sends the request once. Throws DialError when no connection came about, else EgressError.
 */
export async function exchange(pool: Pool, request: WireRequest, limits: ExchangeLimits): Promise<WireAnswer> {
  const { method, path, headers, body } = request
  const handler = new Exchange(method, limits)
  const timer = limits.connectMs === null ? undefined : setTimeout(() => handler.giveUpConnecting(), limits.connectMs)
  if (!handler.settled) pool.dispatch({ method, path, headers, body: body ?? null }, handler)
  try {
    return await handler.answer
  } finally {
    clearTimeout(timer)
  }
}
