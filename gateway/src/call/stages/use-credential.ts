import { inject, secretsOf } from '../../connections/auth-schemes.ts'
import type { LoadedConnection } from '../../connections/connections.ts'
import { createRedactor } from '../../egress/redact.ts'
import { SallyportError } from '../../errors.ts'
import type { Armed, Permit } from '../facts.ts'
import type { CallServices } from '../services.ts'

type Opened = Pick<Armed, 'injection' | 'redactor'>

/** How long an opened credential is kept in memory: as long as the connection that it belongs to (see connections.ts). */
const openedMs = 5_000
const opened = new WeakMap<LoadedConnection, Opened>()

async function open(services: CallServices, connection: LoadedConnection): Promise<Opened> {
  const fields = await services.connections.openCredential(connection)
  const made = { injection: inject(connection, fields), redactor: createRedactor(secretsOf(connection.scheme, fields)) }
  opened.set(connection, made)
  // Also when no further call comes.
  setTimeout(() => opened.delete(connection), openedMs).unref()
  return made
}

/** Opens the connection's credential and says where it goes: this is where a header is injected. */
export function useCredential(services: CallServices, permit: Permit): Armed | Promise<Armed> {
  const { connection, action } = permit
  if (action.authSchemes !== null && action.authSchemes.length === 0) {
    return { permit, injection: { headers: {}, query: {} }, redactor: createRedactor([]) } as Armed
  }
  if (action.authSchemes !== null && !action.authSchemes.includes(connection.schemeName)) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `"${action.name}" takes the auth scheme ${action.authSchemes.join(' or ')}; this connection uses ${connection.schemeName}. Connect with the other scheme.`,
    })
  }
  const arm = ({ injection, redactor }: Opened) => ({ permit, injection, redactor }) as Armed
  const known = opened.get(connection)
  return known === undefined ? open(services, connection).then(arm) : arm(known)
}
