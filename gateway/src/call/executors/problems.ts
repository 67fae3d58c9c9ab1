import { describeFault } from '../../egress/problem.ts'
import type { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'

export interface Failure {
  /** What the API answered. */
  readonly status: number
  /** The whole sentence, where it is not just the status. */
  readonly detail?: string | undefined
  readonly diagnostics: Record<string, unknown>
  readonly retryAfterMs?: number | null
}

/** The error of the catalogue for an answer that is no success. */
export function statusProblem(action: string, { status, detail, diagnostics, retryAfterMs = null }: Failure): SallyportError {
  const answered = detail ?? `The API answered ${status} to "${action}".`
  switch (status) {
    case 401:
    case 403:
      return new SallyportError('AUTHENTICATION_FAILED', { detail: answered, diagnostics })
    case 404:
    case 410:
      return new SallyportError('ENDPOINT_NOT_FOUND', { detail: answered, diagnostics })
    case 429:
      return new SallyportError('RATE_LIMITED', {
        detail: detail ?? `The API refused "${action}" with 429: too many calls.`,
        diagnostics: { ...diagnostics, by: 'api' },
        ...(retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
      })
    default:
      return new SallyportError('UPSTREAM_ERROR', { detail: answered, diagnostics })
  }
}

/** Diagnostics show the API's own words, up to this many characters. */
const excerptLength = 4_000

export function excerpt(body: unknown): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (text === undefined || text.length <= excerptLength) return body
  return `${text.slice(0, excerptLength)}…`
}

/** The error of the catalogue for a request that brought no answer. */
export function transportProblem(error: EgressError, action: string, effect: string): SallyportError {
  const { fault, sent, message } = error
  const options = { internal: message, cause: error }
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
    case 'no_agent':
      return new SallyportError('AGENT_UNAVAILABLE', options)
    case 'agent_refused':
    case 'agent_credential':
      return new SallyportError('AGENT_REFUSED', { ...options, detail: describeFault(fault) })
    case 'broken':
      return new SallyportError('UPSTREAM_ERROR', { ...options, detail: 'The connection broke before the answer was complete.' })
    default:
      return fault satisfies never
  }
}
