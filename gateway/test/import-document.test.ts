import { describe, expect, test } from 'vitest'
import { proposeSlug } from '../src/definition/import/names.ts'
import { importOpenApi } from '../src/definition/import/openapi.ts'
import { importFirst, importOne, smallSpec } from './support/small-spec.ts'

const ok = { responses: { 200: { description: 'ok' } } }
const namesOf = (paths: Record<string, unknown>) => Object.keys(importOpenApi(smallSpec(paths)).document.actions)

describe('names', () => {
  test.each([
    ['getCustomerById', 'get_customer_by_id'],
    ['repos/list-for-org', 'repos_list_for_org'],
    ['GetURLInfo', 'get_url_info'],
    ['pets.findByStatus', 'pets_find_by_status'],
    ['Ünïcode Größe', 'unicode_gro_e'],
    ['2fa-enable', 'op_2fa_enable'],
    ['顧客', 'get_a_id_b'],
    [undefined, 'get_a_id_b'],
  ])('of actions come from the operationId: %s', (operationId, name) => {
    expect(namesOf({ '/a/{id}/b': { get: { operationId, ...ok } } })).toEqual([name])
  })

  test('are at most 64 characters, unique, and numbered in the report', () => {
    const operationId = 'x'.repeat(80)
    const { document, report } = importOpenApi(smallSpec({ '/a': { get: { operationId, ...ok }, post: { operationId, ...ok } } }))
    expect(Object.keys(document.actions)).toEqual(['x'.repeat(64), `${'x'.repeat(62)}_2`])
    expect(report.entries).toMatchObject([{ operation: `${'x'.repeat(62)}_2`, level: 'adjusted', pointer: '/paths/~1a/post' }])
  })

  test('of connectors are proposed from the title', () => {
    expect(proposeSlug('My Company CRM (v2)')).toBe('my_company_crm_v2')
    expect(proposeSlug('1Forge Finance')).toBe('forge_finance')
    expect(proposeSlug('顧客')).toBe('api')
    expect(proposeSlug('a'.repeat(100))).toHaveLength(63)
    const { document } = importOpenApi(smallSpec({ '/a': { get: ok } }))
    expect(document).toMatchObject({ connector: 'acme', name: 'Acme' })
    expect(importOpenApi(smallSpec({ '/a': { get: ok } }), { connector: 'mine', name: 'Mine' }).document).toMatchObject({
      connector: 'mine',
      name: 'Mine',
    })
  })
})

describe('an action', () => {
  test('carries title, description, tags and deprecation, and its effect follows from the method', () => {
    const { action } = importOne({ summary: ' Make it ', description: 'Makes a thing.', tags: ['things'], deprecated: true })
    expect(action).toMatchObject({
      title: 'Make it',
      description: 'Makes a thing.',
      tags: ['things'],
      deprecated: true,
      method: 'POST',
      path: '/things',
    })
    expect(action.effect).toBeUndefined()
  })

  test('takes title and description of the path when it has none', () => {
    expect(importOne({}, {}, { item: { summary: 'Things', description: 'All of them.' } }).action).toMatchObject({
      title: 'Things',
      description: 'All of them.',
    })
  })

  test('has a description of at most 2 KB that ends with a sentence, and the report says so', () => {
    const { action, report } = importOne({ description: 'This sentence has forty-eight characters in it. '.repeat(100) })
    expect(action.description?.length).toBeLessThanOrEqual(2048)
    expect(action.description).toMatch(/in it\.$/)
    expect(report.entries).toMatchObject([
      { operation: 'post_things', pointer: '/paths/~1things/post/description', level: 'adjusted' },
    ])
  })

  test('has the first JSON answer of class 2xx as its output, never the default one', () => {
    const json = (schema: unknown) => ({ description: '', content: { 'application/json': { schema } } })
    expect(
      importOne({ responses: { 404: json({ type: 'null' }), default: json({ type: 'boolean' }), 201: json({ type: 'string' }) } })
        .action.output,
    ).toEqual({ type: 'string' })
    expect(importOne({ responses: { '2XX': json({ type: 'integer' }) } }).action.output).toEqual({ type: 'integer' })
    expect(importOne({ responses: { default: json({ type: 'boolean' }) } }).action.output).toBeUndefined()
    expect(
      importOne({
        responses: { 200: { description: 'x', content: { 'application/problem+json': { schema: { type: 'object' } } } } },
      }).action.output,
    ).toEqual({ type: 'object' })
  })

  test('accepts any of several answers that differ', () => {
    const json = (schema: unknown) => ({ description: '', content: { 'application/json': { schema } } })
    const { action, report } = importOne({
      responses: { 200: json({ type: 'string' }), 202: json({ type: 'integer' }), 204: { description: '' } },
    })
    expect(action.output).toEqual({ anyOf: [{ type: 'string' }, { type: 'integer' }] })
    expect(report.entries).toMatchObject([{ pointer: '/paths/~1things/post/responses', level: 'adjusted' }])
  })

  test('asks for what the API offers when that is not plain JSON', () => {
    const offering = (...types: string[]) =>
      importOne({ responses: { 200: { description: '', content: Object.fromEntries(types.map((type) => [type, {}])) } } }).action
        .headers
    expect(offering('text/csv')).toEqual({ Accept: 'text/csv' })
    expect(offering('application/vnd.acme+json')).toEqual({ Accept: 'application/vnd.acme+json' })
    expect(offering('application/json', 'text/csv')).toBeUndefined()
    expect(offering('*/*')).toBeUndefined()
  })

  test('has an example when the document has one for everything required', () => {
    const { action } = importOne({
      parameters: [{ name: 'id', in: 'query', required: true, schema: { type: 'string' }, example: 'c_1' }],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'object', properties: { name: { type: 'string' } } },
            examples: { one: { value: { name: 'Ada' } } },
          },
        },
      },
      responses: {
        200: { description: '', content: { 'application/json': { example: { ok: true }, schema: { type: 'object' } } } },
      },
    })
    expect(action.examples).toEqual([{ input: { id: 'c_1', name: 'Ada' }, output: { ok: true } }])
    const { action: without } = importOne({
      parameters: [
        { name: 'id', in: 'query', required: true, schema: { type: 'string' } },
        { name: 'a', in: 'query', example: 'x' },
      ],
    })
    expect(without.examples).toBeUndefined()
  })
})

describe('servers', () => {
  const serversOf = (servers: unknown, serverUrl?: string) =>
    importFirst(smallSpec({ '/a': { get: ok } }, { servers }), serverUrl === undefined ? {} : { serverUrl })

  test('become environments by what their description or address says', () => {
    const { document } = serversOf([
      { url: 'https://api.acme.test/' },
      { url: 'https://sandbox.acme.test', description: 'Try it' },
      { url: 'https://eu.acme.test', description: 'Europe (Frankfurt)' },
      { url: 'https://stg.acme.test' },
      { url: 'https://x.acme.test', description: 'Staging' },
    ])
    expect(Object.entries(document.servers).map(([name, server]) => [name, server.url])).toEqual([
      ['production', 'https://api.acme.test'],
      ['sandbox', 'https://sandbox.acme.test'],
      ['europe_frankfurt', 'https://eu.acme.test'],
      ['staging', 'https://stg.acme.test'],
      ['staging_2', 'https://x.acme.test'],
    ])
  })

  test('the first is no production when it says it is not', () => {
    expect(Object.keys(serversOf([{ url: 'https://api.acme.test', description: 'Sandbox server' }]).document.servers)).toEqual([
      'sandbox',
    ])
  })

  test('keep their variables, and undeclared ones are asked for', () => {
    const { document, messages } = serversOf([
      {
        url: 'https://{tenant}.acme.test/{version}',
        variables: { version: { default: 'v2', enum: ['v1', 'v2'], description: 'API version' } },
      },
    ])
    expect(document.servers.production).toEqual({
      url: 'https://{tenant}.acme.test/{version}',
      variables: { tenant: {}, version: { default: 'v2', enum: ['v1', 'v2'], description: 'API version' } },
    })
    expect(messages).toEqual([expect.stringMatching(/"tenant".*not declared/)])
  })

  test('that are relative start from server_url', () => {
    expect(serversOf([{ url: '/v2/{region}' }], 'https://acme.test/docs/openapi.json').document.servers.production?.url).toBe(
      'https://acme.test/v2/{region}',
    )
    expect(serversOf([{ url: 'v2' }], 'https://acme.test/docs/').document.servers.production?.url).toBe(
      'https://acme.test/docs/v2',
    )
    expect(serversOf([{}], 'https://acme.test/v1/').document.servers.production?.url).toBe('https://acme.test')
    expect(serversOf(undefined, 'https://acme.test/v1/').document.servers).toEqual({
      production: { url: 'https://acme.test/v1' },
    })
  })

  test.each([
    ['without any server', undefined, undefined, /names no server\. Pass server_url/],
    ['with a relative server only', [{ url: '/v1' }], undefined, /only as "\/v1".*Pass server_url/],
    ['with a server_url that is none', undefined, 'acme.test', /absolute http or https/],
  ])('are asked for %s', (_, servers, serverUrl, detail) => {
    expect(() => serversOf(servers, serverUrl)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', detail: expect.stringMatching(detail) }),
    )
  })

  test('are taken with https where listed with both, once, and not at all when no URL can come of them', () => {
    const { document, report } = serversOf([
      { url: 'http://acme.test' },
      { url: 'https://acme.test' },
      { url: 'https://acme.test/' },
      { url: 'https://user:pw@acme.test' },
    ])
    expect(document.servers).toEqual({ production: { url: 'https://acme.test' } })
    expect(report.entries.map(({ pointer, level }) => [pointer, level])).toEqual([
      ['/servers/0', 'adjusted'],
      ['/servers/2', 'adjusted'],
      ['/servers/3', 'skipped'],
    ])
  })

  test('without encryption are pointed out', () => {
    expect(serversOf([{ url: 'http://acme.test' }]).report.entries).toMatchObject([{ level: 'warning', pointer: '/servers/0' }])
  })

  test('of single operations and paths go with their actions, and are pointed out', () => {
    const upload = [
      { url: 'https://upload.acme.test' },
      { url: 'https://{region}.sandbox.acme.test', variables: { region: { default: 'eu' } } },
    ]
    const { action, report } = importOne({ servers: upload })
    expect(action.servers).toEqual({
      production: { url: 'https://upload.acme.test' },
      sandbox: { url: 'https://{region}.sandbox.acme.test', variables: { region: { default: 'eu' } } },
    })
    expect(report.entries).toMatchObject([
      { level: 'warning', code: 'server_of_its_own', operation: 'post_things', pointer: '/paths/~1things/post/servers' },
    ])
    expect(importOne({}, {}, { item: { servers: upload } }).action.servers).toEqual(action.servers)
    expect(importOne({ servers: [{ url: 'https://api.acme.test/v1' }] }).report.entries).toEqual([])
  })
})

describe('choosing', () => {
  const paths = {
    '/a': { get: { operationId: 'getA', ...ok }, put: { operationId: 'putA', ...ok } },
    '/b': { get: { operationId: 'get-a', ...ok } },
  }

  test('keeps the chosen actions, by name or operationId, under the names they have in a full import', () => {
    const { document, report } = importOpenApi(smallSpec(paths), { choice: { select: ['get_a_2', 'putA', 'nothing'] } })
    expect(Object.keys(document.actions)).toEqual(['put_a', 'get_a_2'])
    expect(report).toMatchObject({ operations: 3, imported: 2 })
    expect(report.entries).toContainEqual(expect.objectContaining({ operation: 'nothing', level: 'warning' }))
  })

  test('copies only the schemas the chosen actions reach', () => {
    const json = (name: string) => ({
      responses: {
        200: { description: '', content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } } },
      },
    })
    const components = {
      schemas: { A: { properties: { b: { $ref: '#/components/schemas/B' } } }, B: { type: 'string' }, C: { type: 'integer' } },
    }
    const spec = smallSpec({ '/a': { get: json('A') }, '/c': { get: json('C') } }, { components })
    expect(Object.keys(importOpenApi(spec, { choice: { select: ['get_a'] } }).document.schemas ?? {}).sort()).toEqual(['A', 'B'])
  })

  test('refuses a choice of nothing', () => {
    expect(() => importOpenApi(smallSpec(paths), { choice: { select: ['x'] } })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', detail: expect.stringMatching(/has 3, such as get_a/) }),
    )
  })
})

describe('what cannot become an action', () => {
  test('has an entry for each operation with its reason', () => {
    const { document, report } = importOpenApi(
      smallSpec({
        '/ok': { get: ok },
        '/trace': { trace: ok },
        '/brace/{id': { get: ok },
        '/a/../b': { get: ok },
        '/msgpack': { post: { requestBody: { required: true, content: { 'application/x-unheard-of': {} } }, ...ok } },
        '/lost': { $ref: '#/components/pathItems/None' },
      }),
    )
    expect(Object.keys(document.actions)).toEqual(['get_ok'])
    expect(report).toMatchObject({ operations: 5, imported: 1 })
    expect(report.entries.map(({ pointer, level }) => [pointer, level])).toEqual([
      ['/paths/~1trace/trace', 'skipped'],
      ['/paths/~1lost', 'skipped'],
      ['/paths/~1brace~1{id/get', 'skipped'],
      ['/paths/~1a~1..~1b/get', 'skipped'],
      ['/paths/~1msgpack/post', 'skipped'],
    ])
  })

  test('is named where it stands: webhooks, callbacks, links', () => {
    const { report } = importFirst({
      ...smallSpec({
        '/a': { get: { callbacks: { x: {}, y: {} }, responses: { 200: { description: '', links: { next: {} } } } } },
      }),
      openapi: '3.1.0',
      webhooks: { made: { post: {} } },
    })
    expect(report.entries.map(({ code, operation, pointer }) => [code, operation, pointer])).toEqual([
      ['not_callable', '', '/webhooks/made'],
      ['not_callable', 'get_a', '/paths/~1a/get/callbacks/x'],
      ['not_callable', 'get_a', '/paths/~1a/get/callbacks/y'],
      ['not_callable', 'get_a', '/paths/~1a/get/responses/200/links'],
    ])
  })
})
