import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'

/** Sizes of the blocks: small for small answers, and never so large that much of one stays empty. */
const smallestBlock = 64 * 1024
const largestBlock = 4 * 1024 * 1024

/**
 * Gathers a body of unknown length in blocks: a list of chunks would cost 100 bytes for each byte of an answer that comes in
 * chunks of one, and one buffer that grows leaves copies behind that wait to be collected, each as large as the answer.
 */
export class BodyBuffer {
  readonly #full: Buffer[] = []
  #block: Buffer = Buffer.alloc(0)
  /** Bytes of the block in use. */
  #used = 0
  #length = 0
  readonly #max: number

  constructor(maxBytes: number) {
    this.#max = maxBytes
  }

  /** False when the body has become larger than allowed. */
  add(chunk: Buffer): boolean {
    const length = this.#length + chunk.length
    if (length > this.#max) {
      this.#drop()
      return false
    }
    if (this.#length === 0) {
      // Most answers are a single chunk, which needs no copy.
      this.#block = chunk
      this.#used = chunk.length
    } else {
      const copied = chunk.copy(this.#block, this.#used)
      this.#used += copied
      if (copied < chunk.length) {
        this.#full.push(this.#block)
        const size = Math.min(Math.max(smallestBlock, this.#length), largestBlock)
        this.#block = Buffer.allocUnsafe(Math.max(size, chunk.length - copied))
        this.#used = chunk.copy(this.#block, 0, copied)
      }
    }
    this.#length = length
    return true
  }

  /** Gives the memory back now: the collector may let several such answers wait. The first block is the socket's own. */
  #drop(): void {
    for (const { buffer } of [...this.#full, this.#block].slice(1)) if (buffer instanceof ArrayBuffer) buffer.transfer(0)
    this.#full.length = 0
    this.#block = Buffer.alloc(0)
  }

  get bytes(): Buffer {
    const last = this.#block.subarray(0, this.#used)
    return this.#full.length === 0 ? last : Buffer.concat([...this.#full, last], this.#length)
  }
}

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>

const inflateZlib: Decoder = promisify(inflate)
const inflateBare: Decoder = promisify(inflateRaw)
const decoders: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
  // "deflate" means the zlib format (RFC 9110 section 8.4.1.2), yet some servers send bare deflate.
  deflate: (bytes, options) => ((bytes[0] ?? 0) % 16 === 8 ? inflateZlib : inflateBare)(bytes, options),
}

/** Codings applied one over the other; no honest server uses more than one. */
const maxCodings = 3

export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly tooLarge: boolean
  constructor(tooLarge: boolean, message: string, cause?: unknown) {
    super(message, { cause })
    this.tooLarge = tooLarge
  }
}

/**
 * Undoes the Content-Encoding. Null when there is nothing to undo, or a coding the gateway does not know: then the bytes
 * go on as they are. Throws DecodeError; what a bomb inflates to is cut off at `maxBytes`.
 */
export async function decode(bytes: Buffer, contentEncoding: string, maxBytes: number): Promise<Buffer | null> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length === 0 || bytes.length === 0) return null
  if (codings.length > maxCodings) throw new DecodeError(false, `The answer is encoded ${codings.length} times over.`)
  let decoded = bytes
  for (const coding of codings.reverse()) {
    const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
    if (decoder === undefined) return null
    try {
      decoded = await decoder(decoded, { maxOutputLength: maxBytes })
    } catch (error) {
      const tooLarge = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
      throw new DecodeError(tooLarge, tooLarge ? 'The decoded answer is too large.' : `The answer is not valid ${coding}.`, error)
    }
  }
  return decoded
}

/** What gzip (RFC 1952) holds; the bytes themselves when they are none, or more than can be looked at. */
export async function inflated(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes })
  } catch {
    return bytes
  }
}
