import type { Caller } from '../../caller.ts'
import type { LoadedConnection } from '../../connections/registry.ts'
import type { CompiledAction } from '../../definition/types.ts'
import { probeName } from '../../definition/verify.ts'
import { SallyportError } from '../../errors.ts'
import type { Resolved } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Which action of which connection, within the caller's reach? Throws NOT_FOUND. */
export function resolve(services: CallServices, caller: Caller, request: CallRequest): Resolved | Promise<Resolved> {
  const connection = services.connections.resolve(caller, request.connector, request.connection)
  return connection instanceof Promise
    ? connection.then((found) => actionOf(services, caller, found, request))
    : actionOf(services, caller, connection, request)
}

/** The read of the connector's `verify` is no action: only tests of a connection make it. */
function probeOf({ connector }: LoadedConnection, { entrance, action }: CallRequest): CompiledAction | undefined {
  return entrance === 'test' && action === probeName ? connector.verify()?.action : undefined
}

function actionOf({ log }: CallServices, caller: Caller, connection: LoadedConnection, request: CallRequest): Resolved {
  const action = connection.connector.actions.get(request.action) ?? probeOf(connection, request)
  if (action === undefined) {
    const { removed = {}, name } = connection.connector.document
    const gone = Object.hasOwn(removed, request.action) ? removed[request.action] : undefined
    if (gone !== undefined)
      throw new SallyportError('NOT_FOUND', {
        detail: `${name} has no action "${request.action}" since version ${gone.version}.${gone.use === undefined ? '' : ` "${gone.use}" makes the same request now.`}`,
      })
    throw new SallyportError('NOT_FOUND', {
      detail: `"${connection.connector.id}" has no action "${request.action}". List its actions with GET /api/v1/connectors/${connection.connector.id}/capabilities.`,
    })
  }
  if (action.deprecated) {
    const instead = action.deprecatedMessage ?? undefined
    log.warn({ connector: connection.connector.id, action: action.name, instead }, 'a deprecated action was called')
  }
  return { caller, connection, action } as Resolved
}
