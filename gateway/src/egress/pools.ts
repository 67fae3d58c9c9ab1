import { type buildConnector, buildConnector as createConnector, Pool } from 'undici'
import { type Authorities, type ClientCertificate, secureContextOf } from './certificates.ts'
import { type EgressProxy, ProxyError } from './proxy.ts'

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
  readonly authorities: Authorities | null
  readonly client: ClientCertificate | null
  /** Whether HTTP/2 is offered. */
  readonly http2: boolean
}

/** Errors of sockets name their system call, or one of these codes; what is left while connecting is TLS. */
function isTlsFault(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EPROTO') return true
  if (error instanceof ProxyError) return false
  return !('syscall' in error) && code !== 'ECONNRESET' && code !== 'UND_ERR_CONNECT_TIMEOUT'
}

function pinnedConnector(key: PoolKey, proxy: EgressProxy | null): buildConnector.connector {
  const { host, address, verifyTls, authorities, client, http2 } = key
  const connect = createConnector({
    allowH2: http2,
    preferH2: http2,
    timeout: connectTimeoutMs,
    // Said outright: NODE_TLS_REJECT_UNAUTHORIZED must not decide this.
    rejectUnauthorized: verifyTls,
    ...(authorities === null && client === null ? {} : { secureContext: secureContextOf(authorities, client) }),
  })
  return (options, callback) => {
    const secure = options.protocol === 'https:'
    const done: buildConnector.Callback = (...[error, socket]) => {
      if (error !== null) return callback(new DialError(secure && isTlsFault(error), error), null)
      // Ends it at once: undici would take the end of the connection for the error, instead of the alert before it.
      if (secure) socket.once('error', () => socket.destroy())
      callback(null, socket)
    }
    // The socket goes to the checked address; SNI and the certificate go by the name. An address has no SNI (RFC 6066).
    const pinned = { ...options, hostname: address, ...(secure && host !== address ? { servername: host } : {}) }
    if (proxy === null) return connect(pinned, done)
    proxy
      .open(address, Number(options.port) || (secure ? 443 : 80), connectTimeoutMs)
      .then((socket) => (secure ? connect({ ...pinned, httpSocket: socket }, done) : callback(null, socket)))
      .catch((error: Error) => done(error, null))
  }
}

/** Keep-alive connections by origin, pinned address, and how TLS is spoken. */
export class Pools {
  readonly #pools = new Map<string, Pool>()
  readonly #authorities = new WeakMap<Authorities, number>()
  #lastAuthorities = 0
  readonly #proxy: EgressProxy | null

  constructor(proxy: EgressProxy | null) {
    this.#proxy = proxy
  }

  #id({ origin, address, verifyTls, authorities, client, http2 }: PoolKey): string {
    const id = `${origin} ${address} ${verifyTls}`
    if (authorities === null && client === null && !http2) return id
    return `${id} ${http2} ${authorities === null ? '' : this.#numberOf(authorities)} ${client?.owner ?? ''}`
  }

  #numberOf(authorities: Authorities): number {
    let number = this.#authorities.get(authorities)
    if (number === undefined) {
      number = ++this.#lastAuthorities
      this.#authorities.set(authorities, number)
    }
    return number
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
      connect: pinnedConnector(key, this.#proxy),
      connections: maxSockets,
      // One request at a time per socket. With more, a broken socket would make undici send the queued ones again.
      pipelining: 1,
      allowH2: key.http2,
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
    this.#proxy?.destroy()
    const pools = [...this.#pools.values()]
    this.#pools.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }
}
