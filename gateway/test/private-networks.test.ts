import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type AgentOptions, type RunningAgent, startAgent } from '../src/agent.ts'
import { kinds, maxFrameBytes, windowBytes } from '../src/egress/tunnel/frames.ts'
import { Link } from '../src/egress/tunnel/link.ts'
import { Secret } from '../src/secret.ts'
import { jitter } from '../src/tunnel/agent/links.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { temporaryDataDir } from './support/data-dir.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { rawAgent, registration } from './support/raw-agent.ts'

/** The gateway itself may dial no private address: what reaches the API has come through an agent. */

const secret = 'canary-on-premises-8c1d7e55f0'
let gateway: GatewayProcess
let owner: Sallyport
let api: CountingUpstream
let dir: string
let connection: string
let network: string
let token: string

const port = () => new URL(api.url).port
const fileOf = (more = '') => `
allow:
  - { host: 127.0.0.1, ports: [${port()}], connectors: [erp, erp-onprem] }
  - { host: 169.254.169.254, ports: [80] }
addresses: [127.0.0.1/32, 169.254.0.0/16]
secrets:
  erp-key: { file: ${join(dir, 'erp-key')}, hosts: [127.0.0.1], connectors: [erp-onprem] }
  elsewhere: { file: ${join(dir, 'erp-key')}, hosts: [other.internal] }
${more}`

let files = 0
async function agent(name: string, more: Partial<AgentOptions> & { file?: string } = {}): Promise<RunningAgent> {
  const { file, ...options } = more
  const path = join(dir, `agent-${++files}.yaml`)
  writeFileSync(path, file ?? fileOf())
  const base = { url: gateway.url, token: new Secret(token), allow: path, name, logLevel: 'silent' as const }
  const running = await startAgent({ ...base, ...options })
  running.ended.catch(() => {})
  onTestFinished(() => running.stop())
  await running.ready
  return running
}

const connectorOf = (slug: string, url: string) => ({
  connector: slug,
  name: slug,
  servers: { production: { url } },
  auth: { key: { type: 'api_key', name: 'X-Key' } },
  security: { allow_http: true },
  limits: { retries: 1, per_minute: 10_000, timeout_ms: 20_000, max_response_bytes: 8_000_000 },
  actions: {
    read: { method: 'GET', path: '/read' },
    write: {
      method: 'POST',
      path: '/write',
      input: { type: 'object', properties: { text: { type: 'string' } } },
      body: { type: 'json', value: { text: '{{text}}' } },
    },
  },
})

async function failureOf(work: Promise<unknown>): Promise<SallyportProblem> {
  const error = await work.then(
    (answer) => new Error(`expected a failure, got ${JSON.stringify(answer).slice(0, 300)}`),
    (caught: unknown) => caught,
  )
  if (!(error instanceof SallyportProblem)) throw error
  return error
}
const call = (action: string, more: object = {}) =>
  owner.calls.create({ connector: 'erp', action, input: {}, ...more }) as Promise<{ payload?: unknown; outcome?: string }>

beforeAll(async () => {
  ;[gateway, api, dir] = await Promise.all([
    startGatewayProcess({ env: { SALLYPORT_EGRESS_ALLOW: '' } }),
    new CountingUpstream().start(),
    temporaryDataDir(),
  ])
  owner = gateway.client()
  writeFileSync(join(dir, 'erp-key'), `${secret}\n`)
  const made = await owner.networks.create('Office')
  network = made.network.id
  token = made.token.token
  for (const slug of ['erp', 'erp-onprem', 'unlisted']) await owner.connectors.create(connectorOf(slug, api.url))
  const create = (connector: string, more: object) => owner.connections.create({ connector, network, ...more })
  connection = (await create('erp', { auth: { fields: { key: 'of-the-gateway' } } })).id
  await owner.connections.update(connection, { default: true })
  await create('erp-onprem', { auth: { agent_secrets: { key: 'erp-key' } } })
  await create('unlisted', { auth: { fields: { key: 'k' } } })
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  for (const each of [gateway?.dataDir, dir]) if (each !== undefined) await removeDataDir(each)
})

describe('a connection through a private network', () => {
  test('fails closed while no agent is there, and says that nothing was sent', async () => {
    api.reset()
    expect(await failureOf(call('write'))).toMatchObject({ code: 'AGENT_UNAVAILABLE', outcome: 'not_sent' })
    expect(api.seen).toHaveLength(0)
    expect((await owner.networks.get(network)).online).toBe(false)
  })

  test('reaches what only the agent reaches, with bodies of megabytes both ways', async () => {
    await agent('office')
    api.reset()
    const large = 'ä'.repeat(1_000_000)
    api.behave = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ text: JSON.parse(request.body).text }))
    }
    const answer = await call('write', { input: { text: large } })
    expect(answer.payload).toEqual({ text: large })
    expect(api.seen[0]?.headers['x-key']).toBe('of-the-gateway')
    const seen = await owner.networks.get(network)
    expect(seen).toMatchObject({ online: true, connections: 3, agents: [{ name: 'office', online: true, gateways: 1 }] })
    api.reset()
    const checks = await owner.connections.test(connection)
    expect(checks.checks[0]).toMatchObject({ id: 'reachable', status: 'passed' })
  })

  test('is bound to a network of its workspace, and takes agent secrets for secret fields of a network only', async () => {
    const make = (more: object) => failureOf(owner.connections.create({ connector: 'erp', name: 'No', ...more }))
    const auth = { agent_secrets: { key: 'erp-key' } }
    expect(await make({ network: 'net_00000000000000000000000000', auth })).toMatchObject({ code: 'INVALID_INPUT' })
    expect((await make({ auth })).detail).toContain('private network')
    expect((await make({ network, auth: { agent_secrets: { other: 'x' } } })).detail).toContain('no secret field')
    expect((await make({ network, auth: { ...auth, fields: { key: 'both' } } })).detail).toContain('unknown field')
    expect(await failureOf(owner.networks.delete(network))).toMatchObject({ code: 'CONFLICT' })
  })

  test('tells the agent when nobody waits any more', async () => {
    await owner.connectors.create({ ...connectorOf('hasty', api.url), limits: { retries: 0, timeout_ms: 300 } })
    await owner.connections.create({ connector: 'hasty', network, auth: { fields: { key: 'k' } } })
    const raw = await rawAgent(gateway.url, token)
    onTestFinished(() => raw.socket.terminate())
    raw.socket.send(JSON.stringify(registration('patient')))
    await raw.control()
    const read = failureOf(call('read', { connector: 'hasty' }))
    const { stream, head } = await raw.request()
    expect(head).toMatchObject({ connector: 'hasty', method: 'GET', url: `${api.url}/read` })
    expect(await raw.reset()).toBe(stream)
    expect(await read).toMatchObject({ code: 'TIMEOUT' })
    // An answer that comes too late is nobody's, and breaks nothing.
    raw.answer(stream, 200)
    const next = call('read')
    raw.answer((await raw.request()).stream, 200, '{"late":false}')
    expect((await next).payload).toEqual({ late: false })
  })
})

describe('the file of the agent', () => {
  test('decides about hosts, ports, connectors and secrets, whatever the gateway asks for', async () => {
    await agent('office', { file: fileOf().replace('[erp, erp-onprem]', '[erp]') })
    api.reset()
    for (const connector of ['unlisted', 'erp-onprem'])
      expect(await failureOf(call('read', { connector }))).toMatchObject({ code: 'AGENT_REFUSED', outcome: 'not_sent' })
    expect(api.seen).toHaveLength(0)
  })

  test('lets nothing through to a port that it does not name, nor to metadata addresses that it does', async () => {
    await agent('office', { file: `${fileOf()}`.replace(/connectors: \[erp, erp-onprem\]/, 'connectors: [erp, erp-onprem, x]') })
    const other = await new CountingUpstream().start()
    onTestFinished(() => other.stop())
    for (const [slug, url, code] of [
      ['port', other.url, 'AGENT_REFUSED'],
      ['metadata', 'http://169.254.169.254', 'URL_NOT_ALLOWED'],
      ['mapped', 'http://[::ffff:169.254.169.254]', 'URL_NOT_ALLOWED'],
      ['name', `http://localhost:${port()}`, 'AGENT_REFUSED'],
    ] as const) {
      await owner.connectors.create(connectorOf(slug, url))
      const made = await owner.connections.create({ connector: slug, network, auth: { fields: { key: 'k' } } }).catch((e) => e)
      const failure = made instanceof SallyportProblem ? made : await failureOf(call('read', { connector: slug }))
      expect({ slug, code: failure.code }).toEqual({ slug, code })
    }
    expect(other.seen).toHaveLength(0)
  })

  test('keeps a secret that the gateway never has, and takes it out of what comes back', async () => {
    await agent('office')
    api.reset()
    api.behave = (request, response) => {
      const key = String(request.headers['x-key'])
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-echo': key })
        .end(JSON.stringify({ raw: key, b64: Buffer.from(key).toString('base64'), url: encodeURIComponent(key) }))
    }
    const answer = await call('read', { connector: 'erp-onprem' })
    expect(api.seen[0]?.headers['x-key']).toBe(secret)
    const encoded = Buffer.from(secret).toString('base64')
    for (const text of [JSON.stringify(answer), gateway.output()]) {
      expect(text).not.toContain(secret)
      expect(text).not.toContain(encoded)
    }
    expect(answer.payload).toMatchObject({ raw: '[redacted]' })
    const db = await superuserOf(gateway.dataDir)
    onTestFinished(() => db.end())
    const { rows } = await db.query<{ credential: unknown; agent_secrets: unknown }>(
      "select credential, agent_secrets from sallyport.connections where connector = 'erp-onprem'",
    )
    expect(rows).toEqual([{ credential: null, agent_secrets: { key: 'erp-key' } }])
  })

  test('binds a secret to its hosts and connectors, and says nothing of one that is not there', async () => {
    await agent('office')
    api.reset()
    for (const [name, key] of Object.entries({ Elsewhere: 'elsewhere', Missing: 'nowhere', Foreign: 'erp-key' })) {
      await owner.connections.create({ connector: 'erp', name, network, auth: { agent_secrets: { key } } })
      const failure = await failureOf(call('read', { connection: name }))
      expect({ name, code: failure.code }).toEqual({ name, code: 'AGENT_REFUSED' })
      expect(failure.message).not.toContain(secret)
    }
    expect(api.seen).toHaveLength(0)
  })
})

describe('the door for agents', () => {
  const knock = async (headers: Record<string, string>, query = ''): Promise<number> => {
    const socket = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/api/v1/networks/agent${query}`, { headers })
    return new Promise((resolve) => {
      socket.on('error', () => {})
      socket.once('open', () => resolve(101))
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0)
        socket.terminate()
      })
    })
  }

  test('opens for a token in the header alone, and never for a page', async () => {
    const bearer = { authorization: `Bearer ${token}` }
    expect(await knock({}, `?token=${token}`)).toBe(401)
    expect(await knock({})).toBe(401)
    expect(await knock({ cookie: `token=${token}` })).toBe(401)
    expect(await knock({ authorization: `Bearer ${gateway.token}` })).toBe(401)
    expect(await knock({ authorization: 'Bearer sa_guessed' })).toBe(401)
    expect(await knock({ ...bearer, origin: 'https://evil.example' })).toBe(403)
    expect(await knock({ ...bearer, origin: gateway.url })).toBe(403)
    const plain = await fetch(`${gateway.url}/api/v1/networks/agent`, { headers: bearer })
    expect(plain.status).toBe(400)
    // Nor is the token one of the API.
    expect((await fetch(`${gateway.url}/api/v1/networks`, { headers: bearer })).status).toBe(401)
  })

  test('closes for a token that was revoked or has expired, and cuts who came by it with what is under way', async () => {
    const spare = await owner.networks.createToken(network)
    const raw = await rawAgent(gateway.url, spare.token)
    raw.socket.send(JSON.stringify(registration('revoked')))
    expect(await raw.control()).toMatchObject({ type: 'registered', protocol: 1, network: 'Office' })
    const write = failureOf(call('write'))
    await raw.request()
    await owner.networks.revokeToken(spare.id)
    expect(await raw.closed).toBe(4403)
    expect(await write).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'sent_unknown' })
    expect(await knock({ authorization: `Bearer ${spare.token}` })).toBe(401)
    const soon = await owner.networks.createToken(network, { expires_at: new Date(Date.now() + 60_000).toISOString() })
    expect(await knock({ authorization: `Bearer ${soon.token}` })).toBe(101)
    const db = await superuserOf(gateway.dataDir)
    onTestFinished(() => db.end())
    await db.query("update sallyport.network_tokens set expires_at = now() - interval '1 second' where id = $1", [soon.id])
    expect(await knock({ authorization: `Bearer ${soon.token}` })).toBe(401)
    const ended = await startAgent({
      ...{ url: gateway.url, token: new Secret(soon.token), allow: join(dir, 'agent-1.yaml'), logLevel: 'silent' },
    })
    await expect(ended.ended).rejects.toThrow(/revoked or has expired/)
  })

  test('gives the name of an agent to whoever came last, for good, and writes it down', async () => {
    const first = await agent('twin')
    await agent('twin')
    await expect(first.ended).rejects.toThrow(/has taken the place/)
    const raw = await rawAgent(gateway.url, token)
    const old = registration('contested')
    raw.socket.send(JSON.stringify(old))
    await raw.control()
    const newer = await rawAgent(gateway.url, token)
    newer.socket.send(JSON.stringify(registration('contested')))
    await newer.control()
    expect(await raw.closed).toBe(4409)
    const back = await rawAgent(gateway.url, token)
    back.socket.send(JSON.stringify(old))
    expect(await back.control()).toMatchObject({ type: 'refused' })
    newer.socket.terminate()
    const { items } = await owner.audit.list({ kind: 'network.agent_replaced' })
    expect(JSON.stringify(items)).toContain('contested')
  })

  test('refuses another version with a sentence that says what to do', async () => {
    const raw = await rawAgent(gateway.url, token)
    raw.socket.send(JSON.stringify(registration('future', { protocols: [7, 9] })))
    expect(await raw.control()).toMatchObject({ type: 'refused', reason: expect.stringContaining('speaks version 1') })
  })
})

/** A connection of its own: one whose API has failed several times in a row is held back. */
let fresh = 0
const untried = async () =>
  (await owner.connections.create({ connector: 'erp', name: `Fresh ${++fresh}`, network, auth: { fields: { key: 'k' } } })).id

describe('a link', () => {
  const registered = async (name: string) => {
    const raw = await rawAgent(gateway.url, token)
    onTestFinished(() => raw.socket.terminate())
    raw.socket.send(JSON.stringify(registration(name)))
    await raw.control()
    return raw
  }

  test.each<[string, number, (raw: Awaited<ReturnType<typeof registered>>, stream: number) => void]>([
    ['a message above the cap', 1009, ({ socket }) => socket.send(Buffer.alloc(maxFrameBytes + 1))],
    [
      'a message above the cap in fragments',
      1009,
      ({ socket }) => {
        for (let sent = 0; sent <= maxFrameBytes; sent += 1_000) socket.send(Buffer.alloc(1_000), { fin: false })
      },
    ],
    ['what is no frame', 1002, ({ socket }) => socket.send(Buffer.from([9, 0, 0, 0, 0, 1]))],
    ['an answer to a request that never was', 1002, (raw) => raw.answer(4_000_000, 200)],
    ['a body before its head', 1002, (raw, stream) => raw.frame(kinds.data, stream, false, Buffer.from('x'))],
    [
      'more than the window',
      1002,
      (raw, stream) => {
        const head = Buffer.from('{"status":200,"headers":{}}')
        raw.frame(kinds.head, stream, false, Buffer.concat([Buffer.from([0, head.length]), head]))
        raw.frame(kinds.credit, stream, false, Buffer.from([0x7f, 0xff, 0xff, 0xff]))
      },
    ],
    ['a request to the gateway', 1002, (raw) => raw.frame(kinds.open, 1, true, Buffer.from([0, 2, 0x7b, 0x7d]))],
    ['a message that no agent sends', 1002, ({ socket }) => socket.send('{"type":"sesame"}')],
    ['a second registration', 1002, ({ socket }) => socket.send(JSON.stringify(registration('again')))],
  ])('ends with %s (%i), and a call under way has an honest outcome', async (_name, code, attack) => {
    const raw = await registered('hostile')
    const write = failureOf(call('write', { connection: await untried() }))
    attack(raw, (await raw.request()).stream)
    expect(await raw.closed).toBe(code)
    expect(await write).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'sent_unknown' })
  })

  test('sends no more of a body than the other side takes', async () => {
    const raw = await registered('slow')
    const write = call('write', { input: { text: 'x'.repeat(1_000_000) } })
    const { stream } = await raw.request()
    while (raw.received() < windowBytes) await once(raw.socket, 'seen')
    // A second request passes by the one that waits.
    const read = call('read')
    raw.answer((await raw.request()).stream, 200, '{"quick":true}')
    expect((await read).payload).toEqual({ quick: true })
    expect(raw.received()).toBe(windowBytes)
    raw.answer(stream, 200, '{"early":true}')
    expect((await write).payload).toEqual({ early: true })
  })

  test('that breaks leaves a write unknown, and a read goes by another agent', async () => {
    const raw = await registered('breaking')
    const connection = await untried()
    const write = failureOf(call('write', { connection }))
    await raw.request()
    raw.socket.terminate()
    expect(await write).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'sent_unknown' })
    const again = await registered('breaking-again')
    const read = call('read', { connection })
    await again.request()
    const other = await registered('other')
    again.socket.terminate()
    other.answer((await other.request()).stream, 200, '{"by":"other"}')
    expect((await read).payload).toEqual({ by: 'other' })
  })

  test('ends when a ping stays unanswered', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => server.close())
    await once(server, 'listening')
    const address = server.address()
    const silent = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, { autoPong: false })
    silent.on('error', () => {})
    const [socket] = (await once(server, 'connection')) as [WebSocket]
    const code = await new Promise<number>((onClosed) => {
      new Link(socket, { onControl: () => {}, onClosed, heartbeatMs: 20 })
    })
    expect(code).toBe(1006)
  })
})

describe('agents', () => {
  test('of one network share the calls, and one that stops finishes what it has begun', async () => {
    const first = await agent('one')
    api.reset()
    const held: (() => void)[] = []
    api.behave = (_request, response) => void held.push(() => response.writeHead(200).end('{}'))
    const write = call('write')
    await api.until(1)
    await agent('two')
    const stopped = first.stop()
    api.behave = (_request, response) => void response.writeHead(200).end('{}')
    await call('read')
    held[0]?.()
    expect(await write).toMatchObject({ outcome: 'done' })
    await stopped
    await call('write')
    expect(api.seen).toHaveLength(3)
  })

  test('come back by themselves when the way there broke, each after a time of its own', async () => {
    const sockets = new Set<Socket>()
    const way = createServer((socket) => {
      const on = connect(Number(new URL(gateway.url).port), '127.0.0.1')
      for (const each of [socket, on]) {
        each.on('error', () => {})
        sockets.add(each)
      }
      socket.pipe(on).pipe(socket)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void way.close())
    await once(way, 'listening')
    const address = way.address()
    await agent('roaming', { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
    api.reset()
    await call('read')
    for (let times = 0; times < 3; times++) {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
      await once(way, 'connection')
    }
    await expect.poll(async () => (await owner.networks.get(network)).online, { timeout: 10_000 }).toBe(true)
    await call('read')
    const waits = Array.from({ length: 50 }, () => jitter(6))
    expect(new Set(waits).size).toBeGreaterThan(45)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(15_000)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000)
    expect(jitter(0, () => 0)).toBeLessThan(300)
  })
})
