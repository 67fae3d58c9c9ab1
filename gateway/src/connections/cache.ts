import type { Clock } from '../clock.ts'
import { isJoined, nowAndAfterwards } from '../store/joined.ts'

/**
 * A bounded map whose entries expire; the oldest entry goes when it is full. Within a transaction that several acts share it is
 * empty and keeps nothing, as that may be undone.
 */
export class Cache<T> {
  readonly #entries = new Map<string, { value: T; expires: number }>()
  readonly #max: number
  readonly #ttlMs: number
  readonly #clock: Clock

  /** `ttlMs` bounds how long another replica's change goes unseen here. */
  constructor({ max, ttlMs, clock }: { max: number; ttlMs: number; clock: Clock }) {
    this.#max = max
    this.#ttlMs = ttlMs
    this.#clock = clock
  }

  get(key: string): T | undefined {
    const entry = isJoined() ? undefined : this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.expires > this.#clock.monotonic()) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  set(key: string, value: T): void {
    if (isJoined()) return
    this.#entries.delete(key)
    if (this.#entries.size >= this.#max) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, { value, expires: this.#clock.monotonic() + this.#ttlMs })
  }

  delete(key: string): void {
    nowAndAfterwards(() => this.#entries.delete(key))
  }

  clear(): void {
    nowAndAfterwards(() => this.#entries.clear())
  }
}
