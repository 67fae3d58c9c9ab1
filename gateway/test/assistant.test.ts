import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import { aiSdkTools } from '@sallyport/sdk/ai-sdk'
import { anthropicTools } from '@sallyport/sdk/anthropic'
import { langChainTools } from '@sallyport/sdk/langchain'
import { openAiChatTools, openAiResponseTools } from '@sallyport/sdk/openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Assistant, startAssistant } from './assistant-harness.ts'
import { gatewayBin } from './support/data-dir.ts'
import { cleanEnvironment } from './support/gateway.ts'

/** What the gateway does for people and agents who say in words what they want, with a model and without one. */

const apiKey = 'canary-crm-key-2c9e77ab10'

let assistant: Assistant
let { crm, model, gateway, owner, agentToken, agent, personal } = {} as Assistant

beforeAll(async () => {
  assistant = await startAssistant(apiKey)
  ;({ crm, model, gateway, owner, agentToken, agent, personal } = assistant)
})
afterAll(() => assistant?.close())

async function cli(...args: string[]) {
  const env = cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: agentToken, NO_COLOR: '1' })
  return promisify(execFile)(process.execPath, [gatewayBin, ...args], { env })
}

describe('a request in plain words', () => {
  // The script of the model has no turn here: it answers 500, and the search chooses.
  test('without a model calls the read that all it says fits into', async () => {
    expect(await agent.tools.call('Get the customer cus_0001')).toMatchObject({
      ...{ status: 'done', chosen_by: 'search', tool: 'crm_get_customer', arguments: { customer_id: 'cus_0001' } },
      call: { outcome: 'done', payload: { name: 'Ada Okafor' } },
    })
    expect(await agent.tools.call('Look up customer information for Ada Okafor in our CRM')).toMatchObject({
      ...{ status: 'done', chosen_by: 'search', tool: 'crm_list_customers', arguments: { query: 'Ada Okafor' } },
      call: { payload: { items: [{ name: 'Ada Okafor' }] } },
    })
    const { stdout } = await cli('ask', 'list', 'the', 'first', '3', 'customers')
    expect(JSON.parse(stdout).items).toHaveLength(3)
  })

  test.each([
    ['get the customer', ['crm_get_customer']],
    ['export invoices to Berlin', []],
  ])('%s: calls nothing where several tools or none may be meant', async (text, tools) => {
    const before = crm.requests
    const asked = await agent.tools.call(text)
    if (asked.status !== 'unsure') throw new Error(JSON.stringify(asked))
    expect(asked.candidates.map(({ tool }) => tool)).toEqual(expect.arrayContaining(tools))
    expect(crm.requests).toBe(before)
  })

  test('never writes before it is confirmed, and what is confirmed is what was planned', async () => {
    const before = crm.requests
    const asked = await agent.tools.call('Add a note "Called back" to customer cus_0001')
    if (asked.status !== 'confirm') throw new Error(JSON.stringify(asked))
    expect(asked).toMatchObject({
      ...{ tool: 'crm_add_note', arguments: { customer_id: 'cus_0001', text: 'Called back' } },
      call: {
        outcome: 'not_sent',
        plan: { method: 'POST', url: `${crm.url}/customers/cus_0001/notes`, body: { text: 'Called back' } },
      },
    })
    const shown = await cli('ask', 'add a note "By hand" to customer cus_0001')
    expect(shown.stdout).toContain(`POST ${crm.url}/customers/cus_0001/notes`)
    expect(shown.stderr).toContain('Nothing was sent.')
    expect(crm.requests).toBe(before)
    await agent.tools.call(asked.tool, { arguments: asked.arguments })
    expect(JSON.parse((await cli('ask', 'add a note "By hand" to customer cus_0001', '--yes', '--json')).stdout)).toMatchObject({
      payload: { text: 'By hand' },
    })
    expect(crm.requests).toBe(before + 2)
  })

  test('is understood by the model where there is one, which decides nothing', async () => {
    model.play({ calls: [{ name: 'crm_add_note', input: { customer_id: 'cus_0002', text: 'Hi' } }] })
    const before = crm.requests
    expect(await agent.tools.call('leave Mateo a greeting')).toMatchObject({ status: 'confirm', chosen_by: 'model' })
    expect(crm.requests).toBe(before)
    expect(model.requests.at(-1)?.body.tools.map((tool: { function: { name: string } }) => tool.function.name)).toContain(
      'crm_add_note',
    )
    expect(JSON.stringify(model.requests)).not.toContain(apiKey)
    model.play({ calls: [{ name: 'crm_get_customer', input: { customer_id: 'cus_0002' } }] })
    expect(await agent.tools.call('who is Mateo')).toMatchObject({ status: 'done', call: { payload: { name: 'Mateo Rivas' } } })
    model.play('Which Mateo?')
    expect(await agent.tools.call('who is Mateo')).toMatchObject({ status: 'unsure', reason: 'Which Mateo?' })
  })

  test.each([
    ['a tool that was never shown', { calls: [{ name: 'crm_drop_everything', input: {} }] }],
    ['arguments that do not fit', { calls: [{ name: 'crm_list_customers', input: { limit: 'many' } }] }],
    ['arguments that are no JSON', { calls: [{ name: 'crm_list_customers', input: '{"limit":' }] }],
    [
      'several calls at once',
      {
        calls: [
          { name: 'crm_list_customers', input: {} },
          { name: 'crm_get_account', input: {} },
        ],
      },
    ],
  ])('calls nothing when the model answers %s', async (_what, turn) => {
    const before = crm.requests
    model.play(turn)
    expect(await agent.tools.call('show it all')).toMatchObject({ status: 'unsure', chosen_by: 'model' })
    expect(crm.requests).toBe(before)
  })
})

describe('tools handed to the client of a model', () => {
  const turn = {
    calls: [
      { name: 'own_list_customers', input: { query: 'okafor' } },
      { name: 'own_add_note', input: { customer_id: 'cus_0001', text: 'Hi' } },
      { name: 'own_get_customer', input: { customer_id: 'cus_none' } },
    ],
  }
  const found = expect.stringContaining('"name":"Ada Okafor"')
  const waits = expect.stringMatching(
    /^Not done yet: a person must approve.*do not call again\.\n\{"status":"pending_approval",.*\/approvals\//,
  )
  const fails = expect.stringMatching(/^ENDPOINT_NOT_FOUND: [\s\S]*\nWhat to do: [\s\S]*\nCall id: /)
  let made: Promise<Sallyport> | undefined
  /** Whose writes wait for approval; over a connector of its own, with limits for all these calls. */
  function careful() {
    made ??= (async () => {
      const { document } = await owner.connectors.parse({ url: `${crm.url}/openapi.json`, connector: 'own' })
      await owner.connectors.create({ ...document, limits: { per_minute: 1000 } })
      await owner.connections.create({ connector: 'own', name: 'Own', auth: { fields: { key: apiKey } } })
      const selection = { select: { connectors: ['own'] }, include: [], exclude: [] }
      await owner.toolsets.create({ slug: 'careful', name: 'Careful', selection, approval: 'writes' })
      return gateway.client((await owner.tokens.create({ name: 'Careful', role: 'member', toolset: 'careful' })).token)
    })()
    return made
  }
  async function ask(path: string, body: object) {
    const response = await fetch(`${model.url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    // biome-ignore lint/suspicious/noExplicitAny: what the scripted model plays
    return (await response.json()) as any
  }

  test('are called by the chat completions of OpenAI, and answered in their words', async () => {
    const sallyport = await careful()
    const { tools, run } = await openAiChatTools(sallyport)
    expect(tools).toEqual((await sallyport.tools.listAs('openai', { limit: 200 })).items)
    model.play(turn, 'Ada is a customer.')
    const messages: object[] = [{ role: 'user', content: 'Who is Ada?' }]
    const [{ message }] = (await ask('/chat/completions', { messages, tools })).choices
    const before = crm.requests
    messages.push(message, ...(await run(message)))
    expect(crm.requests).toBe(before + 2)
    const [{ message: last }] = (await ask('/chat/completions', { messages, tools })).choices
    expect(model.requests.at(-1)?.body.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'call_0', content: found },
      { role: 'tool', tool_call_id: 'call_1', content: waits },
      { role: 'tool', tool_call_id: 'call_2', content: fails },
    ])
    expect(await run(last)).toEqual([])
    const broken = { id: 'a', type: 'function', function: { name: 'own_get_customer', arguments: '{"customer' } }
    expect(await run({ tool_calls: [broken] })).toMatchObject([{ content: expect.stringContaining('not JSON') }])
  })

  test('are called by the responses of OpenAI, also by models held to the schema', async () => {
    const { tools, run } = await openAiResponseTools(await careful(), { strict: true, search: 'note' })
    const strict = { type: 'function', strict: true, parameters: { additionalProperties: false } }
    expect(tools.find(({ name }) => name === 'own_add_note')).toMatchObject(strict)
    const call = (call_id: string, name: string, input: object) => ({
      ...{ type: 'function_call' as const, call_id, name, arguments: JSON.stringify(input) },
    })
    const output = [{ type: 'reasoning' }, ...turn.calls.map(({ name, input }, index) => call(`c${index}`, name, input))]
    expect(await run({ output })).toEqual([
      { type: 'function_call_output', call_id: 'c0', output: found },
      { type: 'function_call_output', call_id: 'c1', output: waits },
      { type: 'function_call_output', call_id: 'c2', output: fails },
    ])
  })

  test('are called by the messages of Anthropic', async () => {
    const sallyport = await careful()
    const { tools, run } = await anthropicTools(sallyport)
    expect(tools).toEqual((await sallyport.tools.listAs('anthropic', { limit: 200 })).items)
    model.play(turn)
    const messages = [{ role: 'user', content: 'Who is Ada?' }]
    const message = await ask('/messages', { messages, tools })
    expect(await run(message)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_0', content: found, is_error: false },
          { type: 'tool_result', tool_use_id: 'call_1', content: waits, is_error: false },
          { type: 'tool_result', tool_use_id: 'call_2', content: fails, is_error: true },
        ],
      },
    ])
    expect(await run({ content: [{ type: 'text' }] })).toEqual([])
  })

  test('are called by the AI SDK, in the words of its provider', async () => {
    const chat = createOpenAICompatible({ name: 'scripted', baseURL: model.url }).chatModel('scripted')
    type Options = Parameters<typeof chat.doGenerate>[0]
    type FunctionTool = Extract<NonNullable<Options['tools']>[number], { type: 'function' }>
    const tools = await aiSdkTools(await careful(), { jsonSchema: (schema) => schema as FunctionTool['inputSchema'] })
    model.play(turn)
    const { content } = await chat.doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Who is Ada?' }] }],
      tools: Object.entries(tools).map(([name, { description, inputSchema }]) => ({
        ...{ type: 'function' as const, name, description, inputSchema },
      })),
    })
    const ran = content.map(async (part) => {
      if (part.type !== 'tool-call') throw new Error(part.type)
      return tools[part.toolName]?.execute(JSON.parse(part.input), {})
    })
    expect(await Promise.allSettled(ran)).toMatchObject([
      { status: 'fulfilled', value: found },
      { status: 'fulfilled', value: waits },
      { status: 'rejected', reason: { message: fails } },
    ])
  })

  const python = spawnSync('python3', ['--version']).status === 0
  test.skipIf(!python)('are called by the example agent in Python, where there is a Python', async () => {
    await careful()
    model.play(
      { calls: turn.calls.slice(0, 1) },
      ({ body }) => `She is ${JSON.parse(body.messages.at(-1).content).items[0].name}.`,
    )
    const env = cleanEnvironment({
      ...{ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: agentToken },
      ...{
        MODEL_URL: model.url,
        MODEL: 'scripted',
        PYTHONPATH: 'sdk/python',
        PYTHONDONTWRITEBYTECODE: '1',
        no_proxy: '127.0.0.1',
      },
    })
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const { stdout } = await promisify(execFile)('python3', ['examples/agents/agent.py', 'Who', 'is', 'Ada?'], { cwd, env })
    expect(stdout).toBe('She is Ada Okafor.\n')
  })

  test('are called by LangChain, which is told failures as answers', async () => {
    const tools = await langChainTools(await careful(), { connector: 'own', maxResultBytes: 1024 })
    const call = (name: string, input: object) => tools.find((tool) => tool.name === name)?.func(input)
    expect(await Promise.all(turn.calls.map(({ name, input }) => call(name, input)))).toEqual([found, waits, fails])
    expect(await call('own_list_customers', {})).toMatch(
      /\nThis answer is shortened: it has \d+ bytes in all\. Ask for less at once\.$/,
    )
  })
})

describe('"Create a connector for the Acme API", said to an agent of an admin', () => {
  const clients: Client[] = []
  afterAll(() => Promise.all(clients.map((client) => client.close())))
  async function builder(token: string) {
    const client = new Client({ name: 'builder', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp/connector-builder`), { requestInit }))
    clients.push(client)
    return async (name: string, args: Record<string, unknown>) => {
      const { content, isError } = await client.callTool({ name, arguments: args })
      const text = content.map((part) => ('text' in part ? part.text : '')).join('')
      return isError ? { refused: text } : JSON.parse(text)
    }
  }
  const description = () =>
    `A connector for the Acme API at ${crm.url}, authenticated by the header X-API-Key: GET /customers lists, GET /customers/{id}, DELETE /customers/{id}.`

  test('becomes a draft that nobody can call before a person has published it', async () => {
    const use = await builder(gateway.token)
    const made = await use('generate_connector_script', { description: description() })
    expect(made).toMatchObject({ written_by: 'template', document: { connector: 'acme', name: 'Acme', kind: 'script' } })
    expect(Object.keys(made.document.actions)).toEqual(['test', 'listCustomers', 'getCustomers', 'deleteCustomers'])
    expect(await use('create_connector', { document: made.document })).toMatchObject({
      status: 'draft',
      connector: 'acme',
      actions: 4,
    })

    // It is tried without any credential, which its API says.
    const tried = await use('test_connector', { connector: 'acme', command: 'listCustomers' })
    expect(tried).toMatchObject({ tested: 'draft', ok: false, outcome: { error: 'The API answered 401' } })
    expect(await use('execute_connector_command', { connector: 'acme', command: 'test' })).toMatchObject({
      refused: expect.stringContaining('acme'),
    })
    await expect(owner.connections.create({ connector: 'acme', auth: { fields: { key: apiKey } } })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })

    const source = made.document.script.source.replace("http.get('/')", "http.get('/health')")
    await use('update_connector_script', { connector: 'acme', source })
    expect(await use('test_connector', { connector: 'acme' })).toMatchObject({
      ok: true,
      requests: [{ url: '/health', status: 200 }],
    })

    expect((await cli('drafts', 'list', '--json').catch((error: { stderr: string }) => error)).stderr).toContain('FORBIDDEN')
    await owner.connectorDrafts.publish('acme')
    expect((await owner.connectorDrafts.list()).items).toEqual([])
    await owner.connections.create({ connector: 'acme', name: 'Acme', auth: { fields: { key: apiKey } } })
    const called = await use('execute_connector_command', {
      connector: 'acme',
      command: 'getCustomers',
      params: { id: 'cus_0001' },
    })
    expect(called).toMatchObject({ name: 'Ada Okafor' })
    expect(await use('test_connector', { connector: 'acme' })).toMatchObject({ tested: 'connection', ok: true })

    // What is published stays as it is while its next version is drafted.
    await use('update_connector_script', { connector: 'acme', source: 'function test() { return { payload: 1 } }' })
    expect(await owner.calls.create({ connector: 'acme', action: 'listCustomers', input: {} })).toMatchObject({ success: true })
    expect((await owner.connectorDrafts.list()).items).toMatchObject([{ connector: 'acme', published_version: '1.0.0' }])
    await owner.connectorDrafts.discard('acme')
  })

  test('is written by the model where there is one, which says neither where it goes nor with what', async () => {
    const use = await builder(gateway.token)
    const script = {
      commands: [{ name: 'ping', description: 'Pings.', effect: 'read' }],
      source: 'function ping() { return { payload: 1 } }',
    }
    model.play(JSON.stringify({ ...script, servers: { production: { url: 'https://evil.example' } } }))
    const made = await use('generate_connector_script', { description: description() })
    expect(made).toMatchObject({
      written_by: 'model',
      document: { servers: { production: { url: crm.url } }, script: { source: script.source } },
    })
    expect(JSON.stringify(made)).not.toContain('evil')
    model.play('Sure! Here is your connector.')
    expect(await use('generate_connector_script', { description: description() })).toMatchObject({ written_by: 'template' })
  })

  test('reads a description of the API, and says what is wrong with a document', async () => {
    const use = await builder(gateway.token)
    const parsed = await use('parse_openapi_spec', { url: `${crm.url}/openapi.json`, connector: 'again' })
    expect(parsed.document.actions).toHaveProperty('list_customers')
    expect(await use('create_connector', { url: `${crm.url}/openapi.json`, connector: 'again' })).toMatchObject({
      status: 'draft',
      connector: 'again',
    })
    expect(await use('test_connector', { connector: 'again' })).toMatchObject({
      ok: true,
      outcome: { payload: expect.arrayContaining([{ path: '/customers', status: 401 }]) },
    })
    expect((await use('create_connector', { document: { connector: 'x' } })).refused).toContain('INVALID_INPUT')
    await owner.connectorDrafts.discard('again')
  })

  test('is for admins alone, at an address that no toolset takes', async () => {
    const post = {
      method: 'POST',
      headers: { authorization: `Bearer ${agentToken}`, 'content-type': 'application/json' },
      body: '{}',
    }
    expect((await fetch(`${gateway.url}/mcp/connector-builder`, post)).status).toBe(403)
    const selection = { select: null, include: [], exclude: [] }
    const taken = owner.toolsets.create({ slug: 'connector-builder', name: 'Mine', selection })
    await expect(taken).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe.each(['2026-07-28', 'legacy'] as const)('a call that waits, in a client of %s', (era) => {
  const clients: Client[] = []
  afterAll(() => Promise.all(clients.map((client) => client.close())))
  async function caller(token: string, answer: () => { action: 'accept' | 'decline'; content?: { run: boolean } }) {
    const mode = era === 'legacy' ? era : { pin: era }
    const client = new Client(
      { name: 'asked', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode } },
    )
    const asked: string[] = []
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message)
      return answer()
    })
    const requestInit = { headers: { authorization: `Bearer ${token}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit }))
    clients.push(client)
    const call = (name: string, args: Record<string, unknown>) => client.callTool({ name, arguments: args })
    return { call, asked }
  }
  const policy = async (confirm_in_client: boolean) => {
    const [connection] = (await owner.connections.list({ connector: 'crm' })).items
    await owner.connections.update(connection?.id ?? '', { approval: { rule: 'writes', confirm_in_client } })
  }
  const note = { customer_id: 'cus_0003', text: `From ${era}` }
  const yes = () => ({ action: 'accept', content: { run: true } }) as const

  test('runs once its person has said yes there, and the decision is on record as theirs', async () => {
    const { token, person } = await personal()
    await policy(true)
    const { call, asked } = await caller(token, yes)
    expect((await call('crm_add_note', note)).structuredContent).toMatchObject({ text: note.text })
    expect(asked).toEqual([expect.stringContaining(`POST ${crm.url}/customers/cus_0003/notes\n{\n  "text": "${note.text}"`)])
    const [decided] = (await owner.audit.list({ kind: 'call.decided', limit: 1 })).items
    expect(decided).toMatchObject({
      actor: { kind: 'session', id: person, name: 'Ada' },
      after: { status: 'approved', confirmed_in_client_of: { kind: 'token' } },
    })
  })

  test('is rejected when they say no, waits on our page when it is grave, and where no admin or no person lets it', async () => {
    const { token } = await personal()
    await policy(true)
    const before = crm.requests
    const no = await caller(token, () => ({ action: 'decline' }))
    expect(await no.call('crm_add_note', note)).toMatchObject({ isError: true })
    const waits = { structuredContent: { status: 'pending_approval' } }
    const able = await caller(token, yes)
    expect(await able.call('crm_delete_customer', { customer_id: 'cus_0003' })).toMatchObject(waits)
    expect(await (await caller(agentToken, yes)).call('crm_add_note', note)).toMatchObject(waits)
    // An admin changes their mind while somebody is asked.
    const late = await caller(token, yes)
    await policy(false)
    expect(await late.call('crm_add_note', note)).toMatchObject(waits)
    expect([...able.asked, ...late.asked]).toEqual([])
    expect(crm.requests).toBe(before)
  })
})
