import { readFile } from 'node:fs/promises'
import { type CommandParser, createClient, defineScript } from '@redis/client'
import { ConfigError } from '../config.ts'
import { SallyportError } from '../errors.ts'
import { places } from '../places.ts'
import { startPatience } from './patience.ts'
import { type Quota, type Refusal, type SharedLimiter, stepMs } from './quota.ts'

/** A decision takes a fraction of a millisecond; whoever waits longer than this is refused. */
const timeoutMs = 1_000

function createRedis(url: string, script: string) {
  const take = defineScript({
    SCRIPT: script,
    parseCommand(parser: CommandParser, quotas: readonly Quota[]) {
      parser.pushKeysLength(quotas.map(({ key }) => key))
      for (const quota of quotas) parser.push(String(quota.limit), String(quota.spanMs), String(stepMs(quota)))
    },
    transformReply(reply: unknown): readonly [index: number, waitMs: number] {
      const [window, wait] = Array.isArray(reply) ? reply.map(Number) : []
      if (window === undefined || wait === undefined) throw new TypeError('not an answer of the script')
      return [window - 1, wait / 1000]
    },
  })
  return createClient({
    url,
    scripts: { take },
    keyPrefix: 'sallyport:limit:',
    name: 'sallyport',
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // A connection that is lost is made anew by the next call, see below.
    socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
  })
}

interface Link {
  readonly client: ReturnType<typeof createRedis>
  readonly ready: Promise<unknown>
}

function unavailable(cause: unknown): SallyportError {
  return new SallyportError('UNAVAILABLE', {
    detail: 'The limits of calls cannot be checked at the moment: Redis does not answer.',
    retryAfterSeconds: 1,
    internal: cause instanceof Error ? cause.message : String(cause),
    cause,
  })
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const answered = startPatience(timeoutMs, () => late.reject(new Error(`no answer within ${timeoutMs} ms`)))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    answered()
  }
}

/**
 * Exact sliding windows in Redis or Valkey, on its clock, for all gateways that use it. While it does not answer, calls are
 * refused with UNAVAILABLE within a second; the first call after that connects anew.
 */
export class RedisLimiter implements SharedLimiter {
  readonly #url: string
  readonly #script: string
  #link: Link | undefined

  constructor(url: string, script: string) {
    this.#url = url
    this.#script = script
  }

  async take<Q extends Quota>(quotas: readonly Q[]): Promise<Refusal<Q> | null> {
    if (quotas.length === 0) return null
    const link = this.#connected()
    try {
      const [index, retryAfterMs] = await withinTime(link.ready.then(() => link.client.take(quotas)))
      const quota = quotas[index]
      return quota === undefined ? null : { quota, retryAfterMs }
    } catch (error) {
      this.#drop(link)
      throw unavailable(error)
    }
  }

  /** Throws the client's own error when there is no connection. */
  async ping(): Promise<void> {
    const link = this.#connected()
    await withinTime(link.ready.then(() => link.client.ping()))
  }

  /** Throws UNAVAILABLE while calls are refused because of Redis. */
  async ready(): Promise<void> {
    const link = this.#connected()
    try {
      await withinTime(link.ready.then(() => link.client.ping()))
    } catch (error) {
      this.#drop(link)
      throw unavailable(error)
    }
  }

  async close(): Promise<void> {
    const link = this.#link
    this.#link = undefined
    if (link?.client.isReady) await withinTime(link.client.close()).catch(() => link.client.destroy())
    else link?.client.destroy()
  }

  /** Calls that arrive together share the attempt. */
  #connected(): Link {
    if (this.#link !== undefined) return this.#link
    const client = createRedis(this.#url, this.#script)
    const link: Link = { client, ready: client.connect() }
    // Also fires while nothing is under way: then the next call connects anew instead of failing first.
    client.on('error', () => this.#drop(link))
    link.ready.catch(() => this.#drop(link))
    this.#link = link
    return link
  }

  #drop(link: Link): void {
    if (this.#link === link) this.#link = undefined
    link.client.destroy()
  }
}

/** What to do about a REDIS_URL that leads nowhere. Never shows the URL, which may have a password in it. */
function connectProblem(url: string, error: unknown): ConfigError {
  const why = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
  return new ConfigError(
    `REDIS_URL: Redis at ${new URL(url).host} cannot be used (${why}). Check the URL, and that the server runs.`,
  )
}

/** Connects once, so that a REDIS_URL that leads nowhere shows at start. Throws ConfigError. */
export async function openRedisLimiter(url: string): Promise<RedisLimiter> {
  const limiter = new RedisLimiter(url, await readFile(places.redisScript, 'utf8'))
  try {
    await limiter.ping()
    return limiter
  } catch (error) {
    await limiter.close()
    throw connectProblem(url, error)
  }
}
