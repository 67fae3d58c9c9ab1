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

/**
 * Text that JSON may hold and PostgreSQL may not: the character NUL, and half of a surrogate pair (in jsonb, where it stands
 * as an escape). SQLSTATE character_not_in_repertoire, untranslatable_character, invalid_text_representation.
 */
function isUnstorable(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === '22021' || error.code === '22P05' || (error.code === '22P02' && error.message.includes('type json'))
}

/** A connection failure as UNAVAILABLE, text that cannot be stored as INVALID_INPUT; anything else unchanged. */
export function asStoreError(error: unknown): unknown {
  if (isConnectionFailure(error)) return unavailable(error)
  if (!isUnstorable(error)) return error
  return new SallyportError('INVALID_INPUT', {
    detail: 'A text of the request holds the character NUL or half of a surrogate pair, which cannot be stored.',
    cause: error,
  })
}
