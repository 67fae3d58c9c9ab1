import type { Credentials } from '../../access/types.ts'
import type { Caller } from '../../caller.ts'
import type { CallStatus } from '../../store/schema.ts'

/** One turn of a conversation, as its client keeps it: the gateway stores none of them. */
export type ChatMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly tool_calls?: readonly ChatToolCall[] }
  /** What came of the calls of the turn before. */
  | { readonly role: 'tool'; readonly results: readonly ChatToolResult[] }

export interface ChatToolCall {
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them; none when they were no JSON. */
  readonly input?: unknown
}

export interface ChatToolResult {
  /** That of the tool call. */
  readonly id: string
  readonly name: string
  /** What the model reads: redacted, and shortened where it was long. */
  readonly text: string
  /** Its record; none where nothing was called. */
  readonly call?: ChatCall
}

export interface ChatCall {
  readonly id: string
  readonly status: CallStatus
  readonly duration_ms: number
  readonly error_code?: string
  /** The approval that it waits for, or waited for. */
  readonly approval_id?: string
}

/** What happens, as it happens: a turn of the model, or what came of one of its calls, perhaps in the place of one that waited. */
export type ChatEvent = { readonly message: ChatMessage } | { readonly result: ChatToolResult }

/** Why it ended. `waits`: a call waits for another person; ask again with the same messages once that is decided. */
export const chatEnds = ['answered', 'waits', 'refused', 'cut_off', 'out_of_steps', 'out_of_tokens', 'stopped'] as const

export interface ChatAnswer {
  readonly end: (typeof chatEnds)[number]
  /** The whole conversation, to go on with. */
  readonly messages: readonly ChatMessage[]
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

/** A conversation to go on with; nothing in it is trusted. */
export interface ChatRequest {
  readonly caller: Caller
  readonly credentials: Credentials
  readonly ip: string
  readonly messages: readonly ChatMessage[]
  /** Names of tools: these alone are offered, beside those that were called before. Without any, those that match the last request. */
  readonly tools: readonly string[]
  /** Slug of a toolset, which narrows what can be called at all. */
  readonly toolset?: string
  readonly signal?: AbortSignal
}

export interface Chats {
  /** Throws MODEL_FAILED without a model, NOT_FOUND for a tool that the caller does not have, CONFLICT while a call still waits. */
  answer(request: ChatRequest, tell: (event: ChatEvent) => void): Promise<ChatAnswer>
}
