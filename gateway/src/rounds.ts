export interface Rounds {
  /** The next round comes now, and not when its time has come. */
  wake(): void
  /** Begins with a round at once; one that throws is told of and followed by the next. What it returns ends that, after the round under way. */
  start(failed: (error: unknown) => void): () => Promise<void>
}

interface RoundOptions {
  /** Milliseconds from the end of one round to the next. */
  readonly everyMs: number
  readonly round: () => Promise<unknown>
}

/** Work that is done again and again beside the requests, one round after the other. It keeps no process alive. */
export function createRounds({ everyMs, round }: RoundOptions): Rounds {
  let woken = Promise.withResolvers<void>()
  return {
    wake: () => woken.resolve(),
    start(failed) {
      let stopped = false
      const run = async () => {
        while (!stopped) {
          // Before the round: what it may have missed wakes the next.
          woken = Promise.withResolvers()
          await round().catch(failed)
          const timer = setTimeout(woken.resolve, everyMs).unref()
          if (!stopped) await woken.promise
          clearTimeout(timer)
        }
      }
      const running = run()
      return () => {
        stopped = true
        woken.resolve()
        return running
      }
    },
  }
}
