import type { CompiledConnector } from '../definition/types.ts'
import { isPrivateHost } from '../egress/addresses.ts'
import { SallyportError } from '../errors.ts'

/** Throws URL_NOT_ALLOWED for a credential that would travel in clear through the open. */
export function refusePlainHttp(connector: CompiledConnector, url: string): void {
  const { protocol, hostname, origin } = new URL(url)
  if (protocol === 'https:' || connector.allowHttp || isPrivateHost(hostname)) return
  throw new SallyportError('URL_NOT_ALLOWED', {
    detail: `${origin} is not HTTPS. Use an https:// server URL, or set security.allow_http in the connector.`,
  })
}
