/** Longest delay of a Node timer. */
const maxTimerMs = 2 ** 31 - 1

export type Ending = 'timeout' | 'aborted'

/** The end of a request as a whole, whatever it is waiting for: its time is up, or its caller left. */
export interface Deadline {
  readonly ended: Ending | null
  /** Calls back once, at once when it has ended already; a new listener replaces the last, null removes it. */
  onEnd(listener: ((ending: Ending) => void) | null): void
  /** Ends it now, as if its caller had left. */
  abort(): void
  /** The request is over: no listener is called any more. */
  clear(): void
}

export function startDeadline(timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  let ended: Ending | null = signal?.aborted ? 'aborted' : null
  let current: ((ending: Ending) => void) | null = null

  function end(ending: Ending): void {
    ended ??= ending
    const listener = current
    clear()
    listener?.(ended)
  }
  const abort = () => end('aborted')
  const timer = setTimeout(() => end('timeout'), Math.min(timeoutMs, maxTimerMs))
  signal?.addEventListener('abort', abort, { once: true })

  function clear(): void {
    current = null
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }

  return {
    get ended() {
      return ended
    },
    onEnd(listener) {
      if (ended !== null) listener?.(ended)
      else current = listener
    },
    abort,
    clear,
  }
}

/** Settles with the promise, or rejects with `toError` when the deadline ends first. */
export function withinDeadline<T>(deadline: Deadline, promise: Promise<T>, toError: (ending: Ending) => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.onEnd((ending) => reject(toError(ending)))
    promise.then(resolve, reject).finally(() => deadline.onEnd(null))
  })
}
