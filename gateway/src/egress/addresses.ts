import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { ConfigError } from '../config.ts'

/**
 * What an address is, by the IANA special-purpose registries (RFC 6890 and its updates):
 * `public` is dialled, `private` only where the operator listed its range, `never` under no setting.
 */
export type AddressClass = 'public' | 'private' | 'never'

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

const ranges = (...cidrs: readonly string[]): readonly Range[] => cidrs.map((cidr) => ipaddr.parseCIDR(cidr))

/** Cloud metadata, and what can only be a mistake or a trick. Looked at first: no range of the operator opens these. */
const never4 = ranges(
  '0.0.0.0/8', // "this network" (RFC 1122); 0.0.0.0 reaches loopback on Linux
  '100.100.100.200/32', // Alibaba Cloud metadata
  '168.63.129.16/32', // Azure wire server; looks like any public address
  '169.254.0.0/16', // link-local (RFC 3927): metadata of AWS, GCP, Azure, Oracle and others, and of ECS tasks
  '192.0.0.0/24', // IETF protocol assignments (RFC 6890), with Oracle's 192.0.0.192
  '192.88.99.0/24', // 6to4 relay anycast (RFC 7526)
  '224.0.0.0/4', // multicast (RFC 5771)
  '240.0.0.0/4', // reserved (RFC 1112), and the broadcast address
)
const private4 = ranges(
  '10.0.0.0/8', // RFC 1918
  '100.64.0.0/10', // carrier-grade NAT (RFC 6598)
  '127.0.0.0/8', // loopback (RFC 1122)
  '172.16.0.0/12', // RFC 1918
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.168.0.0/16', // RFC 1918
  '198.18.0.0/15', // benchmarking (RFC 2544)
  '198.51.100.0/24', // documentation (RFC 5737)
  '203.0.113.0/24', // documentation (RFC 5737)
)
const never6 = ranges(
  'fd00:ec2::/32', // AWS: metadata (::254), pod identity (::23), time and DNS
  'fd20:ce::254/128', // GCP metadata
)
const private6 = ranges(
  '::1/128', // loopback (RFC 4291)
  'fc00::/7', // unique local (RFC 4193)
)
/**
 * For IPv6 an allow-list: everything that embeds an IPv4 address (mapped, compatible, translated, NAT64), link-local,
 * site-local, multicast and whatever IANA hands out next lies outside of it.
 */
const public6 = ranges('2000::/3')
const special6 = ranges(
  '2001::/23', // IETF protocol assignments (RFC 2928): Teredo, ORCHID, benchmarking
  '2001:db8::/32', // documentation (RFC 3849)
  '2002::/16', // 6to4 (RFC 3056)
  '3fff::/20', // documentation (RFC 9637)
)

function within(address: ipaddr.IPv4 | ipaddr.IPv6, list: readonly Range[]): boolean {
  return list.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}

/** Null for anything but a plain address: names, zones (`fe80::1%eth0`), and the short and octal forms of IPv4. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return isIP(address) === 0 || address.includes('%') ? null : ipaddr.parse(address)
}

function classOf(address: ipaddr.IPv4 | ipaddr.IPv6): AddressClass {
  if (address.kind() === 'ipv4') {
    if (within(address, never4)) return 'never'
    return within(address, private4) ? 'private' : 'public'
  }
  if (within(address, never6)) return 'never'
  if (within(address, private6)) return 'private'
  return within(address, public6) && !within(address, special6) ? 'public' : 'never'
}

/** The class of an address as text; `never` for what is no address. */
export function classify(address: string): AddressClass {
  const parsed = parse(address)
  return parsed === null ? 'never' : classOf(parsed)
}

/** A listening socket; the address may be a wildcard. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

type Judgement = 'public' | 'opened' | 'refused'
const mostJudged = 10_000

export interface AddressGuard {
  /** Whether the operator listed any range. */
  readonly opensRanges: boolean
  permits(address: string): boolean
  /** Whether the address is a private one that the operator listed. */
  opened(address: string): boolean
}

/** Throws ConfigError for a range that is no CIDR. */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const opened = allow.map((cidr): Range => {
    if (!ipaddr.isValidCIDR(cidr)) throw new ConfigError(`SALLYPORT_EGRESS_ALLOW: "${cidr}" is not a CIDR such as 10.0.0.0/8.`)
    return ipaddr.parseCIDR(cidr)
  })
  function judge(address: string): Judgement {
    const parsed = parse(address)
    if (parsed === null) return 'refused'
    const found = classOf(parsed)
    if (found === 'public') return 'public'
    return found === 'private' && within(parsed, opened) ? 'opened' : 'refused'
  }
  // The same address is judged at every call, and its judgement never changes.
  const judged = new Map<string, Judgement>()
  function judgementOf(address: string): Judgement {
    let judgement = judged.get(address)
    if (judgement !== undefined) return judgement
    if (judged.size >= mostJudged) judged.clear()
    judgement = judge(address)
    judged.set(address, judgement)
    return judgement
  }
  return {
    opensRanges: opened.length > 0,
    permits: (address) => judgementOf(address) !== 'refused',
    opened: (address) => judgementOf(address) === 'opened',
  }
}

/** Whether dialling this would reach one of the gateway's own sockets. */
export function isOwnSocket(own: readonly SocketAddress[], address: string, port: number): boolean {
  return own.some((socket) => {
    if (socket.port !== port) return false
    const target = parse(address)?.toString()
    const listening = parse(socket.address)?.toString()
    if (listening === target) return true
    if (listening !== '0.0.0.0' && listening !== '::') return false
    if (classOf(ipaddr.parse(address)) === 'private' && ipaddr.parse(address).range() === 'loopback') return true
    const local = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
    return local.some((entry) => parse(entry.address)?.toString() === target)
  })
}

/** Plain HTTP is for loopback and for private addresses, which the egress door dials only where the operator listed them. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast'
}
