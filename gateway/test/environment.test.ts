import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Credentials } from '../src/access/types.ts'
import { ConfigError, parseConfig } from '../src/config.ts'
import { knowsOne, openEntrance, token } from './http-harness.ts'
import { type Canary, startCanary } from './support/canary.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

describe('SALLYPORT_TRUST_PROXY', () => {
  test.each(['127.0.0.1', 'proxy.example.com', '10.0.0.0/8,nonsense', '10.0.0.0/33', '0.0.0.0/0', '::/0'])(
    'is refused when it is no list of networks: %s',
    (value) => {
      expect(() => parseConfig({ SALLYPORT_TRUST_PROXY: value })).toThrow(ConfigError)
      expect(() => parseConfig({ SALLYPORT_TRUST_PROXY: value })).toThrow(/^SALLYPORT_TRUST_PROXY must be/)
    },
  )

  test('believes nobody by default', () => {
    expect(parseConfig({}).trustProxy).toEqual([])
  })

  /** The address that a caller is taken to have; null when the request is refused as invalid. */
  async function addressOf(trustProxy: readonly string[], forwarded: string): Promise<string | null> {
    let seen: string | undefined
    const access = {
      ...knowsOne,
      authenticate: (credentials: Credentials, ip?: string) => {
        seen = ip
        return knowsOne.authenticate(credentials)
      },
    }
    const connections = { list: async () => ({ items: [], next_cursor: null }) }
    const entrance = await openEntrance({ access, connections }, { trustProxy })
    try {
      const answer = await entrance.ask('/api/v1/connections', { headers: { ...token, 'x-forwarded-for': forwarded } })
      if (answer.status === 400) return null
      expect(answer.status).toBe(200)
      return seen ?? ''
    } finally {
      await entrance.close()
    }
  }

  test.each([
    ['nobody is trusted', [], '203.0.113.7', '127.0.0.1'],
    ['somebody else is trusted', ['10.0.0.0/8'], '203.0.113.7', '127.0.0.1'],
    ['the proxy is trusted', ['127.0.0.1/32'], '203.0.113.7', '203.0.113.7'],
    ['the proxy is trusted, with IPv6', ['127.0.0.1/32'], '2001:db8::7', '2001:db8::7'],
    ['the caller forges the header that the proxy adds to', ['127.0.0.1/32'], '10.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['the caller sends nonsense', ['127.0.0.1/32'], 'x, 203.0.113.7', '203.0.113.7'],
    ['there are two proxies', ['127.0.0.1/32', '10.0.0.0/8'], '198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['everybody in it is trusted', ['127.0.0.1/32', '10.0.0.0/8'], '10.9.9.9, 10.1.2.3', '10.9.9.9'],
    ['the proxy itself sends nonsense', ['127.0.0.1/32'], 'unknown', null],
    ['the proxy sends a number', ['127.0.0.1/32'], '2130706433', null],
  ])('%s: the address is the last one that no trusted proxy has', async (_, trusted, forwarded, expected) => {
    expect(await addressOf(trusted, forwarded)).toBe(expected)
  })

  test('lets no proxy change which host is asked for', async () => {
    const entrance = await openEntrance({ access: knowsOne }, { trustProxy: ['127.0.0.1/32'] })
    const headers = { ...token, host: 'rebound.example', 'x-forwarded-host': '127.0.0.1' }
    expect((await entrance.ask('/api/v1/session', { headers })).status).toBe(403)
    await entrance.close()
  })
})

describe('a gateway behind a trusted proxy, in an environment that wants telemetry', () => {
  let gateway: GatewayProcess
  let upstream: CountingUpstream
  let collector: Canary

  beforeAll(async () => {
    upstream = await new CountingUpstream().start()
    collector = await startCanary()
    const telemetry = {
      BETTER_AUTH_TELEMETRY: '1',
      BETTER_AUTH_TELEMETRY_ENDPOINT: collector.origin,
      // better-auth is silent in tests of its own accord.
      NODE_ENV: 'production',
      TEST: '',
    }
    gateway = await startGatewayProcess({ env: { SALLYPORT_TRUST_PROXY: '127.0.0.1/32', ...telemetry } })
  })
  afterAll(async () => {
    await gateway?.stop()
    await Promise.all([upstream?.stop(), collector?.close()])
    await removeDataDir(gateway.dataDir)
  })

  const post = (path: string, address: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address, ...headers },
      body: JSON.stringify(body),
    })

  test('judges caller_ips by the address of the caller', async () => {
    const owner = gateway.client()
    await owner.connectors.create({
      connector: 'inside',
      name: 'Inside',
      servers: { production: { url: upstream.url } },
      security: { caller_ips: ['203.0.113.0/24'] },
      actions: { look: { method: 'GET', path: '/look' } },
    })
    await owner.connections.create({ connector: 'inside' })
    const authorization = `Bearer ${gateway.token}`
    const call = (address: string) => post('/api/v1/calls', address, { connector: 'inside', action: 'look' }, { authorization })
    expect((await call('203.0.113.7')).status).toBe(200)
    expect((await call('198.51.100.1')).status).toBe(403)
    expect(upstream.seen).toHaveLength(1)
  })

  test('counts failed attempts to sign in by the address of the caller', async () => {
    const attempt = async (address: string) =>
      (await post('/api/v1/session', address, { email: 'nobody@example.com', password: 'wrong-password' })).status
    for (let i = 0; i < 5; i++) expect(await attempt('203.0.113.66')).toBe(401)
    expect(await attempt('203.0.113.66')).toBe(429)
    expect(await attempt('203.0.113.67')).toBe(401)
  })

  test('tells nobody that it runs', () => {
    // better-auth has been loaded by then: attempts to sign in were its work.
    expect(collector.connections).toBe(0)
  })
})
