import { SallyportError } from '../../errors.ts'
import type { Admitted, Allowed } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Is the action within its calls per minute and day? Throws RATE_LIMITED with the seconds until it is. */
export function limit(services: CallServices, allowed: Allowed, request: CallRequest): Admitted {
  const { caller, connection, action, url } = allowed
  // A stored call was counted when it was asked for, and a dry run sends nothing.
  if (request.approvalId === undefined && !request.dryRun) {
    const { perMinute, perDay } = action.limits
    const refusal = services.limiter.take(`${connection.id}/${action.name}`, perMinute, perDay)
    if (refusal !== null) {
      const seconds = Math.max(1, Math.ceil(refusal.retryAfterMs / 1000))
      throw new SallyportError('RATE_LIMITED', {
        detail: `"${action.name}" is limited to ${refusal.limit} calls per ${refusal.window}. Try again in ${seconds} s.`,
        retryAfterSeconds: seconds,
        diagnostics: { limit: refusal.limit, window: refusal.window, by: 'gateway' },
      })
    }
  }
  return { caller, connection, action, url } as Admitted
}
