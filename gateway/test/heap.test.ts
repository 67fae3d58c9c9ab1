import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { HeapWatcher } from './support/heap.ts'

/** In milliseconds: a connection to the database, the longest that is kept of a request, is closed after ten idle seconds. */
const restMs = 20_000

const credentials = {
  bearer: 'canary-bearer-4f1c09d7aa',
  replaced: 'canary-replaced-0b7e5521',
  header: 'canary-header-9d40e8b6',
  query: 'canary-query-83bd51aa',
  basic: 'canary-basic-c27e60f3',
}
const password = 'canary-password-77aa21f0'
const wrongPassword = 'canary-wrong-password-19c4'

const heap = new HeapWatcher()
let dataDir: string
let upstream: CountingUpstream
let gateway: GatewayProcess
/** Name and value of each secret that was in use. */
const used: [name: string, value: string][] = Object.entries(credentials)

async function json(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  await response.text()
  return response
}

async function signInAndLook(): Promise<void> {
  const setupUrl = await vi.waitUntil(() => gateway.setupUrl)
  const code = /#code=(\S+)/.exec(setupUrl)?.[1] ?? ''
  const email = 'ada@example.com'
  expect((await json('/api/v1/setup', { code, name: 'Ada', email, password })).status).toBe(201)
  expect((await json('/api/v1/session', { email, password: wrongPassword })).status).toBe(401)
  const signedIn = await json('/api/v1/session', { email, password })
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  // Many at once, so that the session's own requests open connections to the database.
  const looks = Array.from({ length: 20 }, () => fetch(`${gateway.url}/api/v1/connections`, { headers: { cookie } }))
  for (const look of await Promise.all(looks)) expect(look.status).toBe(200)
  const token = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)).split('.')[0] ?? ''
  used.push(['password', password], ['wrong password', wrongPassword], ['session', token])
}

async function callWithEach(): Promise<void> {
  const owner = gateway.client()
  const made = await owner.tokens.create({ name: 'agent', role: 'member' })
  used.push(['token of the agent', made.token])
  const agent = gateway.client(made.token)
  const schemes = {
    bearer: [{ type: 'bearer' }, { token: credentials.bearer }],
    header: [{ type: 'headers', headers: [{ name: 'X-Secret' }] }, { 'X-Secret': credentials.header }],
    query: [{ type: 'api_key', in: 'query', name: 'key' }, { key: credentials.query }],
    basic: [{ type: 'basic' }, { username: 'ada', password: credentials.basic }],
  } as const
  for (const [connector, [scheme, fields]] of Object.entries(schemes)) {
    await owner.connectors.create({
      connector,
      name: connector,
      servers: { production: { url: upstream.url } },
      auth: { main: scheme },
      limits: { per_minute: 100, retries: 0 },
      actions: { look: { method: 'GET', path: '/look' }, write: { method: 'POST', path: '/write', confirm: true } },
    } as never)
    const { id } = await owner.connections.create({ connector, auth: { fields } })
    for (let i = 0; i < 5; i++) await agent.calls.create({ connector, action: 'look' })
    upstream.behave = (_, response) => response.writeHead(500).end(JSON.stringify(fields))
    await agent.calls.create({ connector, action: 'look' }).catch(() => {})
    upstream.reset()
    const waiting = await agent.calls.create({ connector, action: 'write' })
    if ('approval' in waiting) await owner.approvals.approve(waiting.approval.id)
    await owner.connections.test(id)
    if (connector !== 'bearer') continue
    await owner.connections.rotate(id, { fields: { token: credentials.replaced } })
    await agent.calls.create({ connector, action: 'look' })
  }
}

beforeAll(async () => {
  dataDir = await temporaryDataDir()
  upstream = await new CountingUpstream().start()
  gateway = await startGatewayProcess({ dataDir, env: heap.env })
  await signInAndLook()
  await callWithEach()
})
afterAll(async () => {
  await gateway?.stop()
  await upstream?.stop()
  heap.remove()
  await removeDataDir(dataDir)
})

/** Requests like any other, so that nothing is left of the last one that had a secret but what somebody keeps. */
async function otherRequests(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await fetch(`${gateway.url}/api/v1/session`, { headers: { authorization: 'Bearer sp_somebody-elses-token-000000000000' } })
    await fetch(`${gateway.url}/healthz`)
  }
}

describe('the heap of a gateway that rests', () => {
  it('shows what somebody holds, so that the search can find something', { timeout: 60_000 }, async () => {
    const answering = new Promise<ServerResponse>((resolve) => {
      upstream.behave = (_, response) => resolve(response)
    })
    const call = gateway.client().calls.create({ connector: 'bearer', action: 'look' })
    const answer = await answering
    const strings = await heap.strings(gateway)
    expect(strings.some((text) => text.includes(credentials.replaced))).toBe(true)
    upstream.reset()
    answer.end('{}')
    await call
  })

  it('has no credential, token, password or root key on it, nor the settings that hold one', { timeout: 60_000 }, async () => {
    used.push(['root key', readFileSync(join(dataDir, 'root.key'), 'utf8').trim()], ['bootstrap token', gateway.token])
    const until = performance.now() + restMs
    let found: string[]
    do {
      await otherRequests()
      const strings = await heap.strings(gateway)
      found = used.filter(([, value]) => strings.some((text) => text.includes(value))).map(([name]) => name)
    } while (found.length > 0 && performance.now() < until)
    expect(found).toEqual([])
  })
})
