import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CustomerStore, plans } from './customers.ts'
import { asObject, BadRequest, changedFields, newCustomer, text, whole } from './fields.ts'

export interface DemoCrm {
  /** Base URL, such as http://127.0.0.1:4010. Its OpenAPI document is at /openapi.json. */
  readonly url: string
  /** Requests with the right key so far. */
  readonly requests: number
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface Request {
  readonly method: string
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly json: () => Promise<unknown>
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal
}

const error = (status: number, message: string): Answer => ({ status, body: { error: message } })
const notFound = (what: string) => error(404, `There is no ${what} with this id.`)

const largestBody = 100_000
async function readJson(request: IncomingMessage): Promise<unknown> {
  let size = 0
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    size += chunk.length
    if (size > largestBody) throw new BadRequest(`The body must be smaller than ${largestBody} bytes.`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new BadRequest('The body must be JSON.')
  }
}

async function customers(store: CustomerStore, request: Request): Promise<Answer | undefined> {
  const { method, query, json } = request
  const [, id, rest, ...more] = request.segments
  if (more.length > 0) return undefined
  if (id === undefined) {
    if (method === 'POST') return { status: 201, body: store.create(newCustomer(await json())) }
    if (method !== 'GET') return undefined
    const limit = whole(query.get('limit'), 'limit', [1, 100], 20)
    return { status: 200, body: store.search(query.get('query') ?? '', limit, query.get('cursor') ?? undefined) }
  }
  if (id === 'search' && rest === undefined && method === 'POST') {
    const body = asObject(await json())
    return { status: 200, body: store.search(text(body, 'query'), whole(body.limit, 'limit', [1, 100], 20)) }
  }
  const customer = store.get(id)
  if (customer === undefined) return notFound('customer')
  if (rest === 'notes') {
    if (method === 'GET') return { status: 200, body: { items: store.notes(id) } }
    if (method !== 'POST') return undefined
    const body = asObject(await json())
    return { status: 201, body: store.addNote(id, text(body, 'text', 2000), 'author' in body ? text(body, 'author') : 'API') }
  }
  if (rest !== undefined) return undefined
  if (method === 'GET') return { status: 200, body: customer }
  if (method === 'PATCH') return { status: 200, body: store.update(id, changedFields(await json())) }
  if (method === 'DELETE') {
    store.remove(id)
    return { status: 204 }
  }
  return undefined
}

function account(store: CustomerStore, { method, segments, query }: Request): Answer | undefined {
  const [first = '', ...more] = segments
  if (method !== 'GET' || more.length > 0) return undefined
  switch (first) {
    case 'account':
      return { status: 200, body: store.account() }
    case 'plans':
      return { status: 200, body: { items: plans } }
    case 'notes':
      return { status: 200, body: { items: store.recentNotes(whole(query.get('limit'), 'limit', [1, 100], 20)) } }
    default:
      return undefined
  }
}

/** Endpoints that misbehave on purpose, to see what a gateway makes of it. */
async function trouble(name: string, { query, signal }: Request): Promise<Answer | undefined> {
  switch (name) {
    case 'slow': {
      const ms = whole(query.get('ms'), 'ms', [0, 600_000], 120_000)
      await delay(ms, undefined, { signal })
      return { status: 200, body: { waited_ms: ms } }
    }
    case 'failing': {
      const status = whole(query.get('status'), 'status', [500, 599], 503)
      const seconds = whole(query.get('retry_after'), 'retry_after', [0, 3600], 1)
      return { ...error(status, 'This endpoint always fails.'), headers: { 'retry-after': String(seconds) } }
    }
    default:
      return undefined
  }
}

function* filler(megabytes: number): Generator<string> {
  yield '{"filler":"'
  for (let megabyte = 0; megabyte < megabytes; megabyte++) yield 'x'.repeat(1_000_000)
  yield '"}'
}

/** Streams a JSON text of about `megabytes` MB, as slowly as the client reads it. */
async function oversized(response: ServerResponse, megabytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' })
  await pipeline(Readable.from(filler(megabytes)), response)
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const json = body === undefined ? undefined : JSON.stringify(body)
  response.writeHead(status, { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
  response.end(json)
}

function sameKey(given: string | string[] | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(String(given ?? '')), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function openApi(url: string): Promise<unknown> {
  const document = JSON.parse(await readFile(new URL('openapi.json', import.meta.url), 'utf8')) as Record<string, unknown>
  return { ...document, servers: [{ url }] }
}

/** Starts the service on 127.0.0.1. Without a port it takes a free one. */
export async function startDemoCrm(options: { port?: number; apiKey: string }): Promise<DemoCrm> {
  const store = new CustomerStore()
  let url = ''
  let requests = 0

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(message.url ?? '/', 'http://localhost')
    const segments = pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent)
    const [first = ''] = segments
    if (pathname === '/health') return send(response, { status: 200, body: { status: 'ok' } })
    if (pathname === '/openapi.json') return send(response, { status: 200, body: await openApi(url) })
    if (!sameKey(message.headers['x-api-key'], options.apiKey)) {
      return send(response, error(401, 'Send your API key in the header X-API-Key.'))
    }
    requests++
    if (pathname === '/oversized') return oversized(response, whole(searchParams.get('megabytes'), 'megabytes', [1, 1000], 32))
    const hangUp = new AbortController()
    response.once('close', () => hangUp.abort())
    const request: Request = {
      method: message.method ?? 'GET',
      segments,
      query: searchParams,
      json: () => readJson(message),
      signal: hangUp.signal,
    }
    const answer =
      first === 'customers' ? await customers(store, request) : (account(store, request) ?? (await trouble(first, request)))
    send(response, answer ?? error(404, `There is no ${request.method} ${pathname}.`))
  }

  const server = createServer((message, response) => {
    handle(message, response).catch((fault: unknown) => {
      if (response.destroyed || response.headersSent) return response.destroy()
      if (fault instanceof BadRequest || fault instanceof URIError) return send(response, error(422, fault.message))
      send(response, error(500, 'Internal error.'))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  url = `http://127.0.0.1:${address.port}`

  return {
    url,
    get requests() {
      return requests
    },
    close: () =>
      new Promise<void>((resolve, reject) => {
        server.close((fault) => (fault === undefined ? resolve() : reject(fault)))
        server.closeAllConnections()
      }),
  }
}
