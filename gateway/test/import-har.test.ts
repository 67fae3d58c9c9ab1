import { describe, expect, test } from 'vitest'
import { importHar } from '../src/definition/import/har/har.ts'
import { parseConnector } from '../src/definition/parse.ts'

type Json = Record<string, unknown>
interface Told {
  readonly kind?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly post?: { readonly mimeType: string; readonly text?: string; readonly params?: readonly Json[] }
  readonly status?: number
  readonly type?: string
  readonly answer?: unknown
}
const base = 'https://api.acme.test'
function entry(method: string, url: string, told: Told = {}): Json {
  const headers = Object.entries(told.headers ?? {}).map(([name, value]) => ({ name, value }))
  return {
    _resourceType: told.kind ?? 'fetch',
    request: {
      method,
      url,
      headers,
      cookies: (told.cookies ?? []).map((name) => ({ name, value: 's3cr3tvalue' })),
      postData: told.post,
    },
    response: {
      status: told.status ?? 200,
      content: { mimeType: told.type ?? 'application/json', text: JSON.stringify(told.answer ?? {}) },
    },
  }
}
function imported(...entries: readonly Json[]) {
  const { document, report } = importHar({ log: { version: '1.2', entries } })
  parseConnector(document)
  return { document, report, action: Object.values(document.actions)[0] }
}
const json = (value: unknown) => ({ mimeType: 'application/json', text: JSON.stringify(value) })

describe('a recording', () => {
  test('makes one action of requests that differ in ids and values', () => {
    const { document, report, action } = imported(
      entry('GET', `${base}/v1/users/17/orders?limit=5`, { answer: { id: 17, name: 'A', note: null } }),
      entry('GET', `${base}/v1/users/18/orders?limit=x&page=2`, { answer: { id: 18, name: null, tags: ['x'] } }),
      entry('GET', `${base}/v1/users/8f14e45f-ceea-467f-9b0d-2a1b2c3d4e5f/orders`, { status: 404, answer: { error: 'no' } }),
    )
    expect(Object.keys(document.actions)).toEqual(['get_v1_users_user_id_orders'])
    expect(action).toMatchObject({
      path: '/v1/users/{user_id}/orders',
      input: {
        properties: {
          user_id: { type: ['integer', 'string'] },
          limit: { type: ['integer', 'string'] },
          page: { type: 'integer' },
        },
      },
      output: { properties: { id: { type: 'integer' }, name: { type: ['string', 'null'] }, tags: { type: 'array' } } },
      errors: { 404: { schema: { properties: { error: { type: 'string' } } } } },
    })
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'requests_united', pointer: '/log/entries/0' }))
  })

  test.each<[string, string, string]>([
    ['a number', '/items/42', '/items/{item_id}'],
    ['a UUID', '/items/8f14e45f-ceea-467f-9b0d-2a1b2c3d4e5f', '/items/{item_id}'],
    ['an ObjectId', '/items/507f1f77bcf86cd799439011', '/items/{item_id}'],
    ['an id with a prefix', '/customers/cus_9s6XKzkNRiz8i3', '/customers/{customer_id}'],
    ['a random text', '/files/dQw4w9WgXcQ', '/files/{file_id}'],
    ['an address', '/people/joe@acme.test', '/people/{people_id}'],
    ['ids in a row', '/companies/7/boxes/9/categories/3', '/companies/{company_id}/boxes/{box_id}/categories/{category_id}'],
    ['a word', '/items/search', '/items/search'],
    ['a version', '/v2/items', '/v2/items'],
  ])('knows %s in a path', (_, path, template) => {
    expect(imported(entry('GET', base + path)).action?.path).toBe(template)
  })

  test('never keeps a credential, wherever it was', () => {
    const { document, report } = imported(
      entry('POST', `${base}/things?access_token=s3cr3tvalue&sort=up`, {
        headers: {
          Authorization: 'Bearer s3cr3tvalue',
          Cookie: 'sid=s3cr3tvalue; _ga=s3cr3tvalue',
          'X-CSRF-Token': 's3cr3tvalue',
          'User-Agent': 'Mozilla',
          'sec-ch-ua': 'x',
        },
        post: json({ name: 'n', password: 's3cr3tvalue', deep: [{ refresh_token: 's3cr3tvalue' }] }),
        answer: { token: 's3cr3tvalue', key: 'AKIAs3cr3tvalue', jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.s3cr3tvalue' },
      }),
      entry('GET', `${base}/things`, { cookies: ['session'] }),
    )
    expect(JSON.stringify([document, report])).not.toContain('s3cr3tvalue')
    expect(document.auth).toMatchObject({
      bearer: { type: 'bearer' },
      sid: { type: 'api_key', in: 'cookie', name: 'sid' },
      x_csrf_token: { type: 'api_key', in: 'header', name: 'X-CSRF-Token' },
      access_token: { type: 'api_key', in: 'query', name: 'access_token' },
    })
    expect(document.actions.post_things).toMatchObject({ query: { sort: '{{sort}}' } })
    expect(document.actions.post_things?.headers).toBeUndefined()
    expect(report.entries.filter(({ code }) => code === 'parameter_is_credential').length).toBeGreaterThan(4)
  })

  test('shows no one what a person was answered', () => {
    const { action } = imported(entry('GET', `${base}/me`, { answer: { name: 'Jane Roe' } }))
    expect(JSON.stringify(action)).not.toContain('Jane Roe')
  })

  test('takes requests of programs only, and names each of the others with its reason', () => {
    const { report } = imported(
      entry('GET', `${base}/a`),
      entry('GET', `${base}/page`, { kind: 'document', type: 'text/html' }),
      entry('GET', `${base}/x.png?token=s3cr3tvalue`, { kind: 'image', type: 'image/png' }),
      entry('OPTIONS', `${base}/a`),
      entry('GET', `${base}/text`, { type: 'text/plain' }),
      entry('GET', 'https://tracker.test/t'),
      entry('GET', `${base}/events`, { type: 'text/event-stream' }),
    )
    expect(report).toMatchObject({ operations: 7, imported: 1 })
    const skipped = report.entries.filter(({ code }) => code === 'operation_not_imported')
    expect(skipped.map(({ pointer }) => pointer).sort()).toEqual([1, 2, 3, 4, 5, 6].map((index) => `/log/entries/${index}`))
    expect(JSON.stringify(report)).not.toContain('s3cr3tvalue')
  })

  test('keeps forms and files of what was sent', () => {
    const params = [
      { name: 'a', value: '1' },
      { name: 'f', fileName: 'x.png' },
    ]
    const { document } = imported(
      entry('POST', `${base}/form`, { post: { mimeType: 'application/x-www-form-urlencoded', text: 'a=1&b=x' } }),
      entry('POST', `${base}/parts`, { post: { mimeType: 'multipart/form-data; boundary=x', params } }),
    )
    expect(document.actions.post_form?.body).toEqual({ type: 'form', value: { a: '{{a}}', b: '{{b}}' } })
    expect(document.actions.post_parts?.body).toMatchObject({ type: 'multipart', value: { a: '{{a}}', f: '{{f}}' } })
  })

  test('without a request of an API is refused with what to do', () => {
    expect(() => imported(entry('GET', `${base}/p`, { kind: 'document', type: 'text/html' }))).toThrow(/Record while the page/)
  })
})
