import { createServer } from 'node:http'
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import { Agent, request } from 'undici'

/** The baseline of `bench mcp`: one tool on the SDK's server that fetches what the gateway's tool fetches. Runs as a child process. */
const upstream = String(process.argv[2])
const dispatcher = new Agent({ connections: 128, keepAliveTimeout: 60_000 })

interface Input {
  readonly query: string
  readonly limit?: number
  readonly tag?: string
}
const inputSchema = fromJsonSchema<Input>({
  type: 'object',
  required: ['query'],
  properties: { query: { type: 'string' }, limit: { type: 'integer' }, tag: { type: 'string' } },
})

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'bare', version: '1.0.0' })
  server.registerTool('bench_lookup', { description: 'Looks up.', inputSchema }, async ({ query, limit, tag }) => {
    const { body } = await request(upstream, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'bench-key' },
      body: JSON.stringify({ query, limit, filter: { tag } }),
      dispatcher,
    })
    const structuredContent = (await body.json()) as Record<string, unknown>
    return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent }
  })
  return server
})

const server = createServer(async (incoming, response) => {
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const answered = await handler.fetch(
    new Request(`http://bare${incoming.url}`, { method: 'POST', headers: headers as [string, string][] }),
    { parsedBody: JSON.parse(Buffer.concat(chunks).toString()) },
  )
  const body = Buffer.from(await answered.arrayBuffer())
  response.writeHead(answered.status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit(0))
