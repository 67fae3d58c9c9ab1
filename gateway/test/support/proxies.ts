import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What a client asked a proxy for. */
export interface Asked {
  /** `address:port` as it was written, and which form of address that was. */
  readonly target: string
  readonly login: string | null
}

export interface TestProxy {
  readonly port: number
  readonly asked: Asked[]
  /** The bytes that went through, both ways, as Latin-1. */
  traffic: string
  close(): Promise<void>
}

interface Options {
  /** `user:password` that a client has to bring. */
  readonly login?: string
  /** Where connections go instead of where they were asked to, as `address:port` → port on loopback. */
  readonly leadTo?: Readonly<Record<string, number>>
  /** Answers a request itself, in place of the proxy. */
  readonly misbehave?: (socket: Socket, received: Buffer) => void
}

/** Bytes as they come, taken off in pieces of known length or up to an end. */
function reader(socket: Socket) {
  const chunks = socket.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>
  let rest: Buffer = Buffer.alloc(0)
  async function more(): Promise<void> {
    const { value, done } = await chunks.next()
    if (done) throw new Error('the client has gone')
    rest = Buffer.concat([rest, value])
  }
  return {
    async take(length: number): Promise<Buffer> {
      while (rest.length < length) await more()
      const taken = rest.subarray(0, length)
      rest = rest.subarray(length)
      return taken
    },
    async head(): Promise<string> {
      while (!rest.includes('\r\n\r\n')) await more()
      const end = rest.indexOf('\r\n\r\n') + 4
      return (await this.take(end)).toString('latin1')
    },
    /** Leaves the socket to others, with what has come but was not taken. */
    async release(): Promise<void> {
      await chunks.return?.()
      if (rest.length > 0) socket.unshift(rest)
    },
    async wait(): Promise<Buffer> {
      while (rest.length === 0) await more()
      return rest
    },
  }
}

async function startProxy(
  { leadTo = {}, misbehave }: Options,
  greet: (
    from: ReturnType<typeof reader>,
    socket: Socket,
    proxy: TestProxy,
  ) => Promise<{ target: string; granted: () => void; failed: () => void } | null>,
): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  const server = createServer(async (socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    const from = reader(socket)
    try {
      if (misbehave !== undefined) return misbehave(socket, await from.wait())
      const request = await greet(from, socket, proxy)
      if (request === null) return
      const port = leadTo[request.target] ?? Number(/:(\d+)$/.exec(request.target)?.[1])
      const upstream = connect(port, '127.0.0.1')
      sockets.add(upstream)
      upstream.on('error', () => {
        request.failed()
        socket.destroySoon()
      })
      await once(upstream, 'connect')
      await from.release()
      request.granted()
      for (const [one, other] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        one.on('data', (chunk) => {
          proxy.traffic += chunk.toString('latin1')
          other.write(chunk)
        })
        one.on('close', () => other.destroy())
      }
    } catch {
      socket.destroy()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const proxy: TestProxy = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked: [],
    traffic: '',
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
  return proxy
}

/** A forward proxy that knows CONNECT (RFC 9110 section 9.3.6) and nothing else. */
export function startConnectProxy(options: Options = {}): Promise<TestProxy> {
  return startProxy(options, async (from, socket, proxy) => {
    const head = await from.head()
    const [, target = ''] = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head) ?? []
    const credentials = /^Proxy-Authorization: Basic (\S+)/im.exec(head)?.[1]
    const login = credentials === undefined ? null : Buffer.from(credentials, 'base64').toString('utf8')
    proxy.asked.push({ target, login })
    if (target === '' || (options.login !== undefined && login !== options.login)) {
      socket.end(`HTTP/1.1 ${target === '' ? 405 : 407} No\r\nContent-Length: 0\r\n\r\n`)
      return null
    }
    return {
      target,
      granted: () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      failed: () => socket.write('HTTP/1.1 502 Bad gateway\r\n\r\n'),
    }
  })
}

/** A SOCKS server (RFC 1928), which writes down names and addresses apart. */
export function startSocksProxy(options: Options = {}): Promise<TestProxy> {
  return startProxy(options, async (from, socket, proxy) => {
    const [, count = 0] = await from.take(2)
    const methods = [...(await from.take(count))]
    let login: string | null = null
    if (options.login !== undefined) {
      if (!methods.includes(2)) {
        socket.end(Buffer.of(5, 255))
        return null
      }
      socket.write(Buffer.of(5, 2))
      const [, userLength = 0] = await from.take(2)
      const user = await from.take(userLength)
      const [passwordLength = 0] = await from.take(1)
      login = `${user}:${await from.take(passwordLength)}`
      socket.write(Buffer.of(1, login === options.login ? 0 : 1))
      if (login !== options.login) {
        proxy.asked.push({ target: '', login })
        socket.destroySoon()
        return null
      }
    } else socket.write(Buffer.of(5, 0))
    const [, , , type = 0] = await from.take(4)
    const bytes =
      type === 1 ? await from.take(4) : type === 4 ? await from.take(16) : await from.take((await from.take(1))[0] ?? 0)
    const port = (await from.take(2)).readUInt16BE()
    const host = type === 1 ? bytes.join('.') : type === 4 ? `[${bytes.toString('hex')}]` : `name ${bytes}`
    const target = `${host}:${port}`
    proxy.asked.push({ target, login })
    const reply = (code: number) => socket.write(Buffer.of(5, code, 0, 1, 0, 0, 0, 0, 0, 0))
    return { target, granted: () => reply(0), failed: () => reply(5) }
  })
}
