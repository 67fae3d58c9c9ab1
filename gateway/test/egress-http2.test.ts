import { once } from 'node:events'
import { constants, createSecureServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createEgress } from '../src/egress/egress.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { Secret } from '../src/secret.ts'
import { resolverOf, startCanary, testAuthority, tlsFile } from './support/canary.ts'
import { removeDataDir, startGatewayProcess } from './support/gateway.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const authorities = { pem: testAuthority() }

interface Seen {
  readonly version: 'h2' | 'http/1.1'
  readonly method: string
  readonly path: string
  readonly authority: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
  readonly serverName: string | undefined
  readonly clientName: string | undefined
}

interface Api {
  readonly port: number
  readonly seen: Seen[]
  connections: number
  sessions: number
}

type Respond = (stream: ServerHttp2Stream, seen: Seen, count: number) => void
const plainly: Respond = (stream) => {
  stream.respond({ ':status': 200, 'content-type': 'application/json' })
  stream.end('{"ok":true}')
}

/** A server of HTTP/2, which says what was asked of it and answers as the test says. */
async function startApi(respond: Respond = plainly, clients = false): Promise<Api> {
  const server: Http2Server = createSecureServer({
    cert: tlsFile('server'),
    key: tlsFile('server.key'),
    ...(clients ? { requestCert: true, rejectUnauthorized: true, ca: tlsFile('client-ca') } : {}),
  })
  const api: Api = { port: 0, seen: [], connections: 0, sessions: 0 }
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    api.connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  server.on('sessionError', () => {})
  server.on('session', () => void api.sessions++)
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {})
    let body = ''
    for await (const chunk of stream.setEncoding('utf8')) body += chunk
    const { socket } = stream.session ?? {}
    const seen: Seen = {
      version: 'h2',
      method: String(headers[':method']),
      path: String(headers[':path']),
      authority: String(headers[':authority']),
      headers,
      body,
      serverName: socket instanceof TLSSocket ? String(Reflect.get(socket, 'servername')) : undefined,
      clientName: socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject?.CN) : undefined,
    }
    api.seen.push(seen)
    respond(stream, seen, api.seen.length)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  })
  return Object.assign(api, { port: (server.address() as AddressInfo).port })
}

const resolver = resolverOf({ 'api.sallyport.test.': ['127.0.0.1'], 'b.sallyport.test.': ['127.0.0.1'] })
function openEgress(): Egress {
  const egress = createEgress({ allow: ['127.0.0.1/32'], resolver })
  cleanups.push(() => egress.close())
  return egress
}

function send(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({
    door: 'call',
    method: 'GET',
    url,
    headers: {},
    timeoutMs: 5000,
    maxResponseBytes: 100_000,
    authorities,
    http2: true,
    ...more,
  })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

describe('HTTP/2', () => {
  it('carries what HTTP/1.1 does, to the checked address in the name of the host', async () => {
    const api = await startApi((stream) => {
      stream.respond({ ':status': 201, 'content-encoding': 'gzip', 'set-cookie': ['a=1', 'b=2'], 'x-twice': ['1', '2'] })
      stream.end(gzipSync('{"ok":true}'))
    })
    const answer = await send(openEgress(), `https://api.sallyport.test:${api.port}/v1/a%2Fb?x=1`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Api-Key': new Secret('key-4711') },
      secretQuery: { token: new Secret('s&cret') },
      body: '{"name":"ü"}',
    })
    expect(answer.body.toString()).toBe('{"ok":true}')
    expect(answer).toMatchObject({ status: 201, headers: { 'set-cookie': 'a=1\nb=2', 'x-twice': '1, 2' } })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith(':'))).toEqual([])
    expect(api.seen).toMatchObject([
      {
        method: 'POST',
        path: '/v1/a%2Fb?x=1&token=s%26cret',
        authority: `api.sallyport.test:${api.port}`,
        serverName: 'api.sallyport.test',
        headers: { 'x-api-key': 'key-4711', 'content-type': 'application/json', 'content-length': '13' },
        body: '{"name":"ü"}',
      },
    ])
  })

  it('is spoken only where it was asked for, and only where the API offers it', async () => {
    const api = await startApi()
    const old = await startCanary(undefined, { certificate: 'server' })
    cleanups.push(() => old.close())
    const egress = openEgress()
    // This server speaks nothing but HTTP/2.
    expect((await faultOf(send(egress, `https://localhost:${api.port}/`, { http2: false }))).fault).toMatch(/broken|tls|refused/)
    expect(api.seen).toEqual([])
    expect((await send(egress, `https://localhost:${old.port}/`)).status).toBe(200)
    expect((await send(egress, `https://localhost:${api.port}/`)).status).toBe(200)
  })

  it('shares one connection among requests to one host, and with no other host that its certificate covers', async () => {
    const api = await startApi()
    const egress = openEgress()
    await Promise.all(Array.from({ length: 50 }, (_, i) => send(egress, `https://api.sallyport.test:${api.port}/${i}`)))
    expect(api).toMatchObject({ connections: 1, seen: { length: 50 } })
    await Promise.all(Array.from({ length: 50 }, (_, i) => send(egress, `https://b.sallyport.test:${api.port}/${i}`)))
    expect(api.connections).toBe(2)
    expect(new Set(api.seen.map(({ authority, serverName }) => `${authority} ${serverName}`))).toEqual(
      new Set([`api.sallyport.test:${api.port} api.sallyport.test`, `b.sallyport.test:${api.port} b.sallyport.test`]),
    )
  })

  it('shows a client certificate to its own host, on sockets of its own', async () => {
    const api = await startApi(plainly, true)
    const egress = openEgress()
    const pair = (name: string) => ({
      owner: name,
      certificate: new Secret(tlsFile(name)),
      key: new Secret(tlsFile(`${name}.key`)),
    })
    for (const name of ['client-a', 'client-b', 'client-a']) {
      await send(egress, `https://localhost:${api.port}/`, { clientCertificate: pair(name) })
    }
    expect(api.seen.map(({ clientName }) => clientName)).toEqual(['client-a', 'client-b', 'client-a'])
    expect(api.connections).toBe(2)
  })

  it('checks the certificate like HTTP/1.1', async () => {
    const api = await startApi()
    const strangers = { authorities: { pem: tlsFile('client-ca') } }
    expect(await faultOf(send(openEgress(), `https://localhost:${api.port}/`, strangers))).toMatchObject({
      fault: 'tls',
      sent: false,
    })
    expect(api.seen).toEqual([])
  })
})

describe('over HTTP/2 a request is sent once', () => {
  it.each(['GET', 'POST'])('though the API refuses the stream (%s): then it is certain that it was not taken', async (method) => {
    const api = await startApi((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM))
    const fault = await faultOf(send(openEgress(), `https://localhost:${api.port}/`, { method }))
    expect(fault).toMatchObject({ fault: 'refused', sent: false })
    expect(api.seen).toHaveLength(1)
  })

  it('though the API says goodbye before it takes it', async () => {
    const api = await startApi((stream, seen, count) => {
      if (count === 1) plainly(stream, seen, count)
      // The first stream was the last one it has looked at.
      else stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1)
    })
    const egress = openEgress()
    await send(egress, `https://localhost:${api.port}/`)
    const fault = await faultOf(send(egress, `https://localhost:${api.port}/`, { method: 'POST', body: 'once' }))
    expect(fault).toMatchObject({ fault: 'refused', sent: false })
    expect(api.seen).toHaveLength(2)
  })

  it.each([
    ['resets the stream', (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
    ['breaks the connection', (stream: ServerHttp2Stream) => stream.session?.destroy()],
    ['cuts the socket', (stream: ServerHttp2Stream) => stream.session?.socket.destroy()],
  ])('when the API %s it may have been taken', async (_, misbehave) => {
    const api = await startApi(misbehave)
    const fault = await faultOf(send(openEgress(), `https://localhost:${api.port}/`, { method: 'POST', body: 'once' }))
    expect(fault).toMatchObject({ fault: 'broken', sent: true })
    expect(api.seen).toHaveLength(1)
  })
})

describe('hostile answers over HTTP/2', () => {
  const head = { ':status': 200, 'content-type': 'application/json' }
  const drip = (stream: ServerHttp2Stream) => {
    stream.respond(head)
    const timer = setInterval(() => stream.write('x'), 20)
    stream.once('close', () => clearInterval(timer))
  }
  const endless = (stream: ServerHttp2Stream) => {
    stream.respond(head)
    const chunk = Buffer.alloc(16_384)
    const pump = () => {
      while (!stream.destroyed && stream.write(chunk));
      if (!stream.destroyed) stream.once('drain', pump)
    }
    pump()
  }
  const cases: readonly [string, Respond, string, number?][] = [
    ['an endless body', endless, 'too_large', 200],
    [
      'an announced length beyond the limit',
      (stream) => stream.respond({ ...head, 'content-length': 999_999_999 }),
      'too_large',
      200,
    ],
    [
      'a bomb',
      (stream) => {
        stream.respond({ ...head, 'content-encoding': 'gzip' })
        stream.end(gzipSync(Buffer.alloc(8 << 20)))
      },
      'too_large',
      200,
    ],
    ['a dripping body', drip, 'timeout', 200],
    ['silence', () => {}, 'timeout'],
    [
      'a length longer than the body',
      (stream) => {
        stream.respond({ ...head, 'content-length': 100 })
        stream.end('short')
      },
      'broken',
      200,
    ],
  ]
  it.each(cases)('%s ends with a fault, and the others on the connection go on', async (_, misbehave, fault, status) => {
    const api = await startApi((stream, seen, count) =>
      seen.path === '/bad' ? misbehave(stream, seen, count) : plainly(stream, seen, count),
    )
    const egress = openEgress()
    await send(egress, `https://localhost:${api.port}/`)
    const bad = faultOf(send(egress, `https://localhost:${api.port}/bad`, { method: 'POST', timeoutMs: 400 }))
    expect((await send(egress, `https://localhost:${api.port}/beside`)).status).toBe(200)
    expect(await bad).toMatchObject({ fault, sent: true, status })
    expect((await send(egress, `https://localhost:${api.port}/after`)).status).toBe(200)
    expect(api.connections).toBe(1)
  })

  it.each([
    ['one header', { 'x-big': 'x'.repeat(300_000) }],
    ['many headers', Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`x-${i}`, 'x'.repeat(40)]))],
  ])('a flood of headers (%s) ends with a fault', async (_, headers) => {
    const api = await startApi((stream) => {
      stream.respond({ ...head, ...headers })
      stream.end()
    })
    const fault = await faultOf(send(openEgress(), `https://localhost:${api.port}/`, { timeoutMs: 2000 }))
    expect(fault.sent).toBe(true)
    expect(['too_large', 'broken']).toContain(fault.fault)
  })
})

it('a connector asks for it, and calls go over one connection', async () => {
  const api = await startApi()
  const gateway = await startGatewayProcess()
  cleanups.push(async () => {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  })
  const owner = gateway.client()
  await owner.connectors.create({
    connector: 'modern',
    name: 'Modern',
    servers: { production: { url: `https://localhost:${api.port}` } },
    auth: { key: { type: 'api_key', name: 'X-Api-Key' } },
    security: { tls: { ca: authorities.pem, http2: true } },
    limits: { per_minute: 1000 },
    actions: { write: { method: 'POST', path: '/write' } },
  } as never)
  const { id } = await owner.connections.create({ connector: 'modern', auth: { fields: { key: 'key-4711' } } })
  expect((await owner.connections.test(id)).checks[0]).toMatchObject({ id: 'reachable', status: 'passed' })
  await Promise.all(Array.from({ length: 20 }, () => owner.calls.create({ connector: 'modern', action: 'write', input: {} })))
  expect(api).toMatchObject({ connections: 1, seen: { length: 21 } })
  expect(api.seen[20]).toMatchObject({ version: 'h2', method: 'POST', headers: { 'x-api-key': 'key-4711' } })
})
