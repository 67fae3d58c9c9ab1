import { describeFault } from '../problem.ts'
import type { EgressError } from '../types.ts'
import { SecretManagerError } from './types.ts'

/** A request that brought no answer. What the guard refuses is refused for good. */
export function faultOf(error: EgressError): SecretManagerError {
  const fault = error.fault === 'blocked' || error.fault === 'tls' || error.fault === 'too_large' ? 'refused' : 'unavailable'
  return new SecretManagerError(fault, describeFault(error.fault), error)
}
