import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer, type Server as NetServer, Socket } from 'node:net'
import { type SecureContextOptions, TLSSocket, type TlsOptions } from 'node:tls'
import { vi } from 'vitest'
import type { Resolver } from '../../src/egress/resolve.ts'

/** A request as the canary saw it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The server name that the TLS client asked for. */
  readonly serverName: string | undefined
  /** The common name of the client's certificate. */
  readonly clientName: string | undefined
}

/** A real server on loopback that remembers who came. */
export interface Canary {
  readonly port: number
  /** `http://127.0.0.1:port`, or https. */
  readonly origin: string
  /** TCP connections so far. */
  connections: number
  readonly seen: Seen[]
  close(): Promise<void>
}

type CertificateName = 'server' | 'expired' | 'other-host' | 'self-signed'

export function tlsFile(name: string): string {
  return readFileSync(new URL(`../data/tls/${name}.pem`, import.meta.url), 'utf8')
}

/** The authority that signed `server`, `expired` and `other-host`. */
export const testAuthority = () => tlsFile('ca')

async function listening(server: NetServer, host: string, port = 0): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return address.port
}

function closing(server: NetServer, sockets: ReadonlySet<Socket>): () => Promise<void> {
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
}

/** Counts and keeps the connections, so that closing need not wait for them. */
function track(server: NetServer, canary: { connections: number }): Set<Socket> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    canary.connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  return sockets
}

export async function startCanary(
  listener: RequestListener = (_, response) => response.end('{"canary":true}'),
  {
    host = '127.0.0.1',
    certificate,
    tls = {},
  }: { host?: string; certificate?: CertificateName; tls?: SecureContextOptions & TlsOptions } = {},
): Promise<Canary> {
  const seen: Seen[] = []
  const record: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const serverName =
      'servername' in request.socket && typeof request.socket.servername === 'string' ? request.socket.servername : undefined
    const clientName =
      request.socket instanceof TLSSocket ? String(request.socket.getPeerCertificate().subject?.CN ?? '') || undefined : undefined
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body, serverName, clientName })
    listener(request, response)
  }
  const server: Server =
    certificate === undefined
      ? createHttpServer(record)
      : createHttpsServer({ cert: tlsFile(certificate), key: tlsFile(`${certificate}.key`), ...tls }, record)
  const counted = { connections: 0 }
  const sockets = track(server, counted)
  const port = await listening(server, host)
  const origin = `${certificate === undefined ? 'http' : 'https'}://${host}:${port}`
  return Object.assign(counted, { port, origin, seen, close: closing(server, sockets) })
}

/** A TCP server that answers as the test says: for what no HTTP server would send. */
export async function startRawCanary(
  onSocket: (socket: Socket, connection: number) => void,
  { host = '127.0.0.1', port }: { host?: string; port?: number } = {},
): Promise<Omit<Canary, 'seen'>> {
  const server = createTcpServer()
  const counted = { connections: 0 }
  const sockets = track(server, counted)
  server.on('connection', (socket: Socket) => onSocket(socket, counted.connections))
  const listeningPort = await listening(server, host, port)
  return Object.assign(counted, {
    port: listeningPort,
    origin: `http://${host}:${listeningPort}`,
    close: closing(server, sockets),
  })
}

/** A resolver that knows these names, and counts what it is asked. */
export function resolverOf(names: Readonly<Record<string, readonly string[]>>): Resolver & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    lookup(name) {
      asked.push(name)
      const addresses = names[name]
      return addresses === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(addresses)
    },
  }
}

/** Every TCP connection this process tries to open, as `host:port`: also to where no canary can listen. */
export function watchDials(): { readonly dials: string[]; stop(): void } {
  const dials: string[] = []
  const connect = Socket.prototype.connect
  const spy = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    // net.connect() hands its arguments on as one array.
    const [first]: unknown[] = Array.isArray(args[0]) ? args[0] : args
    const { host, port } = Object.assign({ host: 'unknown', port: 'unknown' }, first)
    dials.push(`${host}:${port}`)
    return Reflect.apply(connect, this, args) as Socket
  })
  return { dials, stop: () => spy.mockRestore() }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createTcpServer()
  const port = await listening(server, '127.0.0.1')
  await closing(server, new Set())()
  return port
}
