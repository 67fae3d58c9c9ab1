import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'

/** Failures in a row after which an API is left alone. */
const failuresToOpen = 5
/** How long it is left alone before one call may try it again; doubles with each failed try. */
const firstPauseMs = 1_000
const longestPauseMs = 30_000
/** Calls under way at once, to one API and in all: more would wait in memory for an answer that comes no sooner. */
const maxUnderWay = 1_000
const maxUnderWayInAll = 4_000
/** Retries an API may get: a tenth of its calls, and one a second for APIs with few (the shape of Finagle's retry budget). */
const retryShare = 0.1
const retriesPerSecond = 1
const retryReserve = 10
/** APIs whose state is all well are forgotten once this many are held. */
const sweepAbove = 10_000

interface Upstream {
  underWay: number
  failures: number
  pauseMs: number
  /** Closed until this moment; 0 when open for calls. */
  closedUntil: number
  probing: boolean
  retries: number
  refilledAt: number
}

/** One call's turn at an API. */
export interface Turn {
  /** Takes a retry out of the budget, if there is one left. */
  mayRetry(): boolean
  /** The API answered sensibly, whatever it said. */
  succeeded(): void
  /** The API could not be reached or was not working. */
  failed(): void
  /** Ends the turn; always called, once. */
  end(): void
}

export interface Upstreams {
  /** Throws UNAVAILABLE with the seconds to wait while the API is left alone or too much is under way. */
  enter(key: string): Turn
}

function unavailable(detail: string, ms: number): SallyportError {
  return new SallyportError('UNAVAILABLE', { detail, retryAfterSeconds: Math.max(1, Math.ceil(ms / 1000)) })
}

/** Keeps one failing API from taking the others, or itself, down: a breaker, a retry budget and a bound per connection and host. */
export function createUpstreams(clock: Clock): Upstreams {
  const upstreams = new Map<string, Upstream>()
  let underWayInAll = 0

  function of(key: string, now: number): Upstream {
    const known = upstreams.get(key)
    if (known !== undefined) return known
    if (upstreams.size >= sweepAbove) {
      for (const [other, { underWay, failures }] of upstreams) if (underWay === 0 && failures === 0) upstreams.delete(other)
    }
    const made: Upstream = {
      underWay: 0,
      failures: 0,
      pauseMs: firstPauseMs,
      closedUntil: 0,
      probing: false,
      retries: retryReserve,
      refilledAt: now,
    }
    upstreams.set(key, made)
    return made
  }

  return {
    enter(key) {
      const now = clock.monotonic()
      const upstream = of(key, now)
      if (upstream.closedUntil > now || upstream.probing) {
        throw unavailable(
          'The API has failed several times in a row; calls to it are held back for a moment.',
          upstream.closedUntil - now,
        )
      }
      if (upstream.underWay >= maxUnderWay || underWayInAll >= maxUnderWayInAll)
        throw unavailable('Too many calls are under way.', 1_000)
      const probe = upstream.failures >= failuresToOpen
      upstream.probing = probe
      upstream.underWay++
      underWayInAll++
      upstream.retries =
        Math.min(retryReserve, upstream.retries + ((now - upstream.refilledAt) / 1000) * retriesPerSecond) + retryShare
      upstream.refilledAt = now

      return {
        mayRetry() {
          if (upstream.retries < 1 || probe) return false
          upstream.retries--
          return true
        },
        succeeded() {
          upstream.failures = 0
          upstream.pauseMs = firstPauseMs
        },
        failed() {
          upstream.failures++
          if (upstream.failures < failuresToOpen) return
          upstream.closedUntil = clock.monotonic() + upstream.pauseMs
          if (probe) upstream.pauseMs = Math.min(longestPauseMs, upstream.pauseMs * 2)
        },
        end() {
          upstream.underWay--
          underWayInAll--
          if (probe) upstream.probing = false
        },
      }
    },
  }
}
