import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Caller } from '../caller.ts'
import type { Page, PageRequest } from '../page.ts'
import type { Secret } from '../secret.ts'

/** What the entrances see of private networks. Every method but {@link AgentDoor} takes the caller and checks the role. */

export interface AgentView {
  readonly name: string
  /** Of its software. */
  readonly version: string
  readonly protocol: number
  /** Those that it serves; null for any. */
  readonly connectors: readonly string[] | null
  /** Where it dials from. */
  readonly address: string
  readonly connected_at: string
  readonly seen_at: string
  /** Whether a gateway that is alive holds a link of it. */
  readonly online: boolean
  /** How many of the gateways hold one. */
  readonly gateways: number
}

export interface NetworkTokenView {
  readonly id: string
  readonly hint: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
}

export interface NetworkView {
  readonly id: string
  readonly name: string
  readonly created_at: string
  /** Whether an agent of it is there. */
  readonly online: boolean
  /** How many gateways there are for an agent to meet. */
  readonly gateways: number
  readonly connections: number
  /** Those seen last first, at most 100. */
  readonly agents: readonly AgentView[]
  /** The newest first; null for whoever may not make them. */
  readonly tokens: readonly NetworkTokenView[] | null
}

export interface NewNetworkToken {
  readonly id: string
  readonly token: Secret
}

export interface Networks {
  list(caller: Caller, page: PageRequest): Promise<Page<NetworkView>>
  get(caller: Caller, id: string): Promise<NetworkView>
  /** With its first token. Throws CONFLICT when the name is taken. */
  create(caller: Caller, name: string): Promise<{ readonly network: NetworkView; readonly token: NewNetworkToken }>
  rename(caller: Caller, id: string, name: string): Promise<NetworkView>
  /** Its agents are disconnected. Throws CONFLICT while connections lead through it. */
  remove(caller: Caller, id: string): Promise<void>
  createToken(caller: Caller, id: string, expiresAt: string | null): Promise<NewNetworkToken>
  /** Whoever is connected by it is disconnected at once. */
  revokeToken(caller: Caller, tokenId: string): Promise<void>
}

/** Somebody with a good token, who may now become a link. */
export interface Admission {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface AgentDoor {
  /** Throws UNAUTHENTICATED for a token that is unknown, revoked or expired, UNAVAILABLE while the gateway is stopping. */
  admit(token: Secret, address: string): Promise<Admission>
}
