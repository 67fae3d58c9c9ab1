import type { Listing } from '../../definition/import/mcp.ts'

/** The connector of a workspace that a source is the newer document of. */
export interface StoredOf {
  readonly workspaceId: string
  readonly id: string
}

export interface McpSource {
  readonly url: string
  readonly transport?: 'http' | 'sse'
  readonly token?: string
  readonly trust_annotations?: boolean
}

/** `of`: the connector whose newer tools these are, so that its connection's credential opens the server. */
export type ListTools = (source: McpSource, of?: StoredOf) => Promise<Listing>
