import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { createEgress } from '../src/egress/egress.ts'
import { type Egress, EgressError, type EgressRequest } from '../src/egress/types.ts'
import { Secret } from '../src/secret.ts'
import { type Canary, freePort, startCanary, startRawCanary } from './support/canary.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function egressOnLoopback(): Egress {
  const egress = createEgress({ allow: ['127.0.0.0/8'] })
  cleanups.push(() => egress.close())
  return egress
}

async function canary(listener?: RequestListener): Promise<Canary> {
  const started = await startCanary(listener)
  cleanups.push(() => started.close())
  return started
}

async function rawCanary(onSocket: Parameters<typeof startRawCanary>[0]) {
  const started = await startRawCanary(onSocket)
  cleanups.push(() => started.close())
  return started
}

function send(egress: Egress, url: string, more: Partial<EgressRequest> = {}) {
  return egress.request({ door: 'call', method: 'GET', url, headers: {}, timeoutMs: 5000, maxResponseBytes: 100_000, ...more })
}

async function faultOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EgressError)
  return error as EgressError
}

describe('a request', () => {
  it('arrives as it was given: method, path, query, headers, secrets and body', async () => {
    const api = await canary()
    const answer = await send(egressOnLoopback(), `${api.origin}/v1/a%2Fb?x=1&y=%20#fragment`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'X-Api-Key': new Secret('k-123'), 'X-Latin': 'caf\u00e9' },
      secretQuery: { 'api key': new Secret('s&cret=') },
      body: '{"name":"ü"}',
    })
    expect(answer).toMatchObject({ status: 200, url: `${api.origin}/v1/a%2Fb?x=1&y=%20` })
    expect(answer.body.toString()).toBe('{"canary":true}')
    expect(api.seen).toMatchObject([
      {
        method: 'PATCH',
        url: '/v1/a%2Fb?x=1&y=%20&api%20key=s%26cret%3D',
        headers: {
          host: `127.0.0.1:${api.port}`,
          'content-type': 'application/json',
          'x-api-key': 'k-123',
          'x-latin': 'caf\u00e9',
          'content-length': '13',
        },
        body: '{"name":"ü"}',
      },
    ])
  })

  it('sends bytes as they are, and a body of none with length 0', async () => {
    const api = await canary()
    const egress = egressOnLoopback()
    await send(egress, api.origin, { method: 'POST', body: new Uint8Array([104, 105]).subarray(1) })
    await send(egress, api.origin, { method: 'POST' })
    expect(api.seen.map(({ body, headers }) => [body, headers['content-length']])).toEqual([
      ['i', '1'],
      ['', '0'],
    ])
  })

  it('puts a key into the path as part of one segment, and never tells the URL with it', async () => {
    const secretPath = new Secret('12:a/../é[redacted]')
    const sent = '/bot12:a%2F..%2F%C3%A9%5Bredacted%5D'
    const api: Canary = await canary(({ url = '' }, response) =>
      url.endsWith('/here') ? response.writeHead(302, { location: `${sent}/there` }).end() : response.end(),
    )
    const egress = egressOnLoopback()
    const answer = await send(egress, `${api.origin}/bot[redacted]/here`, { secretPath, redirects: 'follow' })
    expect(answer.url).toBe(`${api.origin}/bot[redacted]/there`)
    expect(api.seen.map(({ url }) => url)).toEqual([`${sent}/here`, `${sent}/there`])
    // A URL that has no place for it would go out without a credential; another server must not get it.
    expect(await faultOf(send(egress, `${api.origin}/bot/here`, { secretPath }))).toMatchObject({ fault: 'blocked', sent: false })
    const away = await canary((_, response) => response.writeHead(302, { location: `http://localhost:1${sent}` }).end())
    const led = send(egress, `${away.origin}/bot[redacted]/`, { secretPath, redirects: 'follow' })
    expect(await faultOf(led)).toMatchObject({
      fault: 'blocked',
      message: expect.stringContaining('with the credential in the URL'),
    })
  })

  it('sends the secret parameter instead of one of the same name in the URL', async () => {
    const api = await canary()
    await send(egressOnLoopback(), `${api.origin}/?key=mine&page=2`, { secretQuery: { key: new Secret('theirs') } })
    expect(api.seen[0]?.url).toBe('/?page=2&key=theirs')
  })

  it.each([
    ['a line break in a value', { 'X-A': 'a\r\nX-Admin: true' }],
    ['a line feed in a secret', { 'X-A': new Secret('canary-secret\nX-Admin: true') }],
    ['a NUL in a value', { 'X-A': 'a\0' }],
    ['a line break in a name', { 'X-A\r\nX-Admin': 'a' }],
    ['a space in a name', { 'X A': 'a' }],
    ['an empty name', { '': 'a' }],
    ['a character that is no Latin-1', { 'X-A': 'ключ' }],
    ['Content-Length', { 'content-length': '3' }],
    ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
    ['Connection', { Connection: 'x-api-key' }],
    ['Upgrade', { Upgrade: 'websocket' }],
    ['TE', { TE: 'trailers' }],
    ['Expect', { Expect: '100-continue' }],
    ['Proxy-Authorization', { 'Proxy-Authorization': 'Basic x' }],
    ['one name twice', { 'X-A': '1', 'x-a': '2' }],
  ] as const)('is refused with %s in its headers', async (_, headers) => {
    const api = await canary()
    const fault = await faultOf(send(egressOnLoopback(), api.origin, { headers }))
    expect(fault).toMatchObject({ fault: 'blocked', sent: false })
    expect(inspect(fault, { depth: 9 })).not.toContain('canary-secret')
    expect(api.connections).toBe(0)
  })

  it.each(['CONNECT', 'TRACE', 'get', 'GET /x HTTP/1.1\r\nX: y', '', 'GET '])('is refused with the method %j', async (method) => {
    const api = await canary()
    expect(await faultOf(send(egressOnLoopback(), api.origin, { method }))).toMatchObject({ fault: 'blocked', sent: false })
    expect(api.connections).toBe(0)
  })
})

describe('an answer', () => {
  it('has its headers in lower case, repeated ones joined', async () => {
    const api = await canary((_, response) => {
      response.setHeader('X-Many', ['a', 'b'])
      response.setHeader('Set-Cookie', ['a=1; Path=/', 'b=2'])
      response.setHeader('Constructor', 'x')
      response.end()
    })
    const { headers } = await send(egressOnLoopback(), api.origin)
    expect(headers).toMatchObject({ 'x-many': 'a, b', 'set-cookie': 'a=1; Path=/\nb=2', constructor: 'x' })
    expect(headers.toString).toBeUndefined()
  })

  it.each([204, 304, 404, 500])('of status %i is an answer, not a fault', async (status) => {
    const api = await canary((_, response) => response.writeHead(status).end())
    expect((await send(egressOnLoopback(), api.origin)).status).toBe(status)
  })

  it('to HEAD may announce more than the limit', async () => {
    const api = await canary((_, response) => response.writeHead(200, { 'content-length': '99999999' }).end())
    const answer = await send(egressOnLoopback(), api.origin, { method: 'HEAD' })
    expect(answer).toMatchObject({ status: 200, headers: { 'content-length': '99999999' } })
    expect(answer.body.length).toBe(0)
  })

  it('may come after interim answers', async () => {
    const api = await canary((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeProcessing()
      response.writeHead(201, { 'x-final': 'yes' }).end('done')
    })
    expect(await send(egressOnLoopback(), api.origin)).toMatchObject({ status: 201, headers: { 'x-final': 'yes' } })
  })

  it('is whole when it comes in many chunks', async () => {
    const text = 'x'.repeat(99_000)
    const api = await canary(async (_, response) => {
      for (let at = 0; at < text.length; at += 1000) if (!response.write(text.slice(at, at + 1000))) await once(response, 'drain')
      response.end()
    })
    expect((await send(egressOnLoopback(), api.origin)).body.toString()).toBe(text)
  })
})

describe('connections', () => {
  it('are kept and used again', async () => {
    const api = await canary()
    const egress = egressOnLoopback()
    for (let i = 0; i < 10; i++) await send(egress, api.origin, { method: i % 2 === 0 ? 'GET' : 'POST' })
    expect(api.seen.length).toBe(10)
    // A connection rests for one turn of the event loop after its answer; a request that comes sooner takes another one.
    expect(api.connections).toBeLessThanOrEqual(2)
  })

  it('serve many requests at once without mixing their answers', async () => {
    const api = await canary((request, response) => response.end(request.url))
    const egress = egressOnLoopback()
    const bodies = await Promise.all(
      Array.from({ length: 600 }, async (_, i) => (await send(egress, `${api.origin}/${i}`)).body.toString()),
    )
    expect(bodies).toEqual(Array.from({ length: 600 }, (_, i) => `/${i}`))
    expect(api.connections).toBeLessThanOrEqual(512)
  })

  it('are made anew after the server has closed them', async () => {
    const api = await canary((_, response) => response.setHeader('connection', 'close').end())
    const egress = egressOnLoopback()
    for (let i = 0; i < 3; i++) expect((await send(egress, api.origin)).status).toBe(200)
    expect(api.connections).toBe(3)
  })
})

describe('what was sent is told truly', () => {
  it('nothing was, when nobody listens', async () => {
    const port = await freePort()
    const fault = await faultOf(send(egressOnLoopback(), `http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' }))
    expect(fault).toMatchObject({ fault: 'refused', sent: false, status: undefined })
    expect(fault.message).toContain('ECONNREFUSED')
  })

  it.each(['GET', 'POST'])('a %s whose connection breaks before an answer was sent once, never again', async (method) => {
    let heads = 0
    const api = await rawCanary((socket) => {
      socket.on('data', () => {
        heads++
        socket.destroy()
      })
    })
    expect(await faultOf(send(egressOnLoopback(), api.origin, { method }))).toMatchObject({
      fault: 'broken',
      sent: true,
      status: undefined,
    })
    expect({ heads, connections: api.connections }).toEqual({ heads: 1, connections: 1 })
  })

  it.each(['GET', 'POST'])(
    'a %s on a kept connection that the server resets was perhaps seen, and is not sent again',
    async (method) => {
      let requests = 0
      const api = await rawCanary((socket) => {
        socket.on('data', () => {
          requests++
          if (requests === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
          else socket.resetAndDestroy()
        })
      })
      const egress = egressOnLoopback()
      expect((await send(egress, api.origin, { method })).status).toBe(200)
      // The connection rests for a turn of the event loop.
      for (let turn = 0; turn < 3; turn++) await setImmediate()
      expect(await faultOf(send(egress, api.origin, { method }))).toMatchObject({ fault: 'broken', sent: true })
      expect({ requests, connections: api.connections }).toEqual({ requests: 2, connections: 1 })
    },
  )

  it('a request does not go over a kept connection that the server has closed meanwhile', async () => {
    const closed: Promise<unknown>[] = []
    const api = await rawCanary((socket) => {
      closed.push(once(socket, 'close'))
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
    })
    const egress = egressOnLoopback()
    for (let i = 0; i < 3; i++) {
      expect((await send(egress, api.origin, { method: 'POST' })).status).toBe(200)
      await closed[i]
    }
    expect(api.connections).toBe(3)
  })

  it('an answer that breaks off in its body was sent, and its status is known', async () => {
    const api = await rawCanary((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"half":', () => socket.resetAndDestroy())
      })
    })
    expect(await faultOf(send(egressOnLoopback(), api.origin, { method: 'POST' }))).toMatchObject({
      fault: 'broken',
      sent: true,
      status: 201,
    })
  })

  it('nothing was, when the caller left before; it was, when they left after', async () => {
    const arrived = Promise.withResolvers<void>()
    const api = await canary(() => arrived.resolve())
    const egress = egressOnLoopback()
    expect(await faultOf(send(egress, api.origin, { signal: AbortSignal.abort() }))).toMatchObject({
      fault: 'aborted',
      sent: false,
    })
    expect(api.connections).toBe(0)
    const controller = new AbortController()
    const late = faultOf(send(egress, api.origin, { signal: controller.signal }))
    await arrived.promise
    controller.abort()
    expect(await late).toMatchObject({ fault: 'aborted', sent: true })
  })

  it('it was, when the time is up while the API works', async () => {
    const api = await canary(() => {})
    const start = performance.now()
    expect(await faultOf(send(egressOnLoopback(), api.origin, { timeoutMs: 150 }))).toMatchObject({
      fault: 'timeout',
      sent: true,
    })
    expect(performance.now() - start).toBeGreaterThan(140)
    expect(performance.now() - start).toBeLessThan(1500)
  })
})

describe('redirects that are followed', () => {
  const credentials = {
    headers: {
      Authorization: 'Basic typed-by-hand',
      Cookie: 'session=1',
      'X-Api-Key': new Secret('k-123'),
      'X-Custom-Token': 'literal',
      Accept: 'application/json',
    },
    secretQuery: { key: new Secret('s-456') },
    redirects: 'follow' as const,
  }

  it('R14: leave every credential behind when they lead to another origin', async () => {
    const other = await canary()
    const api = await canary((_, response) => response.writeHead(302, { location: `${other.origin}/there` }).end())
    const answer = await send(egressOnLoopback(), `${api.origin}/here`, credentials)
    expect(answer.url).toBe(`${other.origin}/there`)
    expect(api.seen).toMatchObject([
      { url: '/here?key=s-456', headers: { 'x-api-key': 'k-123', authorization: 'Basic typed-by-hand' } },
    ])
    expect(other.seen[0]?.url).toBe('/there')
    expect(Object.keys(other.seen[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ])
  })

  it('leave them behind for good: coming back to the first origin does not bring them back', async () => {
    const other = await canary((_, response) => response.writeHead(302, { location: `${api.origin}/back` }).end())
    const api: Canary = await canary((request, response) =>
      request.url === '/back' ? response.end() : response.writeHead(302, { location: `${other.origin}/` }).end(),
    )
    await send(egressOnLoopback(), `${api.origin}/here`, credentials)
    expect(api.seen.map(({ url, headers }) => [url, headers['x-api-key']])).toEqual([
      ['/here?key=s-456', 'k-123'],
      ['/back', undefined],
    ])
  })

  it('take them along within one origin, and show no secret in the final URL', async () => {
    const api = await canary((request, response) =>
      request.url?.startsWith('/to') ? response.end() : response.writeHead(307, { location: '/to?key=s-456&page=2' }).end(),
    )
    const answer = await send(egressOnLoopback(), `${api.origin}/from`, credentials)
    expect(api.seen[1]).toMatchObject({ url: '/to?page=2&key=s-456', headers: { 'x-api-key': 'k-123', cookie: 'session=1' } })
    expect(answer.url).toBe(`${api.origin}/to?page=2`)
  })

  it('end after five hops', async () => {
    const api = await canary((request, response) => {
      const hop = Number(request.url?.slice(1))
      if (hop === 5) response.end('fifth')
      else response.writeHead(302, { location: `/${hop + 1}` }).end()
    })
    const egress = egressOnLoopback()
    expect((await send(egress, `${api.origin}/0`, { redirects: 'follow' })).body.toString()).toBe('fifth')
    expect(await faultOf(send(egress, `${api.origin}/-1`, { redirects: 'follow' }))).toMatchObject({
      fault: 'blocked',
      sent: true,
      status: 302,
    })
    expect(await faultOf(send(egress, `${api.origin}/6`, { redirects: 'follow' }))).toMatchObject({ fault: 'blocked' })
    expect(api.seen.length).toBe(6 + 6 + 6)
  })

  it('follow HEAD with HEAD', async () => {
    const api = await canary((request, response) =>
      request.url === '/to' ? response.end() : response.writeHead(303, { location: '/to' }).end(),
    )
    await send(egressOnLoopback(), `${api.origin}/`, { method: 'HEAD', redirects: 'follow' })
    expect(api.seen.map(({ method }) => method)).toEqual(['HEAD', 'HEAD'])
  })

  it('share one deadline', async () => {
    const api = await canary((request, response) => {
      if (request.url !== '/2') response.writeHead(302, { location: `/${Number(request.url?.slice(1)) + 1}` }).end()
    })
    expect(await faultOf(send(egressOnLoopback(), `${api.origin}/0`, { redirects: 'follow', timeoutMs: 200 }))).toMatchObject({
      fault: 'timeout',
      sent: true,
    })
  })
})

it('shows no secret in any fault, however closely it is looked at', async () => {
  const secret = 'canary-secret-0123456789'
  const echoing = await rawCanary((socket) => socket.once('data', (head) => socket.end(`${head.toString()}\r\n\r\n`)))
  const cutting = await rawCanary((socket) =>
    socket.once('data', (head) => socket.end(`HTTP/1.1 200 OK\r\nX: ${head.toString('hex')}\r\nContent-Length: 9\r\n\r\n`)),
  )
  const egress = egressOnLoopback()
  const request = { headers: { Authorization: new Secret(`Bearer ${secret}`) }, secretQuery: { key: new Secret(secret) } }
  const faults = [
    await faultOf(send(egress, echoing.origin, request)),
    await faultOf(send(egress, cutting.origin, request)),
    await faultOf(send(egress, `http://127.0.0.1:${await freePort()}/`, request)),
    await faultOf(send(egress, 'http://10.0.0.1/', request)),
  ]
  expect(faults.map(({ fault }) => fault)).toEqual(['broken', 'broken', 'refused', 'blocked'])
  for (const fault of faults) {
    const shown = inspect(fault, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(fault) + String(fault.stack)
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(Buffer.from(secret).toString('hex'))
  }
})

describe('closing', () => {
  it('waits for what is under way, takes nothing new, and leaves no socket', async () => {
    const arrived = Promise.withResolvers<() => void>()
    const api = await canary((_, response) => arrived.resolve(() => response.end('finished')))
    const egress = egressOnLoopback()
    const answer = send(egress, api.origin, { method: 'POST' })
    const respond = await arrived.promise
    const closed = egress.close()
    expect(await faultOf(send(egress, api.origin))).toMatchObject({ fault: 'aborted', sent: false })
    respond()
    expect((await answer).body.toString()).toBe('finished')
    await closed
    expect(api.connections).toBe(1)
  })

  it('does not wait for a connection that nobody wants any more', async () => {
    const silent = await rawCanary(() => {})
    const egress = egressOnLoopback()
    await faultOf(send(egress, `https://127.0.0.1:${silent.port}/`, { timeoutMs: 50 }))
    const start = performance.now()
    await egress.close()
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
