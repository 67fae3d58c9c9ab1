import type { Caller } from '../../caller.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Who asks? Throws UNAUTHENTICATED. */
export function authenticate(services: CallServices, request: CallRequest): Promise<Caller> {
  return services.access.authenticate(request.credentials)
}
