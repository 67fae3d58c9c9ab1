const event = /^event: message\n(?:id: .*\n)?data: (.*)\n\n$/s

/** The JSON of an event that answers a request; null for one that comes before the answer. */
function answerIn(chunk: Uint8Array): string | null {
  const json = event.exec(new TextDecoder().decode(chunk))?.[1]
  if (json === undefined) return null
  const message: unknown = JSON.parse(json)
  return typeof message === 'object' && message !== null && ('result' in message || 'error' in message) ? json : null
}

/**
 * A stream of events as one JSON answer where the answer is all there is in it, as most clients read it fastest; the stream where
 * something comes before the answer, such as progress. The SDK's transport of sessions does one or the other for all requests; it
 * writes one event a chunk. `ended` runs once the last byte has been handed on.
 */
export async function asOneAnswer(response: Response, ended: () => void): Promise<Response> {
  if (response.body === null || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
    ended()
    return response
  }
  const reader = response.body.getReader()
  const first = await reader.read()
  const json = first.value === undefined ? null : answerIn(first.value)
  const headers = new Headers(response.headers)
  if (json !== null) {
    ended()
    await reader.cancel()
    headers.set('content-type', 'application/json')
    return new Response(json, { status: response.status, headers })
  }
  async function* events() {
    try {
      for (let chunk = first; chunk.value !== undefined; chunk = await reader.read()) yield chunk.value
    } finally {
      ended()
      await reader.cancel()
    }
  }
  return new Response(ReadableStream.from(events()), { status: response.status, headers })
}
