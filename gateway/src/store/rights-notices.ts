import pg from 'pg'
import type { Log } from '../log.ts'
import { clientDefaults, type Target } from './database.ts'

/** Before another attempt to listen; what was missed meanwhile is told as one notice about everything. */
const reconnectMs = 1_000

/** Hears of a workspace whose callers may have other rights now; null when it may be any. */
export type RightsListener = (workspaceId: string | null) => void

/**
 * What the triggers of migration 0014 tell: changes by any gateway on this database, within milliseconds. It needs a connection
 * of its own, which a pooler that pools transactions does not give: then caches go by their own time.
 */
export class RightsNotices {
  readonly #target: Target
  readonly #log: Log
  readonly #listeners = new Set<RightsListener>()
  #client: pg.Client | null = null
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(target: Target, log: Log) {
    this.#target = target
    this.#log = log
    void this.#listen(false)
  }

  subscribe(listener: RightsListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(workspaceId: string | null): void {
    for (const listener of this.#listeners) listener(workspaceId)
  }

  async #listen(again: boolean): Promise<void> {
    // Without a query timeout: it waits for notices for as long as it lives.
    const client = new pg.Client({ ...clientDefaults, ...this.#target.connection, query_timeout: undefined })
    let lost = false
    const lose = (error?: Error) => {
      if (lost || this.#closed) return
      lost = true
      this.#log.debug({ err: error }, 'changes of rights by other gateways are not heard of for now')
      void client.end().catch(() => {})
      this.#retry = setTimeout(() => void this.#listen(true), reconnectMs).unref()
    }
    client.on('error', lose)
    client.on('end', () => lose())
    client.on('notification', ({ payload }) => this.#tell(payload ?? null))
    try {
      await client.connect()
      if (this.#closed) return await client.end()
      this.#client = client
      await client.query('listen sallyport_rights')
      if (again) this.#tell(null)
    } catch (error) {
      lose(error instanceof Error ? error : undefined)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#client?.end()
  }
}
