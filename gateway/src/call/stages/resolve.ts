import type { Caller } from '../../caller.ts'
import type { LoadedConnection } from '../../connections/connections.ts'
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

function actionOf({ log }: CallServices, caller: Caller, connection: LoadedConnection, request: CallRequest): Resolved {
  const action = connection.connector.actions.get(request.action)
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
  if (action.deprecated) log.warn({ connector: connection.connector.id, action: action.name }, 'a deprecated action was called')
  return { caller, connection, action } as Resolved
}
