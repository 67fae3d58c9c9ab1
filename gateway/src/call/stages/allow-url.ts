import ipaddr from 'ipaddr.js'
import type { LoadedConnection } from '../../connections/connections.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Allowed, Granted } from '../facts.ts'
import { inputOf } from '../input.ts'
import type { CallServices } from '../services.ts'
import type { CallRequest } from '../types.ts'

/** Plain HTTP is for loopback and for private addresses, which the egress door dials only where the operator listed them. */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast'
}

/** Servers found fit to be dialled; a connection is loaded anew when anything about it changes. */
const judged = new WeakMap<LoadedConnection, Set<string>>()

/** Every URL of an action has the origin of its server, so that is judged once. */
function judgeServer(services: CallServices, connection: LoadedConnection, baseUrl: string): void {
  const known = judged.get(connection)
  if (known?.has(baseUrl)) return
  const { protocol, hostname, origin } = new URL(baseUrl)
  if (protocol !== 'https:' && !connection.connector.allowHttp && !isPrivateHost(hostname)) {
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `${origin} is not HTTPS. Use an https:// server URL, or set security.allow_http in the connector.`,
    })
  }
  try {
    services.egress.checkUrl(baseUrl)
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
  const baseUrl = action.baseUrl(connection.environment, connection.settings) ?? connection.baseUrl
  const url = action.renderUrl(baseUrl, inputOf(request), connection.settings)
  if (!connection.connector.urlAllowed(url, baseUrl)) {
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `The address is outside the url_patterns of "${connection.connector.id}".`,
      internal: url,
    })
  }
  judgeServer(services, connection, baseUrl)
  return { caller, connection, action, baseUrl, url } as Allowed
}
