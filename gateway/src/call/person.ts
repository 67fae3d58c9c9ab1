/** What an MCP server wants to know from a person, in its own words and marked as such. */
export type Question =
  | { readonly mode: 'form'; readonly message: string; readonly schema: unknown }
  | { readonly mode: 'url'; readonly message: string; readonly url: string }

export interface Reply {
  readonly action: 'accept' | 'decline' | 'cancel'
  readonly content?: Record<string, string | number | boolean | string[]>
}

/** Somebody in front of the caller, and what their program can show them. */
export interface Person {
  readonly form: boolean
  readonly url: boolean
  /** Never rejects; `cancel` when nobody answers. */
  readonly ask: (question: Question) => Promise<Reply>
}
