import type { Clock } from '../clock.ts'
import { endOf, type Limiter, type Quota, type Refusal } from '../store/quota.ts'

/** Calls that were counted before this process, oldest first: how long ago, and how many. */
export type Past = readonly { readonly agoMs: number; readonly calls: number }[]

/** The calls inside one window: when each step of them leaves it, and how many they are. */
class Window {
  used = 0
  /** Settles when the calls of the process before this one are in. */
  loading: Promise<void> | null = null
  /** End and count of each step in turn, oldest first: one array, as there may be a million windows. */
  #steps: number[] = []
  #first = 0

  /** Forgets the calls that have left. */
  expire(now: number): void {
    const steps = this.#steps
    let first = this.#first
    for (let end = steps[first]; end !== undefined && end <= now; end = steps[first]) {
      this.used -= steps[first + 1] ?? 0
      first += 2
    }
    if (first === this.#first) return
    if (first === steps.length) {
      this.#steps = []
      first = 0
    } else if (first > 64 && first * 2 > steps.length) {
      this.#steps = steps.slice(first)
      first = 0
    }
    this.#first = first
  }

  add(end: number, calls: number): void {
    const steps = this.#steps
    const last = steps.length - 2
    this.used += calls
    // An array that begins with its two numbers takes no more room than they need.
    if (last < 0) this.#steps = [end, calls]
    else if ((steps[last] ?? 0) >= end) steps[last + 1] = (steps[last + 1] ?? 0) + calls
    else steps.push(end, calls)
  }

  /** When so many have left that one more fits. */
  roomAt(limit: number): number {
    let left = this.used
    let step = this.#first
    for (; step < this.#steps.length; step += 2) {
      left -= this.#steps[step + 1] ?? 0
      if (left < limit) break
    }
    return this.#steps[step] ?? 0
  }
}

/**
 * The windows of one span by key, in two generations: whoever was not asked for during a whole span has empty windows and
 * goes with its generation, so that what is held follows the keys in use and no call ever sweeps.
 */
class Windows {
  readonly #span: number
  #turnedAt: number
  #young = new Map<string, Window>()
  #old = new Map<string, Window>()

  constructor(span: number, now: number) {
    this.#span = span
    this.#turnedAt = now
  }

  find(key: string, now: number): Window | undefined {
    if (now - this.#turnedAt >= this.#span) this.#turn(now)
    let window = this.#young.get(key)
    if (window !== undefined || this.#old.size === 0) return window
    window = this.#old.get(key)
    if (window !== undefined) this.#young.set(key, window)
    return window
  }

  set(key: string, window: Window): void {
    this.#young.set(key, window)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  #turn(now: number): void {
    // After two spans without a call nothing of the young generation is inside a window either.
    this.#old = now - this.#turnedAt >= this.#span * 2 ? new Map() : this.#young
    this.#young = new Map()
    this.#turnedAt = now
  }
}

/**
 * Exact sliding windows in memory, on the monotonic clock: for the embedded database, whose one gateway sees every call.
 * `past` tells what the process before this one had counted, and is asked once for each window that may have begun before.
 */
export function createLimiter<Q extends Quota>(clock: Clock, past?: (quota: Q) => Promise<Past>): Limiter<Q> {
  const born = clock.monotonic()
  const bySpan = new Map<number, Windows>()
  /** Of the call being looked at; kept, as every call needs one. */
  const found: Window[] = []

  function windowOf(quota: Q, now: number): Window {
    const { key, spanMs } = quota
    let windows = bySpan.get(spanMs)
    if (windows === undefined) {
      windows = new Windows(spanMs, now)
      bySpan.set(spanMs, windows)
    }
    let window = windows.find(key, now)
    if (window === undefined) {
      window = new Window()
      windows.set(key, window)
      if (past !== undefined && now - born < spanMs) window.loading = load(quota, window, windows, past)
    }
    return window
  }

  async function load(quota: Q, window: Window, windows: Windows, ask: (quota: Q) => Promise<Past>): Promise<void> {
    try {
      const calls = await ask(quota)
      const now = clock.monotonic()
      for (const { agoMs, calls: count } of calls) window.add(endOf(quota, now - agoMs), count)
      window.loading = null
    } catch (error) {
      // The next call asks again.
      windows.delete(quota.key)
      throw error
    }
  }

  async function afterLoading(quotas: readonly Q[], now: number): Promise<Refusal<Q> | null> {
    await Promise.all(quotas.map((quota) => windowOf(quota, now).loading))
    return take(quotas)
  }

  function take(quotas: readonly Q[]): Refusal<Q> | null | Promise<Refusal<Q> | null> {
    const now = clock.monotonic()
    let refusal: Refusal<Q> | null = null
    let count = 0
    for (const quota of quotas) {
      const window = windowOf(quota, now)
      if (window.loading !== null) return afterLoading(quotas, now)
      window.expire(now)
      found[count++] = window
      if (window.used < quota.limit) continue
      const retryAfterMs = window.roomAt(quota.limit) - now
      if (refusal === null || retryAfterMs > refusal.retryAfterMs) refusal = { quota, retryAfterMs }
    }
    if (refusal !== null) return refusal
    count = 0
    for (const quota of quotas) found[count++]?.add(endOf(quota, now), 1)
    return null
  }

  return { take }
}
