/**
 * A connector as a service of its own: the words of "contacts" in any language that can serve HTTP. It needs Node 24 and nothing else:
 *
 *   SERVICE_SECRET=… npx node service.ts
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'

type Values = Readonly<Record<string, unknown>>

/** What every command answers. */
type Outcome =
  | { readonly success: true; readonly payload?: unknown; readonly variables?: Values }
  | { readonly success: false; readonly error: string; readonly diagnostics?: Values }

interface Command {
  readonly about: Values
  run(params: Values, config: Values): Promise<Outcome>
}

/** Asks the CRM, whose address and key come with each request from the gateway. */
async function crm(path: string, { baseUrl, apiKey }: Values) {
  const answer = await fetch(`${baseUrl}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
  return { status: answer.status, body: (await answer.json()) as Values }
}

const failed = (status: number, body: unknown): Outcome => ({
  success: false,
  error: `The CRM answered ${status}.`,
  diagnostics: { upstream_status: status, upstream_body: body },
})

const commands: Readonly<Record<string, Command>> = {
  listContacts: {
    about: {
      description: 'List contacts.',
      effect: 'read',
      params: ['limit'],
      paramSchema: { limit: { type: 'integer', default: 50 } },
      outputs: ['contacts', 'total'],
    },
    async run({ limit = 50 }, config) {
      const { status, body } = await crm(`/contacts?limit=${limit}`, config)
      if (status !== 200) return failed(status, body)
      return { success: true, payload: { contacts: body.data, total: body.total }, variables: { contactCount: body.total } }
    },
  },
  getContact: {
    about: {
      description: 'One contact by its id.',
      effect: 'read',
      params: ['id'],
      paramSchema: { id: { type: 'string', required: true } },
    },
    async run({ id }, config) {
      const { status, body } = await crm(`/contacts/${encodeURIComponent(String(id))}`, config)
      return status === 200 ? { success: true, payload: body } : failed(status, body)
    },
  },
}

const schema = {
  protocolVersion: '2.0',
  name: 'Contacts',
  version: '1.0.0',
  description: 'Contacts of a CRM.',
  connectionConfig: {
    baseUrl: { type: 'string', required: true, description: 'Address of the CRM.' },
    apiKey: { type: 'string', required: true, secret: true, description: 'Key of the CRM.' },
  },
  commands: Object.fromEntries(Object.entries(commands).map(([name, { about }]) => [name, about])),
}

/** How old a signed request may be, in seconds: a copy of one is worth nothing later. */
const maxAge = 300

/** Whether the gateway has sent this body, and just now. */
function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const timestamp = String(headers['x-sallyport-timestamp'] ?? '')
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= maxAge)) return false
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`)
  const given = Buffer.from(String(headers['x-sallyport-signature'] ?? ''))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

async function execute(body: string): Promise<Outcome> {
  const { command, params, config } = JSON.parse(body) as { command: string; params: Values; config: Values }
  const found = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (found === undefined) return { success: false, error: `There is no command "${command}".` }
  return found.run(params, config)
}

async function answer(request: IncomingMessage, secret: string): Promise<readonly [number, unknown]> {
  if (request.method === 'GET' && request.url === '/health') return [200, { status: 'ok' }]
  if (request.method === 'GET' && request.url === '/schema') return [200, schema]
  if (request.method !== 'POST' || request.url !== '/execute') return [404, { success: false, error: 'There is nothing here.' }]
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  if (!isSigned(request, body, secret))
    return [401, { success: false, error: 'The signature is not right.', diagnostics: { status: 401 } }]
  return [200, await execute(body)]
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
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
})
