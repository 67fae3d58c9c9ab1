import { type buildConnector, buildConnector as createConnector, Pool } from 'undici'

/** Longest wait for a connection, TLS included (Smokescreen's figure). */
const connectTimeoutMs = 10_000
/** Sockets to one address of one origin; further requests wait for one of them. */
const maxSockets = 512

/** No connection came about; not a byte of the request has left. */
export class DialError extends Error {
  override readonly name = 'DialError'
  /** Whether it failed over TLS: the certificate, or a peer that speaks something else. */
  readonly tls: boolean
  constructor(tls: boolean, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.tls = tls
  }
}

/** What makes sockets interchangeable. A name that now leads elsewhere never gets a socket to where it led before. */
export interface PoolKey {
  /** Scheme, host and port. */
  readonly origin: string
  readonly host: string
  /** The checked address. */
  readonly address: string
  readonly verifyTls: boolean
}

/** Errors of sockets name their system call, or one of these codes; what is left while connecting is TLS. */
function isTlsFault(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EPROTO') return true
  return !('syscall' in error) && code !== 'ECONNRESET' && code !== 'UND_ERR_CONNECT_TIMEOUT'
}

function pinnedConnector({ host, address, verifyTls }: PoolKey): buildConnector.connector {
  const connect = createConnector({
    // Without HTTP/2 no connection is ever shared between host names.
    allowH2: false,
    timeout: connectTimeoutMs,
    // Said outright: NODE_TLS_REJECT_UNAUTHORIZED must not decide this.
    rejectUnauthorized: verifyTls,
  })
  return (options, callback) => {
    const secure = options.protocol === 'https:'
    connect(
      // The socket goes to the checked address; SNI and the certificate go by the name. An address has no SNI (RFC 6066).
      { ...options, hostname: address, ...(secure && host !== address ? { servername: host } : {}) },
      (...[error, socket]) => {
        if (error === null) callback(null, socket)
        else callback(new DialError(secure && isTlsFault(error), error), null)
      },
    )
  }
}

/** Keep-alive connections by origin, pinned address and strictness. */
export class Pools {
  readonly #pools = new Map<string, Pool>()

  #id({ origin, address, verifyTls }: PoolKey): string {
    return `${origin} ${address} ${verifyTls}`
  }

  /** Whether a connection is open already. */
  isConnected(key: PoolKey): boolean {
    return (this.#pools.get(this.#id(key))?.stats.connected ?? 0) > 0
  }

  get(key: PoolKey): Pool {
    const id = this.#id(key)
    const existing = this.#pools.get(id)
    if (existing !== undefined) return existing
    const pool = new Pool(key.origin, {
      connect: pinnedConnector(key),
      connections: maxSockets,
      // One request at a time per socket. With more, a broken socket would make undici send the queued ones again.
      pipelining: 1,
      allowH2: false,
      // One deadline covers everything.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const dropUnused = () => {
      const { connected, pending, running } = pool.stats
      if (connected + pending + running > 0 || this.#pools.get(id) !== pool) return
      this.#pools.delete(id)
      void pool.close()
    }
    pool.on('disconnect', dropUnused).on('connectionError', dropUnused)
    this.#pools.set(id, pool)
    return pool
  }

  /** Closes every socket, also those that are still connecting for a request that has given up. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
}
