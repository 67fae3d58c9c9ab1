import { PassThrough, type Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'

/** What a client says that wants to hear how far a long request is. */
export const ndjson = 'application/x-ndjson'

export function wantsProgress(request: FastifyRequest): boolean {
  return request.headers.accept?.includes(ndjson) === true
}

/**
 * Newline-delimited JSON: `{"progress": …}` as often as there is some, then `{"result": …}`, or `{"problem": …}` since the
 * status was sent long before. `run` yields its result as JSON, and is told when nobody reads any more.
 */
export function progressLines(
  run: (onProgress: (progress: object) => void, signal: AbortSignal) => Promise<Uint8Array>,
  problemOf: (error: unknown) => object,
): Readable {
  const stream = new PassThrough()
  const left = new AbortController()
  stream.on('close', () => left.abort())
  const line = (value: object) => stream.destroyed || stream.write(`${JSON.stringify(value)}\n`)
  run((progress) => line({ progress }), left.signal).then(
    (result) => {
      if (stream.destroyed) return
      stream.write('{"result":')
      stream.write(result)
      stream.end('}\n')
    },
    (error: unknown) => {
      if (left.signal.aborted) return
      line({ problem: problemOf(error) })
      stream.end()
    },
  )
  return stream
}
