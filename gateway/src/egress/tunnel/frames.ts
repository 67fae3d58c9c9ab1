/**
 * What travels between a gateway and an agent once they have met: binary messages, one frame each. A frame is its kind, its
 * flags, the number of its stream (4 bytes, big-endian) and a payload. Only gateways open streams; each is one request.
 */

/** Versions of the protocol that this code speaks, the best first. A change that an older side would misread makes a new one. */
export const protocols = [1] as const

export const kinds = {
  /** Gateway: a request. Its head as JSON behind the length of it (2 bytes), then as much of its body as fits. */
  open: 1,
  /** Agent: the answer, in the same form. */
  head: 2,
  /** Either: more of the body. */
  data: 3,
  /** Either: so many bytes more of the body may be sent (4 bytes). */
  credit: 4,
  /** Either: the stream is over. From the agent with the fault as JSON; from the gateway nobody waits any more. */
  reset: 5,
} as const
export type FrameKind = (typeof kinds)[keyof typeof kinds]

/** The largest message (OWASP's figure for WebSockets): a larger one closes the link with 1009. */
export const maxFrameBytes = 65_536
const headerBytes = 6
export const maxPayloadBytes = maxFrameBytes - headerBytes
/** Bytes of a body, each way, that may be under way before the other side has taken any. */
export const windowBytes = 262_144
/** Streams of one link at a time. */
export const maxStreams = 4_096
/** Set on the last frame of a body. */
const endFlag = 1

export interface Frame {
  readonly kind: FrameKind
  /** Whether the body ends with it. */
  readonly end: boolean
  readonly stream: number
  readonly payload: Buffer
}

const known: ReadonlySet<number> = new Set(Object.values(kinds))
const isKind = (kind: number | undefined): kind is FrameKind => kind !== undefined && known.has(kind)

export function writeFrame(kind: FrameKind, stream: number, end: boolean, payload: readonly Uint8Array[]): Buffer {
  const header = Buffer.allocUnsafe(headerBytes)
  header[0] = kind
  header[1] = end ? endFlag : 0
  header.writeUInt32BE(stream, 2)
  return Buffer.concat([header, ...payload])
}

/** Null for what is no frame of this protocol. */
export function readFrame(bytes: Buffer): Frame | null {
  const [kind, flags] = bytes
  if (bytes.length < headerBytes || !isKind(kind) || (flags !== 0 && flags !== endFlag)) return null
  return { kind, end: flags === endFlag, stream: bytes.readUInt32BE(2), payload: bytes.subarray(headerBytes) }
}

/** A head as the beginning of a payload; null when it leaves no room in a frame. */
export function writeHead(head: object): Buffer | null {
  const json = Buffer.from(JSON.stringify(head), 'utf8')
  if (json.length > maxPayloadBytes - 2) return null
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(json.length)
  return Buffer.concat([length, json])
}

/** The JSON of a head and what of the body came with it; null when it is none. */
export function readHead(payload: Buffer): { readonly head: unknown; readonly body: Buffer } | null {
  if (payload.length < 2) return null
  const end = 2 + payload.readUInt16BE()
  if (end > payload.length) return null
  try {
    return { head: JSON.parse(payload.toString('utf8', 2, end)), body: payload.subarray(end) }
  } catch {
    return null
  }
}
