import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { inspect } from 'node:util'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../src/config.ts'
import { createEgress, type EgressOptions } from '../src/egress/egress.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { createLog } from '../src/log.ts'
import { Secret } from '../src/secret.ts'
import { freePort, resolverOf, startCanary, startRawCanary, testAuthority, watchDials } from './support/canary.ts'
import { removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { startConnectProxy, startSocksProxy, type TestProxy } from './support/proxies.ts'

const cleanups: (() => unknown)[] = []
beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), testAuthority()]))
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
function closing<T extends { close(): Promise<unknown> }>(thing: T): T {
  cleanups.push(() => thing.close())
  return thing
}

const kinds = { http: startConnectProxy, socks5: startSocksProxy } as const
/** Public, so that no range has to be open for it: only the proxy leads them to loopback. */
const publicAddress = '93.184.216.34'
const resolver = resolverOf({
  'api.sallyport.test.': [publicAddress],
  'six.sallyport.test.': ['2606:4700::1111'],
  'inside.example.': ['10.0.0.1'],
})

function egressThrough(url: string, more: Partial<EgressOptions> = {}): Egress {
  return closing(createEgress({ allow: [], resolver, proxy: new Secret(url), ...more }))
}

function get(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({ door: 'call', method: 'GET', url, headers: {}, timeoutMs: 5000, maxResponseBytes: 10_000, ...more })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

describe.each(['http', 'socks5'] as const)('through a proxy over %s', (kind) => {
  const started = async (options: Parameters<typeof startConnectProxy>[0] = {}): Promise<TestProxy> =>
    closing(await kinds[kind](options))

  it('the proxy is asked for the checked address, and the API sees the name', async () => {
    const api = closing(await startCanary(undefined, { certificate: 'server' }))
    const proxy = await started({ leadTo: { [`${publicAddress}:443`]: api.port } })
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    const egress = egressThrough(`${kind}://127.0.0.1:${proxy.port}`)
    const headers = { 'X-Api-Key': new Secret('key-4711') }
    for (let i = 0; i < 3; i++) {
      expect((await get(egress, 'https://api.sallyport.test/v1', { method: 'POST', body: 'hello', headers })).status).toBe(200)
    }
    expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(new Set([`${publicAddress}:443`]))
    expect(api.seen).toHaveLength(3)
    expect(api.seen[0]).toMatchObject({
      serverName: 'api.sallyport.test',
      body: 'hello',
      headers: { host: 'api.sallyport.test', 'x-api-key': 'key-4711' },
    })
    expect(watch.dials.filter((dial) => dial !== `127.0.0.1:${proxy.port}` && dial !== `127.0.0.1:${api.port}`)).toEqual([])
    // TLS goes through it from end to end.
    expect(proxy.traffic).not.toContain('key-4711')
  })

  it('plain HTTP goes through a tunnel to the checked address as well', async () => {
    const api = closing(await startCanary())
    const proxy = await started({ leadTo: { [`${publicAddress}:80`]: api.port } })
    expect((await get(egressThrough(`${kind}://127.0.0.1:${proxy.port}`), 'http://api.sallyport.test/')).status).toBe(200)
    expect(proxy.asked).toEqual([{ target: `${publicAddress}:80`, login: null }])
    expect(api.seen[0]?.headers.host).toBe('api.sallyport.test')
  })

  it('an IPv6 address is asked for as one', async () => {
    const api = closing(await startCanary())
    const target = kind === 'http' ? '[2606:4700::1111]:80' : `[${'26064700000000000000000000001111'}]:80`
    const proxy = await started({ leadTo: { [target]: api.port } })
    expect((await get(egressThrough(`${kind}://127.0.0.1:${proxy.port}`), 'http://six.sallyport.test/')).status).toBe(200)
    expect(proxy.asked.map((asked) => asked.target)).toEqual([target])
  })

  it.each([
    'http://169.254.169.254/',
    'http://127.0.0.1/',
    'http://10.0.0.1/',
    'http://inside.example/',
    'http://localhost/',
    'http://metadata.google.internal/',
    'http://absent.example/',
  ])('%s never gets as far as the proxy', async (url) => {
    const proxy = await started()
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    expect(['blocked', 'unresolvable']).toContain(
      (await faultOf(get(egressThrough(`${kind}://127.0.0.1:${proxy.port}`), url))).fault,
    )
    expect(watch.dials).toEqual([])
  })

  it('a redirect to an address inside does not either', async () => {
    const api = closing(
      await startCanary((_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end()),
    )
    const proxy = await started({ leadTo: { [`${publicAddress}:80`]: api.port } })
    const egress = egressThrough(`${kind}://127.0.0.1:${proxy.port}`)
    expect((await faultOf(get(egress, 'http://api.sallyport.test/', { redirects: 'follow' }))).fault).toBe('blocked')
    expect(proxy.asked).toHaveLength(1)
  })

  it('the certificate is that of the API, whatever the proxy is', async () => {
    const api = closing(await startCanary(undefined, { certificate: 'other-host' }))
    const proxy = await started({ leadTo: { [`${publicAddress}:443`]: api.port } })
    const egress = egressThrough(`${kind}://127.0.0.1:${proxy.port}`)
    expect(await faultOf(get(egress, 'https://api.sallyport.test/'))).toMatchObject({ fault: 'tls', sent: false })
    expect(api.seen).toEqual([])
  })

  it('credentials sign in at the proxy, and are in no log and no fault', async () => {
    const api = closing(await startCanary())
    const proxy = await started({ login: 'user:p@ss word', leadTo: { [`${publicAddress}:80`]: api.port } })
    const written: string[] = []
    const write = process.stderr.write
    process.stderr.write = (chunk: string | Uint8Array) => written.push(String(chunk)) > 0
    cleanups.push(() => {
      process.stderr.write = write
    })
    const log = createLog('trace')
    const egress = egressThrough(`${kind}://user:p%40ss%20word@127.0.0.1:${proxy.port}`, { log })
    expect((await get(egress, 'http://api.sallyport.test/')).status).toBe(200)
    const wrong = egressThrough(`${kind}://user:wrong-secret@127.0.0.1:${proxy.port}`, { log })
    const none = egressThrough(`${kind}://127.0.0.1:${proxy.port}`, { log })
    const faults = [
      await faultOf(get(wrong, 'http://api.sallyport.test/', { method: 'POST' })),
      await faultOf(get(none, 'http://api.sallyport.test/', { method: 'POST' })),
    ]
    for (const fault of faults) {
      expect(fault).toMatchObject({ fault: 'refused', sent: false, message: expect.stringContaining('PROXY_AUTH') })
    }
    expect(proxy.asked[0]?.login).toBe('user:p@ss word')
    const shown = written.join('') + inspect(faults, { depth: 20, showHidden: true })
    expect(shown).not.toMatch(/p@ss|p%40ss|wrong-secret/)
  })

  it.each([
    ['refuses', { leadTo: { [`${publicAddress}:80`]: 1 } }, 'PROXY_REFUSED'],
    ['hangs up', { misbehave: (socket) => socket.destroy() }, 'PROXY_'],
    ['speaks something else', { misbehave: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n') }, 'PROXY_PROTOCOL'],
    [
      'never stops speaking',
      { misbehave: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x'.repeat(40_000)}`) },
      'PROXY_PROTOCOL',
    ],
  ] as readonly [string, Parameters<typeof startConnectProxy>[0], string][])(
    'one that %s is a connection that did not come about',
    async (_, options, code) => {
      const proxy = await started(options)
      const egress = egressThrough(`${kind}://127.0.0.1:${proxy.port}`)
      const fault = await faultOf(get(egress, 'http://api.sallyport.test/', { method: 'POST', body: 'once' }))
      expect(fault).toMatchObject({ fault: 'refused', sent: false, message: expect.stringContaining(code) })
    },
  )

  it('one that is not there either; nobody dials the API itself then', async () => {
    const watch = watchDials()
    cleanups.push(() => watch.stop())
    const port = await freePort()
    const fault = await faultOf(get(egressThrough(`${kind}://127.0.0.1:${port}`), 'http://api.sallyport.test/'))
    expect(fault).toMatchObject({ fault: 'refused', sent: false, message: expect.stringContaining('PROXY_UNREACHABLE') })
    expect(new Set(watch.dials)).toEqual(new Set([`127.0.0.1:${port}`]))
  })

  it('one that says nothing ends with the deadline, and closing does not wait for it', async () => {
    const silent = closing(await startRawCanary(() => {}))
    const egress = egressThrough(`${kind}://127.0.0.1:${silent.port}`)
    expect(await faultOf(get(egress, 'http://api.sallyport.test/', { timeoutMs: 100 }))).toMatchObject({
      fault: 'timeout',
      sent: false,
    })
    const start = performance.now()
    await egress.close()
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

it('a gateway takes the proxy from its own setting, and ignores those of the environment', async () => {
  const api = closing(await startCanary())
  const wrong = closing(await startRawCanary((socket) => socket.destroy()))
  const proxy = closing(await startConnectProxy({ login: 'user:canary-password', leadTo: { '127.0.0.1:8099': api.port } }))
  const others = Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, wrong.origin]),
  )
  const gateway = await startGatewayProcess({
    env: {
      ...others,
      NODE_USE_ENV_PROXY: '1',
      SALLYPORT_EGRESS_PROXY: `http://user:canary-password@127.0.0.1:${proxy.port}`,
    },
  })
  cleanups.push(async () => {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  })
  const owner = gateway.client()
  await owner.connectors.create({
    connector: 'api',
    name: 'API',
    servers: { production: { url: 'http://127.0.0.1:8099' } },
    actions: { read: { method: 'GET', path: '/read' } },
  } as never)
  await owner.connections.create({ connector: 'api' })
  expect(await owner.calls.create({ connector: 'api', action: 'read', input: {} })).toMatchObject({ status: 200 })
  expect(proxy.asked).toEqual([{ target: '127.0.0.1:8099', login: 'user:canary-password' }])
  expect(wrong.connections).toBe(0)
  expect(gateway.output()).not.toContain('canary-password')
})

it.each([
  'proxy.example.com:3128',
  'https://proxy.example.com',
  'socks4://proxy.example.com',
  'http://',
  'http://proxy.example.com/path',
  'file:///etc/passwd',
])('refuses to start with %s for a proxy', (value) => {
  expect(() => parseConfig({ SALLYPORT_EGRESS_PROXY: value })).toThrow(/SALLYPORT_EGRESS_PROXY/)
})

it.each(['dns.example.com', '10.0.0.256', '1.2.3.4:99999', '10.0.0.1;10.0.0.2'])(
  'refuses to start with %s for a DNS server',
  (value) => {
    expect(() => createEgress({ allow: [], dnsServers: parseConfig({ SALLYPORT_DNS_SERVERS: value }).dnsServers })).toThrow(
      /SALLYPORT_DNS_SERVERS/,
    )
  },
)

it.each([['10.0.0.2'], ['10.0.0.2, 127.0.0.1:5353'], ['[fd00::2]:53,fd00::3']])('takes %s for DNS servers', (value) => {
  expect(() => createEgress({ allow: [], dnsServers: parseConfig({ SALLYPORT_DNS_SERVERS: value }).dnsServers })).not.toThrow()
})
