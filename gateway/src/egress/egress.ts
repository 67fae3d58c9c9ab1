import type { Socket } from 'node:net'
import type { Log } from '../log.ts'
import { redacted, reveal, Secret } from '../secret.ts'
import type { SocketAddress } from './addresses.ts'
import { DecodeError, decode } from './body.ts'
import { type Deadline, startDeadline, withinDeadline } from './deadline.ts'
import { dialFirst, urlOfHost } from './dial.ts'
import type { Door } from './doors.ts'
import { endingError, exchange, type WireAnswer } from './exchange.ts'
import { createGuard, type Denial, explain, type Target } from './guard.ts'
import { checkHeaders, wireHeaders } from './headers.ts'
import { DialError, type PoolKey, Pools } from './pools.ts'
import { EgressProxy, ProxyError } from './proxy.ts'
import { createRedactor } from './redact.ts'
import { type Hop, maxHops, nextHop, redirectTarget } from './redirect.ts'
import { createSystemResolver, type Resolver } from './resolve.ts'
import { sendThrough, type Tunnels } from './tunnel/dispatch.ts'
import {
  type DialTarget,
  type Egress,
  EgressError,
  type EgressFault,
  type EgressRequest,
  type EgressResponse,
  type Passage,
  type Sign,
} from './types.ts'

export interface EgressOptions {
  /** CIDRs of private ranges that may be dialled. */
  readonly allow: readonly string[]
  readonly log?: Log
  /** The operator's proxy: an http:// or socks5:// URL, which may hold a password. */
  readonly proxy?: Secret | undefined
  /** DNS servers as `address` or `address:port`; default the machine's. */
  readonly dnsServers?: readonly string[]
  /** Default: the machine's DNS. */
  readonly resolver?: Resolver
  /** Longest wait for DNS, default 5000 ms (Smokescreen's figure). */
  readonly resolveTimeoutMs?: number
  /** Sockets that are never dialled, though their range may be open: the gateway's own listener, its database. */
  readonly ownSockets?: () => readonly SocketAddress[]
  /** The agents of private networks. */
  readonly tunnels?: Tunnels
  /** Hears of each request that got no answer. */
  readonly failed?: (door: Door, fault: EgressFault) => void
}

/** Addresses of one name that are tried, one after the other. */
const maxAddresses = 4
/** Wait for a connection while there is another address to try. */
const fallbackMs = 2000
/** Behind an agent its own guard judges; what no operator may open is refused here too. */
const anyRange = ['0.0.0.0/0', '::/0']

/** A method as RFC 9110 section 9 writes them. TRACE would echo the credential, CONNECT asks for a tunnel. */
function checkMethod(method: string): void {
  if (/^[A-Z][A-Z-]{0,30}$/.test(method) && method !== 'TRACE' && method !== 'CONNECT') return
  throw new EgressError('blocked', false, `The method ${JSON.stringify(method.slice(0, 40))} cannot be used.`)
}

/** The system's word for what went wrong, e.g. ` (ECONNREFUSED)`. Its message would tell the address. */
function codeOf(failure: unknown): string {
  const cause = failure instanceof DialError ? failure.cause : undefined
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}

/** The URL without the parameters of these names; itself when it has none of them. */
function withoutParameters(url: URL, names: readonly string[]): URL {
  const present = names.filter((name) => url.searchParams.has(name))
  if (present.length === 0) return url
  const bare = new URL(url)
  for (const name of present) bare.searchParams.delete(name)
  return bare
}

/** The key as one segment of a path or a part of it; colons may stand there (RFC 3986 section 3.3), and some servers compare undecoded. */
function inPath(pathname: string, secret: Secret | null): string {
  if (secret === null) return pathname
  return pathname.split(redacted).join(reveal(Secret.encoded(secret)).replaceAll('%3A', ':'))
}

/** The secret parameters take the place of any others of the same name. */
function wirePath(target: URL, secretQuery: Readonly<Record<string, Secret>>, secretPath: Secret | null): string {
  const names = Object.keys(secretQuery)
  const pathname = inPath(target.pathname, secretPath)
  if (names.length === 0) return pathname + target.search
  const url = withoutParameters(target, names)
  const added = Object.entries(secretQuery).map(
    ([name, secret]) => `${encodeURIComponent(name)}=${reveal(Secret.encoded(secret))}`,
  )
  return `${pathname}${url.search === '' ? '?' : `${url.search}&`}${added.join('&')}`
}

/** The hop with what its signature adds. The body is that of the request: only requests without one are redirected. */
function signed(request: EgressRequest, hop: Hop, sign: Sign, url: string): Pick<Hop, 'headers' | 'secretQuery'> {
  const { method, body } = request
  const signature = sign({ method, url, secretQuery: hop.secretQuery, headers: Object.fromEntries(hop.headers), body })
  const names = new Set(Object.keys(signature.headers).map((name) => name.toLowerCase()))
  const others = hop.headers.filter(([name]) => !names.has(name.toLowerCase()))
  return {
    headers: checkHeaders({ ...Object.fromEntries(others), ...signature.headers }),
    secretQuery: { ...hop.secretQuery, ...signature.query },
  }
}

/** Sets up the door. Throws ConfigError for a range that is no CIDR. */
export function createEgress(options: EgressOptions): Egress {
  const { allow, log, resolveTimeoutMs = 5000, ownSockets = () => [] } = options
  const guard = createGuard({ allow, ownSockets })
  const remoteGuard = createGuard({ allow: anyRange, ownSockets: () => [] })
  const resolver =
    options.resolver ??
    createSystemResolver({
      internalNames: allow.length > 0,
      ...(options.dnsServers?.length ? { servers: options.dnsServers } : {}),
    })
  const proxy = options.proxy === undefined ? null : new EgressProxy(options.proxy)
  if (proxy !== null) log?.info({ proxy: proxy.name }, 'everything leaves through a proxy')
  const pools = new Pools(proxy)
  let closed = false
  const underWay = new Set<Deadline>()
  const idle = Promise.withResolvers<void>()

  function refuse(denial: Denial, url: string, sent: boolean, door?: Door): EgressError {
    log?.warn({ denial, door, origin: URL.canParse(url) ? new URL(url).origin : null }, 'egress refused')
    return new EgressError('blocked', sent, explain(denial), new Error(denial))
  }

  /** Whoever asks must not learn from the answer which names resolve inside: one fault for every way to fail. */
  function noAddress(target: Target, sent: boolean, door: Door, cause: unknown): EgressError {
    log?.warn({ door, host: target.host, cause: String(cause) }, 'egress found no address to dial')
    return new EgressError(
      'unresolvable',
      sent,
      `The host ${target.host} does not resolve to an address the gateway may dial.`,
      cause,
    )
  }

  async function resolve(target: Target, deadline: Deadline, sent: boolean, door: Door): Promise<readonly string[]> {
    let addresses: readonly string[]
    const limit = startDeadline(resolveTimeoutMs, undefined)
    try {
      const answer = withinDeadline(
        limit,
        resolver.lookup(target.internal ? target.host : `${target.host}.`),
        () => new Error('DNS timeout'),
      )
      addresses = await withinDeadline(deadline, answer, (ending) => endingError(ending, sent))
    } catch (error) {
      throw error instanceof EgressError ? error : noAddress(target, sent, door, error)
    } finally {
      limit.clear()
    }
    if (addresses.length === 0) throw noAddress(target, sent, door, new Error('no addresses'))
    const denial = guard.judgeAddresses(target, addresses)
    if (denial !== null) throw noAddress(target, sent, door, new Error(denial))
    return addresses
  }

  /** An open connection beats a better address. */
  function connectedFirst(keys: readonly PoolKey[]): readonly PoolKey[] {
    const open = keys.length > 1 ? keys.find((key) => pools.isConnected(key)) : undefined
    return open === undefined ? keys : [open, ...keys.filter((key) => key !== open)]
  }

  async function send(
    request: EgressRequest,
    hop: Hop,
    target: Target,
    deadline: Deadline,
    sentBefore: boolean,
    passage: Passage | null,
  ): Promise<WireAnswer> {
    if (passage !== null) {
      const { headers, secretQuery } = hop.sign === null ? hop : signed(request, hop, hop.sign, target.url.href)
      const outgoing = { request, hop, url: target.url.href, headers, secretQuery, timeLeft: deadline.msLeft }
      return sendThrough(options.tunnels, passage, outgoing, deadline, sentBefore)
    }
    // Without an agent nobody could put it in.
    if (hop.onPremises !== null)
      throw new EgressError('no_agent', sentBefore, 'The credential is with an agent, and no network is named.')
    const addresses = target.addresses ?? (await resolve(target, deadline, sentBefore, request.door))
    const keys = [...new Set(addresses)].slice(0, maxAddresses).map((address) => ({
      origin: target.url.origin,
      host: target.host,
      address,
      verifyTls: request.verifyTls ?? true,
      authorities: request.authorities ?? null,
      client: hop.client,
      http2: request.http2 ?? false,
    }))
    const { headers, secretQuery } = hop.sign === null ? hop : signed(request, hop, hop.sign, target.url.href)
    const wire = {
      method: request.method,
      path: wirePath(target.url, secretQuery, hop.secretPath),
      headers: wireHeaders(headers),
      body: Secret.is(request.body) ? reveal(request.body) : request.body,
    }
    let failure: unknown
    for (const [index, key] of connectedFirst(keys).entries()) {
      const connectMs = index < keys.length - 1 ? fallbackMs : null
      try {
        return await exchange(pools.get(key), wire, {
          maxBytes: request.maxResponseBytes,
          deadline,
          connectMs,
          sentBefore,
          onHead: request.onHead,
        })
      } catch (error) {
        // Only without a connection is it certain that nothing left, and safe to try another address.
        if (!(error instanceof DialError)) throw error
        failure = error
        if (error.cause instanceof ProxyError) log?.warn({ code: error.cause.code, cause: error.message }, 'egress proxy')
        if (error.tls) throw new EgressError('tls', sentBefore, `TLS with ${target.host} failed: ${error.message}`, error)
      }
    }
    throw new EgressError('refused', sentBefore, `No connection to ${target.url.host}${codeOf(failure)}.`, failure)
  }

  async function finish(request: EgressRequest, answer: WireAnswer, target: Target, deadline: Deadline): Promise<EgressResponse> {
    const { status, headers } = answer
    // A redirect may have carried the key along.
    const bare = withoutParameters(target.url, Object.keys(request.secretQuery ?? {})).href
    const url = request.secretPath === undefined ? bare : createRedactor([request.secretPath]).text(bare)
    const encoding = headers['content-encoding']
    if (encoding === undefined) return { status, headers, body: answer.body, url }
    const work = decode(answer.body, encoding, request.maxResponseBytes)
    try {
      const body = await withinDeadline(deadline, work, (ending) => endingError(ending, true, status))
      if (body === null) return { status, headers, body: answer.body, url }
      // They describe the bytes that came, not the ones handed on.
      delete headers['content-encoding']
      delete headers['content-length']
      return { status, headers, body, url }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new EgressError(error.tooLarge ? 'too_large' : 'broken', true, error.message, error, status)
    }
  }

  function checkUrl(url: string, passage: Passage | null): void {
    const target = (passage === null ? guard : remoteGuard).judge(url)
    if (typeof target === 'string') throw refuse(target, url, false)
  }

  async function dial({ door, host, port, timeoutMs, signal }: DialTarget): Promise<Socket> {
    if (closed) throw new EgressError('aborted', false, 'The gateway is stopping.')
    const url = urlOfHost(host, port)
    const target = guard.judge(url)
    if (typeof target === 'string') throw refuse(target, url, false, door)
    const deadline = startDeadline(timeoutMs, signal)
    underWay.add(deadline)
    try {
      const addresses = await resolve(target, deadline, false, door)
      const work = dialFirst([...new Set(addresses)].slice(0, maxAddresses), target.port, timeoutMs, proxy)
      return await withinDeadline(deadline, work, (ending) => {
        // A socket that comes too late is nobody's.
        work.then((socket) => socket.destroy()).catch(() => {})
        return endingError(ending, false)
      })
    } catch (error) {
      const refused =
        error instanceof EgressError ? error : new EgressError('refused', false, `No connection to ${host}:${port}.`, error)
      options.failed?.(door, refused.fault)
      throw refused
    } finally {
      deadline.clear()
      underWay.delete(deadline)
      if (underWay.size === 0 && closed) idle.resolve()
    }
  }

  async function run(request: EgressRequest, passage: Passage | null): Promise<EgressResponse> {
    if (closed) throw new EgressError('aborted', false, 'The gateway is stopping.')
    checkMethod(request.method)
    if (request.secretPath !== undefined && !request.url.includes(redacted))
      throw new EgressError('blocked', false, 'The path of the URL has no place for the credential.')
    let hop: Hop = {
      url: request.url,
      headers: checkHeaders(request.headers),
      secretQuery: request.secretQuery ?? {},
      secretPath: request.secretPath ?? null,
      client: request.clientCertificate ?? null,
      sign: request.sign ?? null,
      onPremises: request.onPremises ?? null,
    }
    const deadline = startDeadline(request.timeoutMs, request.signal)
    underWay.add(deadline)
    let asked = false
    try {
      for (let hops = 0; ; hops++) {
        const target = (passage === null ? guard : remoteGuard).judge(hop.url)
        if (typeof target === 'string') throw refuse(target, hop.url, hops > 0, request.door)
        const answer = await send(request, hop, target, deadline, hops > 0, passage)
        // Nothing was done (RFC 9110, section 15.5.2), so a write may go once more; once, so that no server asks for ever.
        const challenges = answer.status === 401 && !asked ? answer.headers['www-authenticate'] : undefined
        const sign = challenges === undefined ? undefined : hop.sign?.answer?.(challenges)
        if (sign) {
          asked = true
          hops--
          hop = { ...hop, sign }
          continue
        }
        const next = redirectTarget(request, target.url.href, answer)
        if (next === null) return await finish(request, answer, target, deadline)
        if (hops === maxHops)
          throw new EgressError('blocked', true, `The API redirects more than ${maxHops} times.`, undefined, answer.status)
        hop = nextHop(request, hop, next)
      }
    } catch (error) {
      if (error instanceof EgressError) options.failed?.(request.door, error.fault)
      throw error
    } finally {
      deadline.clear()
      underWay.delete(deadline)
      if (underWay.size === 0 && closed) idle.resolve()
    }
  }

  const common = {
    abort() {
      closed = true
      for (const deadline of underWay) deadline.abort()
    },

    async close() {
      closed = true
      if (underWay.size > 0) await idle.promise
      await pools.destroy()
    },
  }

  const direct: Egress = {
    ...common,
    checkUrl: (url) => checkUrl(url, null),
    dial,
    request: (request) => run(request, null),
    via: (passage) =>
      passage === null
        ? direct
        : {
            ...common,
            checkUrl: (url) => checkUrl(url, passage),
            dial: async () => {
              throw new EgressError('agent_refused', false, 'Only HTTP travels through an agent.')
            },
            request: (request) => run(request, passage),
            via: direct.via,
          },
  }
  return direct
}
