import { createRequestStateCodec, type ServerContext } from '@modelcontextprotocol/server'
import { Visit } from './visit.ts'

/**
 * What a client hands back with the answer to a question: of a call that waits for its approval, or of one that an MCP server has
 * stopped to ask. It is used up once.
 */
export type RequestState =
  | { readonly approval: string; readonly tool: string }
  | { readonly question: string; readonly tool: string }

export interface StateCodec {
  readonly verify: (state: string, context: ServerContext) => Promise<RequestState>
  readonly mint: (state: RequestState, context: ServerContext) => Promise<string>
}

/** Signed, and the caller's own to hand back. `key`: at least 32 bytes, the same for all gateways of an installation. */
export function createStateCodec(key: Uint8Array): StateCodec {
  return createRequestStateCodec<RequestState>({
    key,
    bind: ({ http }) => {
      const { workspaceId, kind, id } = Visit.of(http?.authInfo).caller
      return `${workspaceId}/${kind}/${id}`
    },
  })
}
