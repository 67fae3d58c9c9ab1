import { describe, expect, test } from 'vitest'
import { importPostman } from '../src/definition/import/postman/postman.ts'
import { parseConnector } from '../src/definition/parse.ts'
import { properties } from './support/small-spec.ts'

type Json = Record<string, unknown>
const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'
const collection = (item: readonly Json[], more: Json = {}): Json => ({ info: { name: 'Acme', schema }, item, ...more })
const request = (name: string, written: Json, more: Json = {}): Json => ({
  name,
  request: { method: 'GET', url: 'https://api.acme.test/things', ...written },
  ...more,
})
function imported(item: readonly Json[], more: Json = {}, environments: readonly unknown[] = []) {
  const result = importPostman(collection(item, more), {}, environments)
  const document = parseConnector(result.document)
  return {
    document,
    report: result.report,
    action: Object.values(document.actions)[0],
    messages: result.report.entries.map(({ message }) => message),
  }
}

describe('a Postman collection', () => {
  test('becomes actions with the folders as tags, path variables, and disabled entries as options', () => {
    const { action, document } = imported([
      {
        name: 'Users',
        description: 'People',
        item: [
          {
            name: 'Admins',
            item: [
              request('Get one card', {
                url: {
                  raw: 'https://api.acme.test/users/:id/cards?expand=owner&deleted=true',
                  protocol: 'https',
                  host: ['api', 'acme', 'test'],
                  path: ['users', ':id', 'cards'],
                  query: [
                    { key: 'expand', value: 'owner', description: 'What to add' },
                    { key: 'deleted', value: 'true', disabled: true },
                    { key: 'since', value: '', description: '(Required) A date' },
                  ],
                  variable: [{ key: 'id', value: '42', description: 'Of the user' }],
                },
              }),
            ],
          },
        ],
      },
    ])
    expect(Object.keys(document.actions)).toEqual(['get_one_card'])
    expect(action).toMatchObject({
      path: '/users/{id}/cards',
      tags: ['Users / Admins'],
      query: { expand: '{{expand}}', deleted: '{{deleted}}', since: '{{since}}' },
      input: {
        properties: {
          id: { type: 'integer', description: 'Of the user' },
          expand: { type: 'string' },
          deleted: { type: 'boolean' },
        },
        required: ['id', 'since'],
      },
    })
    expect(document.servers).toEqual({ production: { url: 'https://api.acme.test' } })
  })

  test('inherits auth from folder and collection in both versions of the format, and never keeps a value of it', () => {
    const { document } = imported(
      [
        request('From the collection', {}),
        {
          name: 'F',
          auth: { type: 'basic', basic: { username: 'joe', password: 'hunter22' } },
          item: [request('From the folder', {})],
        },
        request('Its own', {
          auth: {
            type: 'apikey',
            apikey: [
              { key: 'key', value: 'X-Key' },
              { key: 'value', value: 'abcdef' },
            ],
          },
        }),
        request('None', { auth: { type: 'noauth' } }),
      ],
      { auth: { type: 'bearer', bearer: [{ key: 'token', value: 'very-secret-token' }] } },
    )
    expect(document.auth).toEqual({
      bearer: { type: 'bearer' },
      basic: { type: 'basic' },
      X_Key: { type: 'api_key', in: 'header', name: 'X-Key' },
    })
    const accepted = Object.fromEntries(Object.entries(document.actions).map(([name, action]) => [name, action.auth]))
    expect(accepted).toEqual({ from_the_collection: ['bearer'], from_the_folder: ['basic'], its_own: ['X_Key'], none: [] })
    expect(JSON.stringify(document)).not.toMatch(/hunter22|abcdef|very-secret/)
  })

  test('keeps the addresses and scopes of OAuth 2.0, and reports ways to sign that cannot be used', () => {
    const oauth2 = [
      { key: 'authUrl', value: 'https://acme.test/authorize' },
      { key: 'accessTokenUrl', value: 'https://acme.test/token' },
      { key: 'scope', value: 'read write' },
      { key: 'clientSecret', value: 'do-not-keep' },
    ]
    const { document, report } = imported([
      request('A', { auth: { type: 'oauth2', oauth2 } }),
      request('B', { auth: { type: 'awsv4', awsv4: [] } }),
    ])
    expect(document.auth?.oauth2).toEqual({
      type: 'oauth2',
      flow: 'authorization_code',
      authorization_url: 'https://acme.test/authorize',
      token_url: 'https://acme.test/token',
      scopes: { read: '', write: '' },
    })
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'security_left_out', pointer: '/item/1' }))
    expect(JSON.stringify(document)).not.toContain('do-not-keep')
  })

  test('takes variables as servers by environment, settings, and samples', () => {
    const { document, action, messages } = imported(
      [
        request('List', {
          url: { raw: '{{baseUrl}}/{{region}}/things', host: ['{{baseUrl}}'], path: ['{{region}}', 'things'] },
          header: [
            { key: 'X-Tenant', value: '{{tenant}}' },
            { key: 'Acme-Version', value: '2024-01' },
          ],
        }),
      ],
      {
        variable: [
          { key: 'baseUrl', value: 'https://api.acme.test/v1' },
          { key: 'region', value: 'eu' },
          { key: 'tenant', value: 'acme' },
        ],
      },
      [
        { name: 'Production', values: [{ key: 'baseUrl', value: 'https://api.acme.test/v1', enabled: true }] },
        {
          name: 'Sandbox',
          values: [
            { key: 'baseUrl', value: 'https://sandbox.acme.test/v1' },
            { key: 'apiKey', value: 'shh-shh', type: 'secret' },
          ],
        },
      ],
    )
    expect(document.servers).toMatchObject({
      production: { url: 'https://api.acme.test/v1' },
      sandbox: { url: 'https://sandbox.acme.test/v1' },
    })
    expect(document.fields).toEqual({ tenant: { type: 'string', title: 'tenant', default: 'acme' } })
    expect(action).toMatchObject({
      path: '/{region}/things',
      headers: { 'X-Tenant': '{{settings.tenant}}', 'Acme-Version': '{{Acme_Version}}' },
      input: { properties: { Acme_Version: { default: '2024-01' } } },
      examples: [{ input: { region: 'eu' } }],
    })
    expect(messages).toContain('The variable "tenant" is the setting "tenant" of a connection.')
    expect(JSON.stringify(document)).not.toContain('shh-shh')
  })

  test('asks a connection for what a server address has no value for', () => {
    const { document } = imported([request('A', { url: 'https://{{shop}}.acme.test/orders' })])
    expect(document.servers).toEqual({ production: { url: 'https://{shop}.acme.test', variables: { shop: {} } } })
  })

  test.each([
    [
      'JSON with comments and variables',
      { mode: 'raw', raw: '{"name": "{{n}}", // who\n "age": {{age}}, "ok": true}', options: { raw: { language: 'json' } } },
      'json',
      ['name', 'age', 'ok'],
    ],
    [
      'a form',
      {
        mode: 'urlencoded',
        urlencoded: [
          { key: 'a', value: '1' },
          { key: 'b', value: 'x', disabled: true },
        ],
      },
      'form',
      ['a', 'b'],
    ],
    [
      'parts and files',
      {
        mode: 'formdata',
        formdata: [
          { key: 'note', value: 'hi', type: 'text' },
          { key: 'file', type: 'file', src: '/tmp/x' },
        ],
      },
      'multipart',
      ['note', 'file'],
    ],
    ['a file', { mode: 'file', file: { src: '/etc/passwd' } }, 'binary', ['body']],
    ['XML', { mode: 'raw', raw: '<a/>', options: { raw: { language: 'xml' } } }, 'xml', ['body']],
    ['text', { mode: 'raw', raw: 'hello' }, 'text', ['body']],
  ])('sends a body that is %s', (_, body, type, inputs) => {
    const { action } = imported([request('Send', { method: 'POST', body })])
    expect(action?.body?.type).toBe(type)
    expect(Object.keys(properties(action?.input))).toEqual(inputs)
    expect(JSON.stringify(action)).not.toMatch(/passwd|\/tmp\/x/)
  })

  test('sends GraphQL with its variables as inputs, and knows a failure in a successful answer', () => {
    const graphql = { query: 'query One($id: ID!) { user(id: $id) { id } }', variables: '{"id": "7"}' }
    const { action } = imported([request('One', { method: 'POST', body: { mode: 'graphql', graphql } })])
    expect(action).toMatchObject({
      body: { type: 'json', value: { query: graphql.query, variables: { id: '{{id}}' } } },
      response: { failure: 'errors[0]' },
      effect: 'read',
    })
  })

  test('keeps examples of answers as schema, sample and errors', () => {
    const { action, document } = imported([
      request(
        'Get',
        {},
        {
          response: [
            {
              name: 'Found',
              code: 200,
              header: [{ key: 'Content-Type', value: 'application/json' }],
              body: '{"id": 1, "tags": ["a"]}',
            },
            { name: 'Missing', code: 404, body: '{"error": "no"}' },
          ],
        },
      ),
    ])
    expect(action).toMatchObject({
      output: { properties: { id: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } } },
      errors: { 404: { description: 'Missing', schema: { properties: { error: { type: 'string' } } } } },
      examples: [{ output: { id: 1, tags: ['a'] } }],
    })
    expect(document.limits).toEqual({ response_check: 'warn' })
  })

  test('runs no script and says so of each, with its place', () => {
    const event = [
      { listen: 'prerequest', script: { exec: ['pm.environment.set("x", 1)'] } },
      { listen: 'test', script: { exec: [''] } },
    ]
    const { report } = imported([{ name: 'F', item: [request('A', {}, { event })] }], { event })
    expect(report.entries.filter(({ code }) => code === 'part_left_out').map(({ pointer }) => pointer)).toEqual([
      '/event/0',
      '/item/0/item/0/event/0',
    ])
  })

  test('gives requests of one name different names, and counts what it could not take', () => {
    const { document, report } = imported([
      request('A', {}),
      request('A', { method: 'TRACE' }),
      request('A', { method: 'POST' }),
      { name: 'nothing' },
    ])
    expect(Object.keys(document.actions)).toEqual(['a', 'a_2'])
    expect(report).toMatchObject({ format: 'Postman collection 2.1', imported: 2 })
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'operation_not_imported', pointer: '/item/1' }))
    expect(report.entries).toContainEqual(expect.objectContaining({ code: 'part_left_out', pointer: '/item/3' }))
  })

  test('of nothing is refused with what to do', () => {
    expect(() => importPostman(collection([]))).toThrow(/no requests/)
  })
})
