import type { Generated } from 'kysely'
import type { Created, Instant, Json } from './column-types.ts'

/** Of private networks and the agents in them, as migration 0047 makes them. */

interface NetworkTable {
  id: string
  workspace_id: string
  name: string
  created_by: string
  created_at: Created
}

interface NetworkTokenTable {
  id: string
  workspace_id: string
  network_id: string
  hash: Buffer
  hint: string
  created_by: string
  created_at: Created
  expires_at: Instant | null
  last_used_at: Instant | null
  revoked_at: Instant | null
}

interface NetworkAgentTable {
  workspace_id: string
  network_id: string
  name: string
  instance: string
  former: Generated<readonly string[]>
  token_id: string
  version: string
  protocol: number
  connectors: Json<readonly string[] | null>
  address: string
  connected_at: Instant
  seen_at: Instant
}

interface GatewayReplicaTable {
  id: string
  started_at: Created
  seen_at: Instant
}

interface NetworkLinkTable {
  workspace_id: string
  network_id: string
  agent: string
  replica_id: string
}

export interface NetworkTables {
  networks: NetworkTable
  network_tokens: NetworkTokenTable
  network_agents: NetworkAgentTable
  gateway_replicas: GatewayReplicaTable
  network_links: NetworkLinkTable
}
