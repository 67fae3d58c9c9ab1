import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { run } from './cli-harness.ts'
import { CountingUpstream } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Answers that are too large to be given whole: valid as they are given, sealed where they are kept, and their caller's alone. */

let gateway: GatewayProcess
let api: CountingUpstream
let owner: Sallyport
let db: pg.Client

const rows = Array.from({ length: 3000 }, (_, id) => ({
  id,
  name: `Kunde ${id} 👋`,
  secret_word: 'tangerine',
  notes: 'x'.repeat(80),
}))
const people = { total: rows.length, items: rows }
const file = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 256))

beforeAll(async () => {
  api = await new CountingUpstream().start()
  gateway = await startGatewayProcess()
  owner = gateway.client()
  db = await superuserOf(gateway.dataDir)
  const output = {
    type: 'object',
    properties: { total: { type: 'integer' }, items: { type: 'array', items: { type: 'object' } } },
    required: ['total', 'items'],
    additionalProperties: false,
  }
  await owner.connectors.create({
    connector: 'crm',
    name: 'CRM',
    servers: { production: { url: api.url } },
    limits: { per_minute: 10_000 },
    actions: {
      people: { method: 'GET', path: '/people', output },
      report: { method: 'GET', path: '/report' },
    },
  })
  await owner.connections.create({ connector: 'crm', name: 'Live' })
  api.behave = ({ path }, response) => {
    if (path === '/report') response.writeHead(200, { 'content-type': 'application/pdf' }).end(file)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(people))
  }
})
const opened: Client[] = []
afterEach(async () => {
  for (const client of opened.splice(0)) await client.close()
})
afterAll(async () => {
  await db?.end()
  await api?.stop()
  if (gateway === undefined) return
  await gateway.stop()
  await removeDataDir(gateway.dataDir)
})

async function token(more: Partial<Parameters<Sallyport['tokens']['create']>[0]> = {}) {
  const made = await owner.tokens.create({ name: 'agent', ...more })
  return { ...made, client: gateway.client(made.token) }
}

const eras = ['modern', 'legacy'] as const
async function mcp(secret: string, era: (typeof eras)[number]): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
  )
  const requestInit = { headers: { authorization: `Bearer ${secret}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp`), { requestInit }))
  opened.push(client)
  return client
}

interface Block {
  readonly type: string
  readonly text?: string
  readonly uri?: string
}
async function use(client: Client, name: string, args: Record<string, unknown> = {}) {
  const result = await client.callTool({ name, arguments: args })
  return { ...result, blocks: result.content as readonly Block[] }
}
const handleIn = (text = '') => /res_\w+/.exec(text)?.[0] ?? ''

test.each(eras)('over MCP is shortened for %s clients, fits its schema, and can be read to the last item', async (era) => {
  const client = await mcp((await token()).token, era)
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name).sort()).toEqual(['crm_people', 'crm_report', 'read_result'])
  // The SDK's client holds structured content against the output schema of the tool.
  const { blocks, structuredContent } = await use(client, 'crm_people')
  const [answer = '', note = ''] = blocks.map(({ text }) => text)
  expect(answer.length).toBeLessThan(100_000)
  const shown = JSON.parse(answer) as typeof people
  expect(structuredContent).toEqual(shown)
  expect(shown.total).toBe(rows.length)
  expect(shown.items.length).toBeGreaterThan(100)
  expect(shown.items[0]).toMatchObject({ id: 0, name: 'Kunde 0 👋' })
  expect(note).toContain(`items: ${shown.items.length} of 3000 items shown`)
  const handle = handleIn(note)

  const read: unknown[] = []
  for (let cursor: string | undefined; ; ) {
    const [block] = (await use(client, 'read_result', { handle, path: 'items', ...(cursor !== undefined && { cursor }) })).blocks
    const page = JSON.parse(block?.text ?? '')
    expect(block?.text?.length).toBeLessThan(101_000)
    read.push(...page.value)
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }
  expect(read).toEqual(rows)
  const names = await use(client, 'read_result', { handle, path: 'items[*].name' })
  expect(JSON.parse(names.blocks[0]?.text ?? '').value.slice(0, 2)).toEqual(['Kunde 0 👋', 'Kunde 1 👋'])
  const lost = await use(client, 'read_result', { handle, path: 'items[0].nme' })
  expect(lost).toMatchObject({
    isError: true,
    blocks: [{ text: expect.stringContaining('items[0] is an object of 4: id, name') }],
  })
})

test('is as large as its toolset says, and whole over HTTP unless the caller asks', async () => {
  const selection = { select: {}, include: [], exclude: [] }
  const made = await owner.toolsets.create({ slug: 'small', name: 'Small', selection, mode: 'search', max_result_bytes: 2048 })
  const bound = await token({ toolset: made.slug })
  const client = await mcp(bound.token, 'modern')
  const { blocks } = await use(client, 'call_read_tool', { name: 'crm_people', arguments: {} })
  expect(blocks[0]?.text?.length).toBeLessThanOrEqual(2048)
  expect(JSON.parse(blocks[0]?.text ?? '')).toMatchObject({ total: 3000 })
  expect((await bound.client.results.read(handleIn(blocks[1]?.text), { path: 'total' })).value).toBe(3000)

  const call = { connector: 'crm', action: 'people' }
  expect(await owner.calls.create(call)).toMatchObject({ payload: people })
  const asked = await owner.calls.create({ ...call, max_result_bytes: 5000 })
  if (!('rest' in asked) || asked.rest === undefined) throw new Error('expected a handle')
  expect(JSON.stringify(asked.payload).length).toBeLessThanOrEqual(5000)
  expect(asked.rest).toMatchObject({ bytes: JSON.stringify(people).length + 2 * rows.length, content_type: null })
  expect(JSON.parse(new TextDecoder().decode(await owner.results.download(asked.rest.handle)))).toEqual(people)
})

test('that is a file comes as a link, and its bytes by the same token', async () => {
  const agent = await token()
  const client = await mcp(agent.token, 'modern')
  const { blocks } = await use(client, 'crm_report')
  const [note, link] = blocks
  expect(link).toMatchObject({
    type: 'resource_link',
    mimeType: 'application/pdf',
    uri: expect.stringContaining('sallyport://results/'),
  })
  const handle = handleIn(link?.uri)
  const url = /https?:\S+\/content/.exec(note?.text ?? '')?.[0] ?? ''
  const download = (secret: string) => fetch(url, { headers: { authorization: `Bearer ${secret}` } })
  const answer = await download(agent.token)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.headers.get('content-disposition')).toBe('attachment')
  expect(Buffer.from(await answer.arrayBuffer()).equals(file)).toBe(true)
  expect((await download((await token()).token)).status).toBe(404)
  expect((await fetch(url)).status).toBe(401)
  const { contents } = await client.readResource({ uri: link?.uri ?? '' })
  const [content] = contents
  expect(content !== undefined && 'blob' in content && Buffer.from(content.blob, 'base64').equals(file)).toBe(true)

  const dir = await mkdtemp(join(tmpdir(), 'sallyport-result-'))
  const saved = join(dir, 'report.pdf')
  const cli = await run(['result', handle, '--save', saved], {
    env: { SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: agent.token },
  })
  expect(cli).toMatchObject({ code: 0 })
  expect((await readFile(saved)).equals(file)).toBe(true)
  await rm(dir, { recursive: true })
})

test('is there for nobody but who got it, in the same words as nothing at all', async () => {
  const agent = await token()
  const asked = await agent.client.calls.create({ connector: 'crm', action: 'people', max_result_bytes: 5000 })
  const handle = 'rest' in asked ? (asked.rest?.handle ?? '') : ''
  expect((await agent.client.results.read(handle, { path: 'total' })).value).toBe(3000)
  const wrong = `${handle.slice(0, -1)}${handle.endsWith('0') ? '1' : '0'}`
  const refusals = await Promise.all(
    [handle, wrong].map((id) => owner.results.read(id).catch((error: Error) => error.message.replace(id, 'ID'))),
  )
  expect(refusals[0]).toMatch(/no result "ID"/)
  expect(refusals[0]).toBe(refusals[1])

  const { rows: stored } = await db.query('select sealed_result from sallyport.results where id = $1', [handle])
  expect(stored[0].sealed_result.includes('tangerine')).toBe(false)
  await db.query("update sallyport.results set expires_at = now() - interval '1 second' where id = $1", [handle])
  await expect(agent.client.results.read(handle)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
