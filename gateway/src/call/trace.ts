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

/**
 * Times each stage of one call. Kept as one text, `stage:at:took` in microseconds, with `!` after a stage that failed and
 * `:name` after one that took a scenario or a cassette: it is written with every call and read with few.
 */
export class Trace {
  #text = ''
  /** The stage that is waited for, and when it began. */
  #current: string | null = null
  #at = 0
  /** What the stage that is waited for takes, of several of a kind. */
  #name = ''
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
    this.#close('')
    this.#current = nameOf(stage)
    return stage(...args)
  }

  /** The same for a stage that takes one scenario or cassette of several. */
  named<Args extends unknown[], Result>(name: string, stage: (...args: Args) => Result, ...args: Args): Result {
    this.#close('')
    this.#name = `:${encodeURIComponent(name)}`
    return this.step(stage, ...args)
  }

  /** Notes what the call is about, before its first stage. */
  note(what: string, name: string): void {
    this.#text = `${what}:0:0:${encodeURIComponent(name)}`
  }

  /** The stage that was begun last has thrown, or its promise has rejected. */
  failed(): void {
    this.#close('!')
  }

  /** A stage lasts until the next one begins: between the two is nothing but the turn of an await. */
  #close(mark: '' | '!'): void {
    const now = Math.round(this.#now() * 1000)
    if (this.#current !== null) {
      this.#text += `${this.#text === '' ? '' : ' '}${this.#current}:${this.#at}:${now - this.#at}${mark}${this.#name}`
      this.#current = null
      this.#name = ''
    }
    this.#at = now
  }

  /** The steps so far as JSON, for {@link readTrace}. */
  json(): string {
    this.#close('')
    return `"${this.#text}"` // nothing in it needs an escape
  }

  #now(): number {
    return this.#clock.monotonic() - this.#start
  }
}

/** To a microsecond. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** Finds a stage that did not fail in a trace's text, as PostgreSQL's `regexp_match` takes it: when it began, and how long it took. */
export function passedPattern(stage: string): string {
  return `(?:^| )${stage}:([0-9]+):([0-9]+)(?: |$)`
}

/** The steps of a record's trace. */
export function readTrace(trace: unknown): readonly TraceStep[] {
  if (typeof trace !== 'string' || trace === '') return []
  return trace.split(' ').map((step) => {
    const [stage = '', at, took = '', name] = step.split(':')
    return {
      stage,
      at_ms: Number(at) / 1000,
      ms: Number.parseInt(took, 10) / 1000,
      ...(took.endsWith('!') && { failed: true }),
      ...(name !== undefined && { name: decodeURIComponent(name) }),
    }
  })
}
