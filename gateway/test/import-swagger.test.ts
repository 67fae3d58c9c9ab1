import { describe, expect, test } from 'vitest'
import { importFirst } from './support/small-spec.ts'

/** Swagger 2.0: the same API said in other words; every part keeps the place it has in the document. */

type Json = Record<string, unknown>
const text = { type: 'string' }
const swagger = (operation: Json, more: Json = {}, method = 'post', path = '/things') =>
  importFirst({
    swagger: '2.0',
    info: { title: 'Acme', version: '1' },
    host: 'api.acme.test',
    basePath: '/v1',
    schemes: ['https'],
    paths: { [path]: { [method]: { responses: { 204: { description: 'done' } }, ...operation } } },
    ...more,
  })

describe('servers', () => {
  test('are made of host, base path and schemes, the encrypted one of two', () => {
    expect(swagger({}).document.servers).toEqual({ production: { url: 'https://api.acme.test/v1' } })
    const both = swagger({}, { schemes: ['http', 'https'], basePath: '/' })
    expect(both.document.servers).toEqual({ production: { url: 'https://api.acme.test' } })
    expect(both.report.entries).toMatchObject([{ code: 'server_adjusted', pointer: '/host' }])
  })

  test('without a host start from server_url', () => {
    const spec = { swagger: '2.0', info: { title: 'A' }, basePath: '/v2', paths: { '/a': { get: {} } } }
    expect(importFirst(spec, { serverUrl: 'https://acme.test/swagger.json' }).document.servers.production?.url).toBe(
      'https://acme.test/v2',
    )
    expect(() => importFirst(spec)).toThrow(expect.objectContaining({ detail: expect.stringMatching(/only as "\/v2"/) }))
  })
})

describe('parameters', () => {
  test('are their own schemas, and lists are written as their collection format says', () => {
    const list = (collectionFormat?: string) => ({
      in: 'query',
      type: 'array',
      items: text,
      ...(collectionFormat === undefined ? {} : { collectionFormat }),
    })
    const { action, input, report } = swagger(
      {
        parameters: [
          { name: 'id', in: 'path', required: true, type: 'integer', format: 'int64', minimum: 1, description: 'Which.' },
          { name: 'a', ...list() },
          { name: 'b', ...list('multi') },
          { name: 'c', ...list('ssv') },
          { name: 'd', ...list('pipes') },
          { name: 'e', ...list('tsv') },
          { name: 'h', in: 'header', type: 'string', enum: ['x'], 'x-nullable': true },
        ],
      },
      {},
      'get',
      '/things/{id}',
    )
    expect(action.query).toEqual({
      a: { value: '{{a}}', style: 'form', explode: false },
      b: { value: '{{b}}', style: 'form', explode: true },
      c: { value: '{{c}}', style: 'spaceDelimited', explode: false },
      d: { value: '{{d}}', style: 'pipeDelimited', explode: false },
      e: { value: '{{e}}', style: 'form', explode: false },
    })
    expect(input.properties).toMatchObject({
      id: { type: 'integer', format: 'int64', minimum: 1, description: 'Which.' },
      a: { type: 'array', items: text },
      h: { type: ['string', 'null'], enum: ['x', null] },
    })
    expect(report.entries).toMatchObject([{ code: 'written_differently', pointer: '/paths/~1things~1{id}/get/parameters/5' }])
  })

  test('may be shared, and those of the path hold for its operations', () => {
    const { action, input } = swagger(
      { parameters: [{ $ref: '#/parameters/limit' }] },
      { parameters: { limit: { name: 'limit', in: 'query', type: 'integer' } } },
      'get',
    )
    expect(action.query).toEqual({ limit: '{{limit}}' })
    expect(input.properties).toEqual({ limit: { type: 'integer' } })
  })
})

describe('bodies', () => {
  test('are the parameter in the body, in the media types that the operation or the document consumes', () => {
    const body = { name: 'thing', in: 'body', required: true, schema: { $ref: '#/definitions/Thing' } }
    const definitions = {
      Thing: { type: 'object', required: ['name'], properties: { name: text, id: { ...text, readOnly: true } } },
    }
    const { action, input } = swagger({ parameters: [body] }, { definitions, consumes: ['application/json'] })
    expect(action.body).toEqual({ type: 'json', value: { name: '{{name}}' } })
    expect(input.required).toEqual(['name'])
    const vendor = swagger(
      { parameters: [body], consumes: ['application/vnd.acme+json'] },
      { definitions, consumes: ['application/xml'] },
    )
    expect(vendor.action.body?.content_type).toBe('application/vnd.acme+json')
    const { report, action: chosen } = swagger(
      { parameters: [body], consumes: ['application/xml', 'application/json'] },
      { definitions },
    )
    expect(chosen.body?.type).toBe('json')
    expect(report.entries).toContainEqual(
      expect.objectContaining({ code: 'content_type_chosen', pointer: '/paths/~1things/post/parameters/0' }),
    )
  })

  test('of forms are made of their fields, with files in parts', () => {
    const field = (name: string, more: Json) => ({ name, in: 'formData', ...more })
    const plain = swagger({
      consumes: ['application/x-www-form-urlencoded'],
      parameters: [
        field('name', { type: 'string', required: true }),
        field('tags', { type: 'array', items: text, collectionFormat: 'pipes' }),
        field('ids', { type: 'array', items: text, collectionFormat: 'multi' }),
      ],
    })
    expect(plain.action.body).toEqual({
      type: 'form',
      value: { name: '{{name}}', tags: '{{tags}}', ids: '{{ids}}' },
      encoding: { tags: { style: 'pipeDelimited', explode: false }, ids: { style: 'form', explode: true } },
    })
    expect(plain.input).toMatchObject({ required: ['name'], properties: { name: text } })
    const upload = swagger({
      parameters: [field('file', { type: 'file', required: true, description: 'The scan.' }), field('note', text)],
    })
    expect(upload.action.body).toEqual({ type: 'multipart', value: { file: '{{file}}', note: '{{note}}' } })
    expect(upload.input.properties.file).toMatchObject({ description: 'The scan.', required: ['data_base64'] })
  })
})

test('answers have their schemas, examples and errors, and files are asked for as what the operation produces', () => {
  const { action, document } = swagger(
    {
      produces: ['application/json'],
      responses: {
        200: { description: 'ok', schema: { $ref: '#/definitions/Pet' }, examples: { 'application/json': { kind: 'cat' } } },
        404: { $ref: '#/responses/Missing' },
        default: { description: 'Broken.', schema: { type: 'object' } },
      },
    },
    {
      definitions: {
        Pet: { type: 'object', discriminator: 'kind', properties: { kind: text, name: { ...text, 'x-nullable': true } } },
      },
      responses: { Missing: { description: 'No such thing.' } },
    },
    'get',
  )
  expect(action.output).toEqual({ $ref: '#/schemas/Pet' })
  expect(document.schemas?.Pet).toMatchObject({
    discriminator: { propertyName: 'kind' },
    properties: { name: { type: ['string', 'null'] } },
  })
  expect(action.examples).toEqual([{ output: { kind: 'cat' } }])
  expect(action.errors).toEqual({
    404: { description: 'No such thing.' },
    default: { description: 'Broken.', schema: { type: 'object' } },
  })
  const file = swagger(
    { produces: ['application/pdf'], responses: { 200: { description: '', schema: { type: 'file' } } } },
    {},
    'get',
  )
  expect(file.action).toMatchObject({ headers: { Accept: 'application/pdf' } })
  expect(file.action.output).toBeUndefined()
})

test('security definitions become schemes, with the flow of OAuth', () => {
  const { document, action } = swagger(
    { security: [{ oauth: ['read'] }] },
    {
      securityDefinitions: {
        basic: { type: 'basic' },
        key: { type: 'apiKey', in: 'query', name: 'k' },
        oauth: {
          type: 'oauth2',
          flow: 'accessCode',
          authorizationUrl: 'https://a.test',
          tokenUrl: 'https://t.test',
          scopes: { read: 'Reads.' },
        },
      },
    },
  )
  expect(document.auth).toEqual({
    basic: { type: 'basic' },
    key: { type: 'api_key', in: 'query', name: 'k' },
    oauth: {
      type: 'oauth2',
      flow: 'authorization_code',
      authorization_url: 'https://a.test',
      token_url: 'https://t.test',
      scopes: { read: 'Reads.' },
    },
  })
  expect(action).toMatchObject({ auth: ['oauth'], scopes: ['read'] })
})
