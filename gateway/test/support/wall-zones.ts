import type { DnsRecord, Zone } from './canary-dns.ts'

const a = (address: string): DnsRecord => ({ type: 'A', address })
const aaaa = (address: string): DnsRecord => ({ type: 'AAAA', address })

/** What the DNS of the tests answers. `reachable` is an address that a gateway may dial; `flipped` names lead to 127.0.0.1 from now on. */
export function zoneOf(name: string, reachable: string, flipped: ReadonlySet<string>): Zone | undefined {
  const good: DnsRecord = reachable.includes(':') ? aaaa(reachable) : a(reachable)
  const zones: Readonly<Record<string, Zone>> = {
    'example.com': () => [good],
    'xn--bcher-kva.example': () => [good],
    'ok.example': () => [good],
    'api.sallyport.test': () => [good],
    'inside.example': () => [a('10.0.0.1')],
    'd1.example': () => [a('127.0.0.1')],
    'd2.example': () => [a('10.0.0.5')],
    'd3.example': () => [aaaa('::1')],
    'd4.example': () => [aaaa('::ffff:a9fe:a9fe')],
    'd6.example': () => [good, a('127.0.0.1')],
    'd7.example': () => [good, aaaa('fd00::1')],
    'nat64.example': () => [aaaa('64:ff9b::a9fe:a9fe')],
    'cname.example': () => [{ type: 'CNAME', target: 'metadata.google.internal' }, a('169.254.169.254')],
    'one-bad-of-500.example': () => [...Array.from({ length: 499 }, () => good), a('127.0.0.1')],
    'd12.example': () => [],
    'd13.example': () => 'silence',
    'd14.example': () => Array.from({ length: 500 }, () => good),
    '127.0.0.1.nip.io': () => [a('127.0.0.1')],
    // Reached only by whoever appends the search domain of the machine to a single label.
    'crm.search.example': () => [a('10.0.0.1')],
  }
  // Names that change have the door in front, so that each door asks for its own.
  const zone = zones[name]
  if (zone !== undefined) return zone
  if (name.endsWith('.d8.example')) return ({ count }) => [count === 1 ? good : a('127.0.0.1')]
  if (name.endsWith('.d9.example')) return () => [flipped.has(name) ? a('127.0.0.1') : good]
  return undefined
}
