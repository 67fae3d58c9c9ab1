import { setImmediate } from 'node:timers/promises'
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallRequest, CallResult } from '../src/call/types.ts'
import { SallyportError } from '../src/errors.ts'
import { reveal } from '../src/secret.ts'
import { alice, answered, bob, closeAll, connect, expiresAt, failed, opened, start, tool } from './mcp-harness.ts'

afterEach(closeAll)

function textOf(result: { content: readonly unknown[] }): string {
  expect(result.content).toHaveLength(1)
  const [block] = result.content
  expect(block).toMatchObject({ type: 'text', text: expect.any(String) })
  return (block as { text: string }).text
}

describe.each(['modern', 'legacy'] as const)('a %s client', (era) => {
  it('negotiates its era and reads who serves it', async () => {
    const { url } = await start()
    const { client } = await connect(url, era)
    expect(client.getNegotiatedProtocolVersion()).toBe(era === 'modern' ? '2026-07-28' : '2025-11-25')
    expect(client.getServerVersion()).toMatchObject({ name: 'sallyport', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(client.getInstructions()).toContain('pending_approval')
    expect(client.getServerCapabilities()).toEqual({
      tools: { listChanged: true },
      resources: {},
      prompts: {},
      completions: {},
      logging: {},
    })
  })

  it('lists the tools of its token with schema and hints', async () => {
    const output_schema = { type: 'object', properties: { name: { type: 'string' } } }
    const { url } = await start({
      tools: [
        tool('get_customer', { output_schema }),
        tool('delete_customer', { effect: 'destructive', method: 'DELETE' }),
        tool('only_alice'),
      ],
    })
    const { tools } = await (await connect(url, era)).client.listTools()
    expect(tools).toEqual([
      {
        name: 'get_customer',
        title: 'Title of get_customer',
        description: 'Does get_customer.',
        inputSchema: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
        outputSchema: output_schema,
        annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
      },
      expect.objectContaining({
        name: 'delete_customer',
        annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
      }),
      expect.objectContaining({ name: 'only_alice' }),
      expect.objectContaining({ name: 'read_result' }),
    ])
    const bobs = await (await connect(url, era, bob)).client.listTools()
    expect(bobs.tools.map(({ name }) => name)).toEqual(['get_customer', 'delete_customer', 'read_result'])
  })

  it('is given tools, and gives arguments, in the words its address asks for', async () => {
    const { url, behind } = await start()
    const { client } = await connect(`${url}?format=gemini`, era)
    await client.listTools()
    await client.callTool({ name: 'get_customer', arguments: {} })
    expect(behind.formats.slice(0, 2)).toEqual(['gemini', 'gemini'])
    await expect(connect(`${url}?format=klingon`, era)).rejects.toThrow()
  })

  it('reads a long list in pages', async () => {
    const names = Array.from({ length: 450 }, (_, index) => `tool_${index}`)
    const { url } = await start({ tools: names.map((name) => tool(name)) })
    const { client } = await connect(url, era)
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual([...names, 'read_result'])
    const page = await client.listTools({ cursor: '400' })
    expect(page.tools).toHaveLength(51)
    expect(page.nextCursor).toBeUndefined()
  })

  it('is told that a cursor is wrong, as invalid params', async () => {
    const { url } = await start()
    const { client } = await connect(url, era)
    const error: unknown = await client.listTools({ cursor: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining('This cursor is not one of ours.') })
  })

  it('calls a tool through the pipeline and gets text and structure', async () => {
    const { url, behind } = await start({ answer: () => answered({ name: 'Ada', tags: ['x'] }) })
    const { client } = await connect(url, era)
    const result = await client.callTool({ name: 'get_customer', arguments: { id: 7 } })
    expect(result.isError ?? false).toBe(false)
    expect(JSON.parse(textOf(result))).toEqual({ name: 'Ada', tags: ['x'] })
    expect(result.structuredContent).toEqual({ name: 'Ada', tags: ['x'] })
    expect(behind.requests).toHaveLength(1)
    const [{ credentials, watch, ...request }] = behind.requests as [CallRequest]
    expect(watch).toBeDefined()
    expect(request).toEqual({
      entrance: 'mcp',
      ip: '127.0.0.1',
      connector: 'crm',
      action: 'get_customer',
      connection: 'con_1',
      input: { id: 7 },
    })
    expect(credentials.kind === 'bearer' && reveal(credentials.token)).toBe(alice)
  })

  it.each([
    [[1, 2], '[1,2]'],
    ['plain text', 'plain text'],
    [null, 'null'],
    [undefined, 'Done. The API sent no content.'],
  ])('gets the payload %j as text alone', async (payload, text) => {
    const { url, behind } = await start({ answer: () => answered(payload) })
    const { client } = await connect(url, era)
    const result = await client.callTool({ name: 'get_customer' })
    expect(textOf(result)).toBe(text)
    expect(result.structuredContent).toBeUndefined()
    expect(behind.requests[0]?.input).toEqual({})
  })

  it('reads from a failure what happened and what to do', async () => {
    const error = new SallyportError('UPSTREAM_ERROR', {
      detail: 'The API answered 422.',
      diagnostics: { status: 422, body: 'name is taken' },
      internal: 'secret-internal',
    })
    const { url } = await start({ answer: () => failed(error) })
    const result = await (await connect(url, era)).client.callTool({ name: 'get_customer', arguments: {} })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toBe(
      [
        'UPSTREAM_ERROR: The API answered 422.',
        'What to do: Read the diagnostics for the status and the body the API sent.',
        'Diagnostics: {"status":422,"body":"name is taken"}',
        'Call id: call_9',
      ].join('\n'),
    )
    expect(JSON.stringify(result)).not.toContain('secret-internal')
  })

  it('is warned when a write may have taken effect, and told when to try again', async () => {
    const { url, behind } = await start({ answer: () => failed(new SallyportError('OUTCOME_UNKNOWN'), 'sent_unknown') })
    const { client } = await connect(url, era)
    expect(textOf(await client.callTool({ name: 'get_customer', arguments: {} }))).toContain(
      'It is unknown whether the API carried it out.',
    )
    behind.answer = () => failed(new SallyportError('RATE_LIMITED', { retryAfterSeconds: 12 }), 'not_sent')
    const limited = textOf(await client.callTool({ name: 'get_customer', arguments: {} }))
    expect(limited).toContain('Try again after 12 seconds.')
    expect(limited).toContain('Nothing was sent to the API.')
  })

  it('gets the link to a pending approval, and no error', async () => {
    const output_schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
    const { url } = await start(
      {
        tools: [tool('add_note', { confirm: true, effect: 'write', method: 'POST', output_schema })],
        answer: () => ({ kind: 'pending', id: 'call_3', approvalId: 'apr_3', expiresAt }),
      },
      { publicUrl: 'https://sallyport.example.com' },
    )
    const { client } = await connect(url, era)
    await client.listTools()
    const result = await client.callTool({ name: 'add_note', arguments: {} })
    expect(result.isError ?? false).toBe(false)
    const pending = {
      status: 'pending_approval',
      id: 'call_3',
      url: 'https://sallyport.example.com/approvals/apr_3',
      expires_at: expiresAt,
    }
    expect(result.structuredContent).toEqual(pending)
    const [advice, json] = textOf(result).split('\n') as [string, string]
    expect(advice).toMatch(/person must approve.*do not call again/)
    expect(JSON.parse(json)).toEqual(pending)
  })

  it('gets invalid params for a tool that does not exist, and nothing runs', async () => {
    const { url, behind } = await start()
    const { client } = await connect(url, era)
    const error: unknown = await client.callTool({ name: 'drop_everything', arguments: {} }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProtocolError)
    expect(error).toMatchObject({
      code: -32602,
      message: expect.stringContaining('Unknown tool: drop_everything. List your tools'),
    })
    expect(behind.requests).toEqual([])
  })

  it('learns nothing of a fault inside', async () => {
    const { url } = await start({ listError: new Error('password authentication failed for user postgres') })
    const error: unknown = await (await connect(url, era)).client.listTools().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: -32603, message: expect.stringContaining('Internal error') })
    expect(String(error)).not.toContain('postgres')
  })
})

it('gives an auto-negotiating client the newer era', async () => {
  const { url } = await start()
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${alice}` } } }),
  )
  opened.push(() => client.close())
  expect(client.getProtocolEra()).toBe('modern')
  expect((await client.listTools()).tools).toHaveLength(2)
})

it.each(['modern', 'legacy'] as const)('lets a running %s call finish when the gateway closes', async (era) => {
  let finish: (result: CallResult) => void = () => {}
  const called = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const { url, app } = await start({
    answer: () => {
      called.resolve()
      return new Promise((resolve) => {
        finish = resolve
      })
    },
    closing: closing.resolve,
  })
  const { client } = await connect(url, era)
  const call = client.callTool({ name: 'get_customer', arguments: {} })
  await called.promise
  const closed = app.close()
  await closing.promise
  await setImmediate()
  finish(answered({ ok: true }))
  expect((await call).structuredContent).toEqual({ ok: true })
  await closed
})
