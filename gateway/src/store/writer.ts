import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { isConnectionFailure, unavailable } from './connection-failure.ts'
import { clientDefaults, type Target } from './database.ts'
import { startPatience } from './patience.ts'

/** A database that has answered within this time counts as there. */
const freshMs = 1_000
/** As long may it take to answer a question without content before a call. */
const probeTimeoutMs = 2_000
/** A commit takes about a millisecond; from here on nobody waits for it any longer, and no call is begun. */
const stallMs = 3_000
/** After this the connection is given up, and what was under way is tried on a new one. */
const queryTimeoutMs = 10_000
const pauseMs = 200

/** The planner must not come to think of scanning the log for a few ids, or of planning the same work again each time. */
const sessionSql =
  "set sallyport.workspace = '*'; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off; set plan_cache_mode = force_generic_plan"

export interface WriterEvents {
  /** Nothing can be written from now on. */
  lost(error: SallyportError): void
  /** The database is there again: writes what is owed to it before anything new is begun. Throws when it is gone again. */
  found(): Promise<void>
}

/** The connection by which records are written, and the knowledge whether they can be. */
export class Writer {
  readonly #target: Target
  readonly #log: Log
  readonly #events: WriterEvents
  #client: pg.Client | undefined
  #answeredAt = Number.NEGATIVE_INFINITY
  #lost: SallyportError | undefined
  #probe: Promise<void> | undefined
  /** Ends the wait of the probe. */
  #endProbe: ((error: Error) => void) | undefined
  #recovery: Promise<void> | undefined
  /** Resolves, never rejects, when what was sent last is over. */
  #sent: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(target: Target, log: Log, events: WriterEvents) {
    this.#target = target
    this.#log = log
    this.#events = events
  }

  /** Why nothing can be written, if that is so. */
  get lost(): SallyportError | undefined {
    return this.#lost
  }

  /**
   * Undefined, or resolves, when the database has answered lately. Otherwise rejects with UNAVAILABLE within two seconds, or
   * throws it at once while the database is known to be away.
   */
  ready(): Promise<void> | undefined {
    if (this.#lost !== undefined) throw unavailable(this.#lost.cause)
    if (performance.now() - this.#answeredAt < freshMs) return undefined
    this.#probe ??= this.#ask().finally(() => {
      this.#probe = undefined
    })
    return this.#probe
  }

  /** The database has answered, here or on another connection. */
  answered(): void {
    this.#answeredAt = performance.now()
  }

  /**
   * Sends a statement that may be sent twice: a connection that breaks leaves open whether it was carried out, so it gets a
   * second try on a new one. Throws UNAVAILABLE when that breaks as well, and from then on nothing is {@link ready}.
   */
  async query<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    const answered = startPatience(stallMs, () => this.#lose(new Error(`no answer for ${stallMs} ms`)))
    const sent = this.#send<Row>(query)
    this.#sent = sent.catch(() => {})
    try {
      const result = await sent
      this.answered()
      return result
    } catch (error) {
      if (!isConnectionFailure(error)) {
        this.answered()
        throw error
      }
      this.#lose(error)
      throw unavailable(error)
    } finally {
      answered()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#recovery
    await this.#client?.end()
  }

  async #send<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
    let connected = false
    const attempt = async () => {
      const client = this.#client ?? (await this.#connect())
      connected = true
      return client.query<Row>(query)
    }
    return attempt().catch((error: unknown) => {
      if (!isConnectionFailure(error)) throw error
      this.#drop()
      if (!connected) throw error
      return attempt().catch((again: unknown) => {
        if (isConnectionFailure(again)) this.#drop()
        throw again
      })
    })
  }

  async #ask(): Promise<void> {
    const answer = this.#send({ text: 'select 1' }).then(
      () => 'there' as const,
      (error: unknown) => error,
    )
    const { promise: givenUp, resolve } = Promise.withResolvers<Error>()
    this.#endProbe = resolve
    const answered = startPatience(probeTimeoutMs, () => resolve(new Error(`no answer for ${probeTimeoutMs} ms`)))
    const first = await Promise.race([answer, givenUp])
    answered()
    if (first === 'there') return this.answered()
    this.#lose(first)
    throw unavailable(first)
  }

  #lose(error: unknown): void {
    if (this.#lost !== undefined || this.#closed) return
    this.#lost = unavailable(error)
    this.#log.warn({ err: error }, 'the database does not answer; calls are refused until it does')
    this.#events.lost(this.#lost)
    this.#endProbe?.(this.#lost)
    this.#recovery = this.#recover()
  }

  async #recover(): Promise<void> {
    for (;;) {
      await this.#sent
      if (this.#closed) return
      try {
        await this.#send({ text: 'select 1' })
        await this.#events.found()
        break
      } catch (error) {
        this.#log.debug({ err: error }, 'the database does not answer yet')
        await delay(pauseMs)
      }
    }
    this.#lost = undefined
    this.answered()
    this.#log.info('the database answers again')
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...clientDefaults, ...this.#target.connection, query_timeout: queryTimeoutMs })
    // Also fires while nothing is under way: then whatever is next connects anew, and finds out what is the matter.
    client.on('error', () => {
      if (this.#client !== client) return
      this.#client = undefined
      this.#answeredAt = Number.NEGATIVE_INFINITY
    })
    try {
      await client.connect()
      await client.query(`${this.#target.session}; ${sessionSql}`)
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    this.#client = client
    return client
  }

  #drop(): void {
    void this.#client?.end().catch(() => {})
    this.#client = undefined
  }
}
