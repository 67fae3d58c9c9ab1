import { inject, secretsOf } from '../../connections/auth-schemes.ts'
import { createRedactor } from '../../egress/redact.ts'
import { SallyportError } from '../../errors.ts'
import type { Armed, Permit } from '../facts.ts'
import type { CallServices } from '../services.ts'

/** Opens the connection's credential and says where it goes: this is where a header is injected. */
export async function useCredential(services: CallServices, permit: Permit): Promise<Armed> {
  const { connection, action } = permit
  if (action.authSchemes !== null && action.authSchemes.length === 0) {
    return { permit, injection: { headers: {}, query: {} }, redactor: createRedactor([]) } as Armed
  }
  if (action.authSchemes !== null && !action.authSchemes.includes(connection.schemeName)) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `"${action.name}" takes the auth scheme ${action.authSchemes.join(' or ')}; this connection uses ${connection.schemeName}. Connect with the other scheme.`,
    })
  }
  const fields = await services.connections.openCredential(connection)
  return {
    permit,
    injection: inject(connection, fields),
    redactor: createRedactor(secretsOf(connection.scheme, fields)),
  } as Armed
}
