import { Resolver as DnsResolver, lookup as systemLookup } from 'node:dns/promises'
import { ConfigError } from '../config.ts'

/** Turns a host name into its addresses, all of them. Rejects when there are none. */
export interface Resolver {
  /** With a trailing dot the name is absolute; without, the hosts file and search domains apply as on this machine. */
  lookup(name: string): Promise<readonly string[]>
}

/** Longest that an answer is kept, so that a changed record takes effect soon whatever its TTL says. */
const maxCacheMs = 30_000
const maxCachedNames = 1000
/** The answer of the system's resolver comes without a TTL. */
const systemCacheMs = 5000

interface Answer {
  readonly addresses: readonly string[]
  readonly ttlMs: number
}

/** A new one for each question (25 µs) sees changes of the machine's DNS configuration. */
function createDns(servers: readonly string[] | undefined): DnsResolver {
  const dns = new DnsResolver({ timeout: 1500, tries: 2 })
  if (servers !== undefined) dns.setServers(servers)
  return dns
}

/**
 * Asks the DNS servers itself: `getaddrinfo` would block one of libuv's four threads for each name whose servers hang.
 * IPv4 first, because a host without IPv6 is the commoner of the two.
 */
async function askDns(name: string, servers: readonly string[] | undefined): Promise<Answer> {
  const dns = createDns(servers)
  const [v4, v6] = await Promise.allSettled([dns.resolve4(name, { ttl: true }), dns.resolve6(name, { ttl: true })])
  const records = [...(v4.status === 'fulfilled' ? v4.value : []), ...(v6.status === 'fulfilled' ? v6.value : [])]
  if (records.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no addresses')
  return { addresses: records.map(({ address }) => address), ttlMs: Math.min(...records.map(({ ttl }) => ttl * 1000)) }
}

async function askSystem(name: string): Promise<Answer> {
  const records = await systemLookup(name, { all: true, order: 'ipv4first' })
  return { addresses: records.map(({ address }) => address), ttlMs: systemCacheMs }
}

export interface SystemResolverOptions {
  /** Asks the hosts file too for names that DNS does not know: pointless unless the operator opened a private range. */
  readonly internalNames: boolean
  /** DNS servers as `address:port`, default the machine's. */
  readonly servers?: readonly string[]
}

/** The machine's resolver, with a small cache. */
export function createSystemResolver({ internalNames, servers }: SystemResolverOptions): Resolver {
  try {
    createDns(servers)
  } catch {
    throw new ConfigError(`SALLYPORT_DNS_SERVERS: one of "${servers?.join(', ')}" is no address.`)
  }
  async function ask(name: string): Promise<Answer> {
    // A name of the own network may have its place in the hosts file or below a search domain.
    const own = !name.endsWith('.')
    if (own && (servers === undefined || !name.includes('.'))) return askSystem(name)
    try {
      return await askDns(name, servers)
    } catch (error) {
      if (!internalNames) throw error
      return askSystem(own ? name : name.slice(0, -1))
    }
  }
  return cached(ask)
}

/** Keeps answers for their TTL; callers that ask for the same name at the same time share one question. */
export function cached(ask: (name: string) => Promise<Answer>): Resolver {
  const answers = new Map<string, { readonly addresses: readonly string[]; readonly expires: number }>()
  const asking = new Map<string, Promise<readonly string[]>>()

  async function askAndKeep(name: string): Promise<readonly string[]> {
    const { addresses, ttlMs } = await ask(name)
    if (ttlMs > 0) {
      if (answers.size >= maxCachedNames) {
        const oldest = answers.keys().next()
        if (!oldest.done) answers.delete(oldest.value)
      }
      answers.set(name, { addresses, expires: performance.now() + Math.min(ttlMs, maxCacheMs) })
    }
    return addresses
  }

  return {
    lookup(name) {
      const known = answers.get(name)
      if (known !== undefined) {
        if (known.expires > performance.now()) return Promise.resolve(known.addresses)
        answers.delete(name)
      }
      let pending = asking.get(name)
      if (pending === undefined) {
        pending = askAndKeep(name).finally(() => asking.delete(name))
        asking.set(name, pending)
      }
      return pending
    },
  }
}
