import { injectionOf } from '../../connections/on-premises.ts'
import type { LoadedConnection } from '../../connections/registry.ts'
import { secretsOf } from '../../connections/schemes/credential.ts'
import { createRedactor } from '../../egress/redact.ts'
import { SallyportError } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { Armed, Permit } from '../facts.ts'
import type { CallServices } from '../services.ts'

interface Opened extends Pick<Armed, 'injection' | 'fields' | 'redactor'> {
  readonly secrets: readonly Secret[]
  /** Of a credential that is obtained. */
  readonly version: number | null
  /** Monotonic. */
  readonly until: number
}

/** How long an opened credential is kept in memory: as long as the connection that it belongs to (see connections.ts). */
const openedMs = 5_000
const opened = new WeakMap<LoadedConnection, Opened>()

async function open(services: CallServices, connection: LoadedConnection, refused?: Opened): Promise<Opened> {
  const { fields, version, until } = await services.connections.openCredential(connection, refused?.version ?? undefined)
  // An answer may still hold the one that was refused.
  const secrets = secretsOf(connection.scheme, fields, connection.agentSecrets)
  const redactor = createRedactor([...secrets, ...(refused?.secrets ?? [])])
  const injection = injectionOf(connection, fields)
  const made = { injection, fields, redactor, secrets, version, until }
  opened.set(connection, made)
  // Also when no further call comes.
  setTimeout(() => opened.get(connection) === made && opened.delete(connection), openedMs).unref()
  return made
}

/** The same call with another credential than the one that the API refused; null when there is no other. */
function renewal(services: CallServices, permit: Permit, refused: Opened): Armed['renew'] {
  const { connection } = permit
  if (refused.version === null || !services.connections.mayRenew(connection)) return null
  return async () => arm(services, permit, await open(services, connection, refused))
}

function arm(services: CallServices, permit: Permit, one: Opened): Armed {
  const { injection, fields, redactor } = one
  return { permit, injection, fields, redactor, renew: renewal(services, permit, one) } as Armed
}

/** Opens the connection's credential and says where it goes: this is where a header is injected. */
export function useCredential(services: CallServices, permit: Permit): Armed | Promise<Armed> {
  const { connection, action } = permit
  if (action.authSchemes !== null && action.authSchemes.length === 0) {
    return { permit, injection: { headers: {}, query: {} }, fields: {}, redactor: createRedactor([]), renew: null } as Armed
  }
  if (action.authSchemes !== null && !action.authSchemes.includes(connection.schemeName)) {
    throw new SallyportError('INVALID_INPUT', {
      detail: `"${action.name}" takes the auth scheme ${action.authSchemes.join(' or ')}; this connection uses ${connection.schemeName}. Connect with the other scheme.`,
    })
  }
  const known = opened.get(connection)
  return known === undefined || known.until <= services.clock.monotonic()
    ? open(services, connection).then((one) => arm(services, permit, one))
    : arm(services, permit, known)
}
