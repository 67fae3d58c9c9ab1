import type { Credentials } from '../../access/types.ts'
import type { Caller } from '../../caller.ts'
import type { SallyportError } from '../../errors.ts'

/** Whoever runs a program; its calls are made with these credentials. */
export interface CodeAsker {
  readonly caller: Caller
  readonly credentials: Credentials
  readonly ip: string
  /** Slug of the toolset whose entrance it came through. */
  readonly toolset?: string | undefined
}

/** How a program ended, or that it waits. `console`: what it wrote there, in lines; `calls`: how many it made in all. */
export type CodeResult = { readonly console: readonly string[]; readonly calls: number } & (
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: SallyportError }
  | { readonly kind: 'pending'; readonly run: string; readonly approvalId: string }
)

/** Programs over the tools of their caller, in the sandbox: each call is made as if the caller had made it. */
export interface CodeRuns {
  /** TypeScript, the body of an async function. A call that waits for approval ends the run; `resume` goes on with it then. */
  run(asker: CodeAsker, code: string): Promise<CodeResult>
  /** Runs the program again with the answers its calls got before, and goes on. Throws NOT_FOUND for a run that is not the caller's. */
  resume(asker: CodeAsker, run: string): Promise<CodeResult>
}
