import { SallyportError } from '../errors.ts'

/**
 * SQLSTATE classes and codes (PostgreSQL manual, appendix A) that say "not now": connection exceptions, insufficient
 * resources, a server that starts or stops, a session ended from outside, a standby after a failover, a statement timeout.
 */
const notNow = /^(?:08...|53...|57P0[1-5]|57014|25006|25P03|25P04)$/

/** Node's errors on a socket name the system call. */
const socketCalls: readonly string[] = ['connect', 'getaddrinfo', 'read', 'write', 'shutdown']

/** pg and pg-pool tell these cases apart by text only. */
const driverMessages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (?:has encountered a connection error|was closed)|Cannot use a pool after calling end|Postgres connection has been discarded)/

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Whether the database could not be reached or could not serve, so that the same work may succeed a moment later. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.every(isConnectionFailure)
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  return notNow.test(text(code)) || socketCalls.includes(text(syscall)) || driverMessages.test(error.message)
}

export function unavailable(error: unknown): SallyportError {
  return new SallyportError('UNAVAILABLE', {
    detail: 'The database cannot be reached at the moment.',
    retryAfterSeconds: 1,
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  })
}

/** A connection failure as UNAVAILABLE; anything else unchanged. */
export function asStoreError(error: unknown): unknown {
  return isConnectionFailure(error) ? unavailable(error) : error
}
