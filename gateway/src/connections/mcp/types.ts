import type { Caller } from '../../caller.ts'
import type { Listing } from '../../definition/import/mcp.ts'

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** The connector of a workspace that a source is the newer document of. */
export interface StoredOf {
  readonly workspaceId: string
  readonly id: string
  /** Who looks, where somebody does: a connection of their own opens the server before the workspace's. */
  readonly caller?: Caller
}

/** Where a server is: at an address, or a program that the operator has listed. */
export interface McpSource {
  readonly url?: string
  readonly program?: string
  /** Of a program: what its variables hold while it is asked. */
  readonly variables?: Readonly<Record<string, string>>
  readonly transport?: 'http' | 'sse'
  readonly token?: string
  readonly trust_annotations?: boolean
  /** People sign in at the authorization server that it names: its tools are listed after that. */
  readonly sign_in?: boolean
}

/** `of`: the connector whose newer tools these are, so that its connection's credential opens the server. */
export type ListTools = (source: McpSource, of?: StoredOf) => Promise<Listing>
