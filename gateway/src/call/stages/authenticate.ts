import type { Caller } from '../../caller.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Who asks, and through which toolset? Throws UNAUTHENTICATED, FORBIDDEN from an address that is not the token's. */
export function authenticate(services: CallServices, request: CallRequest): Promise<Caller> {
  return services.access.authenticate(request.credentials, request.ip, request.toolset)
}
