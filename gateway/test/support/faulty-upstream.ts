import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What a faulty API does with a connection once a whole request has arrived on it. */
export type Fault = (socket: Socket) => void

/** An API that is wrong on the wire: it speaks raw TCP, and knows its open connections. */
export class FaultyUpstream {
  /** Whole requests seen. */
  requests = 0
  fault: Fault = answer
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => {
    this.#sockets.add(socket)
    let received = ''
    socket.setEncoding('latin1')
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#server.emit('left')
    })
    socket.on('data', (chunk: string) => {
      received += chunk
      const head = received.indexOf('\r\n\r\n')
      const length = Number(/^content-length: *(\d+)/im.exec(received)?.[1] ?? 0)
      if (head < 0 || received.length < head + 4 + length) return
      received = ''
      this.requests++
      this.#server.emit('seen')
      this.fault(socket)
    })
  })

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when it has seen so many requests in all. */
  async until(requests: number): Promise<void> {
    while (this.requests < requests) await once(this.#server, 'seen')
  }

  /** Resolves when nobody is connected. */
  async deserted(): Promise<void> {
    while (this.#sockets.size > 0) await once(this.#server, 'left')
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

const json = 'content-type: application/json\r\n'
const whole = '{"ok":true}'

export const answer: Fault = (socket) => {
  socket.write(`HTTP/1.1 200 OK\r\n${json}content-length: ${whole.length}\r\n\r\n${whole}`)
}

/** One byte at a time, for ever. */
function drip(socket: Socket, bytes: () => string): void {
  const timer = setInterval(() => socket.write(bytes()), 20)
  socket.once('close', () => clearInterval(timer))
}

/** Each ends at once, unless it is among {@link endless}. */
export const broken: Readonly<Record<string, Fault>> = {
  'a reset instead of an answer': (socket) => socket.resetAndDestroy(),
  'a reset in the head': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-', () => socket.resetAndDestroy()),
  'a reset in the body': (socket) =>
    socket.write(`HTTP/1.1 200 OK\r\n${json}content-length: 11\r\n\r\n{"ok"`, () => socket.resetAndDestroy()),
  'an end instead of an answer': (socket) => socket.end(),
  'an end in the head': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-type'),
  'half of a body': (socket) => socket.end(`HTTP/1.1 200 OK\r\n${json}content-length: 1000\r\n\r\n{"ok":`),
  'chunks without the last one': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n5\r\n{"ok"\r\n`),
  'a chunk with a length that is none': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`),
  'another protocol': (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'),
  'random bytes': (socket) => socket.write(Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 151 + 7) & 255))),
  'a status that is none': (socket) => socket.write('HTTP/1.1 abc OK\r\n\r\n'),
  'two lengths that differ': (socket) =>
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 11\r\n\r\n${whole}`),
  'a length and chunks at once': (socket) =>
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
}

export const endless: Readonly<Record<string, Fault>> = {
  silence: () => {},
  'a head and then silence': (socket) => socket.write(`HTTP/1.1 200 OK\r\n${json}content-length: 11\r\n\r\n`),
  'a body byte by byte': (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${json}transfer-encoding: chunked\r\n\r\n`)
    drip(socket, () => '1\r\n \r\n')
  },
  'a head byte by byte': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-drip: ')
    drip(socket, () => 'x')
  },
  'interim answers only': (socket) => drip(socket, () => 'HTTP/1.1 102 Processing\r\n\r\n'),
}
