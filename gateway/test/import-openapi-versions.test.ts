import { describe, expect, test } from 'vitest'
import { importOpenApi } from '../src/definition/import/openapi.ts'
import { importFirst, importOne, smallSpec } from './support/small-spec.ts'

/** What OpenAPI 3.1 and 3.2 added, and what is recognised from names: how lists go on. */

type Json = Record<string, unknown>
const text = { type: 'string' }
const ok = { responses: { 200: { description: 'ok' } } }
const modern = (paths: Json, more: Json = {}) => importOpenApi(smallSpec(paths, { openapi: '3.2.0', ...more }))

describe('OpenAPI 3.2', () => {
  test('has QUERY and other methods beside the fixed ones', () => {
    const { document, report } = modern({
      '/things': {
        query: {
          operationId: 'queryThings',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { type: 'object', properties: { q: text } } } },
          },
          ...ok,
        },
        additionalOperations: { COPY: { operationId: 'copyThings', ...ok }, TRACE: ok, BREW: ok },
      },
    })
    expect(document.actions.query_things).toMatchObject({ method: 'QUERY', body: { type: 'json', value: { q: '{{q}}' } } })
    expect(document.actions.copy_things).toMatchObject({ method: 'COPY' })
    expect(report).toMatchObject({ operations: 4, imported: 2 })
    expect(report.entries.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['operation_not_imported', '/paths/~1things/additionalOperations/TRACE'],
      ['operation_not_imported', '/paths/~1things/additionalOperations/BREW'],
    ])
  })

  test('has parameters that are the whole query string', () => {
    const parameter = (type: string) => ({
      name: 'filter',
      in: 'querystring',
      content: { [type]: { schema: { type: 'object', properties: { a: text } } } },
    })
    const get = (type: string) => modern({ '/a': { get: { parameters: [parameter(type)], ...ok } } })
    expect(get('application/x-www-form-urlencoded').document.actions.get_a?.query).toEqual({
      filter: { value: '{{filter}}', style: 'form', explode: true },
    })
    expect(get('application/jsonpath').report.entries).toMatchObject([
      { code: 'parameter_left_out', pointer: '/paths/~1a/get/parameters/0' },
    ])
  })

  test('names servers, nests tags, describes streams, keeps media types apart, and says where it lies itself', () => {
    const item = { content: { 'text/event-stream': { itemSchema: { type: 'object' } } }, description: '' }
    const { document, report, tags } = modern(
      {
        '/a': {
          get: {
            responses: {
              200: item,
              201: { description: '', content: { 'application/json': { $ref: '#/components/mediaTypes/Thing' } } },
            },
          },
        },
      },
      {
        $self: 'https://acme.test/openapi.json',
        servers: [
          { url: 'https://a.acme.test', name: 'Blue' },
          { url: 'https://b.acme.test', name: 'sandbox' },
        ],
        tags: [
          { name: 'all', summary: 'Everything' },
          { name: 'some', parent: 'all' },
        ],
        components: {
          mediaTypes: { Thing: { schema: { $ref: 'https://acme.test/openapi.json#/components/schemas/Thing' } } },
          schemas: { Thing: { type: 'object' } },
        },
      },
    )
    expect(Object.keys(document.servers)).toEqual(['production', 'sandbox'])
    expect(document.actions.get_a?.output).toEqual({ $ref: '#/schemas/Thing' })
    expect(tags).toEqual([
      { name: 'all', description: 'Everything' },
      { name: 'some', parent: 'all' },
    ])
    expect(report.entries).toMatchObject([{ code: 'answer_unchecked', operation: 'get_a' }])
  })

  test('may be newer still, which is pointed out', () => {
    expect(modern({ '/a': { get: ok } }, { openapi: '3.7.0' }).report.entries).toMatchObject([
      { code: 'version_unknown', pointer: '/openapi' },
    ])
  })
})

test('schemas of OpenAPI 3.1 may be referred to by $id and by anchor', () => {
  const { document } = importFirst(
    smallSpec(
      {
        '/a': {
          get: {
            responses: {
              200: { description: '', content: { 'application/json': { schema: { $ref: 'https://acme.test/pet' } } } },
            },
          },
        },
      },
      {
        openapi: '3.1.0',
        components: {
          schemas: {
            Pet: {
              $id: 'https://acme.test/pet',
              type: 'object',
              properties: {
                tag: { $ref: '#/$defs/Tag' },
                home: { $ref: '#place' },
                friend: { $ref: '#/components/schemas/Pet' },
              },
              $defs: { Tag: text, Home: { $anchor: 'place', type: 'object' } },
            },
          },
        },
      },
    ),
  )
  expect(document.schemas?.Pet).toMatchObject({
    properties: { tag: { $ref: '#/schemas/Pet_Tag' }, home: { $ref: '#/schemas/Pet_Home' }, friend: { $ref: '#/schemas/Pet' } },
  })
})

describe('pagination', () => {
  const page = (names: string[], properties: Json, headers: Json = {}) => {
    const schema = { type: 'object', properties }
    const response = { description: '', headers, content: { 'application/json': { schema } } }
    const parameters = names.map((name) => ({ name, in: 'query', schema: text }))
    return importOne({ parameters, responses: { 200: response } }, {}, { method: 'get' }).action.response?.pagination
  }
  const data = { type: 'array', items: { type: 'object' } }

  test.each([
    [
      'a cursor',
      ['starting_after', 'limit'],
      { data, has_more: { type: 'boolean' } },
      { type: 'cursor', parameter: 'starting_after', size: 'limit', items: 'data', more: 'has_more' },
    ],
    [
      'a token',
      ['pageToken', 'pageSize'],
      { items: data, nextPageToken: text },
      { type: 'cursor', parameter: 'pageToken', next: 'nextPageToken', size: 'pageSize', items: 'items' },
    ],
    [
      'a token inside an envelope',
      ['cursor'],
      { data, meta: { type: 'object', properties: { next_cursor: text } } },
      { type: 'cursor', parameter: 'cursor', next: 'meta.next_cursor', items: 'data' },
    ],
    [
      'an offset',
      ['offset', 'limit'],
      { results: data },
      { type: 'offset', parameter: 'offset', size: 'limit', items: 'results' },
    ],
    ['a page', ['page', 'per_page'], { users: data }, { type: 'page', parameter: 'page', size: 'per_page', items: 'users' }],
    [
      'an address',
      ['$top'],
      { value: data, '@odata.nextLink': text },
      { type: 'link', next: '["@odata.nextLink"]', size: 'top', items: 'value' },
    ],
  ])('is recognised by %s', (_, names, properties, found) => {
    expect(page(names, properties)).toEqual(found)
  })

  test('is recognised by a Link header', () => {
    expect(page(['page', 'per_page'], { items: data }, { Link: { schema: text } })).toEqual({
      type: 'link',
      parameter: 'page',
      size: 'per_page',
      items: 'items',
    })
  })

  test('is nothing without a list, or without a parameter or field that says so', () => {
    expect(page(['offset', 'limit'], { name: text })).toBeUndefined()
    expect(page(['q', 'limit'], { data })).toBeUndefined()
    expect(
      importOne({ parameters: [{ name: 'page', in: 'query', schema: text }] }, {}, { method: 'delete' }).action.response,
    ).toBeUndefined()
  })
})
