import type { Credentials } from '../../access/types.ts'
import type { Caller } from '../../caller.ts'
import type { CallResult, ToolView } from '../types.ts'

/** A request in plain words; nothing in it is trusted. */
export interface AskRequest {
  readonly caller: Caller
  readonly credentials: Credentials
  readonly ip: string
  readonly text: string
  readonly maxResultBytes?: number
}

/** A tool that may be meant, with what the request says of its arguments. */
export interface AskCandidate {
  readonly tool: ToolView
  readonly arguments: Readonly<Record<string, unknown>>
  /** Arguments it needs beside them. */
  readonly missing: readonly string[]
}

export type ChosenBy = 'model' | 'search'

/**
 * What came of a request: a read was called; of anything else there is a plan, which its caller confirms by calling the tool with
 * these arguments; or nobody was sure, and nothing was called.
 */
export type Asked =
  | {
      readonly kind: 'called' | 'planned'
      readonly chosenBy: ChosenBy
      readonly tool: ToolView
      readonly arguments: Readonly<Record<string, unknown>>
      readonly call: CallResult
    }
  | {
      readonly kind: 'unsure'
      readonly chosenBy: ChosenBy
      /** In a sentence. */
      readonly reason: string
      /** The best first. */
      readonly candidates: readonly AskCandidate[]
    }

export interface Asks {
  ask(request: AskRequest): Promise<Asked>
}
