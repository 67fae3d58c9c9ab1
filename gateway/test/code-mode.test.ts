import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Programs of agents: they reach the tools of their toolset, each call as any other, and nothing else. */

let gateway: GatewayProcess
let api: CountingUpstream
let owner: Sallyport
let agent: Client

beforeAll(async () => {
  api = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  const input = { type: 'object', properties: { text: { type: 'string', description: 'Ends */ here.' } }, required: ['text'] }
  const body = { type: 'json', value: { text: '{{text}}' } }
  await owner.connectors.create({
    connector: 'my-crm',
    name: 'CRM',
    servers: { production: { url: api.url } },
    limits: { per_minute: 100_000 },
    actions: {
      find: { description: 'Finds customers.', method: 'GET', path: '/find' },
      note: { method: 'POST', path: '/note', input, body },
      pay: { method: 'POST', path: '/pay', input, body, confirm: true },
      drop: { method: 'DELETE', path: '/drop' },
    },
  })
  await owner.connections.create({ connector: 'my-crm', name: 'Live' })
  agent = await connect('agent')
})
beforeEach(() => api.reset())
afterAll(async () => {
  await agent?.close()
  await api?.stop()
  if (gateway === undefined) return
  await gateway.stop()
  await removeDataDir(gateway.dataDir)
})

async function connect(slug: string): Promise<Client> {
  const selection = { select: {}, include: [], exclude: [{ connector: 'my-crm', action: 'drop' }] }
  await owner.toolsets.create({ slug, name: slug, selection, mode: 'code', max_result_bytes: 4096 })
  const { token } = await owner.tokens.create({ name: slug, toolset: slug })
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const requestInit = { headers: { authorization: `Bearer ${token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit }))
  return client
}

async function text(name: string, args: Record<string, unknown>, client = agent): Promise<string> {
  const { content } = await client.callTool({ name, arguments: args })
  return (content as readonly { readonly text: string }[]).map((block) => block.text).join('\n')
}
const run = async (code: string) => JSON.parse(await text('run_code', { code }))
const paths = () => api.seen.map(({ method, path }) => `${method} ${path}`)

test('finds and declares what it may call, and calls it with types, loops and a console', async () => {
  expect((await agent.listTools()).tools.map(({ name }) => name)).toEqual(['search_api', 'read_api', 'run_code', 'read_result'])
  expect(await text('search_api', { query: 'find customers' })).toContain('"my-crm.find"')
  const declared = await text('read_api', { names: ['my-crm.note', 'my-crm.drop'] })
  expect(declared).toContain('"my-crm": {')
  expect(declared).toMatch(/note\(input: \{\s+\/\*\* Ends \* \/ here\. \*\/\s+text: string;\s+\}\): Promise<any>;/)
  expect(declared).toContain('// There is no "my-crm.drop".')
  const done = await run(`
    const texts: string[] = ['a', 'b']
    for (const text of texts) await api.my_crm.note({ text })
    console.log('noted', texts.length)
    return (await api['my-crm'].find()).ok`)
  expect(done).toEqual({ status: 'done', result: true, console: ['noted 2'], calls: 3 })
  expect(paths()).toEqual(['POST /note', 'POST /note', 'GET /find'])
  const { items } = await owner.calls.list({ limit: 3 })
  expect(items.map(({ caller, action }) => [caller.name, action])).toEqual(
    ['find', 'note', 'note'].map((name) => ['agent', name]),
  )
})

test('gets errors it can catch, and reaches nothing outside its toolset', async () => {
  const reach = (expression: string) => `try { return await (${expression}) } catch (error) { return error.code ?? error.name }`
  expect((await run(reach('api.my_crm.drop()'))).result).toBe('NOT_FOUND')
  expect((await run(reach('api.my_crm.note({})'))).result).toBe('INVALID_INPUT')
  for (const name of ['fetch', 'require', 'process', 'XMLHttpRequest', 'WebSocket', 'std', 'os', 'sallyport'])
    expect((await run(`return typeof ${name}`)).result).toBe('undefined')
  expect((await run(reach("import('node:fs')"))).result).not.toBeTypeOf('object')
  expect(await text('run_code', { code: '} return 1' })).toMatch(/^INVALID_INPUT: The script is no TypeScript/)
  expect(paths()).toEqual([])
})

test('is bounded in time, memory and calls, and its answer in size', async () => {
  expect(await run('while (true) {}')).toMatchObject({ status: 'failed', code: 'SCRIPT_LIMIT', diagnostics: { limit: 'time' } })
  const memory = await run('const all = []; while (true) all.push(new Array(10000).fill(1))')
  expect(memory).toMatchObject({ status: 'failed', code: 'SCRIPT_LIMIT', diagnostics: { limit: 'memory' } })
  const many = await run('for (let i = 0; i < 10000; i++) await api.none.such().catch(() => {}); return 1')
  expect(many).toMatchObject({ code: 'SCRIPT_LIMIT', diagnostics: { limit: 'host_calls' } })
  const large = await text('run_code', { code: 'return Array.from({ length: 5000 }, (_, id) => ({ id }))' })
  const [, handle] = /(res_\w+)/.exec(large) ?? []
  expect(JSON.parse(await text('read_result', { handle, path: '[4999]' })).value).toEqual({ id: 4999 })
}, 30_000)

const paying = `
  const began = Date.now(), chance = Math.random()
  await api.my_crm.note({ text: 'before' })
  const first = await api.my_crm.pay({ text: 'one' })
  await api.my_crm.note({ text: 'between' })
  const second = await api.my_crm.pay({ text: 'two' })
  return { first, second, same: began === Date.now(), chance }`

test('that waits for an approval goes on where it was, and makes each call once', async () => {
  const waiting = await run(paying)
  expect(waiting).toMatchObject({ status: 'pending_approval', run: expect.stringMatching(/^code_/) })
  expect(paths()).toEqual(['POST /note'])
  const { run: id } = waiting
  const resume = async () => JSON.parse(await text('run_code', { resume: id }))
  expect(await resume()).toMatchObject({ status: 'pending_approval', url: waiting.url })
  const approve = (url: string) => owner.approvals.approve(url.slice(url.lastIndexOf('/') + 1))
  await approve(waiting.url)
  const again = await resume()
  expect(again).toMatchObject({ status: 'pending_approval', run: id })
  expect(paths()).toEqual(['POST /note', 'POST /pay', 'POST /note'])
  const stranger = await connect('stranger')
  expect(await text('run_code', { resume: id }, stranger)).toMatch(/^NOT_FOUND/)
  await stranger.close()
  await owner.approvals.reject(again.url.slice(again.url.lastIndexOf('/') + 1))
  expect(await resume()).toMatchObject({ status: 'failed', calls: 4 })
  expect(paths()).toEqual(['POST /note', 'POST /pay', 'POST /note'])
  expect(await text('run_code', { resume: id })).toMatch(/^NOT_FOUND/)

  const whole = await run(paying.replace("const second = await api.my_crm.pay({ text: 'two' })", 'const second = null'))
  await approve(whole.url)
  const done = JSON.parse(await text('run_code', { resume: whole.run }))
  expect(done).toMatchObject({ status: 'done', result: { first: { ok: true }, same: true }, calls: 3 })
  expect(paths().slice(3)).toEqual(['POST /note', 'POST /pay', 'POST /note'])
})
