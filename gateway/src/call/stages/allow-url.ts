import ipaddr from 'ipaddr.js'
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

/** Is the URL one that the connector may call and the gateway may dial? Throws URL_NOT_ALLOWED. */
export function allowUrl(services: CallServices, granted: Granted, request: CallRequest): Allowed {
  const { caller, connection, action } = granted
  const url = action.renderUrl(connection.baseUrl, inputOf(request), connection.settings)
  const { protocol, hostname, origin } = new URL(url)
  if (!connection.connector.urlAllowed(url, connection.baseUrl)) {
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `The address is outside the url_patterns of "${connection.connector.id}".`,
      internal: url,
    })
  }
  if (protocol !== 'https:' && !connection.connector.allowHttp && !isPrivateHost(hostname)) {
    throw new SallyportError('URL_NOT_ALLOWED', {
      detail: `${origin} is not HTTPS. Use an https:// server URL, or set security.allow_http in the connector.`,
    })
  }
  try {
    services.egress.checkUrl(url)
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    throw new SallyportError('URL_NOT_ALLOWED', { internal: error.message, cause: error })
  }
  return { caller, connection, action, url } as Allowed
}
