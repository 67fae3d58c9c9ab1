/** One turn of a conversation, as plain JSON: it can be stored and sent again. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly tool_calls?: readonly ModelToolCall[] }
  /** What came of the calls of the turn before, one for each. */
  | { readonly role: 'tool'; readonly results: readonly ModelToolResult[] }

export interface ModelToolCall {
  readonly id: string
  readonly name: string
  /** The arguments as the model wrote them, which no schema has been held against; undefined when they are no JSON. */
  readonly input: unknown
}

export interface ModelToolResult {
  readonly id: string
  readonly name: string
  readonly text: string
}

export interface ModelTool {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly input_schema: Readonly<Record<string, unknown>>
}

export interface ModelRequest {
  /** Whose request it is: no workspace may take up the model for all. */
  readonly workspaceId: string
  readonly system: string
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  /** The answer has to be a call of one of the tools; default false. */
  readonly mustCall?: boolean
  /** Default 4096. */
  readonly maxOutputTokens?: number
  readonly signal?: AbortSignal
}

export interface ModelAnswer {
  readonly text: string
  readonly tool_calls: readonly ModelToolCall[]
  /** `length` when it ended at maxOutputTokens, in the middle of a sentence. */
  readonly finish: 'stop' | 'length' | 'tool_calls' | 'refused' | 'other'
  /** As the endpoint counts them; 0 when it does not say. */
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number }
}

/**
 * The language model that the operator configured. It only ever writes: whoever asks decides what becomes of its words, which may
 * be those of a hostile page that it was shown.
 */
export interface LanguageModel {
  readonly name: string
  /**
   * One whole answer. Throws MODEL_FAILED when the endpoint refuses or answers nonsense, UNAVAILABLE when too many ask at once,
   * PAYLOAD_TOO_LARGE for a conversation over 400,000 characters, and what the door out throws: TIMEOUT after 90 s, …
   */
  generate(request: ModelRequest): Promise<ModelAnswer>
}
