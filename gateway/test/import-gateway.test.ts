import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'
import { smallSpec } from './support/small-spec.ts'

/** Imports through the API: read in a thread of their own, within budgets, from one file or many, previewed, chosen, created. */

let gateway: GatewayProcess
let host: Server
let origin: string
/** What the host answers, by path. */
const served = new Map<string, string>()
const asked: string[] = []

beforeAll(async () => {
  gateway = await startGatewayProcess()
  host = createServer((request, response) => {
    asked.push(request.url ?? '')
    const text = served.get(request.url ?? '')
    response.writeHead(text === undefined ? 404 : 200).end(text)
  })
  host.listen(0, '127.0.0.1')
  await once(host, 'listening')
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
})

afterAll(async () => {
  host?.close()
  await gateway?.stop()
  if (gateway !== undefined) await removeDataDir(gateway.dataDir)
})

const api = () => gateway.client().connectors
const ok = { responses: { 200: { description: 'ok' } } }
const spec = (paths: Record<string, unknown>, more = {}) => JSON.stringify(smallSpec(paths, more))

/** The sentence an import is refused with. */
async function refusal(body: Parameters<ReturnType<typeof api>['preview']>[0]): Promise<{ code: string; detail: string }> {
  const outcome = await api()
    .preview(body)
    .catch((error: { code: string; detail: string }) => error)
  if (!('detail' in outcome)) throw new Error('it was imported')
  return outcome
}

describe('a large document', () => {
  /** 20 MB of operations. */
  const large = () => {
    const description = 'An operation with many words about it. '.repeat(20)
    const paths: Record<string, unknown> = {}
    for (let index = 0; index < 16_000; index++)
      paths[`/r${index % 400}/{id}/p${index}`] = {
        get: {
          operationId: `op${index}`,
          summary: `Reads ${index}`,
          tags: [`t${index % 40}`],
          description,
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'q', in: 'query', description: description.slice(0, 200), schema: { type: 'string' } },
          ],
          ...ok,
        },
      }
    return spec(paths)
  }

  test('of 16,000 operations is previewed with its progress, while the gateway answers others', async () => {
    const text = large()
    expect(text.length).toBeGreaterThan(20_000_000)
    const order: string[] = []
    const client = gateway.client()
    const preview = api().preview({ text }, ({ stage, done }) => {
      order.push(stage === 'operations' ? `${stage} ${done}` : stage)
      // The thread has the document now and is parsing it.
      if (stage === 'read') void client.session.get().then(() => order.push('another request'))
    })
    const { operations, tags, proposal, report } = await preview
    expect(order.indexOf('another request')).toBeGreaterThan(order.indexOf('read'))
    expect(order.indexOf('another request')).toBeLessThan(order.indexOf('operations 16000'))
    expect(order.at(-1)).toBe('operations 16000')
    expect(operations).toHaveLength(16_000)
    expect(tags).toHaveLength(40)
    expect(proposal).toHaveLength(30)
    expect(report).toMatchObject({ operations: 16_000, imported: 16_000 })
  })
})

describe('a choice', () => {
  const paths = {
    '/customers': {
      get: { operationId: 'listCustomers', summary: 'List customers', tags: ['crm'], ...ok },
      post: {
        operationId: 'addCustomer',
        tags: ['crm'],
        requestBody: { content: { 'application/json': { schema: { type: 'object' } }, 'application/xml': {} } },
        ...ok,
      },
    },
    '/invoices/{id}': {
      delete: {
        operationId: 'removeInvoice',
        tags: ['billing'],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        ...ok,
      },
    },
    '/odd': { trace: ok },
  }

  test('is made from a preview that shows every operation, what speaks against it, and where to begin', async () => {
    const preview = await api().preview({ text: spec(paths, { tags: [{ name: 'crm', description: 'Customers.' }] }) })
    expect(preview.operations.map(({ action, effect, tags }) => [action, effect, tags[0]])).toEqual([
      ['list_customers', 'read', 'crm'],
      ['add_customer', 'write', 'crm'],
      ['remove_invoice', 'destructive', 'billing'],
    ])
    // What each costs as a tool: its name, description and schema.
    for (const { tokens } of preview.operations) expect(tokens).toBeGreaterThan(15)
    expect(preview.operations[1]?.content_types).toEqual(['application/json', 'application/xml'])
    expect(preview.tags).toEqual([
      { name: 'crm', description: 'Customers.', operations: 2 },
      { name: 'billing', operations: 1 },
    ])
    expect(preview.proposal.map(({ action }) => action)).toEqual(['list_customers', 'add_customer'])
    expect(preview.proposal[0]?.reason).toMatch(/Lists customers, which 2 operations are about/)
    expect(preview.report.entries).toContainEqual(
      expect.objectContaining({ code: 'operation_not_imported', pointer: '/paths/~1odd/trace' }),
    )
  })

  test('by tag, effect or words, with new names and other content types, makes the connector', async () => {
    const made = await api().create({
      text: spec(paths),
      connector: 'chosen',
      tags: ['CRM'],
      rename: { add_customer: 'new_customer' },
      content_types: { add_customer: 'application/xml' },
    })
    expect(made.actions).toEqual(['list_customers', 'new_customer'])
    const document = (await api().get('chosen')) as { actions: Record<string, { body?: unknown }> }
    expect(document.actions.new_customer?.body).toMatchObject({ type: 'xml' })
    const draft = async (choice: object) =>
      Object.keys(((await api().parse({ text: spec(paths), ...choice })).document as typeof document).actions)
    expect(await draft({ read_only: true })).toEqual(['list_customers'])
    expect(await draft({ search: 'invoice' })).toEqual(['remove_invoice'])
    expect(await refusal({ text: spec(paths), rename: { add_customer: 'list_customers' } })).toMatchObject({
      detail: expect.stringMatching(/Two actions would be named "list_customers"/),
    })
    expect(await refusal({ text: spec(paths), select: ['list_custmers'] })).toMatchObject({
      detail: expect.stringMatching(/Did you mean list_customers\?/),
    })
  })
})

describe('several files', () => {
  const files = {
    'api/openapi.yaml': [
      'openapi: 3.1.0',
      'info: { title: Split }',
      'servers: [{ url: https://api.acme.test }]',
      'paths:',
      '  /pets/{id}: { $ref: "paths/pet.yaml" }',
    ].join('\n'),
    'api/paths/pet.yaml': [
      'get:',
      '  operationId: getPet',
      '  parameters: [{ $ref: "../shared.json#/parameters/id" }]',
      '  responses: { "200": { description: ok, content: { application/json: { schema: { $ref: ../schemas/Pet.yaml } } } } }',
    ].join('\n'),
    'api/shared.json': JSON.stringify({
      parameters: { id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
    }),
    'api/schemas/Pet.yaml':
      'type: object\nproperties:\n  name: { type: string }\n  parent: { $ref: "#" }\n  friends: { type: array, items: { $ref: Pet.yaml } }\n  lost: { $ref: "../../secret.yaml#/A" }',
  }
  type Draft = { schemas?: Record<string, unknown>; actions: Record<string, { output?: unknown; path: string }> }

  test.each([
    ['texts by path', () => ({ files })],
    [
      'a zip',
      () => ({
        zip: Buffer.from(
          zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))),
        ).toString('base64'),
      }),
    ],
  ])('as %s are one document', async (_, source) => {
    const { document, report } = await api().parse(source())
    const { actions, schemas } = document as Draft
    expect(actions.get_pet).toMatchObject({ path: '/pets/{id}', output: { $ref: '#/schemas/Pet' } })
    expect(schemas).toEqual({
      Pet: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          parent: { $ref: '#/schemas/Pet' },
          friends: { type: 'array', items: { $ref: '#/schemas/Pet' } },
          lost: {},
        },
      },
    })
    expect(report.entries).toEqual([
      expect.objectContaining({
        code: 'reference_lost',
        pointer: 'api/schemas/Pet.yaml#/properties/lost/$ref',
        message: expect.stringMatching(/"secret\.yaml", which was not given/),
      }),
    ])
  })

  test('at addresses are fetched through the door, relative to where the document lies, and what cannot be had is named', async () => {
    served.set(
      '/v1/openapi.json',
      JSON.stringify({
        openapi: '3.0.3',
        info: { title: 'Far' },
        servers: [{ url: '/v1' }],
        paths: {
          '/a': {
            get: {
              parameters: [
                { $ref: 'parts/p.yaml#/q' },
                { $ref: 'parts/none.yaml#/q' },
                { $ref: 'http://169.254.169.254/latest#/q' },
              ],
              ...ok,
            },
          },
        },
      }),
    )
    served.set('/v1/parts/p.yaml', 'q: { name: q, in: query, schema: { $ref: "s.yaml" } }')
    served.set('/v1/parts/s.yaml', 'type: integer')
    const { document, report } = await api().parse({ url: `${origin}/v1/openapi.json` })
    expect(document).toMatchObject({ servers: { production: { url: `${origin}/v1` } }, schemas: { s: { type: 'integer' } } })
    expect(asked).toEqual(['/v1/openapi.json', '/v1/parts/p.yaml', '/v1/parts/none.yaml', '/v1/parts/s.yaml'])
    expect(report.entries.filter(({ code }) => code === 'reference_lost').map(({ message }) => message)).toEqual([
      expect.stringMatching(/parts\/none\.yaml.*answered 404/),
      expect.stringMatching(/169\.254\.169\.254.*could not be fetched/),
    ])
  })

  test('are never read from the disk of the gateway', async () => {
    const paths = { '/a': { get: { parameters: [{ $ref: 'file:///etc/passwd' }, { $ref: '/etc/hostname' }], ...ok } } }
    const { report } = await api().parse({ text: spec(paths) })
    expect(report.entries.map(({ message }) => message)).toEqual([
      expect.stringMatching(/never read/),
      expect.stringMatching(/was not given/),
    ])
  })
})

describe('a hostile document', () => {
  const letters = [...'abcdefghij']
  const laughs = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...letters.slice(1).map((name, index) => `${name}: &${name} [${Array(9).fill(`*${letters[index]}`)}]`),
  ]
  const zeros = zipSync({ 'openapi.json': new Uint8Array(80 * 1024 * 1024) })

  test.each([
    ['laughs a billion times', () => ({ text: `openapi: 3.0.0\n${laughs.join('\n')}` }), /alias/i],
    ['contains itself', () => ({ text: 'openapi: 3.0.0\npaths: &a { b: *a }' }), /contains itself/],
    [
      'is nested without end',
      () => ({ text: `{"openapi":"3.0.0","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}` }),
      /nested (deeper|too deeply)/,
    ],
    [
      'is nested without end in YAML',
      () => ({ text: `openapi: 3.0.0\nx: ${'['.repeat(100_000)}` }),
      /nested|not valid YAML|took longer/,
    ],
    [
      'sets a prototype',
      () => ({ text: '{"openapi":"3.0.0","paths":{"/a":{"__proto__":{"get":{}}}}}' }),
      /"__proto__" at \/paths\/~1a/,
    ],
    [
      'has a name that regular expressions choke on',
      () => ({ text: spec({ '/a': { get: { operationId: `${'_'.repeat(600_000)}!`, ...ok } } }) }),
      /.*/,
    ],
    [
      'has a pattern that regular expressions choke on',
      () => ({
        text: spec({
          '/a': {
            get: {
              parameters: [
                { name: 'a', in: 'query', schema: { type: 'string', pattern: '^(a+)+$' }, example: `${'a'.repeat(60)}!` },
              ],
              ...ok,
            },
          },
        }),
      }),
      null,
    ],
    ['unpacks to far more than it is', () => ({ zip: Buffer.from(zeros).toString('base64') }), /more than .* MB of JSON/],
    ['is no zip', () => ({ zip: Buffer.from('PK\x03\x04 nonsense').toString('base64') }), /no zip file/],
  ])('that %s is refused with a sentence, and costs the gateway nothing', async (_, source, sentence) => {
    const result = await api()
      .preview(source())
      .catch((error: { detail?: string }) => error)
    if (sentence !== null && 'detail' in result) expect(result.detail).toMatch(sentence)
    else expect(result).toHaveProperty('operations')
    expect(await gateway.client().session.get()).toMatchObject({ caller: { kind: 'token' } })
  })
})

describe('a broken document is refused with its place and what to do:', () => {
  const json = '{\n  "openapi": "3.0.3",\n  "info": {,}\n}'
  test.each([
    ['JSON with a comma too many', { text: json }, /not valid JSON.*line 3 column 12.*Correct it/],
    ['YAML with a bracket too few', { text: 'openapi: 3.0.3\npaths: [' }, /line 2, column 9.*Correct it/],
    ['a key given twice', { text: 'openapi: 3.0.3\ninfo: {}\ninfo: {}' }, /line 3, column 1.*unique.*Correct it/],
    ['a web page', { spec: '<!doctype html><title>API</title>' }, /HTML page.*Pass the document itself/],
    ['another version', { text: '{"openapi":"5.0.0","paths":{}}' }, /At \/openapi the version is "5\.0\.0".*convert/],
    ['no paths', { text: '{"openapi":"3.0.3","info":{}}' }, /at \/paths it has no paths.*Pass the document/],
    [
      'no server',
      { text: JSON.stringify({ openapi: '3.0.3', paths: { '/a': { get: ok } } }) },
      /names no server\. Pass server_url/,
    ],
    [
      'a relative server',
      { text: JSON.stringify({ openapi: '3.0.3', servers: [{ url: '/v1' }], paths: { '/a': { get: ok } } }) },
      /only as "\/v1".*Pass server_url/,
    ],
    [
      'only operations that cannot be called',
      { text: spec({ '/a/{id': { get: ok } }) },
      /at \/paths\/~1a~1\{id\/get.*a brace without its partner/,
    ],
    [
      'only webhooks',
      { text: JSON.stringify({ openapi: '3.1.0', webhooks: { a: { post: {} } } }) },
      /at \/paths it has only webhooks/,
    ],
    [
      'files of which none is the document',
      { files: { 'a.yaml': 'type: object' } },
      /None of the 1 files is an API document.*root/,
    ],
    [
      'files of which two are the document',
      { files: { 'a.json': spec({ '/a': { get: ok } }), 'b.json': spec({ '/a': { get: ok } }) } },
      /a\.json, b\.json\. Say which with root/,
    ],
  ])('%s', async (_, source, sentence) => {
    expect(await refusal(source)).toMatchObject({ code: 'INVALID_INPUT', detail: expect.stringMatching(sentence) })
  })
})

test('what is imported is called as its document says: at a server of its own, with credentials side by side', async () => {
  const seen: { url?: string | undefined; authorization?: string | undefined; cookie?: string | undefined }[] = []
  const other = createServer((request, response) => {
    const { authorization, cookie } = request.headers
    seen.push({ url: request.url, authorization, cookie })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  try {
    const upload = `http://127.0.0.1:${(other.address() as AddressInfo).port}/upload`
    const client = gateway.client()
    const { actions } = await client.connectors.create({
      connector: 'combined',
      spec: {
        openapi: '3.1.0',
        info: { title: 'Combined' },
        servers: [{ url: origin }],
        security: [{ user: [], key: [], session: [] }],
        paths: { '/file': { get: { servers: [{ url: upload }], ...ok } } },
        components: {
          securitySchemes: {
            user: { type: 'http', scheme: 'basic' },
            key: { type: 'apiKey', in: 'query', name: 'k' },
            session: { type: 'apiKey', in: 'cookie', name: 'sid' },
          },
        },
      },
    })
    expect(actions).toEqual(['get_file'])
    const fields = { 'user.username': 'ada', 'user.password': 'pw-of-ada', 'key.key': 'key-value', 'session.key': 'sid-value' }
    const connection = await client.connections.create({
      connector: 'combined',
      auth: { scheme: 'user_and_key_and_session', fields },
    })
    expect(connection.auth).toMatchObject({
      type: 'all',
      label: 'Basic and API key (k) and API key (sid)',
      fields: Object.keys(fields).map((name) => expect.objectContaining({ name })),
    })
    expect(await client.calls.create({ connector: 'combined', action: 'get_file', input: {} })).toMatchObject({ success: true })
    expect(seen).toEqual([
      {
        url: '/upload/file?k=key-value',
        authorization: `Basic ${Buffer.from('ada:pw-of-ada').toString('base64')}`,
        cookie: 'sid=sid-value',
      },
    ])
  } finally {
    other.close()
  }
})
