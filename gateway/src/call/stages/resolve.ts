import type { Caller } from '../../caller.ts'
import { SallyportError } from '../../errors.ts'
import type { Resolved } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Which action of which connection, inside the caller's workspace? Throws NOT_FOUND. */
export async function resolve(services: CallServices, caller: Caller, request: CallRequest): Promise<Resolved> {
  const connection = await services.connections.resolve(caller.workspaceId, request.connector, request.connection)
  const action = connection.connector.actions.get(request.action)
  if (action === undefined) {
    throw new SallyportError('NOT_FOUND', {
      detail: `"${connection.connector.id}" has no action "${request.action}". List its actions with GET /api/v1/connectors/${connection.connector.id}/capabilities.`,
    })
  }
  if (action.deprecated)
    services.log.warn({ connector: connection.connector.id, action: action.name }, 'a deprecated action was called')
  return { caller, connection, action } as Resolved
}
