import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../src/secret.ts'
import { type Ask, cookie, type Entrance, knowsOne, openEntrance, shown, token } from './http-harness.ts'

let entrance: Entrance
afterEach(() => entrance.close())

const removed: string[] = []
const services = {
  access: {
    ...knowsOne,
    signIn: async () => ({ twoFactor: false, cookies: ['sallyport.session_token=valid; Path=/'] }),
    createToken: async () => ({ id: 'tok_2', token: new Secret('sp_new'), name: 'x', role: 'viewer' as const }),
  },
  connections: {
    list: async () => ({ items: [], next_cursor: null }),
    remove: async (_caller: unknown, id: string) => void removed.push(id),
  },
}

async function open(options: Parameters<typeof openEntrance>[1] = {}): Promise<Entrance> {
  removed.length = 0
  entrance = await openEntrance(services, options)
  return entrance
}

const remove: Ask = { method: 'DELETE' }
const removal = async (headers: Record<string, string>) =>
  (await entrance.ask('/api/v1/connections/con_1', { ...remove, headers })).status

describe('a change by cookie', () => {
  test.each([
    ['no header of a browser', {}],
    ['the origin of another site', { origin: 'https://evil.example' }],
    ['another port of the same host', { origin: 'http://127.0.0.1:1' }],
    ['a hidden origin', { origin: 'null' }],
    ['another site, by the browser', { 'sec-fetch-site': 'cross-site', origin: 'http://127.0.0.1' }],
    ['a sibling site, by the browser', { 'sec-fetch-site': 'same-site' }],
    ['a link typed or clicked elsewhere', { 'sec-fetch-site': 'none' }],
  ])('is refused with %s', async (_name, headers) => {
    await open()
    expect(await removal({ ...cookie, ...headers } as Record<string, string>)).toBe(403)
    expect(removed).toEqual([])
  })

  test('is made from the pages of the gateway', async () => {
    const { url } = await open()
    expect(await removal({ ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(204)
    expect(await removal({ ...cookie, origin: url })).toBe(204)
    // A name of this machine that is not the public URL's.
    const port = new URL(url).port
    expect(await removal({ ...cookie, origin: `http://localhost:${port}`, host: `localhost:${port}` })).toBe(204)
    expect(removed).toHaveLength(3)
  })

  test('is made behind a proxy that names the public address', async () => {
    await open({ host: '0.0.0.0', publicUrl: () => 'https://sallyport.example.com' })
    expect(await removal({ ...cookie, origin: 'https://sallyport.example.com', host: 'gateway.internal:8080' })).toBe(204)
    expect(await removal({ ...cookie, origin: 'https://other.example.com', host: 'gateway.internal:8080' })).toBe(403)
  })
})

describe('a request by token', () => {
  test('is taken from anywhere, since no browser adds a token on its own', async () => {
    await open()
    expect(await removal({ ...token, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).toBe(204)
  })

  test('is judged by its token alone, even beside a valid cookie', async () => {
    await open()
    expect(await removal({ authorization: 'Bearer sp_wrong', ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(401)
    expect(await removal({ authorization: 'Bearer', ...cookie, 'sec-fetch-site': 'same-origin' })).toBe(401)
  })

  test('is taken with any case of the scheme', async () => {
    await open()
    expect(await removal({ authorization: 'bearer  sp_valid' })).toBe(204)
  })

  test('is told how to authenticate when it is refused', async () => {
    await open()
    const answer = await entrance.ask('/api/v1/connections')
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' }, json: { code: 'UNAUTHENTICATED' } })
  })
})

describe('signing in', () => {
  const body = { email: 'a@example.com', password: 'password' }
  test('is refused to a foreign page, which could sign its victim in as somebody else', async () => {
    await open()
    expect(
      (await entrance.ask('/api/v1/session', { method: 'POST', body, headers: { origin: 'https://evil.example' } })).status,
    ).toBe(403)
  })

  test('is open to scripts and to the own pages', async () => {
    const { url } = await open()
    for (const headers of [{}, { origin: url }]) {
      const answer = await entrance.ask('/api/v1/session', { method: 'POST', body, headers })
      expect(answer).toMatchObject({ status: 200, json: { caller: { name: 'test', role: 'owner' }, version: '1.2.3' } })
      expect(answer.headers['set-cookie']).toEqual(['sallyport.session_token=valid; Path=/'])
    }
  })
})

describe('the host name', () => {
  test.each(['evil.example', 'evil.example:80', 'localhost.evil.example', '127.0.0.1.nip.io', 'evil.example@127.0.0.1'])(
    '%j is not answered on a loopback address: it may be a foreign page by DNS rebinding',
    async (host) => {
      await open()
      const answer = await entrance.ask('/api/v1/session', { headers: { host } })
      expect(answer.status).toBe(403)
      expect(answer.text).not.toContain('caller')
    },
  )

  test.each(['localhost', 'LOCALHOST:1234', '127.0.0.1:80', '[::1]:8080', 'tunnel.example.com'])(
    '%s is answered',
    async (host) => {
      await open({ publicUrl: () => 'https://tunnel.example.com' })
      expect((await entrance.ask('/healthz', { headers: { host } })).status).toBe(200)
    },
  )

  test('may be any when the gateway listens on a network, where its names are not known', async () => {
    await open({ host: '0.0.0.0' })
    expect((await entrance.ask('/healthz', { headers: { host: 'gateway.internal' } })).status).toBe(200)
  })
})

describe('every answer', () => {
  test.each(['/', '/api/v1/session', '/api/v1/none', '/healthz', '/mounted'])('%s carries the security headers', async (path) => {
    await open({ mount: (app) => void app.get('/mounted', async () => 'hello') })
    const { headers } = await entrance.ask(path, { headers: { accept: 'text/html' } })
    const data = path.startsWith('/api/')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-security-policy']).toMatch(/default-src '(?:self|none)'.*frame-ancestors 'none'/)
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-eval/)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers['cache-control'] === 'no-store').toBe(data)
    if (data) return
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' })
    expect(headers['permissions-policy']).toContain('camera=()')
  })

  test('to a preflight allows other origins nothing', async () => {
    await open()
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' }
    const { headers } = await entrance.ask('/api/v1/connections/con_1', { method: 'OPTIONS', headers: preflight })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('that makes a token shows it, and nothing else does', async () => {
    await open()
    const made = await entrance.ask('/api/v1/tokens', { method: 'POST', headers: token, body: { name: 'x' } })
    expect(made).toMatchObject({ status: 201, json: { id: 'tok_2', token: 'sp_new' } })
    expect(shown({ kind: 'none' })).toBe('none')
  })
})

describe('the dashboard', () => {
  const page = { headers: { accept: 'text/html,*/*' } }
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-dashboard-'))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sallyport</title>')
    await writeFile(join(folder, 'assets', 'app-1a2b.js'), 'export {}')
    await writeFile(join(folder, '..', 'outside.txt'), 'outside')
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
    await rm(join(folder, '..', 'outside.txt'))
  })

  test.each(['/', '/connections', '/approvals/apr_1', '/setup'])(
    'answers %s with its page, never kept without asking',
    async (path) => {
      await open({ dashboardDir: folder })
      const answer = await entrance.ask(path, page)
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'no-cache' },
        text: expect.stringContaining('<title>Sallyport'),
      })
      expect(answer.headers['content-type']).toContain('text/html')
    },
  )

  test('lets browsers keep its assets, whose names change with their content', async () => {
    await open({ dashboardDir: folder })
    const answer = await entrance.ask('/assets/app-1a2b.js')
    expect(answer).toMatchObject({
      status: 200,
      text: 'export {}',
      headers: { 'cache-control': 'public, max-age=31536000, immutable' },
    })
  })

  test.each(['/../outside.txt', '/%2e%2e/outside.txt', '/..%2foutside.txt', '/assets/..%5c..%5coutside.txt'])(
    'does not reach %s',
    async (path) => {
      await open({ dashboardDir: folder })
      const answer = await entrance.ask(path)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toBe('outside')
    },
  )

  test('keeps its page away from the API and from missing assets', async () => {
    await open({ dashboardDir: folder })
    expect((await entrance.ask('/api/v1/none', page)).status).toBe(404)
    expect((await entrance.ask('/assets/none.js')).status).toBe(404)
    expect((await entrance.ask('/connections', { method: 'POST', ...page })).status).toBe(404)
  })

  test('says how to build it while it is not built', async () => {
    await open({ dashboardDir: join(folder, 'assets') })
    for (const path of ['/', '/connections']) {
      expect(await entrance.ask(path, page)).toMatchObject({ status: 200, text: expect.stringContaining('not built yet') })
    }
  })
})
