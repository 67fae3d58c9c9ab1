import { setTimeout as wait } from 'node:timers/promises'
import { describeFault } from '../../egress/problem.ts'
import type { EgressFault } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { executeHttp, type HttpAttempt } from '../executors/http.ts'
import type { Armed, Progress, Reply } from '../facts.ts'
import type { CallServices } from '../services.ts'

const firstBackoffMs = 200
const retryableStatus = new Set([429, 502, 503, 504])
const finalFaults: ReadonlySet<EgressFault> = new Set(['blocked', 'tls', 'too_large', 'aborted'])

/** Milliseconds until the next attempt: what the API asked for, or doubling with full jitter; null when there is none. */
function backoff(attempt: HttpAttempt, tries: number): number | null {
  if (attempt.kind === 'failed' ? finalFaults.has(attempt.error.fault) : !retryableStatus.has(attempt.status)) return null
  const asked = attempt.kind === 'answered' ? attempt.retryAfterMs : null
  return asked ?? Math.random() * firstBackoffMs * 2 ** tries
}

/** Whether an attempt shows that the API itself is not working; a slow or refused answer to one request does not. */
function isOutage(attempt: HttpAttempt): boolean {
  if (attempt.kind === 'answered') return attempt.status >= 502 && attempt.status <= 504
  const { fault } = attempt.error
  return fault === 'refused' || fault === 'broken' || fault === 'timeout' || fault === 'unresolvable'
}

/**
 * Sends the request and reads the answer, within the one deadline of the call. Reads are tried again, and writes that carry
 * a header by which the API knows a repetition; no other write ever is.
 */
export async function send(services: CallServices, armed: Armed, progress: Progress, callId: string): Promise<Reply> {
  const { permit } = armed
  const { limits, effect, name, idempotencyHeader } = permit.action
  const deadline = services.clock.monotonic() + limits.timeoutMs
  const retries = effect === 'read' || idempotencyHeader !== null ? limits.retries : 0
  const turn = services.upstreams.enter(`${permit.connection.id} ${permit.baseUrl}`)
  try {
    for (let tries = 0; ; tries++) {
      const left = deadline - services.clock.monotonic()
      const attempt = await executeHttp(services.egress, armed, Math.max(1, Math.floor(left)), callId)
      progress.outcome = worst(progress.outcome, attempt)
      progress.status = attempt.kind === 'answered' ? attempt.status : (attempt.error.status ?? null)
      if (isOutage(attempt)) turn.failed()
      else turn.succeeded()
      const delay = tries < retries ? backoff(attempt, tries) : null
      if (delay === null || services.clock.monotonic() + delay >= deadline || !turn.mayRetry())
        return finish(attempt, armed, name, effect)
      await wait(delay)
    }
  } finally {
    turn.end()
  }
}

/** An answer settles it; an earlier attempt that may have arrived is not undone by a later one that did not. */
function worst(before: Progress['outcome'], attempt: HttpAttempt): Progress['outcome'] {
  if (attempt.kind === 'answered') return 'done'
  return attempt.error.sent || before === 'sent_unknown' ? 'sent_unknown' : 'not_sent'
}

/** An answer with success goes on; everything else becomes an error of the catalogue. */
function finish(attempt: HttpAttempt, armed: Armed, action: string, effect: string): Reply {
  const { permit, redactor } = armed
  if (attempt.kind === 'failed') throw transportError(attempt, action, effect)
  const { status, body, json, suspect, bytes } = attempt
  const failed = json && permit.action.reportsFailure(body)
  if (status >= 200 && status < 300 && !failed) return { permit, status, body, json, suspect, bytes, diagnostics: {} } as Reply
  // Cut only then: half a secret at the edge would not be known for one.
  const diagnostics = { upstream_status: status, upstream_body: excerpt(suspect ? redactor.value(body) : body) }
  const seconds = attempt.retryAfterMs === null ? undefined : Math.ceil(attempt.retryAfterMs / 1000)
  switch (status) {
    case 401:
    case 403:
      throw new SallyportError('AUTHENTICATION_FAILED', { detail: `The API answered ${status} to "${action}".`, diagnostics })
    case 404:
    case 410:
      throw new SallyportError('ENDPOINT_NOT_FOUND', { detail: `The API answered ${status} to "${action}".`, diagnostics })
    case 429:
      throw new SallyportError('RATE_LIMITED', {
        detail: `The API refused "${action}" with 429: too many calls.`,
        diagnostics: { ...diagnostics, by: 'api' },
        ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
      })
    default:
      throw new SallyportError('UPSTREAM_ERROR', {
        detail: `The API answered ${status} to "${action}"${failed ? ', and says in the answer that it failed' : ''}.`,
        diagnostics,
      })
  }
}

/** Diagnostics show the API's own words, up to this many characters. */
const excerptLength = 4_000

function excerpt(body: unknown): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (text === undefined || text.length <= excerptLength) return body
  return `${text.slice(0, excerptLength)}…`
}

function transportError(attempt: Extract<HttpAttempt, { kind: 'failed' }>, action: string, effect: string): SallyportError {
  const { fault, sent, message } = attempt.error
  const options = { internal: message, cause: attempt.error }
  // A write that left and brought no answer is unknown, whatever broke.
  if (effect !== 'read' && sent && fault !== 'too_large') return new SallyportError('OUTCOME_UNKNOWN', options)
  switch (fault) {
    case 'blocked':
      return new SallyportError('URL_NOT_ALLOWED', options)
    case 'unresolvable':
      return new SallyportError('CONNECTION_REFUSED', { ...options, detail: describeFault(fault) })
    case 'refused':
      return new SallyportError('CONNECTION_REFUSED', options)
    case 'tls':
      return new SallyportError('SSL_ERROR', options)
    case 'aborted':
      return new SallyportError('UNAVAILABLE', { ...options, detail: 'The gateway is stopping.', retryAfterSeconds: 5 })
    case 'timeout':
      return new SallyportError('TIMEOUT', { ...options, detail: `"${action}" did not finish before its deadline.` })
    case 'too_large':
      return new SallyportError('RESPONSE_TOO_LARGE', options)
    case 'broken':
      return new SallyportError('UPSTREAM_ERROR', { ...options, detail: 'The connection broke before the answer was complete.' })
    default:
      return fault satisfies never
  }
}
