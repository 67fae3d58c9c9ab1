import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import { reveal, type Secret } from '../../secret.ts'
import { maxFrameBytes } from './frames.ts'

/** Longest that a gateway may take to answer the handshake. */
const handshakeMs = 10_000

// Nothing is compressed: what was said before a secret would tell of it by its size (BREACH).
const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false, clientTracking: false })

/** Turns a request that may be an agent's into a WebSocket. Whoever asks was authenticated before. */
export function acceptSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  accepted: (socket: WebSocket) => void,
): void {
  server.handleUpgrade(request, socket, head, accepted)
}

/** The gateway did not take the agent. `status` of its answer, when it gave one. */
export class NotAccepted extends Error {
  override readonly name = 'NotAccepted'
  readonly status: number | null
  constructor(message: string, status: number | null, cause?: unknown) {
    super(message, { cause })
    this.status = status
  }
}

export interface GatewayAddress {
  /** ws:// or wss://. */
  readonly url: string
  readonly token: Secret
  /** PEM of the authorities that may sign the gateway's certificate; default those that Node brings. */
  readonly ca?: string | undefined
}

/** An agent's way to its gateway, which the operator of the agent names: no guard stands before it. */
export function dialGateway({ url, token, ca }: GatewayAddress, signal: AbortSignal): Promise<WebSocket> {
  const options: ClientOptions = {
    headers: { authorization: `Bearer ${reveal(token)}` },
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handshakeTimeout: handshakeMs,
    followRedirects: false,
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
  }
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, options)
    const end = () => socket.terminate()
    signal.addEventListener('abort', end, { once: true })
    const settle = () => {
      signal.removeEventListener('abort', end)
      socket.off('error', fail)
    }
    const fail = (error: Error) => {
      settle()
      reject(new NotAccepted(error.message, null, error))
    }
    socket.on('error', fail)
    socket.once('unexpected-response', (_request, response) => {
      settle()
      socket.on('error', () => {})
      const status = response.statusCode ?? 0
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text = (text + chunk).slice(0, 4_000)
      })
      response.on('close', () => {
        reject(new NotAccepted(`The gateway answered ${status}${detailIn(text)}`, status))
        socket.terminate()
      })
    })
    socket.once('open', () => {
      settle()
      resolve(socket)
    })
  })
}

/** What a problem document says. */
function detailIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string')
      return `: ${value.detail}`
  } catch {
    // No problem document.
  }
  return '.'
}
