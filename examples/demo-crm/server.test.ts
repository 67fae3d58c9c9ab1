import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DemoCrm, startDemoCrm } from './server.ts'

interface Operation {
  readonly operationId: string
  readonly security?: readonly unknown[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example: unknown } } }
  readonly responses: Readonly<Record<string, unknown>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const key = 'key-of-the-test'
const document = JSON.parse(await readFile(new URL('openapi.json', import.meta.url), 'utf8')) as Document
const methods = ['get', 'post', 'patch', 'delete']
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = item[method]
    return operation === undefined ? [] : [{ method: method.toUpperCase(), path, ...operation }]
  }),
)
// The customer that each operation acts on: one of its own, so that deleting disturbs nobody.
const target = (path: string, index: number) => path.replace('{customer_id}', `cus_${String(index + 1).padStart(4, '0')}`)
const quick: Readonly<Record<string, string>> = { slow: '?ms=1', oversized: '?megabytes=1' }

let crm: DemoCrm
beforeAll(async () => {
  crm = await startDemoCrm({ apiKey: key })
})
afterAll(() => crm.close())

describe('the demo CRM', () => {
  const cases = operations.map((operation, index) => ({ ...operation, index }))
  test.each(cases)(
    'answers $operationId as its document says',
    async ({ method, path, operationId, requestBody, responses, index }) => {
      const response = await fetch(`${crm.url}${target(path, index)}${quick[operationId] ?? ''}`, {
        method,
        headers: { 'x-api-key': key },
        ...(requestBody === undefined ? {} : { body: JSON.stringify(requestBody.content['application/json'].example) }),
      })
      await response.arrayBuffer()
      const [first = ''] = Object.keys(responses).filter((status) => !status.startsWith('4'))
      expect(String(response.status)).toMatch(new RegExp(`^${first.replace('XX', '..')}$`))
    },
  )

  test.each(cases.filter(({ security }) => security === undefined))(
    'refuses $operationId without the key',
    async ({ method, path }) => {
      const response = await fetch(crm.url + target(path, 0), { method, headers: { 'x-api-key': `${key}x` } })
      expect(response.status).toBe(401)
    },
  )

  test('serves its document with the address it listens on', async () => {
    const served = await fetch(`${crm.url}/openapi.json`)
    expect(await served.json()).toEqual({ ...document, servers: [{ url: crm.url }] })
  })

  test('gives every customer exactly once over its pages', async () => {
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const after: string = cursor === '' ? '' : `&cursor=${cursor}`
      const answer = await fetch(`${crm.url}/customers?query=.example&limit=7${after}`, { headers: { 'x-api-key': key } })
      const page = (await answer.json()) as { items: { id: string }[]; next_cursor: string | null }
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(seen.length).toBeGreaterThan(30)
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('keeps serving after a client hung up on an oversized answer', async () => {
    const answer = await fetch(`${crm.url}/oversized?megabytes=1000`, { headers: { 'x-api-key': key } })
    await answer.body?.cancel()
    expect((await fetch(`${crm.url}/health`)).status).toBe(200)
  })
})
