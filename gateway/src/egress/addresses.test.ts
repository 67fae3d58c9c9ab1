import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../config.ts'
import { classify, createAddressGuard, isOwnSocket } from './addresses.ts'

/** First and last address of each range, and its class. */
const ranges: readonly (readonly [string, string, string])[] = [
  ['never', '0.0.0.0', '0.255.255.255'],
  ['private', '10.0.0.0', '10.255.255.255'],
  ['private', '100.64.0.0', '100.127.255.255'],
  ['never', '100.100.100.200', '100.100.100.200'],
  ['private', '127.0.0.0', '127.255.255.255'],
  ['never', '168.63.129.16', '168.63.129.16'],
  ['never', '169.254.0.0', '169.254.255.255'],
  ['private', '172.16.0.0', '172.31.255.255'],
  ['never', '192.0.0.0', '192.0.0.255'],
  ['private', '192.0.2.0', '192.0.2.255'],
  ['never', '192.88.99.0', '192.88.99.255'],
  ['private', '192.168.0.0', '192.168.255.255'],
  ['private', '198.18.0.0', '198.19.255.255'],
  ['private', '198.51.100.0', '198.51.100.255'],
  ['private', '203.0.113.0', '203.0.113.255'],
  ['never', '224.0.0.0', '239.255.255.255'],
  ['never', '240.0.0.0', '255.255.255.255'],
  ['never', '::', '::'],
  ['private', '::1', '::1'],
  ['never', '::2', '::ffff:ffff'],
  ['never', '::ffff:0:0', '::ffff:ffff:ffff'],
  ['never', '::ffff:0:0:0', '::ffff:0:ffff:ffff'],
  ['never', '64:ff9b::', '64:ff9b::ffff:ffff'],
  ['never', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['never', '100::', '100::ffff:ffff:ffff:ffff'],
  ['never', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', '4000::', 'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['private', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', 'fd00:ec2::', 'fd00:ec2:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', 'fd20:ce::254', 'fd20:ce::254'],
  ['never', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['never', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
]
/** Just outside of the special ranges. */
const neighbours = [
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '191.255.255.255',
  '192.0.1.0',
  '192.0.3.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2000::',
  '2001:200::',
  '2001:db7:ffff::',
  '2001:db9::',
  '2003::',
  '2606:4700:4700::1111',
  '3ffe:ffff::',
  '3fff:1000::',
]

describe('an address', () => {
  it.each(ranges)('is %s from %s to %s', (expected, first, last) => {
    expect([classify(first), classify(last)]).toEqual([expected, expected])
  })

  it.each(neighbours)('is public outside of the special ranges: %s', (address) => {
    expect(classify(address)).toBe('public')
  })

  it.each([
    '',
    'localhost',
    '127.1',
    '0177.0.0.1',
    '2130706433',
    '0x7f000001',
    '1.2.3.4.5',
    '8.8.8.8 ',
    '[2606:4700::1]',
    '2606:4700::1%eth0',
    'fe80::1%25eth0',
    '8.8.8.8/32',
    '８.８.８.８',
  ])('is none, and so never dialled, when written as %j', (text) => {
    expect(classify(text)).toBe('never')
  })

  it('is never one that hides an IPv4 address in IPv6, whatever the operator opens', () => {
    const open = createAddressGuard(['0.0.0.0/0', '::/0'])
    fc.assert(
      fc.property(fc.ipV4(), (v4) => {
        const hex = v4.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
        const tail = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
        const forms = [
          `::ffff:${v4}`,
          `::ffff:${tail}`,
          `::ffff:0:${tail}`,
          `64:ff9b::${tail}`,
          `64:ff9b:1::${tail}`,
          `2002:${tail}::`,
          `2001:0:0:0:0:0:${tail}`,
        ]
        for (const form of forms) expect(open.permits(form), form).toBe(false)
        // IPv4-compatible; ::1 is the loopback address and no embedded 0.0.0.1.
        if (v4 !== '0.0.0.1') expect(open.permits(`::${tail}`)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the ranges of the operator', () => {
  it('open private addresses and nothing else', () => {
    const guard = createAddressGuard(['10.0.0.0/8', '127.0.0.1/32', 'fd12::/16'])
    expect(['10.1.2.3', '127.0.0.1', 'fd12::5', '8.8.8.8'].map((address) => guard.permits(address))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(['11.0.0.1', '127.0.0.2', 'fd13::5', '192.168.0.1', '::1'].filter((address) => guard.permits(address))).toEqual([
      '11.0.0.1',
    ])
    expect(['10.1.2.3', '8.8.8.8'].map((address) => guard.opened(address))).toEqual([true, false])
  })

  it('open no address that is never dialled', () => {
    const open = createAddressGuard(['0.0.0.0/0', '::/0'])
    for (const [expected, first, last] of ranges) {
      expect([open.permits(first), open.permits(last)], first).toEqual([expected === 'private', expected === 'private'])
    }
  })

  it('mean the same with bits set behind the prefix', () => {
    expect(createAddressGuard(['10.9.9.9/8']).permits('10.1.2.3')).toBe(true)
  })

  it.each(['10.0.0.0', '10.0.0.0/33', '999.0.0.1/8', '::/129', 'private', ''])(
    'are refused when they are no CIDR: %j',
    (cidr) => {
      expect(() => createAddressGuard([cidr])).toThrow(ConfigError)
    },
  )
})

it('knows the own sockets of the gateway in every way to write their address', () => {
  const own = [
    { address: '127.0.0.1', port: 8080 },
    { address: 'fd00::1', port: 5432 },
  ]
  expect(isOwnSocket(own, '127.0.0.1', 8080)).toBe(true)
  expect(isOwnSocket(own, 'fd00:0:0:0:0:0:0:1', 5432)).toBe(true)
  expect(isOwnSocket(own, '127.0.0.1', 8081)).toBe(false)
  expect(isOwnSocket(own, '127.0.0.2', 8080)).toBe(false)
})
