import ipaddr from 'ipaddr.js'

/** Whether an address is in one of the ranges (CIDRs); what cannot be parsed is in none. An IPv4 address in IPv6 is itself. */
export function inRanges(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false
  const ip = ipaddr.process(address)
  return ranges.some((range) => {
    if (!ipaddr.isValidCIDR(range)) return false
    const [base, bits] = ipaddr.parseCIDR(range)
    return base.kind() === ip.kind() && ip.match(base, bits)
  })
}
