import { setImmediate } from 'node:timers/promises'

/** Milliseconds that one piece of a long work may hold every other request. */
const turnMs = 10

/** Divides a long work into turns, between which others have theirs: `if (turn.isOver()) await turn.next()`. */
export class Turn {
  #since = performance.now()

  isOver(): boolean {
    return performance.now() - this.#since > turnMs
  }

  async next(): Promise<void> {
    await setImmediate()
    this.#since = performance.now()
  }
}
