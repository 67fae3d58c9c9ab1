import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createMCPClient } from '@ai-sdk/mcp'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type DemoCrm, startDemoCrm } from '@sallyport/demo-crm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { gatewayBin } from './support/data-dir.ts'
import { cleanEnvironment, type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Programs that people use as MCP clients, each against a real gateway. */

const apiKey = 'canary-crm-key-5b0c9d1e'
let crm: DemoCrm
let notes: CountingUpstream
let gateway: GatewayProcess
let headers: { authorization: string }
let mcp: URL
let token: string

beforeAll(async () => {
  crm = await startDemoCrm({ apiKey })
  notes = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  const owner = gateway.client()
  await owner.connectors.create({ url: `${crm.url}/openapi.json`, connector: 'crm' })
  await owner.connections.create({ connector: 'crm', name: 'Demo', auth: { fields: { key: apiKey } } })
  await owner.connectors.create({
    connector: 'notes',
    name: 'Notes',
    description: 'Short texts.',
    brand: { logo: 'https://notes.example/logo.svg' },
    servers: { production: { url: notes.url } },
    limits: { per_minute: 1000 },
    actions: {
      list: {
        method: 'GET',
        path: '/notes',
        input: { type: 'object', properties: { kind: { type: 'string', enum: ['open', 'done'] } } },
        output: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
        query: { kind: '{{kind}}' },
        examples: [{ title: 'Open notes', input: { kind: 'open' } }],
      },
    },
  })
  await owner.connections.create({ connector: 'notes' })
  await owner.toolsets.create({
    slug: 'short',
    name: 'Short',
    selection: { select: { connectors: ['notes'] }, include: [], exclude: [] },
  })
  token = (await owner.tokens.create({ name: 'Agent', role: 'member' })).token
  headers = { authorization: `Bearer ${token}` }
  mcp = new URL(`${gateway.url}/mcp`)
})

afterAll(async () => {
  await gateway?.stop()
  await crm?.close()
  await notes?.stop()
  await removeDataDir(gateway.dataDir)
})

async function connected(era: 'modern' | 'legacy') {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
  )
  await client.connect(new StreamableHTTPClientTransport(mcp, { requestInit: { headers } }))
  return client
}

const inspector = join(dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')), 'clients')

async function inspect(...args: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(inspector, 'launcher/build/index.js'),
      ...['--cli', mcp.href, '--transport', 'http', '--header', `Authorization: ${headers.authorization}`],
      ...['--format', 'json', '-q', '--stored-auth-only', ...args],
    ],
    { env: cleanEnvironment({ NO_COLOR: '1' }) },
  )
  return JSON.parse(stdout)
}

describe('list and call', () => {
  const answer = { content: [{ type: 'text', text: '{"ok":true}' }], structuredContent: { ok: true } }

  test('the Inspector, which finds no fault in the schemas', async () => {
    const listed = await inspect('--method', 'tools/list', '--strict')
    expect(listed).toMatchObject({
      result: { tools: expect.arrayContaining([expect.objectContaining({ name: 'notes_list' })]) },
    })
    const called = ['--method', 'tools/call', '--tool-name', 'notes_list', '--tool-args-json', '{"kind":"open"}']
    expect(await inspect(...called, '--protocol-era', 'modern')).toMatchObject({ result: answer })
  })

  test.each(['modern', 'legacy'] as const)('the second SDK, %s', async (era) => {
    const client = await connected(era)
    const { tools } = await client.listTools()
    expect(tools.find(({ name }) => name === 'notes_list')).toMatchObject({
      icons: [{ src: 'https://notes.example/logo.svg' }],
      outputSchema: { type: 'object', required: ['ok'] },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    })
    expect(await client.callTool({ name: 'notes_list', arguments: {} })).toMatchObject(answer)
    await client.close()
  })

  test('the first SDK', async () => {
    const client = new FirstClient({ name: 'test', version: '1' })
    await client.connect(new FirstTransport(mcp, { requestInit: { headers } }))
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('crm_search_customers')
    expect(await client.callTool({ name: 'notes_list', arguments: { kind: 'done' } })).toMatchObject(answer)
    await client.close()
  })

  test('the AI SDK', async () => {
    const client = await createMCPClient({ transport: { type: 'http', url: mcp.href, headers } })
    const tools = await client.tools()
    const list = tools.notes_list
    expect(await list?.execute?.({ kind: 'open' }, { toolCallId: '1', messages: [], context: undefined })).toMatchObject(answer)
    await client.close()
  })
})

describe.each(['modern', 'legacy'] as const)('a %s client', (era) => {
  test('reads what its connectors are, what an import found and what a tool takes, and nothing else', async () => {
    const client = await connected(era)
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toEqual(['sallyport://connectors/crm', 'sallyport://connectors/notes'])
    const text = async (uri: string) => {
      const [first] = (await client.readResource({ uri })).contents
      return first !== undefined && 'text' in first ? first.text : ''
    }
    expect(await text('sallyport://connectors/notes')).toMatch(/# Notes\n\nShort texts\.[\s\S]*- `notes_list` \(read\)/)
    expect(JSON.parse(await text('sallyport://connectors/crm/report'))).toMatchObject({ imported: expect.any(Number) })
    expect(JSON.parse(await text('sallyport://tools/notes_list'))).toMatchObject({ input_schema: { type: 'object' } })
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(4)
    for (const uri of ['connectors/other', 'connectors/notes/report', 'tools/other', 'connectors/..', 'x'])
      await expect(client.readResource({ uri: `sallyport://${uri}` })).rejects.toThrow(/not found/i)
    const ref = { type: 'ref/resource', uri: 'sallyport://tools/{tool}' } as const
    expect((await client.complete({ ref, argument: { name: 'tool', value: 'notes' } })).completion.values).toEqual(['notes_list'])
    await client.close()
  })

  test('takes the examples of a connector file as prompts', async () => {
    const client = await connected(era)
    const { prompts } = await client.listPrompts()
    expect(prompts).toContainEqual(expect.objectContaining({ name: 'notes_list', title: 'Open notes' }))
    const { messages } = await client.getPrompt({ name: 'notes_list', arguments: { kind: 'done' } })
    expect(messages[0]?.content).toMatchObject({ text: expect.stringMatching(/notes_list[\s\S]*"kind": "done"/) })
    const ref = { type: 'ref/prompt', name: 'notes_list' } as const
    expect((await client.complete({ ref, argument: { name: 'kind', value: 'd' } })).completion.values).toEqual(['done'])
    await client.close()
  })

  test('breaks off a read at the API by cancelling it', async () => {
    notes.reset()
    const gone = Promise.withResolvers<void>()
    notes.behave = (_request, response) => void response.once('close', gone.resolve)
    const client = await connected(era)
    const cancel = new AbortController()
    const call = client.callTool({ name: 'notes_list', arguments: {} }, { signal: cancel.signal })
    call.catch(() => {})
    await notes.until(1)
    cancel.abort()
    await expect(call).rejects.toThrow()
    await gone.promise
    notes.reset()
    await client.close()
  })
})

describe.each(['modern', 'legacy'] as const)('a %s client that starts a program', (era) => {
  const program = async (...args: readonly string[]) => {
    const client = new Client(
      { name: 'test', version: '1' },
      { versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
    )
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [gatewayBin, 'mcp', ...args],
      env: cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: token }),
    })
    await client.connect(transport)
    return client
  }

  test('lists and calls, hears of progress, and cancels', async () => {
    const client = await program()
    expect(client.getServerVersion()?.name).toBe('sallyport')
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('notes_list')
    notes.reset()
    const told: string[] = []
    let failures = 1
    notes.behave = (_request, response) => {
      const ready = failures-- === 0
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '0' }).end('{"ok":true}')
    }
    const onprogress = ({ message = '' }) => void told.push(message)
    expect(await client.callTool({ name: 'notes_list', arguments: {} }, { onprogress })).toMatchObject({
      structuredContent: { ok: true },
    })
    expect(told).toEqual([expect.stringContaining('Attempt 2 follows')])

    const gone = Promise.withResolvers<void>()
    notes.reset()
    notes.behave = (_request, response) => void response.once('close', gone.resolve)
    const cancel = new AbortController()
    const call = client.callTool({ name: 'notes_list', arguments: {} }, { signal: cancel.signal })
    call.catch(() => {})
    await notes.until(1)
    cancel.abort()
    await gone.promise
    notes.reset()
    await client.close()
  })

  test('is shown the tools of the toolset it names', async () => {
    const client = await program('--toolset', 'short')
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['notes_list', 'read_result'])
    await client.close()
  })
})

test('a client that starts a program is told by errors what is wrong', async () => {
  const say = async (line: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, [gatewayBin, 'mcp'], {
      env: cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: token, ...env }),
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.write(`${line}\n`)
    const [answer] = await once(createInterface({ input: child.stdout }), 'line')
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
    return JSON.parse(String(answer))
  }
  const initialize = JSON.stringify({
    ...{ jsonrpc: '2.0', id: 'a', method: 'initialize' },
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  })
  const refused = { id: 'a', error: { message: expect.stringMatching(/token/), data: { code: 'UNAUTHENTICATED' } } }
  expect(await say(initialize, { SALLYPORT_TOKEN: 'sp_wrong' })).toMatchObject(refused)
  const nobody = { id: 'a', error: { message: expect.stringContaining('http://127.0.0.1:9 does not answer') } }
  expect(await say(initialize, { SALLYPORT_URL: 'http://127.0.0.1:9' })).toMatchObject(nobody)
  expect(await say('{"jsonrpc', {})).toMatchObject({ id: null, error: { code: -32700 } })
})
