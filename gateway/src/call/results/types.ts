import type { Caller } from '../../caller.ts'
import type { LeftOut } from './left-out.ts'
import type { ResultPage } from './page.ts'

/** What stands beside a value that is not whole. */
export interface Handle {
  readonly handle: string
  /** Of the whole, as JSON. */
  readonly bytes: number
  readonly expires_at: string
  readonly left_out: readonly LeftOut[]
  /** Of a file; null for any other answer. */
  readonly content_type: string | null
}

/** A whole result as bytes. */
export interface ResultContent {
  readonly contentType: string
  readonly body: Buffer
}

/** Answers that were too large to be given whole. Each is there for the caller who got it, and for nobody else. */
export interface Results {
  /** The value as it is when its JSON fits in so many bytes; otherwise as much of it as fits, and a handle to the rest. */
  fit(caller: Caller, value: unknown, budget: number): Promise<{ readonly value: unknown; readonly handle?: Handle }>
  /** Throws NOT_FOUND for a handle that is not the caller's, in the same words as for none; INVALID_INPUT for a path that leads nowhere. */
  read(caller: Caller, id: string, query: { path?: string; cursor?: string; max_bytes?: number }): Promise<ResultPage>
  /** The whole: a file as it is, anything else as JSON. Throws NOT_FOUND as `read` does. */
  content(caller: Caller, id: string): Promise<ResultContent>
}
