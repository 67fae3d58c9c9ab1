import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/types.ts'

/** Often enough to tell a forgotten token from one in use. */
const everyMs = 60_000
const mostTokens = 10_000

/** Notes when tokens were last used: at most once a minute each, beside the request and never in its way. */
export class LastUse {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #noted = new Map<string, number>()

  constructor(store: Store, clock: Clock, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  note(workspaceId: string, tokenId: string): void {
    const now = this.#clock.now()
    const before = this.#noted.get(tokenId)
    if (before !== undefined && now - before < everyMs) return
    if (this.#noted.size >= mostTokens) this.#noted.clear()
    this.#noted.set(tokenId, now)
    this.#write(workspaceId, tokenId, new Date(now)).catch((error: unknown) =>
      this.#log.debug({ err: error, token: tokenId }, 'last use of a token not noted'),
    )
  }

  async #write(workspaceId: string, tokenId: string, at: Date): Promise<void> {
    await this.#store.workspace(workspaceId, (db) =>
      db
        .updateTable('tokens')
        .set({ last_used_at: at })
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', tokenId)
        .execute(),
    )
  }
}
