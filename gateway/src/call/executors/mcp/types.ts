import type { Client, ElicitRequest, ElicitResult, LoggingMessageNotification } from '@modelcontextprotocol/client'
import type { Caller } from '../../../caller.ts'
import type { LoadedConnection } from '../../../connections/registry.ts'
import type { CredentialFields } from '../../../connections/schemes/types.ts'
import type { CallWatch } from '../../types.ts'

/** As much of a call as a session has to know. */
export interface McpUse {
  readonly watch: CallWatch | undefined
  readonly caller: Caller
  readonly connection: LoadedConnection
  /** The connection's secrets, which a program is given as variables. */
  readonly fields: CredentialFields
  readonly signal: AbortSignal
  readonly timeLeft: () => number
}

/** One call's use of a session: every request that the client makes meanwhile is made with the call's credential and deadline. */
export interface Turn {
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** For the stream in which the server asks; it may fail, and nothing fails with it. */
  readonly listen: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Of a program: what is about to be sent to it. */
  readonly sending: (method: string) => void
  /** Whether the call itself has been sent. */
  readonly called: () => boolean
  /** The last answer that was no success. */
  readonly refused: () => { readonly status: number; readonly text: string } | null
  /** What the server tells of its work goes to the caller, without the credential. */
  readonly told: (message: LoggingMessageNotification['params']) => void
  /** What the server asks goes to the person in front of the caller, if one is there. */
  readonly asked: (params: ElicitRequest['params']) => Promise<ElicitResult>
  /** Rejects when a request fails, or a stream breaks, for a reason that is not the server's. */
  readonly broken: Promise<never>
}

/** A client of an MCP server, for one call at a time: what the server asks meanwhile, it asks about that call. */
export interface McpSession {
  readonly client: Client
  /** Whether an earlier call has used it: the server may have forgotten it since. */
  readonly used: boolean
  /** What the server says of its tools, by their name for it, not older than half a minute. */
  fingerprints(run: McpUse): Promise<ReadonlyMap<string, string>>
  /** Listens to what the server asks in the call that follows. */
  listen(): Promise<void>
  /** Gives it back for the next call, or gives it up after a fault. */
  leave(sound: boolean): void
}

export interface McpSessions {
  /** A tool is not what an admin took: has the connector looked at, so that admins see it among what is new. */
  noticed(run: McpUse): void
  enter(run: McpUse, turn: Turn, fresh: boolean): Promise<McpSession>
  /** Gives up what nobody uses. */
  close(): Promise<void>
}
