import type { ConnectorDocument } from '../definition/document.ts'
import type { ConnectionRow } from '../store/schema.ts'
import { sha256 } from '../vault/digest.ts'

/** What the audit log shows of a connection: everything but its credential. */
export function connectionFacts({
  connector,
  name,
  environment,
  scheme,
  settings,
  user_id,
  team_id,
  is_default = false,
  approval = null,
  mock = null,
  record = null,
  network_id = null,
  agent_secrets = null,
}: Pick<ConnectionRow, 'connector' | 'name' | 'environment' | 'scheme' | 'settings' | 'user_id' | 'team_id'> &
  Partial<Pick<ConnectionRow, 'is_default' | 'approval' | 'mock' | 'record' | 'network_id' | 'agent_secrets'>>) {
  return {
    connector,
    name,
    environment,
    scheme,
    settings,
    owner: user_id ?? team_id ?? 'workspace',
    default: is_default,
    approval,
    mock,
    record,
    ...(network_id !== null && { network: network_id }),
    ...(agent_secrets !== null && { agent_secrets }),
  }
}

/** What the audit log shows of a connector, whose versions are kept elsewhere: enough to tell which one it was. */
export function connectorFacts(version: string, document: Readonly<Record<string, unknown>> | ConnectorDocument) {
  const { servers, actions } = document
  return textFacts(version, JSON.stringify(document), {
    servers: typeof servers === 'object' && servers !== null ? Object.values(servers).map(urlOf) : [],
    actions: typeof actions === 'object' && actions !== null ? Object.keys(actions).length : 0,
  })
}

/** The same of a document that is a text already. */
export function textFacts(
  version: string,
  text: string,
  { servers, actions }: { readonly servers: readonly string[]; readonly actions: number },
) {
  return { version, servers, actions, sha256: sha256(text).toString('hex') }
}

function urlOf(server: unknown): string {
  return typeof server === 'object' && server !== null && 'url' in server ? String(server.url) : ''
}
