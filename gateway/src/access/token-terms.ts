import ipaddr from 'ipaddr.js'
import { type Caller, hasRole, type Role } from '../caller.ts'
import { SallyportError } from '../errors.ts'

/** What bounds a token, as it is going to be. */
interface Terms {
  readonly role: Role
  /** Whether it has a toolset, environments or a cassette. */
  readonly confined: boolean
  readonly callerIps: readonly string[] | null
}

/** Throws FORBIDDEN for what the caller may not give, INVALID_INPUT for what no token can be. */
export function requireSoundTerms(caller: Caller, { role, confined, callerIps }: Terms): void {
  if (!hasRole(caller, role)) {
    throw new SallyportError('FORBIDDEN', {
      detail: `A token cannot have a higher role than whoever makes or changes it; yours is ${caller.role}.`,
    })
  }
  if (confined && hasRole({ role }, 'manager'))
    throw new SallyportError('INVALID_INPUT', {
      detail: 'A token with a toolset, environments or a cassette calls tools and nothing else: its role is member or viewer.',
    })
  refuseNoRanges(callerIps)
}

/** The end of a token. Throws INVALID_INPUT for one in the past. */
export function futureEnd(expiresAt: string | null | undefined, now: number): Date | null {
  if (expiresAt === null || expiresAt === undefined) return null
  const end = new Date(expiresAt)
  if (end.getTime() > now) return end
  throw new SallyportError('INVALID_INPUT', {
    detail: 'The token would have expired already: expires_at must be in the future.',
    diagnostics: { errors: [{ path: '/expires_at', message: 'must be in the future' }] },
  })
}

/** Whoever took such a token could use one made or widened with it from anywhere. */
export function refuseBoundToAddresses({ callerIps }: Caller): void {
  if (callerIps === null) return
  throw new SallyportError('FORBIDDEN', { detail: 'A token that is bound to addresses neither makes nor changes tokens.' })
}

/** Throws INVALID_INPUT for what is not a CIDR. */
function refuseNoRanges(ranges: readonly string[] | null): void {
  const index = ranges?.findIndex((range) => !ipaddr.isValidCIDR(range)) ?? -1
  if (index === -1) return
  throw new SallyportError('INVALID_INPUT', {
    detail: `"${ranges?.[index]}" is no address range. Write 203.0.113.7/32 for one address, 10.0.0.0/8 or 2001:db8::/32 for many.`,
    diagnostics: { errors: [{ path: `/caller_ips/${index}`, message: 'must be a CIDR' }] },
  })
}
