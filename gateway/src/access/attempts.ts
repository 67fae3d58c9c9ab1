import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'

export interface AttemptLimit {
  /** Attempts without a success after which further ones are refused. */
  readonly most: number
  readonly windowMs: number
  /** What whoever is refused is told. */
  readonly detail?: string
}

/** Names remembered at once; beyond, the one that has been quiet longest is forgotten. */
const mostNames = 10_000

/**
 * Counts attempts by name, so that a password cannot be guessed at full speed. An attempt counts from its start: many at once
 * get no further than many in a row.
 */
export class Attempts {
  readonly #clock: Clock
  readonly #limit: AttemptLimit
  readonly #times = new Map<string, number[]>()

  constructor(clock: Clock, limit: AttemptLimit) {
    this.#clock = clock
    this.#limit = limit
  }

  /** Throws RATE_LIMITED when the name has used its attempts up. */
  begin(name: string): void {
    const now = this.#clock.now()
    const recent = (this.#times.get(name) ?? []).filter((time) => time > now - this.#limit.windowMs)
    const oldest = recent[0]
    if (oldest !== undefined && recent.length >= this.#limit.most) {
      const retryAfterSeconds = Math.ceil((oldest + this.#limit.windowMs - now) / 1000)
      throw new SallyportError('RATE_LIMITED', {
        detail: this.#limit.detail ?? 'Too many failed attempts to sign in. Wait before trying again.',
        retryAfterSeconds,
      })
    }
    // Put again at the end, so that the map is in the order of the last attempt.
    this.#times.delete(name)
    this.#times.set(name, [...recent, now])
    if (this.#times.size > mostNames) {
      for (const [quietest] of this.#times) {
        this.#times.delete(quietest)
        break
      }
    }
  }

  /** The last attempt was no guess. */
  forgive(name: string): void {
    const times = this.#times.get(name)?.slice(0, -1) ?? []
    if (times.length === 0) this.#times.delete(name)
    else this.#times.set(name, times)
  }

  /** Who knows the password may have mistyped it before. */
  forget(name: string): void {
    this.#times.delete(name)
  }
}
