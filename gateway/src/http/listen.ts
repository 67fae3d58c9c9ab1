import { type IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConfigError } from '../config.ts'
import type { HttpApp } from './services.ts'

/** Opens the listening socket. Answers the address as a URL; throws {@link ConfigError} saying what to change. */
export async function listen(app: HttpApp, options: { readonly host: string; readonly port: number }): Promise<string> {
  const { host, port } = options
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw explain(error, host, port)
  }
  const address = app.server.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  // A wildcard is no address that a browser could open.
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${actual}`
}

function explain(error: unknown, host: string, port: number): unknown {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} on ${host} is in use. Stop the program that uses it, or set SALLYPORT_PORT to another port (0 takes any free one).`,
      )
    case 'EACCES':
      return new ConfigError(
        `Port ${port} needs more privileges than this process has. Set SALLYPORT_PORT to 1024 or higher, such as 8080.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new ConfigError(
        `${host} is not an address of this machine. Set SALLYPORT_HOST to 127.0.0.1 for this machine only, or 0.0.0.0 for all networks.`,
      )
    default:
      return error
  }
}

/** Where an agent may turn its request into a WebSocket; anywhere else the header Upgrade means nothing (RFC 9110 section 7.8). */
const upgradePath = /^\/api\/v1\/networks\/agent$/

export function mayUpgrade({ method, url = '', headers }: IncomingMessage): boolean {
  return method === 'GET' && upgradePath.test(url) && headers.upgrade?.toLowerCase() === 'websocket'
}

/** A request that wants to be a WebSocket, until it is taken. */
interface Upgrade {
  readonly head: Buffer
  /** The socket, which answers no request any more. */
  take(): Duplex
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

export function upgradeOf(request: IncomingMessage): Upgrade | null {
  return upgrades.get(request) ?? null
}

/** Sends them through the same hooks and the same error answers as all requests. */
export function routeUpgrades(app: HttpApp): void {
  app.server.on('upgrade', (request, socket, head) => {
    // Of a listener on TCP it is nothing else.
    if (!(socket instanceof Socket)) return void socket.destroy()
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.on('finish', () => socket.end())
    upgrades.set(request, {
      head,
      take() {
        response.detachSocket(socket)
        return socket
      },
    })
    app.routing(request, response)
  })
}
