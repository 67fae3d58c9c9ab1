import type { Clock } from '../clock.ts'
import type { TraceStep } from './types.ts'

const names = new WeakMap<object, string>()

/** `allowUrl` → `allow-url`, as the design and the dashboard name the stages. */
function nameOf(stage: { readonly name: string }): string {
  let name = names.get(stage)
  if (name === undefined) {
    name = stage.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    names.set(stage, name)
  }
  return name
}

/** Times each stage of one call. */
export class Trace {
  readonly steps: TraceStep[] = []
  readonly #clock: Clock
  readonly #start: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#start = clock.monotonic()
  }

  /** Milliseconds since the call came in, to a microsecond. */
  elapsed(): number {
    return round(this.#now())
  }

  /**
   * Runs a stage; stages come with their arguments, not as closures, so that the compiler sees a swap. A stage that need not
   * wait is not waited for: an await costs more than most stages.
   */
  step<Args extends unknown[], Result>(stage: (...args: Args) => Result, ...args: Args): Result {
    const at = this.#now()
    let result: Result
    try {
      result = stage(...args)
    } catch (error) {
      this.#note(stage, at, true)
      throw error
    }
    if (result instanceof Promise) {
      // Noted whatever comes of it; the caller gets the stage's own promise.
      result.then(
        () => this.#note(stage, at, false),
        () => this.#note(stage, at, true),
      )
    } else this.#note(stage, at, false)
    return result
  }

  #note(stage: { readonly name: string }, at: number, failed: boolean): void {
    const ms = round(this.#now() - at)
    this.steps.push(
      failed ? { stage: nameOf(stage), at_ms: round(at), ms, failed } : { stage: nameOf(stage), at_ms: round(at), ms },
    )
  }

  #now(): number {
    return this.#clock.monotonic() - this.#start
  }
}

/** To a microsecond. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
