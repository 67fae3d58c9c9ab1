import { afterEach, describe, expect, it } from 'vitest'
import type { CallResult } from '../src/call/types.ts'
import { alice, answered, bob, closeAll, connect, type Era, expiresAt, start, tool } from './mcp-harness.ts'

afterEach(closeAll)

const eras = ['modern', 'legacy'] as const
const example = {
  name: 'get_customer',
  tool: 'get_customer',
  title: 'Ada',
  description: 'An example of get_customer.',
  input: { id: 7, kind: 'person' },
  inputs: {
    id: { type: 'integer' },
    kind: { type: 'string', enum: ['person', 'party', 'firm'] },
    since: { type: 'string', description: 'A day.' },
  },
  required: ['id', 'since'],
}
const pixel = 'iVBORw0KGgo='

describe.each(eras)('a %s client', (era: Era) => {
  it('takes the examples of its tools as prompts, filled with what a person gives', async () => {
    const { url } = await start({ examples: [example] })
    const { client } = await connect(url, era)
    const { prompts } = await client.listPrompts()
    expect(prompts).toEqual([
      {
        name: 'get_customer',
        title: 'Ada',
        description: 'An example of get_customer.',
        arguments: [
          { name: 'id', required: false },
          { name: 'kind', required: false },
          { name: 'since', description: 'A day.', required: true },
        ],
      },
    ])
    const { messages } = await client.getPrompt({ name: 'get_customer', arguments: { id: '8', since: '2026-01-01' } })
    const text = messages[0]?.content.type === 'text' ? messages[0].content.text : ''
    expect(text).toMatch(/call the tool get_customer/)
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual({ id: 8, kind: 'person', since: '2026-01-01' })
    await expect(client.getPrompt({ name: 'get_customer' })).rejects.toThrow(/needs the argument "since"/)
    await expect(client.getPrompt({ name: 'no_such' })).rejects.toThrow(/Unknown prompt: no_such/)
  })

  it('completes what a prompt lists', async () => {
    const { url } = await start({ examples: [example] })
    const { client } = await connect(url, era)
    const ref = { type: 'ref/prompt', name: 'get_customer' } as const
    const values = async (name: string, value: string) =>
      (await client.complete({ ref, argument: { name, value } })).completion.values
    expect(await values('kind', 'p')).toEqual(['person', 'party'])
    expect(await values('id', '')).toEqual([])
    expect((await client.complete({ ref: { ...ref, name: 'x' }, argument: { name: 'kind', value: '' } })).completion).toEqual({
      values: [],
      total: 0,
      hasMore: false,
    })
  })

  it('is told which tool it may have meant', async () => {
    const { url } = await start()
    const { client } = await connect(url, era)
    await expect(client.callTool({ name: 'get_custmer', arguments: {} })).rejects.toThrow(/Did you mean get_customer\?/)
  })

  it('sees pictures, hears sounds, and is given other files as files', async () => {
    const file = (content_type: string) => () => answered({ content_type, data_base64: pixel })
    const { url, behind } = await start({ answer: file('image/png') })
    const { client } = await connect(url, era)
    const call = async () => (await client.callTool({ name: 'get_customer', arguments: {} })).content
    expect(await call()).toEqual([{ type: 'image', data: pixel, mimeType: 'image/png' }])
    behind.answer = file('audio/wav')
    expect(await call()).toEqual([{ type: 'audio', data: pixel, mimeType: 'audio/wav' }])
    behind.answer = file('application/pdf')
    expect(await call()).toEqual([
      { type: 'resource', resource: { uri: 'sallyport://calls/call_1/answer', mimeType: 'application/pdf', blob: pixel } },
    ])
    // What was withheld is a note, and no base64.
    behind.answer = () => answered({ content_type: 'image/png', data_base64: '[redacted]' })
    expect(await call()).toEqual([{ type: 'text', text: expect.stringContaining('[redacted]') }])
  })

  it('hears how far a call is when it asks to, and how the call ended when it wants a log', async () => {
    const { url } = await start({
      answer: ({ watch }) => {
        watch?.progress(1, 2, 'Attempt 2 follows.')
        return answered({ ok: true })
      },
    })
    const { client } = await connect(url, era)
    const told: unknown[] = []
    const logged: unknown[] = []
    client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(params))
    if (era === 'legacy') await client.setLoggingLevel('info')
    const onprogress = (progress: unknown) => void told.push(progress)
    const _meta = era === 'modern' ? { 'io.modelcontextprotocol/logLevel': 'info' } : {}
    const result = await client.callTool({ name: 'get_customer', arguments: {}, _meta }, { onprogress })
    expect(result.structuredContent).toEqual({ ok: true })
    expect(told).toEqual([{ progress: 1, total: 2, message: 'Attempt 2 follows.' }])
    expect(logged).toMatchObject([{ level: 'info', logger: 'sallyport', data: { tool: 'get_customer', call_id: 'call_1' } }])
  })

  it('is told nothing it did not ask for', async () => {
    const { url } = await start({
      answer: ({ watch }) => {
        watch?.progress(1, null, 'Attempt 2 follows.')
        return answered({ ok: true })
      },
    })
    const { client } = await connect(url, era)
    const told: unknown[] = []
    client.fallbackNotificationHandler = async (notification) => void told.push(notification)
    await client.callTool({ name: 'get_customer', arguments: {} })
    expect(told).toEqual([])
  })

  it('ends a call by cancelling it', async () => {
    const called = Promise.withResolvers<void>()
    const ended = Promise.withResolvers<void>()
    const { url } = await start({
      answer: ({ watch }) => {
        watch?.signal.addEventListener('abort', () => ended.resolve())
        called.resolve()
        return new Promise<CallResult>(() => {})
      },
    })
    const { client } = await connect(url, era)
    const cancel = new AbortController()
    const call = client.callTool({ name: 'get_customer', arguments: {} }, { signal: cancel.signal })
    await called.promise
    cancel.abort()
    await expect(call).rejects.toThrow()
    await ended.promise
  })

  describe('whose person may decide on a call', () => {
    const confirmed: unknown[] = []
    const asking = {
      stateKey: new Uint8Array(32).fill(7),
      confirm: async ({ approvalId, accepted }: { approvalId: string; accepted: boolean }) => {
        confirmed.push([approvalId, accepted])
        return answered({ ran: accepted })
      },
    }
    const pending = (question?: string) => (): CallResult => ({
      ...{ kind: 'pending', id: 'call_3', approvalId: 'apr_3', expiresAt },
      ...(question !== undefined && { question }),
    })
    const capabilities = { elicitation: { form: {} } }

    it.each([
      ['accept', { run: true }, true],
      ['accept', { run: false }, false],
      ['decline', undefined, false],
      ['cancel', undefined, false],
    ] as const)('asks them, and takes %s %j as their decision', async (action, content, accepted) => {
      confirmed.length = 0
      const { url } = await start({ tools: [tool('add_note')], answer: pending('POST /notes {"text":"hi"}'), asking })
      const asked: unknown[] = []
      const { client } = await connect(url, era, alice, { capabilities })
      client.setRequestHandler('elicitation/create', ({ params }) => {
        asked.push(params.message)
        return { action, ...(content !== undefined && { content }) }
      })
      const result = await client.callTool({ name: 'add_note', arguments: {} })
      expect(asked).toEqual(['POST /notes {"text":"hi"}'])
      expect(confirmed).toEqual([['apr_3', accepted]])
      expect(result.structuredContent).toEqual({ ran: accepted })
    })

    it('asks nobody where the client shows no forms, or the policy does not let them', async () => {
      const { url, behind } = await start({ tools: [tool('add_note')], answer: pending('Run it?'), asking })
      const plain = await connect(url, era)
      expect((await plain.client.callTool({ name: 'add_note' })).structuredContent).toMatchObject({ status: 'pending_approval' })
      behind.answer = pending()
      const able = await connect(url, era, bob, { capabilities })
      expect((await able.client.callTool({ name: 'add_note' })).structuredContent).toMatchObject({ status: 'pending_approval' })
    })
  })
})
