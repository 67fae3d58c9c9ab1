import type { Listing } from '../../definition/import/mcp.ts'

/** The connector of a workspace that a source is the newer document of. */
export interface StoredOf {
  readonly workspaceId: string
  readonly id: string
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
}

/** `of`: the connector whose newer tools these are, so that its connection's credential opens the server. */
export type ListTools = (source: McpSource, of?: StoredOf) => Promise<Listing>
