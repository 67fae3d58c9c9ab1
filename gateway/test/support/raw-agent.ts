import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type FrameKind, readFrame, readHead, writeFrame, writeHead } from '../../src/egress/tunnel/frames.ts'

/** An agent that says whatever a test wants it to say. */
export interface RawAgent {
  readonly socket: WebSocket
  /** The next message in JSON. */
  control(): Promise<Record<string, unknown>>
  /** The next request: its stream and head. */
  request(): Promise<{ readonly stream: number; readonly head: Record<string, unknown> }>
  /** The next request that the gateway gave up. */
  reset(): Promise<number>
  /** Bytes of bodies that have come so far. */
  readonly received: () => number
  frame(kind: FrameKind, stream: number, end?: boolean, payload?: Uint8Array): void
  answer(stream: number, status: number, body?: string): void
  /** The code with which the gateway closes. */
  readonly closed: Promise<number>
}

export const registration = (agent: string, more: object = {}) => ({
  ...{ type: 'register', protocols: [1], version: '0.0.0', agent, instance: crypto.randomUUID(), connectors: null, met: [] },
  ...more,
})

export async function rawAgent(gateway: string, token: string): Promise<RawAgent> {
  const socket = new WebSocket(`${gateway.replace(/^http/, 'ws')}/api/v1/networks/agent`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  })
  const said: Record<string, unknown>[] = []
  const opened: { stream: number; head: Record<string, unknown> }[] = []
  const given: number[] = []
  let received = 0
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) said.push(JSON.parse(data.toString('utf8')))
    else {
      const frame = readFrame(data)
      if (frame === null) throw new Error('the gateway sent what is no frame')
      const read = frame.kind === 1 ? readHead(frame.payload) : null
      if (frame.kind === 5) given.push(frame.stream)
      received += read === null ? frame.payload.length : read.body.length
      if (read !== null) opened.push({ stream: frame.stream, head: read.head as Record<string, unknown> })
    }
    socket.emit('seen')
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  const next = async <T>(list: T[]): Promise<T> => {
    for (;;) {
      const first = list.shift()
      if (first !== undefined) return first
      await once(socket, 'seen')
    }
  }
  await once(socket, 'open')
  return {
    socket,
    closed,
    control: () => next(said),
    request: () => next(opened),
    reset: () => next(given),
    received: () => received,
    frame: (kind, stream, end = false, payload = new Uint8Array(0)) => socket.send(writeFrame(kind, stream, end, [payload])),
    answer(stream, status, body = '{}') {
      const head = writeHead({ status, headers: { 'content-type': 'application/json' } })
      if (head === null) throw new Error('too large')
      socket.send(writeFrame(2, stream, true, [head, Buffer.from(body)]))
    },
  }
}
