import type { Caller } from '../../caller.ts'
import type { LoadedConnection } from '../../connections/registry.ts'
import type { CompiledAction } from '../../definition/types.ts'
import { probeName } from '../../definition/verify.ts'
import { SallyportError } from '../../errors.ts'
import type { Resolved } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Which action of which connection, within the caller's reach? Without a name the connector's default. Throws NOT_FOUND, INVALID_INPUT without a default. */
export function resolve(services: CallServices, caller: Caller, request: CallRequest): Resolved | Promise<Resolved> {
  const connection = services.connections.resolve(caller, request.connector, request.connection)
  const { connectorVersion } = request
  if (connectorVersion !== undefined) return pinned(services, caller, connection, connectorVersion, request)
  return connection instanceof Promise
    ? connection.then((found) => actionOf(services, caller, found, request))
    : actionOf(services, caller, connection, request)
}

async function pinned(
  services: CallServices,
  caller: Caller,
  connection: LoadedConnection | Promise<LoadedConnection>,
  version: string,
  request: CallRequest,
): Promise<Resolved> {
  return actionOf(services, caller, await services.connections.pinned(await connection, version), request)
}

/** The read of the connector's `verify` is no action: only tests of a connection make it. */
function probeOf({ connector }: LoadedConnection, { entrance, action }: CallRequest): CompiledAction | undefined {
  return entrance === 'test' && action === probeName ? connector.verify()?.action : undefined
}

/** Names so many actions at most; a connector may have thousands. */
const maxNames = 20

function unnamed({ connector }: LoadedConnection): SallyportError {
  const names = [...connector.actions.keys()]
  const more = names.length > maxNames ? `, and ${names.length - maxNames} more` : ''
  return new SallyportError('INVALID_INPUT', {
    detail: `Name an action: "${connector.id}" has no default_action. It has: ${names.slice(0, maxNames).join(', ')}${more}.`,
    diagnostics: { actions: names.slice(0, maxNames) },
  })
}

function actionOf({ log }: CallServices, caller: Caller, connection: LoadedConnection, request: CallRequest): Resolved {
  const { default_action } = connection.connector.document
  const name = request.action ?? default_action
  if (name === undefined) throw unnamed(connection)
  const action = connection.connector.actions.get(name) ?? probeOf(connection, request)
  if (action === undefined) {
    const { removed = {}, name: title } = connection.connector.document
    const gone = Object.hasOwn(removed, name) ? removed[name] : undefined
    if (gone !== undefined)
      throw new SallyportError('NOT_FOUND', {
        detail: `${title} has no action "${name}" since version ${gone.version}.${gone.use === undefined ? '' : ` "${gone.use}" makes the same request now.`}`,
      })
    throw new SallyportError('NOT_FOUND', {
      detail: `"${connection.connector.id}" has no action "${name}". List its actions with GET /api/v1/connectors/${connection.connector.id}/capabilities.`,
    })
  }
  if (action.deprecated) {
    const instead = action.deprecatedMessage ?? undefined
    log.warn({ connector: connection.connector.id, action: action.name, instead }, 'a deprecated action was called')
  }
  return { caller, connection, action } as Resolved
}
