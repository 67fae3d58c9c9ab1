import { createServer } from 'node:http'
import { Agent, request } from 'undici'

/** The floor to compare with: node:http, the key put into a header, undici.request, and nothing else. Runs as a child process. */
const upstream = String(process.argv[2])
const dispatcher = new Agent({ connections: 128, keepAliveTimeout: 60_000 })

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const server = createServer(async (incoming, response) => {
  try {
    const body = await readAll(incoming)
    const answer = await request(upstream, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'bench-key' },
      body,
      dispatcher,
    })
    const content = Buffer.from(await answer.body.arrayBuffer())
    response.writeHead(answer.statusCode, { 'content-type': 'application/json', 'content-length': content.length })
    response.end(content)
  } catch {
    response.writeHead(502).end()
  }
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit(0))
