import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { SallyportError } from '../errors.ts'
import { asStoreError } from './connection-failure.ts'
import { clientDefaults, type DatabaseHealth, type Target } from './database.ts'
import { type Quota, type Refusal, type SharedLimiter, stepMs } from './quota.ts'

/** Calls decided on in one round trip: enough for a burst, few enough that other gateways need not wait for long. */
const maxBatch = 256
/** As many may wait; a database that far behind is as good as down. */
const maxWaiting = 10_000
/** A batch takes about a millisecond, and waits for those of other gateways. */
const timeoutMs = 1_000

const takeSql = `select call, quota, wait_ms from limit_take($1::text[], $2::float8[], $3::float8[], $4::int[], $5::bigint[], $6::int[])`

/** The planner must not come to think of scanning all windows for a few; and what others counted has to be seen. */
const sessionSql = `set default_transaction_isolation = 'read committed'; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set statement_timeout = ${timeoutMs}`

interface Entry {
  readonly quotas: readonly Quota[]
  /** Null, or which of the quotas has no room and for how long. */
  readonly decided: PromiseWithResolvers<{ readonly index: number; readonly waitMs: number } | null>
}

/** The arguments of `limit_take`; arrays in the order of its parameters. */
function argumentsOf(entries: readonly Entry[]): unknown[] {
  const windows = new Map<string, { readonly number: number; readonly quota: Quota }>()
  const numbers: number[] = []
  const limits: number[] = []
  const lasts: number[] = []
  for (const { quotas } of entries) {
    for (const quota of quotas) {
      let window = windows.get(quota.key)
      if (window === undefined) {
        window = { number: windows.size + 1, quota }
        windows.set(quota.key, window)
      }
      numbers.push(window.number)
      limits.push(quota.limit)
    }
    lasts.push(numbers.length)
  }
  const of = [...windows.values()].map(({ quota }) => quota)
  return [of.map(({ key }) => key), of.map(({ spanMs }) => spanMs), of.map(stepMs), numbers, limits, lasts]
}

/**
 * Exact sliding windows in PostgreSQL, on its clock, for all gateways on one database. Calls that arrive while a decision is
 * under way are decided together by the next round trip. What cannot be decided is refused with UNAVAILABLE.
 */
export class PostgresLimiter implements SharedLimiter {
  readonly #pool: pg.Pool
  readonly #session: string
  readonly #health: DatabaseHealth
  readonly #prepared = new WeakSet<pg.PoolClient>()
  #waiting: Entry[] = []
  #deciding: Promise<void> | undefined

  constructor(target: Target, health: DatabaseHealth) {
    this.#health = health
    this.#pool = new pg.Pool({
      ...clientDefaults,
      ...target.connection,
      max: 1,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs + 500,
    })
    this.#session = `${target.session}; ${sessionSql}`
    // Without a listener a connection that breaks would end the process; the next batch connects anew.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  async take<Q extends Quota>(quotas: readonly Q[]): Promise<Refusal<Q> | null> {
    if (quotas.length === 0) return null
    // While the database is known to be away nobody waits to find it out once more.
    await this.#health.ready()
    if (this.#waiting.length >= maxWaiting) {
      throw new SallyportError('UNAVAILABLE', {
        detail: 'The database is too slow for the calls that arrive.',
        retryAfterSeconds: 1,
      })
    }
    const entry: Entry = { quotas, decided: Promise.withResolvers() }
    this.#waiting.push(entry)
    this.#deciding ??= this.#decide()
    const refusal = await entry.decided.promise
    const quota = refusal === null ? undefined : quotas[refusal.index]
    return refusal === null || quota === undefined ? null : { quota, retryAfterMs: refusal.waitMs }
  }

  async close(): Promise<void> {
    await this.#deciding
    await this.#pool.end()
  }

  async #decide(): Promise<void> {
    // Whatever else arrives in this turn of the event loop comes along.
    await setImmediate()
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, maxBatch)
      try {
        await this.#ask(batch)
      } catch (error) {
        // The others have waited for this database as well, and each would wait again for the same answer.
        const failure = asStoreError(error)
        for (const { decided } of [...batch, ...this.#waiting.splice(0)]) decided.reject(failure)
      }
    }
    this.#deciding = undefined
  }

  async #ask(batch: readonly Entry[]): Promise<void> {
    const client = await this.#pool.connect()
    let answer: pg.QueryResult<{ call: number; quota: number; wait_ms: number }>
    try {
      if (!this.#prepared.has(client)) {
        await client.query(this.#session)
        this.#prepared.add(client)
      }
      answer = await client.query({ name: 'take', text: takeSql, values: argumentsOf(batch) })
    } catch (error) {
      client.release(true)
      throw error
    }
    client.release()
    this.#health.answered()
    const refusals = new Map(answer.rows.map((row) => [row.call, row]))
    let before = 0
    for (const [position, { quotas, decided }] of batch.entries()) {
      const refusal = refusals.get(position + 1)
      decided.resolve(refusal === undefined ? null : { index: refusal.quota - 1 - before, waitMs: refusal.wait_ms })
      before += quotas.length
    }
  }
}
