import { connect, type Socket } from 'node:net'

/** A request to send over and over, as fast as its answers come. */
export interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Load {
  readonly calls: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

function requestBytes({ url, headers, body }: Target): Buffer {
  const { host, pathname } = new URL(url)
  const fields = { host, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** Length of the whole first answer in the buffer, or undefined while its head is incomplete. Throws for anything but 200. */
function answerLength(received: Buffer): number | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
    throw new Error(`Unexpected answer:\n${received.toString('utf8', 0, 2000)}`)
  }
  return headEnd + 4 + Number(length)
}

/** Sends one request after the other until the deadline; each latency in milliseconds goes into `latencies`. */
function loop(socket: Socket, bytes: Buffer, until: number, latencies: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0)
    let sentAt = 0
    const next = () => {
      sentAt = performance.now()
      socket.write(bytes)
    }
    socket.on('error', reject).on('close', () => reject(new Error('The connection was closed during the measurement.')))
    socket.on('data', (chunk: Buffer) => {
      try {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
        const length = answerLength(received)
        if (length === undefined || received.length < length) return
        const now = performance.now()
        latencies.push(now - sentAt)
        received = Buffer.alloc(0)
        if (now < until) next()
        else resolve()
      } catch (error) {
        reject(error)
      }
    })
    next()
  })
}

function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true }, () => resolve(socket)).once('error', reject)
  })
}

/**
 * A closed loop: `connections` clients, each with one request under way, for `seconds`. Written on bare sockets, because a
 * client library costs more processor time than the subjects do.
 */
export async function load(target: Target, connections: number, seconds: number): Promise<Load> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(target.url)))
  const bytes = requestBytes(target)
  const latencies: number[] = []
  const started = performance.now()
  try {
    await Promise.all(sockets.map((socket) => loop(socket, bytes, started + seconds * 1000, latencies)))
  } finally {
    for (const socket of sockets) socket.removeAllListeners('close').destroy()
  }
  const elapsed = (performance.now() - started) / 1000
  latencies.sort((a, b) => a - b)
  const percentile = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { calls: latencies.length, perSecond: latencies.length / elapsed, p50Ms: percentile(0.5), p99Ms: percentile(0.99) }
}
