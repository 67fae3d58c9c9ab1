import { literal, title } from './words.ts'

/** A service of its own to go on from: one command, its schema, and the check of the signature. */
export function serviceTemplate(name: string, description: string): string {
  return `import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'

type Values = Readonly<Record<string, unknown>>

const schema = {
  protocolVersion: '2.0',
  name: ${literal(title(name))},
  version: '1.0.0',
  description: ${literal(description)},
  connectionConfig: {
    apiKey: { type: 'string', required: true, secret: true },
  },
  commands: {
    listItems: {
      description: 'List items.',
      effect: 'read',
      params: ['limit'],
      paramSchema: { limit: { type: 'integer', default: 50 } },
      outputs: ['items'],
    },
  },
}

/** The commands by name. \`config\` has the settings and secrets of the connection. */
const commands: Readonly<Record<string, (params: Values, config: Values) => Promise<Values>>> = {
  async listItems({ limit }, { apiKey }) {
    if (typeof apiKey !== 'string') return { success: false, error: 'There is no key.', diagnostics: { status: 401 } }
    return { success: true, payload: { items: [{ id: 1 }].slice(0, Number(limit)) } }
  },
}

/** How old a request may be, in seconds. */
const maxAge = 300

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = String(headers['x-sallyport-timestamp'] ?? '')
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= maxAge)) return false
  const expected = Buffer.from(\`sha256=\${createHmac('sha256', secret).update(\`\${timestamp}.\${body}\`).digest('hex')}\`)
  const given = Buffer.from(String(headers['x-sallyport-signature'] ?? ''))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

async function answer(request: IncomingMessage, secret: string): Promise<readonly [number, unknown]> {
  const asked = \`\${request.method} \${request.url}\`
  if (asked === 'GET /health') return [200, { status: 'ok' }]
  if (asked === 'GET /schema') return [200, schema]
  if (asked !== 'POST /execute') return [404, { success: false, error: 'There is nothing here.' }]
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  if (!isSigned(request, body, secret)) return [401, { success: false, error: 'The signature is not right.', diagnostics: { status: 401 } }]
  const { command, params, config } = JSON.parse(body) as { command: string; params: Values; config: Values }
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined
  return [200, run === undefined ? { success: false, error: \`There is no command "\${command}".\` } : await run(params, config)]
}

const secret = process.env.SERVICE_SECRET
if (!secret) throw new Error('Set SERVICE_SECRET to the secret that the connection in Sallyport has.')
const server = createServer(async (request, response) => {
  const failure = (error: unknown) => [500, { success: false, error: String(error) }] as const
  const [status, value] = await answer(request, secret).catch(failure)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
})
server.listen(Number(process.env.PORT ?? 4020), '127.0.0.1', () => {
  const address = server.address()
  console.log(\`listening on http://127.0.0.1:\${typeof address === 'object' ? address?.port : ''}\`)
})
`
}
