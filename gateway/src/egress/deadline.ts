/** Longest delay of a Node timer. */
const maxTimerMs = 2 ** 31 - 1

export type Ending = 'timeout' | 'aborted'

/** The end of a request as a whole, whatever it is waiting for: its time is up, or its caller left. */
export interface Deadline {
  readonly ended: Ending | null
  /** Whole milliseconds that are left, at least 1. */
  readonly msLeft: number
  /** Calls back once, at once when it has ended already; a new listener replaces the last, null removes it. */
  onEnd(listener: ((ending: Ending) => void) | null): void
  /** Ends it now, as if its caller had left. */
  abort(): void
  /** The request is over: no listener is called any more. */
  clear(): void
}

/** A class, not closures: each call makes one. */
class StartedDeadline implements Deadline {
  ended: Ending | null
  #listener: ((ending: Ending) => void) | null = null
  readonly #timer: NodeJS.Timeout
  readonly #endsAt: number
  readonly #signal: AbortSignal | undefined

  constructor(timeoutMs: number, signal: AbortSignal | undefined) {
    this.ended = signal?.aborted ? 'aborted' : null
    this.#endsAt = performance.now() + timeoutMs
    this.#timer = setTimeout(StartedDeadline.#timeUp, Math.min(timeoutMs, maxTimerMs), this)
    this.#signal = signal
    signal?.addEventListener('abort', this, { once: true })
  }

  static #timeUp(deadline: StartedDeadline): void {
    deadline.#end('timeout')
  }

  #end(ending: Ending): void {
    this.ended ??= ending
    const listener = this.#listener
    this.clear()
    listener?.(this.ended)
  }

  get msLeft(): number {
    return Math.max(1, Math.min(Math.floor(this.#endsAt - performance.now()), maxTimerMs))
  }

  onEnd(listener: ((ending: Ending) => void) | null): void {
    if (this.ended !== null) listener?.(this.ended)
    else this.#listener = listener
  }

  abort(): void {
    this.#end('aborted')
  }

  /** Of the signal. */
  handleEvent(): void {
    this.abort()
  }

  clear(): void {
    this.#listener = null
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this)
  }
}

export function startDeadline(timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  return new StartedDeadline(timeoutMs, signal)
}

/** Settles with the promise, or rejects with `toError` when the deadline ends first. */
export function withinDeadline<T>(deadline: Deadline, promise: Promise<T>, toError: (ending: Ending) => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.onEnd((ending) => reject(toError(ending)))
    promise.then(resolve, reject).finally(() => deadline.onEnd(null))
  })
}
