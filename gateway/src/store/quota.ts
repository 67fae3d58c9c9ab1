/** At most `limit` calls are counted under `key` in any `spanMs`: an exact sliding window. */
export interface Quota {
  readonly key: string
  readonly limit: number
  readonly spanMs: number
}

export interface Refusal<Q extends Quota = Quota> {
  /** Of the quotas without room, the one that has none for longest. */
  readonly quota: Q
  /** From now until every quota has room, if no other call takes it. */
  readonly retryAfterMs: number
}

export interface Limiter<Q extends Quota = Quota> {
  /** Counts one call in all of its quotas, or in none and says why. Throws UNAVAILABLE when that cannot be known. */
  take(quotas: readonly Q[]): Refusal<Q> | null | Promise<Refusal<Q> | null>
}

/** Windows that all gateways on one database, or one Redis, count in. */
export interface SharedLimiter extends Limiter {
  take<Q extends Quota>(quotas: readonly Q[]): Promise<Refusal<Q> | null>
  close(): Promise<void>
}

/** As many numbers are kept of one window at most, whatever its limit. */
const maxSteps = 60_000

/**
 * Calls of one step of time are kept as one number, and leave the window together when the last of them has to. It is 0,
 * every call for itself, wherever the limit bounds what is kept; above 60,000 a minute gives places back up to a
 * millisecond late, a day up to 1.44 seconds. No window ever has more calls than its limit.
 */
export function stepMs({ limit, spanMs }: Quota): number {
  return limit <= maxSteps ? 0 : spanMs / maxSteps
}

/** When a call of now leaves the window. */
export function endOf(quota: Quota, now: number): number {
  const step = stepMs(quota)
  return (step === 0 ? now : Math.ceil(now / step) * step) + quota.spanMs
}
