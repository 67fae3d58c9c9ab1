import ipaddr from 'ipaddr.js'
import { requireRole } from '../../caller.ts'
import { SallyportError } from '../../errors.ts'
import type { Granted, Resolved } from '../facts.ts'
import type { CallRequest } from '../types.ts'

/** Whether an address is in one of the ranges; what cannot be parsed is in none. */
function inRanges(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  return ranges.some((range) => {
    if (!ipaddr.isValidCIDR(range)) return false
    const [base, bits] = ipaddr.parseCIDR(range)
    return base.kind() === ip.kind() && ip.match(base, bits)
  })
}

/** May this caller, from this address? Members and above call. Throws FORBIDDEN. */
export function authorize(resolved: Resolved, request: CallRequest): Granted {
  requireRole(resolved.caller, 'member')
  const ranges = resolved.connection.connector.callerIps
  if (ranges.length > 0 && !inRanges(request.ip, ranges)) {
    throw new SallyportError('FORBIDDEN', {
      detail: `"${resolved.connection.connector.id}" may not be used from this address. Its caller_ips say from where.`,
      internal: request.ip,
    })
  }
  const { caller, connection, action } = resolved
  return { caller, connection, action } as Granted
}
