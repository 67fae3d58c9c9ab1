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
    return Math.round((this.#clock.monotonic() - this.#start) * 1000) / 1000
  }

  /** Runs a stage; stages come with their arguments, not as closures, so that the compiler sees a swap. */
  async step<Args extends unknown[], T>(stage: (...args: Args) => T | Promise<T>, ...args: Args): Promise<T> {
    const at = this.elapsed()
    let failed = true
    try {
      const pending = stage(...args)
      const result = pending instanceof Promise ? await pending : pending
      failed = false
      return result
    } finally {
      const ms = Math.round((this.elapsed() - at) * 1000) / 1000
      this.steps.push(failed ? { stage: nameOf(stage), at_ms: at, ms, failed } : { stage: nameOf(stage), at_ms: at, ms })
    }
  }
}
