import type { MessagePort } from 'node:worker_threads'
import type { LimitName, LogLine, SandboxJob } from './types.ts'

/** What the gateway and a thread of the sandbox tell each other. */

export interface ThreadData {
  readonly wasm: WebAssembly.Module
  /** Of the first run, to be ready for it; null when it will not run anything. */
  readonly prelude: string | null
  /** The thread waits on its first element until it is 1: then the answer of the host lies at `answers`. */
  readonly signal: SharedArrayBuffer
  readonly answers: MessagePort
}

export type ToThread = { readonly kind: 'run'; readonly job: SandboxJob } | { readonly kind: 'strip'; readonly source: string }

export type Ended =
  /** JSON text; null when nothing was returned. */
  | { readonly kind: 'returned'; readonly json: string | null }
  | { readonly kind: 'threw'; readonly name: string; readonly message: string; readonly stack: string }
  | { readonly kind: 'limit'; readonly limit: LimitName }

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'call'; readonly name: string; readonly json: string }
  | { readonly kind: 'ended'; readonly ended: Ended; readonly logs: readonly LogLine[] }
  | { readonly kind: 'stripped'; readonly source: string }
  /** Null when it is not the source that the parser complains of. */
  | { readonly kind: 'unstripped'; readonly problem: string | null }

/** What a host call came to: JSON text of `{value}` or `{error}`; null ends the run, whose time is over. */
export type HostAnswer = string | null
