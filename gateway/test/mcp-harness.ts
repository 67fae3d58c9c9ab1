import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import Fastify from 'fastify'
import type { CallRequest, CallResult, ToolExample, ToolQuery, ToolView } from '../src/call/types.ts'
import type { Caller } from '../src/caller.ts'
import { nearest } from '../src/definition/nearest.ts'
import type { ToolFormat } from '../src/definition/tool/family.ts'
import { SallyportError } from '../src/errors.ts'
import type { Asking } from '../src/mcp/ask.ts'
import { type MountOptions, mountMcp } from '../src/mcp/mount.ts'
import { reveal } from '../src/secret.ts'

/** The gateway behind the entrance, in memory: what is tested here is the entrance. */
export interface Behind {
  tools: ToolView[]
  answer: (request: CallRequest) => Promise<CallResult> | CallResult
  requests: CallRequest[]
  /** The formats that tools were listed and called in. */
  formats: (ToolFormat | undefined)[]
  listError?: Error
  examples: readonly ToolExample[]
  asking?: Asking
  /** Called when the entrance is about to be closed. */
  closing?: () => void
}

export const alice = 'sp_alice_0123456789abcdef0123456789'
export const bob = 'sp_bob_0123456789abcdef0123456789'
export const expiresAt = '2030-01-01T00:00:00.000Z'

export function tool(name: string, changes: Partial<ToolView> = {}): ToolView {
  return {
    name,
    connector: 'crm',
    action: name,
    connection: { id: 'con_1', name: 'CRM', environment: 'production' },
    title: `Title of ${name}`,
    description: `Does ${name}.`,
    effect: 'read',
    confirm: false,
    deprecated: false,
    method: 'GET',
    path: `/${name}`,
    tokens: 20,
    input_schema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
    output_schema: null,
    icon: null,
    ...changes,
  }
}

export function answered(payload: unknown): CallResult {
  return { kind: 'answered', id: 'call_1', outcome: 'done', status: 200, durationMs: 1, answer: { success: true, payload } }
}

export function failed(error: SallyportError, outcome: 'not_sent' | 'sent_unknown' | 'done' = 'done'): CallResult {
  return { kind: 'failed', id: 'call_9', outcome, status: null, durationMs: 1, error }
}

function callerOf(token: string): Caller {
  if (token !== alice && token !== bob) throw new SallyportError('UNAUTHENTICATED', { detail: 'This token is not known.' })
  const caller = {
    kind: 'token',
    id: token.slice(0, 6),
    name: token,
    email: null,
    workspaceId: 'ws_1',
    workspaceName: 'Acme',
    role: 'member',
    createdBy: 'usr_1',
  }
  return caller as unknown as Caller
}

export const opened: (() => Promise<unknown>)[] = []

/** Closes what a test has opened: for afterEach. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}

export async function start(changes: Partial<Behind> = {}, options: MountOptions & { publicUrl?: string } = {}) {
  const behind: Behind = {
    tools: [tool('get_customer')],
    answer: () => answered({ name: 'Ada' }),
    requests: [],
    formats: [],
    examples: [],
    ...changes,
  }
  const app = Fastify({ forceCloseConnections: 'idle' })
  app.addHook('preClose', async () => behind.closing?.())
  let address = ''
  const services = {
    access: {
      onRightsChanged: () => () => {},
      authenticate: async (credentials: { kind: string; token?: unknown }) => {
        if (credentials.kind !== 'bearer') throw new SallyportError('UNAUTHENTICATED')
        return callerOf(reveal(credentials.token as never))
      },
    },
    tools: {
      list: async (caller: Caller, { limit = 50, cursor, format }: ToolQuery) => {
        behind.formats.push(format)
        if (behind.listError !== undefined) throw behind.listError
        const mine = behind.tools.filter((view) => !view.name.startsWith('only_alice') || caller.id === alice.slice(0, 6))
        const from = Number(cursor ?? 0)
        if (!Number.isInteger(from)) throw new SallyportError('INVALID_INPUT', { detail: 'This cursor is not one of ours.' })
        return { items: mine.slice(from, from + limit), next_cursor: from + limit < mine.length ? String(from + limit) : null }
      },
      get: async () => null,
      search: async () => [],
      nearest: async (_caller: Caller, name: string) =>
        nearest(
          name,
          behind.tools.map((view) => view.name),
        ) ?? null,
      examples: async () => ({ items: behind.examples, next_cursor: null }),
      example: async (_caller: Caller, name: string) => behind.examples.find((each) => each.name === name) ?? null,
      find: async (_caller: Caller, name: string, input: unknown, format?: ToolFormat) => {
        const view = behind.tools.find((one) => one.name === name)
        behind.formats.push(format)
        return view === undefined
          ? null
          : { connector: view.connector, action: view.action, connection: view.connection.id, input }
      },
    },
    calls: {
      run: async (request: CallRequest) => {
        behind.requests.push(request)
        return behind.answer(request)
      },
    },
    resources: [],
    ...(behind.asking !== undefined && { asking: behind.asking }),
    results: {
      fit: async (_caller: Caller, value: unknown) => ({ value }),
      read: () => Promise.reject(new SallyportError('NOT_FOUND')),
    },
    maxResultBytes: 100_000,
    code: { run: absent, resume: absent },
    build: undefined as never,
    publicUrl: () => options.publicUrl ?? address,
  }
  mountMcp(app, services, options)
  address = await app.listen({ port: 0, host: '127.0.0.1' })
  opened.push(() => app.close())
  return { behind, app, url: `${address}/mcp` }
}

const absent = () => Promise.reject(new SallyportError('NOT_FOUND'))

export type Era = 'modern' | 'legacy'

export async function connect(url: string, era: Era, token = alice, options: Pick<ClientOptions, 'capabilities'> = {}) {
  const client = new Client(
    { name: 'test', version: '1' },
    { ...options, versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
  )
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  await client.connect(transport)
  opened.push(() => client.close())
  return { client, transport }
}
