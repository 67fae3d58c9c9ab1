import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createEgress } from '../src/egress/egress.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { type Canary, startCanary, startRawCanary } from './support/canary.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const cap = 1_000_000

function egressOnLoopback(): Egress {
  const egress = createEgress({ allow: ['127.0.0.1/32'] })
  cleanups.push(() => egress.close())
  return egress
}

async function canary(listener: RequestListener): Promise<Canary> {
  const started = await startCanary(listener)
  cleanups.push(() => started.close())
  return started
}

/** Answers the first bytes of each connection with `answer`. */
async function rawCanary(answer: (socket: Socket, connection: number) => void) {
  const started = await startRawCanary((socket, connection) => socket.once('data', () => answer(socket, connection)))
  cleanups.push(() => started.close())
  return started
}

function send(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({ door: 'call', method: 'GET', url, headers: {}, timeoutMs: 5000, maxResponseBytes: cap, ...more })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

describe('compressed answers', () => {
  const text = JSON.stringify({ text: 'compressed '.repeat(100) })
  const encodings: Record<string, (bytes: Buffer) => Buffer> = {
    gzip: gzipSync,
    'x-gzip': gzipSync,
    GZIP: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    identity: (bytes) => bytes,
    'gzip, br': (bytes) => brotliCompressSync(gzipSync(bytes)),
  }

  it.each(Object.entries(encodings))('in %s come decoded', async (coding, encode) => {
    const bytes = encode(Buffer.from(text))
    const api = await canary((_, response) =>
      response.writeHead(200, { 'content-encoding': coding, 'content-length': bytes.length }).end(bytes),
    )
    const answer = await send(egressOnLoopback(), api.origin)
    expect(answer.body.toString()).toBe(text)
    if (coding !== 'identity') expect(Object.keys(answer.headers)).not.toContain('content-length')
  })

  it('in bare deflate, which some servers call deflate, come decoded too', async () => {
    const api = await canary((_, response) =>
      response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync(text)),
    )
    expect((await send(egressOnLoopback(), api.origin)).body.toString()).toBe(text)
  })

  it('in a coding nobody knows come as they are, with its name', async () => {
    const api = await canary((_, response) => response.writeHead(200, { 'content-encoding': 'rot13' }).end('nopq'))
    const answer = await send(egressOnLoopback(), api.origin)
    expect([answer.body.toString(), answer.headers['content-encoding']]).toEqual(['nopq', 'rot13'])
  })

  it('without a body need no decoding', async () => {
    const api = await canary((_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end())
    expect((await send(egressOnLoopback(), api.origin)).status).toBe(204)
  })

  it.each([
    ['cut short', gzipSync(text).subarray(0, 40)],
    ['of something else', Buffer.from('hello')],
  ])('%s are broken; their status is known', async (_, bytes) => {
    const api = await canary((_request, response) => response.writeHead(201, { 'content-encoding': 'gzip' }).end(bytes))
    expect(await faultOf(send(egressOnLoopback(), api.origin, { method: 'POST' }))).toMatchObject({
      fault: 'broken',
      sent: true,
      status: 201,
    })
  })

  it.each([
    ['gzip', gzipSync(Buffer.alloc(64 << 20))],
    ['br', brotliCompressSync(Buffer.alloc(64 << 20), { params: { 1: 5 } })],
    ['deflate', deflateSync(Buffer.alloc(64 << 20))],
    ['zstd', zstdCompressSync(Buffer.alloc(64 << 20))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(64 << 20)))],
  ] as const)('that inflate to 64 MiB (%s) end at the limit on decoded bytes, not in memory', async (coding, bomb) => {
    expect(bomb.length).toBeLessThan(cap)
    const api = await canary((_, response) => response.writeHead(200, { 'content-encoding': coding }).end(bomb))
    const egress = egressOnLoopback()
    await faultOf(send(egress, api.origin))
    global.gc?.()
    const before = process.memoryUsage().rss
    expect(await faultOf(send(egress, api.origin))).toMatchObject({ fault: 'too_large', sent: true, status: 200 })
    // The server of this test is in the same process, so there is slack; 64 MiB would show.
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * cap)
  })

  it('of exactly the limit pass', async () => {
    const api = await canary((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(cap))),
    )
    expect((await send(egressOnLoopback(), api.origin)).body.length).toBe(cap)
  })

  it('encoded many times over are refused', async () => {
    let bytes = Buffer.from(text)
    for (let i = 0; i < 6; i++) bytes = gzipSync(bytes)
    const api = await canary((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip, gzip, gzip, gzip' }).end(bytes),
    )
    expect((await faultOf(send(egressOnLoopback(), api.origin))).fault).toBe('broken')
  })
})

describe('size', () => {
  it('a body of exactly the limit passes, one byte more does not', async () => {
    const api = await canary((request, response) => {
      response.write('x'.repeat(cap - 1))
      response.end(request.url === '/fits' ? 'x' : 'xx')
    })
    const egress = egressOnLoopback()
    expect((await send(egress, `${api.origin}/fits`)).body.length).toBe(cap)
    expect(await faultOf(send(egress, `${api.origin}/over`))).toMatchObject({ fault: 'too_large', sent: true, status: 200 })
  })

  it('an endless body ends at the limit', async () => {
    const api = await canary((_, response) => {
      const chunk = Buffer.alloc(65_536)
      const pump = () => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', pump)
      }
      pump()
    })
    expect((await faultOf(send(egressOnLoopback(), api.origin))).fault).toBe('too_large')
  })

  it('an announced length beyond the limit ends it before the body', async () => {
    const api = await rawCanary((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n'))
    expect(await faultOf(send(egressOnLoopback(), api.origin))).toMatchObject({ fault: 'too_large', status: 200 })
  })

  it('a million chunks of one byte cost memory for a million bytes, not for a million buffers', async () => {
    const million = Buffer.from('1\r\nx\r\n'.repeat(1_000_000))
    const api = await rawCanary((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      socket.write(million)
      socket.write('0\r\n\r\n')
    })
    const egress = egressOnLoopback()
    global.gc?.()
    const before = process.memoryUsage().rss
    const answer = await send(egress, api.origin, { timeoutMs: 20_000 })
    expect(answer.body.length).toBe(1_000_000)
    expect(answer.body.every((byte) => byte === 120)).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000)
  })

  it.each([
    ['one header', `X-Big: ${'x'.repeat(20_000)}\r\n`],
    ['many headers', 'X-Small: x\r\n'.repeat(3000)],
  ])('20 KB of headers are too many (%s)', async (_, headers) => {
    const api = await rawCanary((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`))
    expect(await faultOf(send(egressOnLoopback(), api.origin))).toMatchObject({ fault: 'too_large', sent: true })
  })
})

describe('time', () => {
  /** Sends a byte each time the last one has left, for as long as the other side listens. */
  function drip(socket: Socket, text: string): void {
    const timer = setInterval(() => socket.write(text), 20)
    socket.once('close', () => clearInterval(timer))
  }

  it.each([
    ['body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n', 200],
    ['headers', 'HTTP/1.1 200 OK\r\n', 'X: y\r\n', undefined],
    ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n', undefined],
  ])('dripping %s end at the deadline, however lively', async (_, head, drop, status) => {
    const api = await rawCanary((socket) => {
      socket.write(head)
      drip(socket, drop)
    })
    const start = performance.now()
    expect(await faultOf(send(egressOnLoopback(), api.origin, { timeoutMs: 300 }))).toMatchObject({
      fault: 'timeout',
      sent: true,
      status,
    })
    expect(performance.now() - start).toBeLessThan(1500)
  })
})

describe('answers that lie', () => {
  it('a length longer than the body is broken', async () => {
    const api = await rawCanary((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'))
    expect(await faultOf(send(egressOnLoopback(), api.origin))).toMatchObject({ fault: 'broken', sent: true, status: 200 })
  })

  it('what comes behind the announced length is not the answer to the next request', async () => {
    const smuggled = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled'
    const api = await rawCanary((socket, connection) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${connection === 1 ? `first${smuggled}` : 'other'}`)
    })
    const egress = egressOnLoopback()
    expect((await send(egress, api.origin)).body.toString()).toBe('first')
    expect((await send(egress, api.origin)).body.toString()).toBe('other')
    expect(api.connections).toBe(2)
  })

  it.each([
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'],
    ['a line break in a header', 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n'],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['nothing', ''],
    ['a half head', 'HTTP/1.1 200'],
  ])('%s is broken', async (_, answer) => {
    const api = await rawCanary((socket) => socket.end(answer))
    expect(await faultOf(send(egressOnLoopback(), api.origin, { method: 'POST' }))).toMatchObject({ fault: 'broken', sent: true })
    expect(api.connections).toBe(1)
  })

  it('invalid UTF-8 comes as the bytes it is', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0xfe, 0x22])
    const api = await canary((_, response) => response.end(bytes))
    expect((await send(egressOnLoopback(), api.origin)).body).toEqual(bytes)
  })
})
