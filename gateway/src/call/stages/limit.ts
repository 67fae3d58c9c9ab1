import { SallyportError } from '../../errors.ts'
import type { Refusal } from '../../store/quota.ts'
import type { Admitted, Allowed } from '../facts.ts'
import { type CallQuota, quotasOf } from '../quotas.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

function subjectOf({ quota: { subject } }: Refusal<CallQuota>): string {
  const { of, name } = subject
  return of === 'action' ? `"${name}"` : of === 'connection' ? `The connection "${name}"` : `The token "${name}"`
}

function rateLimited(refusal: Refusal<CallQuota>): SallyportError {
  const { subject, limit, window } = refusal.quota
  // Whole milliseconds first: a sum of fractions may be a hair above a whole second.
  const seconds = Math.max(1, Math.ceil(Math.round(refusal.retryAfterMs) / 1000))
  return new SallyportError('RATE_LIMITED', {
    detail: `${subjectOf(refusal)} is limited to ${limit} calls per ${window}. Try again in ${seconds} s.`,
    retryAfterSeconds: seconds,
    diagnostics: { limit, window, of: subject.of, by: 'gateway' },
  })
}

/** Is the call within the limits of its action, connection and caller? Throws RATE_LIMITED with the seconds until it is. */
export function limit(services: CallServices, allowed: Allowed, request: CallRequest): Admitted | Promise<Admitted> {
  const { caller, connection, action, route } = allowed
  const admit = (refusal: Refusal<CallQuota> | null) => {
    if (refusal !== null) throw rateLimited(refusal)
    return { caller, connection, action, route } as Admitted
  }
  // A stored call was counted when it was asked for, and a dry run sends nothing.
  if (request.approvalId !== undefined || request.dryRun) return admit(null)
  const decision = services.limiter.take(quotasOf(allowed))
  return decision instanceof Promise ? decision.then(admit) : admit(decision)
}
