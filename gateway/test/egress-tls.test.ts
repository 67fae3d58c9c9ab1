import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createEgress } from '../src/egress/egress.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { resolverOf, startCanary, startRawCanary, testAuthority } from './support/canary.ts'

const cases = JSON.parse(readFileSync(new URL('data/ssrf-cases.json', import.meta.url), 'utf8')) as readonly {
  id: string
  kind: string
}[]
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), testAuthority()]))
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const resolver = resolverOf({
  'api.sallyport.test.': ['127.0.0.1'],
  'b.sallyport.test.': ['127.0.0.1'],
  'stranger.test.': ['127.0.0.1'],
})

function egressOnLoopback(): Egress {
  const egress = createEgress({ allow: ['127.0.0.1/32'], resolver })
  cleanups.push(() => egress.close())
  return egress
}

async function canaryWith(
  certificate: 'server' | 'expired' | 'other-host' | 'self-signed',
  listener?: Parameters<typeof startCanary>[0],
) {
  const canary = await startCanary(listener, { certificate })
  cleanups.push(() => canary.close())
  return canary
}

function get(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({ door: 'call', method: 'GET', url, headers: {}, timeoutMs: 5000, maxResponseBytes: 10_000, ...more })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

it('has a test for each case of the file', () => {
  expect(cases.filter(({ kind }) => kind === 'tls').map(({ id }) => id)).toEqual(['T1', 'T3', 'T4', 'T5', 'T6', 'T8', 'T9'])
})

it('T1: the socket goes to the pinned address, SNI and certificate go by the host of the URL', async () => {
  const canary = await canaryWith('server')
  const egress = egressOnLoopback()
  expect((await get(egress, `https://api.sallyport.test:${canary.port}/`)).status).toBe(200)
  expect(canary.seen[0]).toMatchObject({
    serverName: 'api.sallyport.test',
    headers: { host: `api.sallyport.test:${canary.port}` },
  })
})

it('a trailing dot changes neither the name that is asked for nor the one that is checked', async () => {
  const canary = await canaryWith('server')
  expect((await get(egressOnLoopback(), `https://api.sallyport.test.:${canary.port}/`)).status).toBe(200)
  expect(canary.seen[0]?.serverName).toBe('api.sallyport.test')
})

it('an address in the URL is checked against the addresses in the certificate, without SNI', async () => {
  const canary = await canaryWith('server')
  expect((await get(egressOnLoopback(), `https://127.0.0.1:${canary.port}/`)).status).toBe(200)
  expect(canary.seen[0]?.serverName || undefined).toBeUndefined()
})

describe('T3: without a valid certificate nothing is sent', () => {
  it.each([
    ['other-host', 'https://api.sallyport.test'],
    ['server', 'https://stranger.test'],
    ['expired', 'https://localhost'],
    ['self-signed', 'https://localhost'],
    ['self-signed', 'https://127.0.0.1'],
  ] as const)('%s as %s', async (certificate, origin) => {
    const canary = await canaryWith(certificate)
    const fault = await faultOf(get(egressOnLoopback(), `${origin}:${canary.port}/`, { method: 'POST', body: 'secret' }))
    expect(fault).toMatchObject({ fault: 'tls', sent: false })
    expect(canary.seen).toEqual([])
  })

  it('nor does NODE_TLS_REJECT_UNAUTHORIZED change that', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    cleanups.push(() => void vi.unstubAllEnvs())
    const canary = await canaryWith('self-signed')
    expect((await faultOf(get(egressOnLoopback(), `https://localhost:${canary.port}/`))).fault).toBe('tls')
  })

  it('unless this one request says so; the next one is strict again, and gets none of its sockets', async () => {
    const canary = await canaryWith('self-signed')
    const egress = egressOnLoopback()
    const url = `https://localhost:${canary.port}/`
    expect((await get(egress, url, { verifyTls: false })).status).toBe(200)
    expect((await faultOf(get(egress, url))).fault).toBe('tls')
    expect((await faultOf(get(egress, url, { verifyTls: true }))).fault).toBe('tls')
    expect((await get(egress, url, { verifyTls: false })).status).toBe(200)
    expect(canary.seen.length).toBe(2)
  })

  it('nor to a server that speaks no TLS', async () => {
    const plain = await startCanary()
    cleanups.push(() => plain.close())
    expect(await faultOf(get(egressOnLoopback(), `https://localhost:${plain.port}/`))).toMatchObject({
      fault: 'tls',
      sent: false,
    })
    expect(plain.seen).toEqual([])
  })

  it('nor to a server that never answers the handshake: the deadline ends it', async () => {
    const silent = await startRawCanary(() => {})
    cleanups.push(() => silent.close())
    expect(await faultOf(get(egressOnLoopback(), `https://localhost:${silent.port}/`, { timeoutMs: 200 }))).toMatchObject({
      fault: 'timeout',
      sent: false,
    })
  })

  it('nor once the time is up, though the connection then comes to stand', async () => {
    const canary = await canaryWith('server')
    const release = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    const slow = await startRawCanary((socket) => {
      socket.on('close', () => gone.resolve())
      void release.promise.then(() => socket.pipe(connect(canary.port, '127.0.0.1').on('error', () => {})).pipe(socket))
    })
    cleanups.push(() => slow.close())
    const late = get(egressOnLoopback(), `https://localhost:${slow.port}/`, { method: 'POST', body: 'late', timeoutMs: 100 })
    expect(await faultOf(late)).toMatchObject({ fault: 'timeout', sent: false })
    release.resolve()
    await gone.promise
    expect(canary).toMatchObject({ connections: 1, seen: [] })
  })

  it('nor to an address that is silent while another one answers, which gets it once', async () => {
    const canary = await canaryWith('server')
    const silent = await startRawCanary(() => {}, { host: '127.0.0.2', port: canary.port })
    cleanups.push(() => silent.close())
    const two = resolverOf({ 'api.sallyport.test.': ['127.0.0.2', '127.0.0.1'] })
    const egress = createEgress({ allow: ['127.0.0.0/8'], resolver: two })
    cleanups.push(() => egress.close())
    const url = `https://api.sallyport.test:${canary.port}/`
    expect((await get(egress, url, { method: 'POST', body: 'once' })).status).toBe(200)
    expect(canary.seen.map(({ body }) => body)).toEqual(['once'])
    // From then on the address with an open connection goes first.
    expect((await get(egress, url, { timeoutMs: 1000 })).status).toBe(200)
    expect(silent.connections).toBe(1)
  })

  it('nor over one that hangs up during the handshake', async () => {
    const rude = await startRawCanary((socket) => socket.once('data', () => socket.destroy()))
    cleanups.push(() => rude.close())
    expect(await faultOf(get(egressOnLoopback(), `https://localhost:${rude.port}/`))).toMatchObject({
      fault: 'refused',
      sent: false,
    })
  })
})

it('T4: a Host header is refused before anything is sent', async () => {
  const canary = await canaryWith('server')
  for (const name of ['Host', 'host', 'HOST']) {
    expect(
      await faultOf(get(egressOnLoopback(), `https://localhost:${canary.port}/`, { headers: { [name]: '10.0.0.1' } })),
    ).toMatchObject({ fault: 'blocked', sent: false })
  }
  expect(canary.connections).toBe(0)
})

it('T5: options of sockets in a request are ignored', async () => {
  const [canary, other] = [await canaryWith('server'), await canaryWith('server')]
  const smuggled = {
    servername: 'stranger.test',
    socketPath: '/var/run/docker.sock',
    lookup: () => '10.0.0.1',
    agent: {},
    dispatcher: {},
    origin: other.origin,
    path: '/other',
    localAddress: '10.0.0.1',
  }
  const answer = await egressOnLoopback().request({
    door: 'call',
    method: 'GET',
    url: `https://api.sallyport.test:${canary.port}/right`,
    headers: {},
    timeoutMs: 5000,
    maxResponseBytes: 1000,
    ...smuggled,
  })
  expect(answer.status).toBe(200)
  expect(canary.seen).toMatchObject([{ url: '/right', serverName: 'api.sallyport.test' }])
  expect(other.connections).toBe(0)
})

it('T6: hosts never share a connection, though one certificate covers both', async () => {
  const canary = await canaryWith('server')
  const egress = egressOnLoopback()
  for (const host of ['api', 'b', 'api', 'b']) await get(egress, `https://${host}.sallyport.test:${canary.port}/`)
  expect(canary.connections).toBe(2)
  expect(canary.seen.map(({ serverName }) => serverName)).toEqual([
    'api.sallyport.test',
    'b.sallyport.test',
    'api.sallyport.test',
    'b.sallyport.test',
  ])
})

it('T8: an Alt-Svc header leads nowhere', async () => {
  const elsewhere = await canaryWith('server')
  const canary = await canaryWith('server', (_, response) =>
    response.writeHead(200, { 'alt-svc': `h2="127.0.0.1:${elsewhere.port}", h3="127.0.0.1:${elsewhere.port}"` }).end(),
  )
  const egress = egressOnLoopback()
  for (let i = 0; i < 3; i++) await get(egress, `https://localhost:${canary.port}/`)
  expect(canary.seen.length).toBe(3)
  expect(elsewhere.connections).toBe(0)
})

it('T9: an upgrade that nobody asked for closes the connection', async () => {
  const closed = Promise.withResolvers<void>()
  const upgrading = await startRawCanary((socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
    )
    socket.once('close', () => closed.resolve())
  })
  cleanups.push(() => upgrading.close())
  expect(await faultOf(get(egressOnLoopback(), `${upgrading.origin}/`))).toMatchObject({ fault: 'broken', sent: true })
  await closed.promise
})

it('R11: a redirect from https to http is not followed', async () => {
  const plain = await startCanary()
  cleanups.push(() => plain.close())
  const canary = await canaryWith('server', (_, response) =>
    response.writeHead(302, { location: `http://127.0.0.1:${plain.port}/` }).end(),
  )
  const fault = await faultOf(get(egressOnLoopback(), `https://localhost:${canary.port}/`, { redirects: 'follow' }))
  expect(fault).toMatchObject({ fault: 'blocked', sent: true })
  expect(plain.connections).toBe(0)
})

it('proxies of the environment are ignored', async () => {
  const proxy = await startRawCanary((socket) => socket.destroy())
  const canary = await canaryWith('server')
  cleanups.push(
    () => proxy.close(),
    () => void vi.unstubAllEnvs(),
  )
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'])
    vi.stubEnv(name, proxy.origin)
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  expect((await get(egressOnLoopback(), `https://localhost:${canary.port}/`)).status).toBe(200)
  expect(proxy.connections).toBe(0)
})
