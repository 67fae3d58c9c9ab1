import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorCatalogue, SallyportError, toSallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Problem } from './schemas/common.ts'

/** What a problem says about the call it belongs to. */
export interface FailedCall {
  readonly id: string
  readonly outcome: NonNullable<Problem['outcome']>
}

/** The problem document (RFC 9457) of an error: its public part only. */
export function problemOf(error: SallyportError, call?: FailedCall): Problem {
  return {
    type: `urn:sallyport:problem:${error.code}`,
    code: error.code,
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: error.detail,
    resolution: error.resolution,
    ...(call && { call_id: call.id, outcome: call.outcome }),
    ...(error.diagnostics && { diagnostics: error.diagnostics }),
  }
}

export function sendProblem(reply: FastifyReply, error: SallyportError, call?: FailedCall): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterSeconds))
  if (error.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer')
  return reply.code(error.status).type('application/problem+json').send(problemOf(error, call))
}

/** Faults of the gateway are logged with their internal detail; bodies, headers and query strings never are. */
export function logFault(
  log: Pick<Log, 'error' | 'warn' | 'debug'>,
  request: FastifyRequest,
  error: SallyportError,
  call?: FailedCall,
): void {
  if (error.status < 500) return
  const level = error.status === 500 ? 'error' : error.status === 503 ? 'warn' : 'debug'
  const cause = error.cause instanceof Error ? error.cause.stack : undefined
  const route = request.routeOptions.url
  log[level](
    { code: error.code, internal: error.internal, call_id: call?.id, method: request.method, route, cause },
    error.detail,
  )
}

/** The one error handler: whatever a route or Fastify threw becomes a problem document. */
export function errorHandler(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = isFastifyError(thrown) ? fromFastify(thrown) : toSallyportError(thrown)
    logFault(log, request, error)
    return sendProblem(reply, error)
  }
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && !(thrown instanceof SallyportError) && 'statusCode' in thrown
}

function fromFastify(error: FastifyError): SallyportError {
  if (error.statusCode === 413) return new SallyportError('PAYLOAD_TOO_LARGE', { cause: error })
  if (error.statusCode === 415) {
    return new SallyportError('INVALID_INPUT', {
      detail: 'Send the body as JSON, with "Content-Type: application/json".',
      cause: error,
    })
  }
  if (error.statusCode === undefined || error.statusCode >= 500) return toSallyportError(error)
  // The parser's own message quotes the body, so it is not repeated.
  const detail =
    error instanceof SyntaxError || error.code?.includes('JSON')
      ? 'The body is not valid JSON.'
      : `The request cannot be read: ${error.message}.`
  return new SallyportError('INVALID_INPUT', { detail, cause: error })
}
