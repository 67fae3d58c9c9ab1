import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Assistant, startAssistant } from './assistant-harness.ts'

const apiKey = 'canary-crm-key-7f31d0c2aa'

let assistant: Assistant
let { crm, model, owner, agent, personal } = {} as Assistant

beforeAll(async () => {
  assistant = await startAssistant(apiKey)
  ;({ crm, model, owner, agent, personal } = assistant)
})
afterAll(() => assistant?.close())

describe('a conversation with the model', () => {
  const said = (text: string, ...tools: string[]) => ({
    messages: [{ role: 'user' as const, text }],
    ...(tools.length > 0 && { tools }),
  })
  const offered = () => model.requests.at(-1)?.body.tools.map((tool: { function: { name: string } }) => tool.function.name)
  const read = { calls: [{ name: 'crm_get_customer', input: { customer_id: 'cus_0001' } }] }
  const note = (text: string) => ({ name: 'crm_add_note', input: { customer_id: 'cus_0004', text } })
  const approval = async (rule: 'writes' | 'never') => {
    const [connection] = (await owner.connections.list({ connector: 'crm' })).items
    await owner.connections.update(connection?.id ?? '', { approval: { rule } })
  }

  test('calls the tool that was named as its caller, tells of each step as it happens, and shows the model nothing secret', async () => {
    model.play({ ...read, text: 'I look.' }, 'It is Ada.')
    const events: unknown[] = []
    const answer = await agent.chat(said('@crm_get_customer Who is cus_0001?', 'crm_get_customer'), (event) => events.push(event))
    const [, asked, tool, last] = answer.messages
    expect(asked).toMatchObject({ role: 'assistant', text: 'I look.', tool_calls: [{ name: 'crm_get_customer' }] })
    expect(last).toEqual({ role: 'assistant', text: 'It is Ada.' })
    const [result] = tool?.role === 'tool' ? tool.results : []
    expect(result).toMatchObject({ text: expect.stringContaining('Ada Okafor'), call: { status: 'succeeded' } })
    expect({ end: answer.end, events }).toEqual({ end: 'answered', events: [{ message: asked }, { result }, { message: last }] })
    expect(await owner.calls.get(result?.call?.id ?? '')).toMatchObject({
      caller: { name: 'Agent' },
      input: { customer_id: 'cus_0001' },
    })
    expect(offered()).toEqual(['crm_get_customer', 'read_result'])
    expect(JSON.stringify(model.requests.at(-1)?.body)).toContain('Ada Okafor')
    expect(JSON.stringify(model.requests)).not.toContain(apiKey)
  })

  test('reads on in an answer that was shortened, and is told what it did wrong', async () => {
    model.play(
      { calls: [{ name: 'crm_list_customers', input: { limit: 'many' } }] },
      { calls: [{ name: 'crm_list_customers', input: { limit: 100 } }] },
      ({ body }) => {
        const handle = /handle \\*"(\w+)/.exec(JSON.stringify(body.messages))?.[1]
        return { calls: [{ name: 'read_result', input: { handle, path: 'items[39].id' } }] }
      },
      'There are forty.',
    )
    const { messages } = await agent.chat(said('List all customers'))
    const texts = messages.flatMap((message) => (message.role === 'tool' ? message.results.map(({ text }) => text) : []))
    expect(texts).toEqual([
      expect.stringContaining('INVALID_INPUT'),
      expect.stringContaining('This answer is shortened'),
      expect.stringContaining('"cus_0040"'),
    ])
  })

  test('waits where another person decides, goes on with what they decided, and believes nobody else about it', async () => {
    await approval('writes')
    const before = crm.requests
    model.play({ calls: [note('Yes'), note('No')] })
    const waiting = await agent.chat(said('Leave two notes', 'crm_add_note'))
    const [, , tool] = waiting.messages
    const results = tool?.role === 'tool' ? tool.results : []
    expect({ end: waiting.end, statuses: results.map(({ call }) => call?.status) }).toEqual({
      end: 'waits',
      statuses: ['pending_approval', 'pending_approval'],
    })
    await expect(agent.chat({ messages: waiting.messages })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(crm.requests).toBe(before)

    const [first = '', second = ''] = results.map(({ call }) => call?.approval_id)
    await expect(agent.approvals.approve(first)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await owner.approvals.approve(first)
    await owner.approvals.reject(second, 'One is enough')
    await expect(owner.chat({ messages: waiting.messages })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    model.play('One note was left.')
    const ended = await agent.chat({ messages: waiting.messages, tools: ['crm_add_note'] })
    expect(ended.messages.slice(2)).toMatchObject([
      {
        results: [
          { text: expect.stringContaining('"text":"Yes"'), call: { status: 'succeeded' } },
          { text: expect.stringContaining('One is enough'), call: { status: 'rejected' } },
        ],
      },
      { text: 'One note was left.' },
    ])
    expect(crm.requests).toBe(before + 1)
    await approval('never')
  })

  test('calls nothing that was not offered, nor anything outside of the toolset it is held in, whatever the model was told', async () => {
    await owner.toolsets.create({
      slug: 'reading',
      name: 'Reading',
      selection: { select: { effects: ['read'] }, include: [], exclude: [] },
    })
    const { ada } = await personal()
    const before = crm.requests
    const forced = { calls: [note('Injected'), { name: 'crm_get_customer', input: '{"customer_id":' }] }
    model.play(forced, 'No.')
    const named = await agent.chat(said('Who is it?', 'crm_get_customer'))
    model.play(forced, 'No.')
    const held = await ada.post('/chat', { ...said('Leave a note'), toolset: 'reading' })
    expect(offered()).not.toContain('crm_add_note')
    for (const messages of [named.messages, held.json.messages])
      expect(messages[2].results).toMatchObject([
        { text: expect.stringContaining('no such tool') },
        { text: expect.stringContaining('no JSON') },
      ])
    const outside = await ada.post('/chat', { ...said('Go', 'crm_add_note'), toolset: 'reading' })
    expect(outside.json).toMatchObject({ code: 'NOT_FOUND', detail: expect.stringContaining('reading') })
    expect(crm.requests).toBe(before)
  })

  test('ends when whoever asked leaves, and after so many steps by itself', async () => {
    const leaving = new AbortController()
    const { abandoned } = model
    model.play(() => {
      leaving.abort()
      return { hang: true }
    })
    await expect(agent.chat(said('Hello'), () => {}, leaving.signal)).rejects.toThrow()
    await expect.poll(() => model.abandoned).toBe(abandoned + 1)
    model.play(...Array.from({ length: 12 }, () => read))
    const { end, messages, usage } = await agent.chat(said('Again and again', 'crm_get_customer'))
    expect({ end, turns: messages.length, usage }).toEqual({
      end: 'out_of_steps',
      turns: 25,
      usage: { input_tokens: 132, output_tokens: 84 },
    })
  })
})
