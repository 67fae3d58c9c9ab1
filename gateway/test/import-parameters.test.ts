import { describe, expect, test } from 'vitest'
import { importOne } from './support/small-spec.ts'

/** Parameters become top-level inputs, and templates that put them where the document says. */

const text = { type: 'string' }
const get = (parameters: unknown[], place: { path?: string; item?: Record<string, unknown> } = {}, more = {}) =>
  importOne({ parameters }, more, { method: 'get', ...place })

describe('places', () => {
  test('path, query, header and cookie parameters are inputs with their own names', () => {
    const { action, input, report } = get(
      [
        { name: 'session', in: 'cookie', schema: text },
        { name: 'trace', in: 'header', required: true, schema: text },
        { name: 'limit', in: 'query', schema: { type: 'integer' }, description: 'How many.' },
        { name: 'thing_id', in: 'path', schema: text },
      ],
      { path: '/things/{thing_id}' },
    )
    expect(action).toMatchObject({
      path: '/things/{thing_id}',
      query: { limit: '{{limit}}' },
      headers: { trace: '{{trace}}' },
      cookies: { session: '{{session}}' },
    })
    expect(input).toEqual({
      type: 'object',
      properties: { thing_id: text, limit: { type: 'integer', description: 'How many.' }, trace: text, session: text },
      required: ['thing_id', 'trace'],
      additionalProperties: false,
    })
    expect(report.entries).toEqual([])
  })

  test('parameters of the path hold for its operations, which may override them', () => {
    const item = {
      parameters: [
        { name: 'a', in: 'query', schema: text },
        { name: 'b', in: 'query', schema: text },
      ],
    }
    const { input } = get([{ name: 'b', in: 'query', required: true, schema: { type: 'integer' } }], { item })
    expect(input).toMatchObject({ properties: { a: text, b: { type: 'integer' } }, required: ['b'] })
  })

  test('references are followed, escapes in them too', () => {
    const components = {
      parameters: { 'a/b~c~1d e': { name: 'x', in: 'query', schema: { $ref: '#/components/schemas/X' } } },
      schemas: { X: text },
    }
    const { input, document } = get([{ $ref: '#/components/parameters/a~1b~0c~01d%20e' }], {}, { components })
    expect(input.properties).toEqual({ x: { $ref: '#/schemas/X' } })
    expect(document.schemas).toEqual({ X: text })
  })
})

describe('names', () => {
  test('that are no identifiers are made ones, once in the report however often they occur', () => {
    const { action, input, report } = get(
      [
        { name: 'filter[name]', in: 'query', schema: text },
        { name: 'X-Request-Id', in: 'header', schema: text },
        { name: '$top', in: 'query', schema: text },
        { name: 'thing-id', in: 'path', required: true, schema: text },
      ],
      { path: '/things/{thing-id}/x/{thing-id}' },
    )
    expect(action).toMatchObject({
      path: '/things/{thing_id}/x/{thing_id}',
      query: { 'filter[name]': '{{filter_name}}', $top: '{{top}}' },
      headers: { 'X-Request-Id': '{{X_Request_Id}}' },
    })
    expect(Object.keys(input.properties)).toEqual(['thing_id', 'filter_name', 'top', 'X_Request_Id'])
    expect(report.entries.map((entry) => [entry.level, entry.operation, entry.pointer])).toEqual([
      ['adjusted', 'get_things_thing_id_x_thing_id', '/paths/~1things~1{thing-id}~1x~1{thing-id}/get/parameters/3'],
      ['adjusted', 'get_things_thing_id_x_thing_id', '/paths/~1things~1{thing-id}~1x~1{thing-id}/get/parameters/0'],
      ['adjusted', 'get_things_thing_id_x_thing_id', '/paths/~1things~1{thing-id}~1x~1{thing-id}/get/parameters/2'],
      ['adjusted', 'get_things_thing_id_x_thing_id', '/paths/~1things~1{thing-id}~1x~1{thing-id}/get/parameters/1'],
    ])
  })

  test('that two places share are told apart by the place, and the report says so', () => {
    const { action, messages } = get(
      [
        { name: 'id', in: 'path', required: true, schema: text },
        { name: 'id', in: 'query', schema: text },
        { name: 'id', in: 'header', schema: text },
        { name: 'Id', in: 'header', schema: text },
      ],
      { path: '/{id}' },
    )
    expect(action).toMatchObject({ path: '/{id}', query: { id: '{{query_id}}' }, headers: { Id: '{{Id}}' } })
    expect(messages).toEqual([expect.stringContaining('query parameter "id" is the input "query_id"')])
  })
})

describe('paths', () => {
  test('may have parameters inside a segment and in the manner of routers', () => {
    expect(get([{ name: 'id', in: 'path', required: true, schema: text }], { path: '/a/{id}.json' }).action.path).toBe(
      '/a/{id}.json',
    )
    expect(get([{ name: 'key', in: 'path', required: true, schema: text }], { path: '/a/{key+}' }).action.path).toBe('/a/{key}')
    expect(get([{ name: 'n', in: 'path', required: true, schema: text }], { path: '/a/{n:[0-9]+}' }).action.path).toBe('/a/{n}')
  })

  test('with a parameter nobody declared take it as a required text', () => {
    const { input, report } = get([], { path: '/a/{id}' })
    expect(input).toMatchObject({ properties: { id: text }, required: ['id'] })
    expect(report.entries).toMatchObject([{ level: 'adjusted', operation: 'get_a_id' }])
  })

  test('give a query in them as fixed parameters, and drop a fragment', () => {
    const { action, messages } = get([{ name: 'op', in: 'query', schema: text }], { path: '/a?op=list%20all&as={who}#one' })
    expect(action).toMatchObject({ path: '/a', query: { op: 'list all', as: '{{who}}' } })
    expect(messages).toHaveLength(3)
  })
})

describe('styles', () => {
  const query = (parameter: object) => get([{ name: 'q', in: 'query', ...parameter }]).action.query?.q
  const list = { type: 'array', items: text }
  const object = { type: 'object', properties: { a: text } }

  test.each([
    ['a plain value', { schema: text }, '{{q}}'],
    ['a list by default', { schema: list }, { value: '{{q}}', style: 'form', explode: true }],
    ['a list in one', { schema: list, explode: false }, { value: '{{q}}', style: 'form', explode: false }],
    ['a list with pipes', { schema: list, style: 'pipeDelimited' }, { value: '{{q}}', style: 'pipeDelimited', explode: false }],
    [
      'a list with spaces',
      { schema: list, style: 'spaceDelimited', explode: false },
      { value: '{{q}}', style: 'spaceDelimited', explode: false },
    ],
    ['an object in brackets', { schema: object, style: 'deepObject' }, { value: '{{q}}', style: 'deepObject', explode: true }],
    [
      'JSON in a parameter',
      { content: { 'application/json': { schema: object } } },
      { value: '{{q}}', content_type: 'application/json' },
    ],
    ['an unknown style', { schema: text, style: 'tabs' }, '{{q}}'],
  ])('of a query parameter are kept: %s', (_, parameter, template) => {
    expect(query(parameter)).toEqual(template)
  })

  test('of path, header and cookie parameters are kept', () => {
    const { action } = get(
      [
        { name: 'a', in: 'path', required: true, style: 'matrix', explode: true, schema: list },
        { name: 'b', in: 'path', required: true, style: 'label', schema: list },
        { name: 'c', in: 'path', required: true, schema: list },
        { name: 'h', in: 'header', schema: object, explode: true },
        { name: 'k', in: 'cookie', schema: list, explode: false },
      ],
      { path: '/{a}/{b}/{c}' },
    )
    expect(action.path_styles).toEqual({ a: { style: 'matrix', explode: true }, b: { style: 'label', explode: false } })
    expect(action.headers).toEqual({ h: { value: '{{h}}', style: 'simple', explode: true } })
    expect(action.cookies).toEqual({ k: { value: '{{k}}', style: 'form', explode: false } })
  })
})

describe('what is not taken', () => {
  test('headers OpenAPI says to ignore, those of the connection, and names that are none are left out with a reason', () => {
    const { input, report } = get([
      { name: 'Authorization', in: 'header', schema: text },
      { name: 'accept', in: 'header', schema: text },
      { name: 'Content-Type', in: 'header', schema: text },
      { name: 'Host', in: 'header', schema: text },
      { name: 'Bad Name', in: 'header', schema: text },
      { name: 'body', in: 'body', schema: text },
      { in: 'query' },
      'nonsense',
      { $ref: '#/components/parameters/None' },
    ])
    expect(input.properties).toEqual({})
    expect(report.entries.map((entry) => entry.level)).toEqual(Array(9).fill('skipped'))
    expect(report.entries.map((entry) => entry.pointer)).toEqual(
      Array.from({ length: 9 }, (_, index) => `/paths/~1things/get/parameters/${index}`),
    )
  })

  test('the parameter that carries the credential is left to the connection', () => {
    const { input, report, action } = get(
      [
        { name: 'x-api-key', in: 'header', required: true, schema: text },
        { name: 'token', in: 'query', schema: text },
        { name: 'TOKEN', in: 'query', schema: text },
      ],
      {},
      {
        components: {
          securitySchemes: {
            key: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
            token: { type: 'apiKey', in: 'query', name: 'token' },
          },
        },
      },
    )
    expect(Object.keys(input.properties)).toEqual(['TOKEN'])
    expect(action.headers).toBeUndefined()
    expect(report.entries.map((entry) => [entry.level, entry.pointer])).toEqual([
      ['adjusted', '/paths/~1things/get/parameters/0'],
      ['adjusted', '/paths/~1things/get/parameters/1'],
    ])
  })

  test('unencoded reserved characters, a missing schema and a type in the wrong place are reported', () => {
    const { input, messages } = get([
      { name: 'a', in: 'query', allowReserved: true, schema: text },
      { name: 'b', in: 'query' },
      { name: 'c', in: 'query', type: 'integer', minimum: 1 },
    ])
    expect(input.properties).toEqual({ a: text, b: text, c: { type: 'integer', minimum: 1 } })
    expect(messages).toEqual([
      expect.stringMatching(/reserved characters/),
      expect.stringMatching(/no schema/),
      expect.stringMatching(/Swagger 2\.0/),
    ])
  })
})

test('a required input with a single possible value has it as its default', () => {
  const { input } = get([{ name: 'v', in: 'header', required: true, schema: { type: 'string', enum: ['2022-06-28'] } }])
  expect(input).toMatchObject({ required: ['v'], properties: { v: { default: '2022-06-28' } } })
})
