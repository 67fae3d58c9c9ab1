import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A red pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** A sound file without a sound. */
export const silence = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='

interface Fixture {
  readonly status?: number
  readonly type: string
  readonly body: Buffer | string
}

const answers: Readonly<Record<string, Fixture>> = {
  '/simple_text': { type: 'text/plain', body: 'This is a simple text response for testing.' },
  '/image_content': { type: 'image/png', body: Buffer.from(pixel, 'base64') },
  '/audio_content': { type: 'audio/wav', body: Buffer.from(silence, 'base64') },
  '/embedded_resource': { type: 'application/octet-stream', body: 'This is an embedded resource content.' },
  '/error_handling': { status: 422, type: 'text/plain', body: 'This tool intentionally returns an error for testing' },
}

const read = (name: string, more: object = {}) => ({ method: 'GET', path: `/${name}`, ...more })
const text = { type: 'string' }

/** The connector whose tools and prompts have the names that the conformance suite asks for: `test_simple_text` and so on. */
const connectorOf = (url: string) => ({
  connector: 'test',
  name: 'Test',
  servers: { production: { url } },
  limits: { retries: 3, per_minute: 10_000 },
  actions: {
    ...Object.fromEntries(Object.keys(answers).map((path) => [path.slice(1), read(path.slice(1))])),
    tool_with_progress: read('tool_with_progress'),
    simple_prompt: read('simple_text', { examples: [{ title: 'A simple prompt' }] }),
    prompt_with_arguments: read('simple_text', {
      input: { type: 'object', properties: { arg1: text, arg2: text }, required: ['arg1', 'arg2'] },
      query: { arg1: '{{arg1}}', arg2: '{{arg2}}' },
      examples: [{ title: 'A prompt with arguments' }],
    }),
  },
})

/** An API that answers what the conformance suite expects of the tools made of it. */
export async function startConformanceApi() {
  let attempts = 0
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (path === '/tool_with_progress') {
      // Fails three times, and each time the gateway tells that it tries again.
      const ready = ++attempts % 4 === 0
      response.writeHead(ready ? 200 : 503, { 'content-type': 'text/plain', 'retry-after': '0' }).end('Finished.')
      return
    }
    const { status = 200, type, body } = answers[path] ?? { status: 404, type: 'text/plain', body: 'Not here.' }
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    connector: connectorOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
