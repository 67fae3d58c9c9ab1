import { SallyportError } from '../../errors.ts'
import { canonicalJson, sha256 } from '../../vault/digest.ts'

/** What a call of a program came to, as the program sees it. */
export type Answer =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly code: ConstructorParameters<typeof SallyportError>[0]; readonly detail: string }

interface Recorded {
  /** Of what was asked, so that a replay which asks something else is found out. */
  readonly asked: string
  readonly answer: Answer
}

/** Of the answers of one run together, as JSON. */
const maxBytes = 32 * 1024 * 1024

export const fingerprint = (asked: unknown): string => sha256(canonicalJson(asked)).toString('base64url')

/** The calls of a run in order, with what they came to. Those of an earlier run are given back, and not made again. */
export class CallTape {
  readonly recorded: Recorded[]
  #next = 0
  #bytes = 0

  constructor(recorded: readonly Recorded[] = []) {
    this.recorded = [...recorded]
  }

  /** How many calls the program has made. */
  get position(): number {
    return this.#next
  }

  /** Undefined when the program has come to what is new. Throws CONFLICT for a call that is another than before. */
  replay(asked: string): Answer | undefined {
    const known = this.recorded[this.#next]
    if (known === undefined) return undefined
    if (known.asked !== asked) {
      throw new SallyportError('CONFLICT', {
        detail:
          'The program made other calls than before when it went on, so it was ended. A program may depend on nothing but the answers of its calls. Run it anew.',
      })
    }
    this.#next += 1
    return known.answer
  }

  record(asked: string, answer: Answer): void {
    this.#bytes += JSON.stringify(answer).length
    if (this.#bytes > maxBytes)
      throw new SallyportError('SCRIPT_LIMIT', {
        detail: `The program received more than ${maxBytes / 1024 / 1024} MB of answers.`,
        diagnostics: { limit: 'answers' },
      })
    this.recorded.push({ asked, answer })
    this.#next += 1
  }
}

/** Gives the program what its call came to. */
export function givenBack(answer: Answer): unknown {
  if (answer.ok) return answer.payload
  throw new SallyportError(answer.code, { detail: answer.detail })
}
