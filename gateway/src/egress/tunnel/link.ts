import { WebSocket } from 'ws'
import { kinds, maxPayloadBytes, maxStreams, readFrame, readHead, windowBytes, writeFrame } from './frames.ts'

/** Codes with which a link is closed (RFC 6455 section 7.4; 4000 and up are ours). */
export const closeCodes = { normal: 1000, away: 1001, protocol: 1002, policy: 1008, refused: 4403, superseded: 4409 } as const

/** Nothing more is handed to the socket while so much of it waits there, or 1,000 windows would lie in memory. */
const maxBufferedBytes = 4 * 1024 * 1024
/** Between two pings; one that is not answered before the next ends the link. */
const heartbeatMs = 15_000
/** Of the messages in JSON beside the streams. */
const maxControlBytes = 16_384

/** What one side does with a stream. Each is called at most once but for `data`. */
export interface StreamHandler {
  head?(head: unknown): void
  data(chunk: Buffer): void
  end(): void
  /** The other side ended it; `fault` as it said. */
  reset(fault: unknown): void
  /** The link is gone. */
  lost(): void
}

/** One request and its answer on a link. */
export class Stream {
  readonly id: number
  readonly #link: Link
  handler: StreamHandler | null = null
  /** Bytes that may still be sent. */
  credit = windowBytes
  /** Bytes that may still come, and those that came since the other side was last given credit. */
  allowance = windowBytes
  taken = 0
  readonly queue: Buffer[] = []
  /** The body of this side is complete in the queue. */
  ending = false
  sentEnd = false
  receivedEnd = false
  /** The head of the answer has come. */
  answered = false
  over = false

  constructor(link: Link, id: number) {
    this.#link = link
    this.id = id
  }

  /** Sends bytes of the body as far as the other side takes them; the rest waits. */
  send(bytes: Uint8Array, end: boolean): void {
    if (this.over || this.ending) return
    if (bytes.length > 0) this.queue.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    this.ending = end
    this.#link.pump(this)
  }

  /** The head of the answer, with as much of its body as fits beside it. */
  answer(head: Buffer, body: Uint8Array, end: boolean): void {
    if (!this.over) this.#link.begin(kinds.head, this, head, body, end)
  }

  /** Ends the stream from this side. */
  reset(fault?: object): void {
    if (!this.over) this.#link.reset(this, fault)
  }
}

interface LinkOptions {
  /** Of an agent: takes a request. Without it none may be opened by the other side. */
  readonly onOpen?: (stream: Stream, head: unknown) => void
  /** A message in JSON beside the streams. */
  readonly onControl: (message: unknown) => void
  readonly onClosed: (code: number, reason: string) => void
  readonly heartbeatMs?: number
}

/**
 * Many requests over one WebSocket. Frames of different streams take turns, bodies go no faster than the other side takes them,
 * and whatever breaks the protocol ends the link.
 */
export class Link {
  readonly #socket: WebSocket
  readonly #options: LinkOptions
  readonly #streams = new Map<number, Stream>()
  /** Those with something to send, in turn. */
  readonly #ready = new Set<Stream>()
  #last = 0
  #alive = true
  readonly #heartbeat: NodeJS.Timeout
  #pumping = false
  /** Nothing that the other side still sends counts. */
  #broken = false

  constructor(socket: WebSocket, options: LinkOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('pong', () => {
      this.#alive = true
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', (code, reason) => this.#closed(code, reason.toString('utf8')))
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs ?? heartbeatMs).unref()
  }

  /** Requests under way. */
  get streams(): number {
    return this.#streams.size
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN
  }

  get isFull(): boolean {
    return this.#streams.size >= maxStreams
  }

  control(message: object): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(message))
  }

  /** Opens a stream; the request has left this process when it returns. Null when the link can take none. */
  open(head: Buffer, body: Uint8Array, handler: StreamHandler): Stream | null {
    if (!this.isOpen || this.isFull) return null
    const stream = new Stream(this, ++this.#last)
    stream.handler = handler
    this.#streams.set(stream.id, stream)
    this.begin(kinds.open, stream, head, body, true)
    return stream
  }

  /** Ends it at once: nothing that still comes counts, and what is under way is lost. The other side is told why. */
  close(code: number, reason: string): void {
    this.#broken = true
    // RFC 6455 gives the reason 123 bytes.
    this.#socket.close(code, reason.slice(0, 120))
    this.#loseAll()
    // Who does not answer is not waited for: nothing may hold what was revoked.
    setTimeout(() => this.#socket.terminate(), 1_000).unref()
  }

  terminate(): void {
    this.#socket.terminate()
  }

  begin(kind: typeof kinds.open | typeof kinds.head, stream: Stream, head: Buffer, body: Uint8Array, end: boolean): void {
    const room = Math.min(maxPayloadBytes - head.length, stream.credit)
    const first = body.subarray(0, room)
    stream.credit -= first.length
    const whole = first.length === body.length
    this.#write(kind, stream, whole && end, [head, first])
    if (whole && end) stream.ending = true
    else stream.send(body.subarray(room), end)
  }

  reset(stream: Stream, fault: object | undefined): void {
    const said = fault === undefined ? [] : [Buffer.from(JSON.stringify(fault), 'utf8').subarray(0, maxPayloadBytes)]
    this.#write(kinds.reset, stream, false, said)
    this.#forget(stream)
  }

  pump(stream: Stream): void {
    this.#ready.add(stream)
    this.#pumpAll()
  }

  #pumpAll(): void {
    if (this.#pumping) return
    this.#pumping = true
    for (const stream of this.#ready) {
      if (this.#socket.bufferedAmount > maxBufferedBytes) break
      this.#ready.delete(stream)
      if (this.#sendSome(stream)) this.#ready.add(stream)
    }
    this.#pumping = false
  }

  /** One frame of a stream; whether another could follow. */
  #sendSome(stream: Stream): boolean {
    if (stream.over || stream.sentEnd) return false
    const [chunk] = stream.queue
    if (chunk === undefined) {
      if (stream.ending) this.#write(kinds.data, stream, true, [])
      return false
    }
    if (stream.credit === 0) return false
    const part = chunk.subarray(0, Math.min(maxPayloadBytes, stream.credit))
    stream.credit -= part.length
    if (part.length === chunk.length) stream.queue.shift()
    else stream.queue[0] = chunk.subarray(part.length)
    this.#write(kinds.data, stream, stream.ending && stream.queue.length === 0, [part])
    return stream.queue.length > 0 && stream.credit > 0
  }

  #write(kind: (typeof kinds)[keyof typeof kinds], stream: Stream, end: boolean, payload: readonly Uint8Array[]): void {
    if (end) stream.sentEnd = true
    if (!this.isOpen) return
    this.#socket.send(writeFrame(kind, stream.id, end, payload), () => {
      if (this.#ready.size > 0) this.#pumpAll()
    })
    if (end && stream.receivedEnd) this.#forget(stream)
  }

  #forget(stream: Stream): void {
    stream.over = true
    stream.queue.length = 0
    this.#ready.delete(stream)
    this.#streams.delete(stream.id)
  }

  #violation(reason: string): void {
    this.close(closeCodes.protocol, reason)
  }

  #receive(data: unknown, isBinary: boolean) {
    this.#alive = true
    if (this.#broken) return
    if (!Buffer.isBuffer(data)) return this.#violation('message')
    if (!isBinary) return this.#receiveControl(data)
    const frame = readFrame(data)
    if (frame === null) return this.#violation('frame')
    const { kind, stream: id, payload, end } = frame
    if (kind === kinds.open) return this.#receiveOpen(id, payload, end)
    const stream = this.#streams.get(id)
    // One that is over: its last frames crossed the end. One that never was: nobody asked for it.
    if (stream === undefined) return id > this.#last || id === 0 ? this.#violation('unknown stream') : undefined
    switch (kind) {
      case kinds.head: {
        const read = readHead(payload)
        if (read === null || stream.answered || stream.handler?.head === undefined) return this.#violation('head')
        stream.answered = true
        stream.handler.head(read.head)
        return this.#receiveData(stream, read.body, end)
      }
      case kinds.data:
        return this.#receiveData(stream, payload, end)
      case kinds.credit:
        if (payload.length !== 4) return this.#violation('credit')
        stream.credit += payload.readUInt32BE()
        if (stream.credit > windowBytes) return this.#violation('credit')
        return this.pump(stream)
      case kinds.reset: {
        const { handler } = stream
        this.#forget(stream)
        return handler?.reset(parsed(payload))
      }
      default:
        return kind satisfies never
    }
  }

  #receiveControl(data: Buffer) {
    const message = data.length > maxControlBytes ? undefined : parsed(data)
    if (message === undefined) return this.#violation('control')
    this.#options.onControl(message)
  }

  #receiveOpen(id: number, payload: Buffer, end: boolean) {
    const read = readHead(payload)
    if (this.#options.onOpen === undefined || read === null || id <= this.#last) return this.#violation('open')
    if (this.isFull) return this.#violation('too many streams')
    this.#last = id
    const stream = new Stream(this, id)
    this.#streams.set(id, stream)
    this.#options.onOpen(stream, read.head)
    this.#receiveData(stream, read.body, end)
  }

  #receiveData(stream: Stream, chunk: Buffer, end: boolean) {
    if (stream.over) return
    if (stream.handler?.head !== undefined && !stream.answered) return this.#violation('a body without a head')
    stream.allowance -= chunk.length
    if (stream.receivedEnd || stream.allowance < 0) return this.#violation('more than was allowed')
    stream.receivedEnd = end
    if (chunk.length > 0) {
      stream.handler?.data(chunk)
      stream.taken += chunk.length
    }
    if (end) {
      // Before the handler, which may answer and so end the stream.
      const { handler } = stream
      if (stream.sentEnd) this.#forget(stream)
      handler?.end()
    } else if (!stream.over && stream.taken >= windowBytes / 2) {
      const more = Buffer.allocUnsafe(4)
      more.writeUInt32BE(stream.taken)
      stream.allowance += stream.taken
      stream.taken = 0
      this.#write(kinds.credit, stream, false, [more])
    }
  }

  #beat() {
    if (!this.#alive) return this.#socket.terminate()
    this.#alive = false
    if (this.isOpen) this.#socket.ping()
  }

  #closed(code: number, reason: string): void {
    clearInterval(this.#heartbeat)
    this.#loseAll()
    this.#options.onClosed(code, reason)
  }

  #loseAll(): void {
    for (const stream of [...this.#streams.values()]) {
      this.#forget(stream)
      stream.handler?.lost()
    }
  }
}

function parsed(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value
  } catch {
    return undefined
  }
}
