import { inRanges } from '../../address-ranges.ts'
import { requireRole } from '../../caller.ts'
import { notRecorded } from '../../connections/owners.ts'
import { SallyportError } from '../../errors.ts'
import type { Granted, Resolved } from '../facts.ts'
import { refusalOf } from '../permitted.ts'
import type { CallRequest } from '../types.ts'

/** May this caller, from this address, call this tool? Members and above call, managers record. Throws FORBIDDEN. */
export function authorize(resolved: Resolved, request: CallRequest): Granted {
  requireRole(resolved.caller, 'member')
  const refusal = refusalOf(resolved.caller, resolved.connection, resolved.action.name)
  if (refusal !== null) throw new SallyportError('FORBIDDEN', { detail: refusal })
  const ranges = resolved.connection.connector.callerIps
  if (ranges.length > 0 && !inRanges(request.ip, ranges)) {
    throw new SallyportError('FORBIDDEN', {
      detail: `"${resolved.connection.connector.id}" may not be used from this address. Its caller_ips say from where.`,
      internal: request.ip,
    })
  }
  if (request.record !== undefined) {
    requireRole(resolved.caller, 'manager')
    if (!resolved.connection.shared) throw notRecorded()
  }
  const { caller, connection, action } = resolved
  return { caller, connection, action } as Granted
}
