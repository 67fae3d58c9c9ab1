import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { createServer, request as httpsRequest } from 'node:https'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testAuthority, tlsFile } from './support/canary.ts'
import { removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** The session cookie as a browser gets it, over real sockets: over TLS behind a proxy that ends it, and over plain http. */

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const person = { name: 'Ada', email: 'ada@example.test', password: 'correct horse battery' }

async function start(env: Record<string, string> = {}) {
  const gateway = await startGatewayProcess({ env })
  cleanups.push(async () => {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  })
  const setupUrl = await vi.waitUntil(() => gateway.setupUrl)
  return { url: gateway.url, code: new URL(setupUrl).hash.replace('#code=', '') }
}

/** A proxy that ends TLS and hands on to the gateway that it is told of, as nginx or Caddy do. */
async function startTlsProxy() {
  let target = ''
  const server = createServer({ cert: tlsFile('server'), key: tlsFile('server.key') }, (incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }
    const onward = httpRequest(new URL(incoming.url ?? '', target), { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(async () => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  const handTo = (url: string) => {
    target = url
  }
  return { url: `https://localhost:${address.port}`, handTo }
}

async function ask(method: string, url: string, { cookie = '', body }: { cookie?: string; body?: object } = {}) {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest
  const asked = request(url, {
    method,
    ca: testAuthority(),
    headers: { cookie, 'sec-fetch-site': 'same-origin', ...(body && { 'content-type': 'application/json' }) },
  })
  asked.end(body && JSON.stringify(body))
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return { text, cookies: answer.headers['set-cookie'] ?? [] }
}

/** Signs in, and answers the session cookie: its name, what to send, its attributes in lower case. */
async function sessionCookie(url: string, code: string) {
  const { cookies } = await ask('POST', `${url}/api/v1/setup`, { body: { code, ...person } })
  const line = cookies.find((each) => each.includes('session_token=')) ?? ''
  const [pair = '', ...attributes] = line.split(/; */)
  return { name: pair.split('=')[0] ?? '', pair, attributes: attributes.map((each) => each.toLowerCase()) }
}

const callerWith = async (url: string, cookie: string) =>
  (JSON.parse((await ask('GET', `${url}/api/v1/session`, { cookie })).text) as { caller: { email: string } | null }).caller

describe('the session cookie', () => {
  test('is tied to this very host over https, and counts under no other name', async () => {
    const proxy = await startTlsProxy()
    const { url, code } = await start({ SALLYPORT_PUBLIC_URL: proxy.url, SALLYPORT_TRUST_PROXY: '127.0.0.1/32' })
    proxy.handTo(url)
    const { name, pair, attributes } = await sessionCookie(proxy.url, code)
    expect(name).toBe('__Host-sallyport.session_token')
    expect(attributes).toEqual(expect.arrayContaining(['path=/', 'secure', 'httponly', 'samesite=lax']))
    expect(attributes.filter((each) => each.startsWith('domain'))).toEqual([])
    expect(await callerWith(proxy.url, pair)).toMatchObject({ email: person.email })
    // What a neighbour under the same domain could set.
    for (const planted of [pair.replace('__Host-', ''), pair.replace('__Host-', '__Secure-')])
      expect(await callerWith(proxy.url, planted)).toBeNull()
  })

  test('has a plain name over plain http, which browsers would not keep otherwise', async () => {
    const { url, code } = await start()
    const { name, pair, attributes } = await sessionCookie(url, code)
    expect(name).toBe('sallyport.session_token')
    expect(attributes).toEqual(expect.arrayContaining(['path=/', 'httponly', 'samesite=lax']))
    expect(attributes.filter((each) => each === 'secure' || each.startsWith('domain'))).toEqual([])
    expect(await callerWith(url, pair)).toMatchObject({ email: person.email })
  })
})
