import { describe, expect, test } from 'vitest'
import { createImporter } from '../src/connections/import/importer.ts'
import type { ImportJob } from '../src/connections/import/protocol.ts'
import { importEndpoints } from '../src/definition/import/by-hand.ts'
import { detectFormat, type Format } from '../src/definition/import/detect.ts'
import { importDetected } from '../src/definition/import/import-any.ts'
import { parseConnector } from '../src/definition/parse.ts'
import type { Egress } from '../src/egress/types.ts'

const json = JSON.stringify
const postman = { info: { name: 'Acme' }, item: [{ name: 'List', request: { method: 'GET', url: '{{base}}/a' } }] }
const har = {
  log: {
    entries: [
      {
        request: { method: 'GET', url: 'https://acme.test/a' },
        response: { status: 200, content: { mimeType: 'application/json' } },
      },
    ],
  },
}
const take = (text: string) => importDetected(text, detectFormat(text), { serverUrl: 'https://acme.test/graphql' })

describe('the format of a text', () => {
  test.each<[Format, string]>([
    ['openapi', '{"openapi":"3.1.0"}'],
    ['openapi', '{"info":{},"openapi":"3.1.0"}'],
    ['openapi', 'info:\n  description: |\n    curl https://acme.test\nopenapi: 3.1.0\n'],
    ['swagger', '# an API\nswagger: "2.0"\n'],
    ['postman', json(postman)],
    ['postman', json({ collection: postman })],
    ['har', json(har)],
    ['curl', 'curl https://acme.test'],
    ['curl', '# List\n\n$ curl https://acme.test -d \'{"openapi": 1}\''],
    ['curl', 'Ask like this:\n\n    curl https://acme.test'],
    ['graphql-sdl', '"""Root"""\ntype Query { a: Int }'],
    ['graphql-sdl', '# c\nschema { query: Q }\ntype Q { a: Int }'],
    ['graphql-introspection', '{"__schema":{}}'],
    ['graphql-introspection', '{"data":{"__schema":{}}}'],
    ['endpoints', '{"endpoints":[]}'],
    ['connector', '{"connector":"a","actions":{}}'],
    ['connector', 'name: A\nconnector: a\nactions: {}\n'],
    ['unknown', ''],
    ['unknown', '<html></html>'],
    ['unknown', '{"a":1'],
    ['unknown', '[1,2]'],
    ['unknown', 'hello'],
  ])('is %s', (format, text) => {
    const detected = detectFormat(text)
    expect(detected).toMatchObject({
      format,
      reason: expect.stringMatching(format === 'unknown' ? /Looked for: "openapi"/ : /^(It|A line|There)/),
    })
  })
})

describe('endpoints described by hand', () => {
  test('become actions: parameters where they belong, samples as schemas', () => {
    const { document, report } = importEndpoints({
      name: 'Acme CRM',
      endpoints: [
        {
          url: 'https://api.acme.test/users/{id}',
          parameters: [
            { name: 'id', type: 'string', description: 'Of the user' },
            { name: 'limit', type: 'integer', required: true },
          ],
          answer: { id: 'a', tags: [] },
        },
        {
          method: 'post',
          name: 'Add user',
          url: 'https://api.acme.test/users',
          headers: { 'X-Api-Key': 'hunter22', 'Acme-Version': '3' },
          body: '{"name": "Bob", "age": 3}',
          answer: '{"id": 1}',
        },
        {
          method: 'PUT',
          url: 'https://api.acme.test/users/7',
          auth: 'none',
          parameters: [{ name: 'name', required: true, example: 'Bob' }],
        },
      ],
    })
    parseConnector(document)
    expect(document).toMatchObject({ connector: 'acme_crm', auth: { x_api_key: { type: 'api_key', name: 'X-Api-Key' } } })
    expect(document.actions.get_users_id).toMatchObject({
      path: '/users/{id}',
      query: { limit: '{{limit}}' },
      input: {
        properties: { id: { type: 'string', description: 'Of the user' }, limit: { type: 'integer' } },
        required: ['id', 'limit'],
      },
      output: { properties: { id: { type: 'string' }, tags: { type: 'array' } } },
    })
    expect(document.actions.add_user).toMatchObject({
      body: { type: 'json', value: { name: '{{name}}', age: '{{age}}' } },
      headers: { 'Acme-Version': '{{Acme_Version}}' },
    })
    expect(document.actions.put_users_user_id).toMatchObject({
      body: { value: { name: '{{name}}' } },
      input: { required: ['user_id', 'name'] },
      auth: [],
    })
    expect(json([document, report])).not.toContain('hunter22')
  })

  test.each<[string, unknown, RegExp]>([
    ['nothing', { endpoints: [] }, /endpoints/],
    ['a strange key', { endpoints: [{ url: 'https://a.test', frob: 1 }] }, /\/endpoints\/0/],
    ['no address', { endpoints: [{ url: 'not an address' }] }, /\/endpoints\/0\/url/],
  ])('with %s are refused with the place', (_, source, problem) => {
    expect(() => importEndpoints(source)).toThrow(problem)
  })
})

describe('hostile input', () => {
  const deep = (depth: number) => `${'{"name":"f","item":['.repeat(depth)}${']}'.repeat(depth)}`
  const long = 'a'.repeat(3_000_000)
  const multiplying = json({
    info: { name: 'Acme' },
    item: [{ request: { method: 'POST', url: 'https://a.test/x', body: { mode: 'raw', raw: '{{a}}'.repeat(50_000) } } }],
    variable: [
      { key: 'a', value: '{{b}}'.repeat(300) },
      { key: 'b', value: '{{a}}'.repeat(300) },
    ],
  })
  test.each<[string, string, RegExp]>([
    ['a Postman collection with a forbidden key', `{"info":{},"item":[{"__proto__":{"x":1}}]}`, /__proto__|not a permitted key/],
    ['a HAR with a forbidden key', `{"log":{"entries":[{"__proto__":{"x":1}}]}}`, /not a permitted key/],
    ['folders in folders', `{"info":{},"item":[${deep(10_000)}]}`, /nested deeper/],
    ['a HAR with lists in lists', `{"log":{"entries":[${'['.repeat(10_000)}${']'.repeat(10_000)}]}}`, /nested deeper/],
    [
      'introspection with types in types',
      `{"__schema":{"types":[${'{"ofType":'.repeat(10_000)}1${'}'.repeat(10_000)}]}}`,
      /nested too deeply/,
    ],
    [
      'endpoints with samples in samples',
      `{"endpoints":[{"url":"https://a.test","body":${'['.repeat(10_000)}1${']'.repeat(10_000)}}]}`,
      /nested deeper/,
    ],
    ['a quote that never closes', `curl '${long}`, /not closed/],
    ['a quote that opens a million times', `curl ${`'"`.repeat(1_000_000)}`, /not closed|address/],
    ['a long address', `curl https://a.test/${long}`, /No curl command with an address/],
    ['a long SDL', `type Query { a: Int } ${'# '.repeat(9_000_000)}`, /longer than 16 MB/],
  ])('is refused with what to do: %s', (_, text, problem) => {
    expect(() => take(text)).toThrow(problem)
  })

  test.each<[string, string]>([
    ['a command of many words', `curl https://a.test/ ${'-H a:b '.repeat(200_000)}`],
    ['many words of one line', `curl https://a.test/ -d ${'a&'.repeat(1_000_000)}`],
    ['escapes', `curl https://a.test/ -d $'${"\\x41\\'".repeat(500_000)}'`],
    [
      'a sample with a forbidden key',
      `curl https://a.test/ -d '{"__proto__":{"x":1},"constructor":1}' -H 'Content-Type: application/json'`,
    ],
    ['variables that multiply', multiplying],
    ['a deep sample', `curl https://a.test/ --json '${'['.repeat(10_000)}${']'.repeat(10_000)}'`],
    [
      'names that objects inherit',
      `curl 'https://a.test/constructor/{__proto__}?toString=1&__proto__=2' -H 'constructor: 1' -d 'hasOwnProperty=1'`,
    ],
    ['variables in variables', json({ ...postman, variable: [{ key: 'base', value: 'https://{{base}}{{base}}' }] })],
    [
      'a sample of 3 MB',
      json({
        log: {
          entries: [
            {
              ...har.log.entries[0],
              response: { status: 200, content: { mimeType: 'application/json', text: json({ a: long }) } },
            },
          ],
        },
      }),
    ],
    [
      'keys that look like references',
      `curl https://a.test/ --json '{"$ref":"#/x","properties":{"$ref":{"$id":"y"}},"$id":"z"}'`,
    ],
    ['placeholders of templates', `curl https://a.test/ -H 'X-A: {{settings.x}}' --json '{"{{a}}":"{{b}}"}'`],
  ])('does no harm: %s', (_, text) => {
    const imported = take(text)
    expect(() => parseConnector(imported?.document)).not.toThrow()
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})

test('the thread takes every format, and environments beside a collection', async () => {
  const egress = { request: () => Promise.reject(new Error('nothing is fetched here')) } as unknown as Egress
  const importer = createImporter({ egress })
  const bytes = (text: string) => new TextEncoder().encode(text)
  const run = async (job: Partial<ImportJob>) => {
    const { json } = await importer.run({ want: 'draft', choice: {}, ...job })
    return JSON.parse(Buffer.from(json).toString('utf8')) as {
      document: { servers: object; actions: object }
      report: { format: string }
    }
  }
  expect((await run({ text: bytes('curl https://acme.test/a'), orConnector: true })).report.format).toBe('curl')
  expect((await run({ text: bytes('type Query { a: Int }'), serverUrl: 'https://acme.test/graphql' })).report.format).toBe(
    'GraphQL schema',
  )
  const environment = { name: 'Staging', values: [{ key: 'base', value: 'https://staging.acme.test' }] }
  const files = [
    { path: 'env.json', bytes: bytes(json(environment)) },
    { path: 'acme.json', bytes: bytes(json(postman)) },
  ]
  expect((await run({ files })).document.servers).toEqual({ staging: { url: 'https://staging.acme.test' } })
  await expect(run({ text: bytes('hello'), orConnector: true })).rejects.toMatchObject({
    detail: expect.stringContaining('curl commands'),
  })
})
