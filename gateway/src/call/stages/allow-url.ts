import type { LoadedConnection } from '../../connections/registry.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Allowed, Granted } from '../facts.ts'
import { inputOf } from '../input.ts'
import { refusePlainHttp } from '../plain-http.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Servers found fit to be dialled; a connection is loaded anew when anything about it changes. */
const judged = new WeakMap<LoadedConnection, Set<string>>()

/** Every URL of an action has the origin of its server, so that is judged once. */
function judgeServer(services: CallServices, connection: LoadedConnection, baseUrl: string): void {
  const known = judged.get(connection)
  if (known?.has(baseUrl)) return
  refusePlainHttp(connection.connector, baseUrl)
  try {
    services.egress.via(connection.passage).checkUrl(baseUrl)
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    throw new SallyportError('URL_NOT_ALLOWED', { internal: error.message, cause: error })
  }
  if (known === undefined) judged.set(connection, new Set([baseUrl]))
  else known.add(baseUrl)
}

/** Is the URL one that the connector may call and the gateway may dial? Throws URL_NOT_ALLOWED. */
export function allowUrl(services: CallServices, granted: Granted, request: CallRequest): Allowed {
  const { caller, connection, action } = granted
  // Code says only while it runs where it wants to go: the executor asks of each request then.
  if (action.kind !== 'http') return { caller, connection, action, route: { kind: 'command', action } } as Allowed
  const baseUrl = action.baseUrl(connection.environment, connection.settings) ?? connection.baseUrl
  if (baseUrl === null) throw new SallyportError('URL_NOT_ALLOWED', { internal: 'a request without a server' })
  const url = action.renderUrl(baseUrl, inputOf(request), connection.settings)
  if (!connection.connector.urlAllowed(url, baseUrl)) {
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `The address is outside the url_patterns of "${connection.connector.id}".`,
      internal: url,
    })
  }
  judgeServer(services, connection, baseUrl)
  return { caller, connection, action, route: { kind: 'http', action, baseUrl, url } } as Allowed
}
