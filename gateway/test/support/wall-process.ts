/**
 * The world around a gateway under attack, as a process of its own, which may live in a network namespace where every
 * address is this machine: canaries that note whoever connects, a DNS server, and gateways. wall.ts starts it and speaks to it
 * over the IPC channel.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Agent, createServer as createHttpServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ConfigError, parseConfig } from '../../src/config.ts'
import { createEgress } from '../../src/egress/egress.ts'
import { createFetch } from '../../src/egress/fetch.ts'
import type { Egress } from '../../src/egress/types.ts'
import { toSallyportError } from '../../src/errors.ts'
import { createLanguageModel } from '../../src/language-model/language-model.ts'
import { type DnsServer, startDns } from './canary-dns.ts'
import { type GatewayProcess, startGatewayProcess } from './gateway.ts'
import type { Answer, Ask, Counters, Place, Seen, WallCalls } from './wall.ts'
import { zoneOf } from './wall-zones.ts'

const tlsFile = (name: string) => readFileSync(new URL(`../data/tls/${name}.pem`, import.meta.url), 'utf8')
const inNamespace = process.argv[2] === 'namespace'
const seen: Seen[] = []
/** Names whose DNS answer a test has turned over. */
const flipped = new Set<string>()

/** Small enough to be imported from, so that whoever gets here by a spec import gets through. */
const document = JSON.stringify({
  reached: true,
  openapi: '3.1.0',
  info: { title: 'Reached', version: '1.0.0' },
  servers: [{ url: 'https://reached.example' }],
  paths: { '/a': { get: { operationId: 'a', responses: { 200: { description: 'Fine.' } } } } },
})

/** `/r/302/to-aHR0…` redirects to that address, `/r/302` nowhere; `/refresh` asks a browser to go on; anything else is reached. */
function respond(incoming: IncomingMessage, response: ServerResponse): void {
  const url = incoming.url ?? ''
  const [, status, to] = /^\/r\/(\d{3})(?:\/to-([\w-]+))?/.exec(url) ?? []
  const json = { 'content-type': 'application/json' }
  if (status !== undefined) {
    const location = to === undefined ? {} : { location: Buffer.from(to, 'base64url').toString('utf8') }
    response.writeHead(Number(status), { ...json, ...location }).end('{"moved":true}')
  } else if (url.startsWith('/refresh')) {
    response.writeHead(200, { ...json, refresh: '0; url=http://169.254.169.254/' }).end(document)
  } else response.writeHead(200, json).end(document)
}

function record(incoming: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headers } = incoming
  seen.push({ kind: 'request', ...placeOf(incoming.socket), method, url, headers: headers as Record<string, string> })
  incoming.resume()
  respond(incoming, response)
}
const plain = createHttpServer(record)
const secure = createHttpsServer({ cert: tlsFile('server'), key: tlsFile('server.key') }, record).on('tlsClientError', () => {})

function placeOf(socket: Socket | TLSSocket): Place {
  return { address: (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, ''), port: socket.localPort ?? 0 }
}

/** Notes every connection; speaks HTTP or TLS to it, or hangs up. */
async function listen(host: string, port: number, speaks: 'http' | 'https' | 'nothing'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    seen.push({ kind: 'connection', ...placeOf(socket) })
    if (speaks === 'http') plain.emit('connection', socket)
    else if (speaks === 'https') secure.emit('connection', socket)
    else socket.destroy()
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function mayListen(host: string): Promise<boolean> {
  return listen(host, 0, 'nothing').then(
    () => true,
    () => false,
  )
}

let dns: DnsServer
const gateways: GatewayProcess[] = []
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
const ownSockets = new WeakSet<object>()
let ownConnections = 0

/** Sockets that this process and the gateways opened since the namespace was made, as the kernel counts them. */
function counters(): Counters {
  const figure = (file: string, pattern: RegExp) => Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  const column = (protocol: string, name: string) => {
    const [names = '', values = ''] = readFileSync('/proc/net/snmp', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
    return Number(values.split(' ')[names.split(' ').indexOf(name)])
  }
  return {
    tcpOpened: column('Tcp', 'ActiveOpens'),
    datagramsSent: column('Udp', 'OutDatagrams') + figure('/proc/net/snmp6', /^Udp6OutDatagrams\s+(\d+)/m),
    explained: {
      connections: seen.filter(({ kind }) => kind === 'connection').length + ownConnections + dns.traffic.connections,
      datagrams: dns.traffic.received + dns.traffic.sent,
    },
  }
}

function ask({ gateway, method, path, body }: Ask): Promise<Answer> {
  const target = gateways[gateway]
  if (target === undefined) throw new Error('no such gateway')
  const payload = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${target.url}${path}`,
      {
        method,
        agent,
        headers: { authorization: `Bearer ${target.token}`, ...(payload && { 'content-type': 'application/json' }) },
      },
      async (response) => {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        resolve({ status: response.statusCode ?? 0, json: text === '' ? null : JSON.parse(text) })
      },
    )
    outgoing.on('socket', (socket) => {
      if (!ownSockets.has(socket)) ownConnections++
      ownSockets.add(socket)
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** The URL of a model is the operator's, read at the start: a gateway for each would take too long, so the door is opened here. */
const doors: Egress[] = []
function openDoor(gateway: string, allow: string): void {
  const ownSockets = [{ address: '127.0.0.1', port: Number(new URL(gateway).port) }]
  const dnsServers = inNamespace ? [] : [dns.address]
  doors.push(createEgress({ allow: allow.split(',').filter(Boolean), dnsServers, ownSockets: () => ownSockets }))
}

const calls: WallCalls = {
  /** In the namespace the usual ports, where a URL without a port leads; outside of it ports of their own on loopback. */
  async open() {
    if (inNamespace) {
      for (const [port, speaks] of [
        [80, 'http'],
        [443, 'https'],
        [8443, 'https'],
        [6379, 'nothing'],
      ] as const)
        await listen('::', port, speaks)
      const publicAddress = '93.184.216.34'
      dns = await startDns((name) => zoneOf(name, publicAddress, flipped), 0, 53)
      return {
        publicAddress,
        start: `http://${publicAddress}`,
        elsewhere: 'http://8.8.4.4',
        secureStart: 'https://api.sallyport.test',
        canaryPort: 80,
      }
    }
    const publicAddress = (await mayListen('127.0.0.2')) ? '127.0.0.2' : '::1'
    const host = publicAddress === '::1' ? '[::1]' : publicAddress
    const canaryPort = await listen('127.0.0.1', 0, 'http')
    dns = await startDns((name) => zoneOf(name, publicAddress, flipped))
    return {
      publicAddress,
      start: `http://${host}:${await listen(publicAddress, 0, 'http')}`,
      elsewhere: `http://${host}:${await listen(publicAddress, 0, 'http')}`,
      secureStart: `https://api.sallyport.test:${await listen(publicAddress, 0, 'https')}`,
      canaryPort,
    }
  },
  async startGateway(env) {
    const gateway = await startGatewayProcess({ env: { ...(inNamespace ? {} : { SALLYPORT_DNS_SERVERS: dns.address }), ...env } })
    gateways.push(gateway)
    openDoor(gateway.url, env.SALLYPORT_EGRESS_ALLOW ?? '127.0.0.1/32')
    return { index: gateways.length - 1, url: gateway.url, dataDir: gateway.dataDir, pid: gateway.process.pid ?? 0 }
  },
  ask,
  async askModel({ gateway, url, key }) {
    const egress = doors[gateway]
    if (egress === undefined) throw new Error('no such gateway')
    try {
      const env = { SALLYPORT_MODEL: 'any', SALLYPORT_MODEL_URL: url, SALLYPORT_MODEL_KEY: key }
      const { languageModel: config } = parseConfig(env)
      if (config === undefined) throw new Error('no model')
      const model = createLanguageModel(config, (bounds) => createFetch(egress, { door: 'language_model', ...bounds }))
      const messages = [{ role: 'user' as const, text: 'Hello.' }]
      return { status: 200, json: await model.generate({ workspaceId: 'ws', system: 'Answer.', messages }) }
    } catch (error) {
      if (error instanceof ConfigError) return { status: 400, json: { code: 'INVALID_INPUT', detail: error.message } }
      const { status, code, detail } = toSallyportError(error)
      return { status, json: { code, detail } }
    }
  },
  async flip(name) {
    flipped.add(name)
  },
  async seen() {
    return { seen, asked: dns.asked }
  },
  async output(index) {
    return gateways[index]?.output() ?? ''
  },
  async counters() {
    return counters()
  },
  async stop() {
    for (const gateway of gateways) await gateway.stop()
    for (const egress of doors) await egress.close()
    agent.destroy()
  },
}

process.on('message', async ({ id, name, argument }: { id: number; name: keyof WallCalls; argument: never }) => {
  try {
    process.send?.({ id, result: (await calls[name](argument)) ?? null })
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
process.once('exit', () => {
  for (const gateway of gateways) gateway.process.kill()
})
process.send?.('ready')
