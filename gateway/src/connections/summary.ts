import type { AuthScheme, ConnectorDocument } from '../definition/document.ts'
import { authOf } from '../definition/external.ts'
import type { ConnectorSummary } from '../store/schema.ts'

/** How a credential of a scheme comes to the gateway. */
export function authModeOf(scheme: AuthScheme): ConnectorSummary['auth_mode'] {
  if (scheme.type === 'oauth2') return 'byo_oauth'
  if (scheme.type === 'mcp_oauth') return 'mcp_oauth'
  return scheme.type === 'none' || scheme.type === 'conn_string' ? scheme.type : 'pat'
}

/** What lists show of a connector without opening its document. */
export function summaryOf(document: ConnectorDocument): ConnectorSummary {
  const [scheme] = Object.values(authOf(document))
  return {
    description: document.description ?? '',
    category: document.category ?? '',
    // Of the scheme that a connection has unless it asks for another.
    auth_mode: scheme === undefined ? 'none' : authModeOf(scheme),
    brand_logo: document.brand?.logo ?? '',
    brand_color: document.brand?.color ?? '',
    kind: document.kind ?? 'http',
    actions: Object.keys(document.actions).length,
  }
}
