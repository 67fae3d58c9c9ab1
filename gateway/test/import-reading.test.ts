import { describe, expect, test } from 'vitest'
import { importOpenApi } from '../src/definition/import/openapi.ts'
import { importFirst, smallSpec } from './support/small-spec.ts'

/** What is imported at all, and what a person is told about what is not. */

const yaml = `
openapi: 3.1.0
info: { title: Acme }
servers: [{ url: https://api.acme.test }]
x-shared: &shared
  summary: Ping
paths:
  /ping:
    get:
      <<: *shared
      responses:
        200: { description: pong }
`

/** The sentence a source is refused with. */
function refusal(source: unknown, options = {}): string {
  try {
    importOpenApi(source, options)
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_INPUT' })
    return (error as { detail: string }).detail
  }
  throw new Error('it was imported')
}

describe('reading', () => {
  test('takes an object, JSON text and YAML text with anchors, merge keys and unquoted statuses', () => {
    const spec = smallSpec({ '/ping': { get: { summary: 'Ping', responses: {} } } })
    expect(importFirst(spec).action.title).toBe('Ping')
    expect(importFirst(JSON.stringify(spec)).action.title).toBe('Ping')
    expect(importFirst(`\uFEFF${JSON.stringify(spec)}`).action.title).toBe('Ping')
    expect(importFirst(yaml).action.title).toBe('Ping')
    expect(importFirst(yaml).report.format).toBe('OpenAPI 3.1.0')
  })

  test('takes a version that YAML reads as a number', () => {
    expect(importFirst(yaml.replace('3.1.0', '3.0')).report.format).toBe('OpenAPI 3.0')
    expect(importFirst(yaml.replace('3.1.0', '3.1')).report.format).toBe('OpenAPI 3.1')
  })

  test.each([
    ['Swagger 1.2', { swaggerVersion: '1.2', apis: [] }, /Swagger 1\.x/],
    ['another OpenAPI', { openapi: '4.0.0', paths: {} }, /At \/openapi the version is "4\.0\.0"\. .*convert/],
    ['AsyncAPI', 'asyncapi: 3.0.0', /AsyncAPI/],
    ['a Postman collection', { info: {}, item: [] }, /Postman/],
    ['a connector file', { connector: 'a', actions: {} }, /connector file/],
    ['an HTML page', '<!doctype html><p>Docs', /HTML page.*\/openapi\.json/],
    ['an empty text', '  \n', /empty/],
    ['a plain text', 'hello', /found a string/],
    ['a list', '[]', /found a list/],
    ['null', null, /found nothing/],
    ['another object', { name: 'x' }, /no "openapi" or "swagger" key/],
    ['broken JSON', '{"openapi": "3.0.0", "paths": {,}}', /not valid JSON.*line 1 column 32/],
    ['broken YAML', 'openapi: 3.0.0\npaths: [', /not valid YAML: line 2, column/],
    ['no paths', { openapi: '3.0.0', paths: {} }, /at \/paths it has no paths with operations/],
    ['only webhooks', { openapi: '3.1.0', webhooks: { a: { post: {} } } }, /only webhooks/],
  ])('refuses %s with a sentence that says what was found', (_, source, sentence) => {
    expect(refusal(source)).toMatch(sentence)
  })
})

describe('hostile documents', () => {
  test('are refused when YAML aliases expand without bound', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefghij'].map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`)}]`),
    ]
    expect(refusal(`openapi: 3.0.0\n${bomb.join('\n')}`)).toMatch(/aliases|alias count/)
  })

  test('are refused when they contain themselves or are nested without end', () => {
    expect(refusal('openapi: 3.0.0\nx: &a { b: *a }')).toMatch(/contains itself/)
    expect(refusal(`{"openapi":"3.0.0","x":${'['.repeat(5000)}${']'.repeat(5000)}}`)).toMatch(/nested deeper than 64/)
  })

  test('are refused with a key that changes an object instead of filling it', () => {
    expect(refusal('{"openapi":"3.0.0","paths":{"__proto__":{"get":{}}}}')).toMatch(/__proto__/)
    expect(refusal('openapi: 3.0.0\ncomponents:\n  __proto__: { a: 1 }')).toMatch(/__proto__/)
    expect(({} as { get?: unknown }).get).toBeUndefined()
  })

  test('may use names that every object inherits', () => {
    const { document, input, action } = importFirst(
      smallSpec(
        {
          '/x': {
            post: {
              operationId: 'constructor',
              parameters: [{ name: 'toString', in: 'query', schema: { type: 'string' } }],
              requestBody: {
                required: true,
                content: { 'application/json': { schema: { $ref: '#/components/schemas/constructor' } } },
              },
              responses: {},
            },
          },
        },
        {
          components: {
            schemas: {
              constructor: { type: 'object', properties: { hasOwnProperty: { $ref: '#/components/schemas/valueOf' } } },
              valueOf: { type: 'string' },
            },
          },
        },
      ),
    )
    expect(Object.keys(document.actions)).toEqual(['constructor_action'])
    expect(Object.keys(input.properties)).toEqual(['toString_', 'hasOwnProperty_'])
    expect(action.body?.value).toEqual({ hasOwnProperty: '{{hasOwnProperty_}}' })
    expect(document.schemas).toEqual({ valueOf_: { type: 'string' } })
  })

  test('never lead to the network or the disk', () => {
    const { document, report } = importFirst(
      smallSpec({
        '/x': {
          get: {
            parameters: [
              { $ref: 'https://evil.test/p.json' },
              { name: 'a', in: 'query', schema: { $ref: 'file:///etc/passwd' } },
            ],
            responses: { 200: { description: 'ok', content: { 'application/json': { schema: { $ref: './other.yaml#/A' } } } } },
          },
        },
      }),
    )
    expect(document.schemas).toBeUndefined()
    expect(report.entries.map((entry) => [entry.level, entry.pointer])).toEqual([
      ['skipped', '/paths/~1x/get/parameters/0'],
      ['skipped', '/paths/~1x/get/parameters/1/schema/$ref'],
      ['skipped', '/paths/~1x/get/responses/200/content/application~1json/schema/$ref'],
    ])
    expect(report.entries.map((entry) => entry.message)).toEqual([
      expect.stringMatching(/evil\.test.*not fetched/),
      expect.stringMatching(/never read/),
      expect.stringMatching(/"other\.yaml", which was not given/),
    ])
  })

  test('may refer in circles', () => {
    const path = {
      get: { parameters: [{ $ref: '#/components/parameters/A' }], responses: { 200: { $ref: '#/components/responses/R' } } },
    }
    const { report } = importFirst(
      smallSpec(
        { '/x': path },
        {
          components: {
            parameters: { A: { $ref: '#/components/parameters/B' }, B: { $ref: '#/components/parameters/A' } },
            responses: { R: { $ref: '#/components/responses/R' } },
          },
        },
      ),
    )
    expect(report.entries.map((entry) => entry.message).join()).toMatch(/leads back to itself.*leads back to itself/s)
  })
})
