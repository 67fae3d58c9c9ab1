import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** An MCP server of the SDK over standard input and output, as an operator would list it; its tools do what servers do wrong. */

const inputSchema = { type: 'object', properties: { text: { type: 'string' } } } as const
let count = 0

const tools: Readonly<Record<string, (server: Server, text: string) => unknown>> = {
  whoami: () => ({ env: process.env, cwd: process.cwd(), group: process.pid, args: process.argv.slice(2) }),
  count: () => ++count,
  async crash() {
    process.stderr.write(`about to end with ${process.env.TOKEN}\n`)
    await new Promise((resolve) => setImmediate(resolve))
    process.exit(3)
  },
  hang: () => new Promise(() => setInterval(() => {}, 1_000)),
  async child() {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await once(child, 'spawn')
    return { child: child.pid, own: process.pid }
  },
  eat() {
    const eaten: Buffer[] = []
    while (eaten.length < 4_096) eaten.push(Buffer.alloc(1_048_576, 1))
    return eaten.length
  },
  flood() {
    process.stdout.write('x'.repeat(17 * 1024 * 1024))
    return new Promise(() => setInterval(() => {}, 1_000))
  },
  async says(server) {
    await server.sendLoggingMessage({ level: 'warning', data: `busy for ${process.env.TOKEN}` })
    for (let line = 0; line < 500; line++) process.stderr.write(`line ${line} of ${process.env.TOKEN}\n`)
    return 'said'
  },
  // Asked without a capability that permits it, as a careless server does.
  samples: (server, text) =>
    server.request(
      {
        method: 'sampling/createMessage',
        params: { messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens: 1 },
      },
      { parse: (value: unknown) => value } as never,
    ),
}

if (process.env.FAILS === 'at once') {
  process.stderr.write(`no ${process.env.TOKEN} for you\n`)
  process.exit(7)
}
process.stdout.write('Welcome to the server!\n')
const server = new Server({ name: 'program', version: '1.0.0' }, { capabilities: { tools: {}, logging: {} } })
server.setRequestHandler(ListToolsRequestSchema, () => {
  if (process.env.FAILS === 'to list') throw new Error(`${process.env.TOKEN} is no key`)
  return { tools: Object.keys(tools).map((name) => ({ name, description: `Does ${name}.`, inputSchema })) }
})
server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
  const answer = await tools[params.name]?.(server, String(params.arguments?.text ?? ''))
  return { content: [{ type: 'text', text: JSON.stringify(answer) }] }
})
await server.connect(new StdioServerTransport())
