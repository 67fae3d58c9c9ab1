import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'

/**
 * How long a token counts as looked up, in milliseconds. Other gateways are told of a revocation at once; when they cannot be, it
 * takes effect within this.
 */
const freshMs = 5_000
/** Tokens in active use; the one longest in the cache goes first. */
const mostEntries = 10_000

interface Entry {
  readonly caller: Caller
  readonly until: number
}

/** Callers of the tokens used lately, by the hash of the token, so that a call costs no query. */
export class TokenCache {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #generation = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(key: string): Caller | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.until > this.#clock.now()) return entry?.caller
    this.#entries.delete(key)
    return undefined
  }

  /** Changes with every {@link drop}: what was read before one must not be kept after it. */
  get generation(): number {
    return this.#generation
  }

  /** Keeps what a lookup of this generation found; `expiresAt` is the token's own end, if it has one. */
  keep(key: string, caller: Caller, expiresAt: number | null, generation: number): void {
    if (generation !== this.#generation) return
    this.#entries.delete(key)
    this.#entries.set(key, { caller, until: Math.min(this.#clock.now() + freshMs, expiresAt ?? Infinity) })
    if (this.#entries.size <= mostEntries) return
    for (const [oldest] of this.#entries) {
      this.#entries.delete(oldest)
      break
    }
  }

  /** For what may concern any number of tokens, of one workspace or of all: roles, memberships or a toolset changed. */
  clear(workspaceId?: string): void {
    this.#generation++
    for (const [key, { caller }] of this.#entries)
      if (workspaceId === undefined || caller.workspaceId === workspaceId) this.#entries.delete(key)
  }

  drop(tokenId: string): void {
    this.#generation++
    for (const [key, { caller }] of this.#entries) if (caller.id === tokenId) this.#entries.delete(key)
  }
}
