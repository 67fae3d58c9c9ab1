import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { errorCatalogue, toSallyportError } from '../errors.ts'

/** Errors that are no answer of a tool, as JSON-RPC errors. */
export function toProtocolError(thrown: unknown, report: (error: unknown) => void): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown
  const error = toSallyportError(thrown)
  if (error.code === 'INTERNAL') report(thrown)
  const code = error.code === 'INVALID_INPUT' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  return new ProtocolError(code, `${errorCatalogue[error.code].title}: ${error.detail}`, {
    code: error.code,
    resolution: error.resolution,
  })
}
