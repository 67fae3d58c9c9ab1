import type { Clock } from '../clock.ts'

export interface Refusal {
  readonly limit: number
  readonly window: 'minute' | 'day'
  readonly retryAfterMs: number
}

export interface Limiter {
  /** Counts one call, or says why it may not happen; a refused call is not counted. */
  take(key: string, perMinute: number, perDay: number | null): Refusal | null
}

const minuteMs = 60_000
const dayMs = 86_400_000
/** Keys whose windows have passed are dropped once this many are held. */
const sweepAbove = 10_000

/** The times of the calls inside a window, oldest first, in a ring that grows up to the limit. */
class Window {
  #times = new Float64Array(16)
  #first = 0
  count = 0
  readonly span: number

  constructor(span: number) {
    this.span = span
  }

  drop(now: number): void {
    while (this.count > 0 && (this.#times[this.#first] ?? 0) <= now - this.span) {
      this.#first = (this.#first + 1) % this.#times.length
      this.count--
    }
  }

  /** When the call that has to leave the window for a further one to fit was made. */
  blocking(limit: number): number {
    return this.#times[(this.#first + this.count - limit) % this.#times.length] ?? 0
  }

  add(now: number): void {
    if (this.count === this.#times.length) {
      const grown = new Float64Array(this.#times.length * 2)
      for (let i = 0; i < this.count; i++) grown[i] = this.#times[(this.#first + i) % this.#times.length] ?? 0
      this.#times = grown
      this.#first = 0
    }
    this.#times[(this.#first + this.count) % this.#times.length] = now
    this.count++
  }
}

/**
 * Exact sliding windows: at any moment the calls of the last 60 seconds (and 24 hours) are at most the limit.
 * In memory: one gateway owns the embedded database, so one process sees every call.
 */
export function createLimiter(clock: Clock): Limiter {
  const minutes = new Map<string, Window>()
  const days = new Map<string, Window>()

  function windowOf(windows: Map<string, Window>, key: string, span: number, now: number): Window {
    let window = windows.get(key)
    if (window === undefined) {
      if (windows.size >= sweepAbove) {
        for (const [other, candidate] of windows) {
          candidate.drop(now)
          if (candidate.count === 0) windows.delete(other)
        }
      }
      window = new Window(span)
      windows.set(key, window)
    }
    window.drop(now)
    return window
  }

  return {
    take(key, perMinute, perDay) {
      const now = clock.monotonic()
      const minute = windowOf(minutes, key, minuteMs, now)
      if (minute.count >= perMinute)
        return { limit: perMinute, window: 'minute', retryAfterMs: minute.blocking(perMinute) + minuteMs - now }
      if (perDay !== null) {
        const day = windowOf(days, key, dayMs, now)
        if (day.count >= perDay) return { limit: perDay, window: 'day', retryAfterMs: day.blocking(perDay) + dayMs - now }
        day.add(now)
      }
      minute.add(now)
      return null
    },
  }
}
