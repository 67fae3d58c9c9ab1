import { connect, isIPv6, type Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import { reveal, Secret } from '../secret.ts'

/** The operator's proxy gave no connection. Callers are told the code; the message is for the log. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  readonly code: 'PROXY_UNREACHABLE' | 'PROXY_AUTH' | 'PROXY_REFUSED' | 'PROXY_PROTOCOL' | 'PROXY_TIMEOUT'

  constructor(code: ProxyError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

interface Login {
  readonly user: string
  readonly password: Secret
}

/** More than any proxy says before the connection stands. */
const maxAnswerBytes = 16_384

function broken(why: string): never {
  throw new ProxyError('PROXY_PROTOCOL', `The proxy ${why}.`)
}

/**
 * The next answer of the proxy. `measure` says how long it is, or null while that cannot be told; what comes behind it stays
 * in the socket.
 */
function take(socket: Socket, measure: (received: Buffer) => number | null): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0)
    function read(): void {
      try {
        const chunk: Buffer | null = socket.read()
        if (chunk === null) return
        received = Buffer.concat([received, chunk])
        const length = measure(received)
        if (length === null || length > received.length) {
          if (received.length > maxAnswerBytes) broken('says too much')
          return
        }
        socket.off('readable', read)
        if (received.length > length) socket.unshift(received.subarray(length))
        resolve(received.subarray(0, length))
      } catch (error) {
        socket.off('readable', read)
        reject(error)
      }
    }
    socket.on('readable', read)
    read()
  })
}

/** RFC 9110 section 9.3.6. Plain HTTP goes through a tunnel too: only so does the proxy dial what was checked. */
async function askHttp(socket: Socket, login: Login | null, address: string, port: number): Promise<void> {
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`
  const credentials =
    login === null
      ? ''
      : `Proxy-Authorization: Basic ${reveal(Secret.base64(Secret.concat(login.user, ':', login.password)))}\r\n`
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`)
  const head = await take(socket, (received) => {
    const end = received.indexOf('\r\n\r\n')
    return end < 0 ? null : end + 4
  })
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1])
  if (Number.isNaN(status)) broken('does not speak HTTP')
  if (status === 407) throw new ProxyError('PROXY_AUTH', 'The proxy wants other credentials.')
  if (status < 200 || status > 299) throw new ProxyError('PROXY_REFUSED', `The proxy answered ${status}.`)
}

const socksReplies = [
  'granted',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]

/** RFC 1928, with the user name and password of RFC 1929. */
async function askSocks(socket: Socket, login: Login | null, address: string, port: number): Promise<void> {
  socket.write(Buffer.from(login === null ? [5, 1, 0] : [5, 2, 0, 2]))
  const [version, method] = await take(socket, () => 2)
  if (version !== 5) broken('does not speak SOCKS 5')
  if (method === 2 && login !== null) {
    const [user, password] = [Buffer.from(login.user, 'utf8'), Buffer.from(reveal(login.password), 'utf8')]
    socket.write(Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(password.length), password]))
    const [, refused] = await take(socket, () => 2)
    if (refused !== 0) throw new ProxyError('PROXY_AUTH', 'The proxy refused the credentials.')
  } else if (method !== 0) {
    throw new ProxyError('PROXY_AUTH', 'The proxy wants credentials, or a way to sign in that the gateway has not.')
  }
  const bytes = ipaddr.parse(address).toByteArray()
  socket.write(Buffer.from([5, 1, 0, bytes.length === 4 ? 1 : 4, ...bytes, port >> 8, port & 255]))
  const reply = await take(socket, (received) => {
    const [, , , type, length] = received
    if (type === undefined || length === undefined) return null
    return type === 1 ? 10 : type === 4 ? 22 : 7 + length
  })
  const code = reply[1] ?? 1
  if (code !== 0) throw new ProxyError('PROXY_REFUSED', `The proxy answered: ${socksReplies[code] ?? code}.`)
}

/** Opens connections through the operator's proxy, whose own address is not judged: it may well be a private one. */
export class EgressProxy {
  readonly #host: string
  readonly #port: number
  readonly #ask: (socket: Socket, address: string, port: number) => Promise<void>
  readonly #opening = new Set<Socket>()

  /** The URL as SALLYPORT_EGRESS_PROXY has it. */
  constructor(setting: Secret) {
    const url = new URL(reveal(setting))
    const socks = url.protocol === 'socks5:'
    const login: Login | null =
      url.username === ''
        ? null
        : { user: decodeURIComponent(url.username), password: new Secret(decodeURIComponent(url.password)) }
    this.#host = url.hostname.replace(/^\[|\]$/g, '')
    // 1080 is SOCKS' own; for HTTP the URL parser leaves the port of its scheme out.
    this.#port = Number(url.port) || (socks ? 1080 : 80)
    const ask = socks ? askSocks : askHttp
    this.#ask = (socket, address, port) => ask(socket, login, address, port)
  }

  /** `host:port`, for logs. */
  get name(): string {
    return `${this.#host}:${this.#port}`
  }

  /** A socket on which the address answers. Throws ProxyError. */
  open(address: string, port: number, timeoutMs: number): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: this.#host, port: this.#port, noDelay: true, keepAlive: true })
      const timer = setTimeout(
        () => socket.destroy(new ProxyError('PROXY_TIMEOUT', `No connection through the proxy in ${timeoutMs} ms.`)),
        timeoutMs,
      )
      this.#opening.add(socket)
      const settle = () => {
        clearTimeout(timer)
        this.#opening.delete(socket)
        socket.off('close', onClose)
      }
      const onClose = () => fail(new ProxyError('PROXY_PROTOCOL', 'The proxy closed the connection.'))
      const fail = (error: unknown) => {
        settle()
        socket.destroy()
        reject(error instanceof ProxyError ? error : new ProxyError('PROXY_UNREACHABLE', String(error), error))
      }
      // Stays: whoever takes the socket listens only from the next tick on.
      socket.on('error', fail).on('close', onClose)
      socket.once('connect', () => {
        this.#ask(socket, address, port).then(() => {
          settle()
          resolve(socket)
        }, fail)
      })
    })
  }

  /** Ends what is still being opened. */
  destroy(): void {
    for (const socket of this.#opening) socket.destroy()
  }
}
