import { type IncomingHttpHeaders, request } from 'node:http'
import type { SignedIn } from '../src/access/people.ts'
import type { Credentials } from '../src/access/types.ts'
import type { Caller, Role } from '../src/caller.ts'
import { SallyportError } from '../src/errors.ts'
import { listen } from '../src/http/listen.ts'
import { createHttpServer, type HttpApp, type HttpOptions, type HttpServices } from '../src/http/server.ts'
import { createLog, type Log } from '../src/log.ts'
import { reveal } from '../src/secret.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Record<string, unknown>
}

export interface Ask {
  readonly method?: string
  /** Null leaves a header out that is sent otherwise. */
  readonly headers?: Record<string, string | null>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown
}

export interface Entrance {
  readonly url: string
  readonly app: HttpApp
  ask(path: string, ask?: Ask): Promise<Answer>
  close(): Promise<void>
}

export type Services = { readonly [K in keyof HttpServices]?: HttpServices[K] | Partial<HttpServices[K]> }

/** The real entrance on a real socket over these services. Whatever a test does not give is not there. */
export async function openEntrance(services: Services, options: Partial<HttpOptions> & { log?: Log } = {}): Promise<Entrance> {
  const missing = new Proxy({}, { get: (_target, name) => () => Promise.reject(new Error(`${String(name)} is not there`)) })
  const all = new Proxy(services, {
    get: (target, name) => (Reflect.has(target, name) ? Reflect.get(target, name) : missing),
  }) as HttpServices
  let url = ''
  const app = createHttpServer(all, {
    log: createLog('silent'),
    version: '1.2.3',
    host: '127.0.0.1',
    publicUrl: () => url,
    connectorSchema: () => ({ title: 'the connector schema' }),
    ...options,
  })
  url = await listen(app, { host: '127.0.0.1', port: 0 })
  return { url, app, ask: (path, ask = {}) => send(url, path, ask), close: () => app.close() }
}

/** Not fetch, which sets headers of its own and lets nobody set others. */
function send(url: string, path: string, { method = 'GET', headers = {}, body }: Ask): Promise<Answer> {
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  const all = {
    ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  }
  const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null))
  return new Promise((resolve, reject) => {
    // The path as it is: a URL would tidy it up.
    const { hostname, port } = new URL(url)
    const outgoing = request({ hostname, port, path, method, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const isJson = /json/.test(response.headers['content-type'] ?? '')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** Credentials as plain text, for comparing. */
export function shown(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'bearer':
      return `bearer ${reveal(credentials.token)}`
    case 'session':
      return `session ${reveal(credentials.cookie)}`
    case 'stored':
    case 'none':
      return credentials.kind
  }
}

export const token = { authorization: 'Bearer sp_valid' }
export const cookie = { cookie: 'sallyport.session_token=valid' }

/** Knows one token and one session. */
export const knowsOne = {
  async authenticate(credentials: Credentials): Promise<Caller> {
    if (!['bearer sp_valid', 'session sallyport.session_token=valid'].includes(shown(credentials)))
      throw new SallyportError('UNAUTHENTICATED')
    const role: Role = 'owner'
    const facts = {
      kind: 'token',
      id: 'tok_1',
      name: 'test',
      email: null,
      workspaceId: 'ws_1',
      workspaceName: 'Default',
      role,
      createdBy: null,
      toolset: null,
      audience: null,
      environments: null,
      callerIps: null,
      cassette: null,
    }
    return facts as unknown as Caller
  },
  async person(): Promise<SignedIn> {
    throw new SallyportError('UNAUTHENTICATED')
  },
  setupRequired: async () => false,
}
