import { describe, expect, test } from 'vitest'
import { importOne } from './support/small-spec.ts'

type Json = Record<string, unknown>
const text = { type: 'string' }
const bodyOf = (content: Json, more: Json = {}, components: Json = {}) =>
  importOne({ requestBody: { required: true, content, ...more } }, { components })
const json = (schema: unknown, more: Json = {}, schemas: Json = {}) =>
  bodyOf({ 'application/json': { schema } }, more, { schemas })

describe('a JSON body', () => {
  test('that is a plain object becomes inputs beside the parameters', () => {
    const { action, input } = json(
      { $ref: '#/components/schemas/New' },
      {},
      {
        New: {
          type: 'object',
          required: ['name'],
          properties: { name: text, tags: { type: 'array', items: { $ref: '#/components/schemas/Tag' } } },
        },
        Tag: text,
      },
    )
    expect(action.body).toEqual({ type: 'json', value: { name: '{{name}}', tags: '{{tags}}' } })
    expect(input).toEqual({
      type: 'object',
      properties: { name: text, tags: { type: 'array', items: { $ref: '#/schemas/Tag' } } },
      required: ['name'],
      additionalProperties: false,
    })
  })

  test('that is an allOf of plain objects is merged', () => {
    const { input } = json(
      {
        allOf: [{ $ref: '#/components/schemas/Base' }, { properties: { b: text }, required: ['a'] }],
        required: ['b'],
        description: 'both',
      },
      {},
      { Base: { type: 'object', properties: { a: text, id: { ...text, readOnly: true } }, required: ['id'] } },
    )
    expect(input).toMatchObject({ properties: { a: text, b: text }, required: ['a', 'b'] })
    expect(input.properties.id).toBeUndefined()
  })

  test.each([
    ['a list', { type: 'array', items: text }],
    ['a choice', { oneOf: [{ type: 'object', properties: { a: text } }, text] }],
    ['an object with a choice', { type: 'object', properties: { a: text }, anyOf: [{ required: ['a'] }] }],
    ['an allOf with a choice', { allOf: [{ type: 'object', properties: { a: text } }, { oneOf: [text] }] }],
    ['an allOf that contradicts itself', { allOf: [{ properties: { a: text } }, { properties: { a: { type: 'integer' } } }] }],
    ['a map', { type: 'object', additionalProperties: text }],
    ['an open object', { type: 'object', properties: { a: text }, additionalProperties: true }],
    ['an object with a rule', { type: 'object', properties: { a: text }, minProperties: 1 }],
    ['a base class', { type: 'object', properties: { a: text }, discriminator: { propertyName: 'a' } }],
    ['an object without properties', { type: 'object' }],
    ['a plain value', text],
  ])('that is %s is one input', (_, schema) => {
    const { action, input } = json(schema, { description: 'The thing.' })
    expect(action.body).toEqual({ type: 'json', value: '{{body}}' })
    expect(Object.keys(input.properties)).toEqual(['body'])
    expect(input).toMatchObject({ required: ['body'], properties: { body: { description: 'The thing.' } } })
  })

  test('that shares a name with a parameter is one input, under a name of its own', () => {
    const place = { path: '/{id}' }
    const operation = (schema: unknown, id = 'id') => ({
      parameters: [{ name: id, in: 'path', required: true, schema: text }],
      requestBody: { content: { 'application/json': { schema } } },
    })
    const { action, input } = importOne(operation({ properties: { id: text } }), {}, place)
    expect(action.body?.value).toBe('{{body}}')
    expect(input.properties).toEqual({ id: text, body: { properties: { id: text } } })
    expect(importOne(operation({ properties: { body: text } }, 'body'), {}, { path: '/{body}' }).action.body?.value).toBe(
      '{{request_body}}',
    )
  })

  test('keeps the names of properties that make no identifier', () => {
    const { action, messages } = json({ properties: { '@type': text, 'a-b': text, a_b: text } })
    expect(action.body?.value).toEqual({ '@type': '{{type}}', 'a-b': '{{a_b}}', a_b: '{{body_a_b}}' })
    expect(messages).toHaveLength(3)
  })

  test('that may be left out asks for its required properties only when it is there', () => {
    const { input } = json({ properties: { a: text, b: text }, required: ['a'] }, { required: false })
    expect(input.required).toBeUndefined()
    expect(input.dependentRequired).toEqual({ b: ['a'] })
  })

  test('asks for nothing the API sets itself, even where a parameter has its name', () => {
    const properties = { id: { ...text, readOnly: true }, at: { $ref: '#/components/schemas/At' }, name: text }
    const { action, input, messages } = importOne(
      {
        parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { type: 'object', properties, required: ['id', 'at', 'name'] } } },
        },
      },
      { components: { schemas: { At: { ...text, readOnly: true } } } },
      { path: '/things/{id}' },
    )
    expect(action.body?.value).toEqual({ name: '{{name}}' })
    expect(input).toMatchObject({ properties: { id: text, name: text }, required: ['id', 'name'] })
    expect(messages).toEqual([expect.stringMatching(/itself.*: id, at\./)])
  })

  test('may require a property it does not describe', () => {
    expect(json({ properties: { a: text }, required: ['b'] }).input).toMatchObject({
      properties: { a: text, b: {} },
      required: ['b'],
    })
  })
})

describe('the content type', () => {
  const typeOf = (...types: string[]) =>
    bodyOf(Object.fromEntries(types.map((type) => [type, { schema: { type: 'object', properties: { a: text } } }]))).action.body

  test.each([
    [['application/xml', 'multipart/form-data', 'application/vnd.acme+json', 'application/json'], 'json', undefined],
    [['application/x-www-form-urlencoded', 'application/vnd.acme+json'], 'json', 'application/vnd.acme+json'],
    [['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'], 'form', undefined],
    [['text/plain', 'multipart/form-data'], 'multipart', undefined],
    [['application/xml', 'text/csv'], 'text', 'text/csv'],
    [['application/octet-stream', 'text/xml'], 'xml', 'text/xml'],
    [['image/png'], 'binary', 'image/png'],
    [['image/*'], 'binary', undefined],
    [['*/*'], 'json', undefined],
    [['application/json; charset=utf-8'], 'json', 'application/json; charset=utf-8'],
  ])('is the best of what is offered: %s', (types, type, contentType) => {
    expect(typeOf(...types)).toMatchObject({ type, ...(contentType === undefined ? {} : { content_type: contentType }) })
    expect(Object.hasOwn(typeOf(...types) ?? {}, 'content_type')).toBe(contentType !== undefined)
  })

  test('not used is reported', () => {
    const { report } = bodyOf({ 'application/json': {}, 'application/xml': {} })
    expect(report.entries).toMatchObject([
      { level: 'adjusted', pointer: '/paths/~1things/post/requestBody', message: expect.stringContaining('application/xml') },
    ])
  })

  test('of text, XML and binary bodies makes one input', () => {
    expect(bodyOf({ 'text/plain': { schema: { type: 'string', maxLength: 5 } } }).input.properties).toEqual({
      body: { type: 'string', maxLength: 5 },
    })
    expect(bodyOf({ 'application/xml': { schema: { type: 'object' } } }).input.properties).toEqual({
      body: { type: 'string', contentMediaType: 'application/xml' },
    })
    expect(bodyOf({ 'application/pdf': {} }).input.properties).toEqual({
      body: { type: 'string', contentEncoding: 'base64', contentMediaType: 'application/pdf' },
    })
  })

  test('nobody can write leaves an optional body out, and says so', () => {
    const { action, report } = bodyOf({ 'application/x-unheard-of': {} }, { required: false })
    expect(action.body).toBeUndefined()
    expect(report.entries).toMatchObject([{ level: 'skipped', pointer: '/paths/~1things/post/requestBody' }])
  })
})

describe('a form', () => {
  test('keeps how its fields are written', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'object' }, b: { type: 'array', items: text }, c: { type: 'object' }, d: text },
    }
    const encoding = {
      a: { style: 'deepObject', explode: true },
      b: { explode: false },
      c: { contentType: 'application/json' },
      d: { contentType: 'application/xml', headers: { 'X-Part': {} } },
    }
    const { action, report } = bodyOf({ 'application/x-www-form-urlencoded': { schema, encoding } })
    expect(action.body).toEqual({
      type: 'form',
      value: { a: '{{a}}', b: '{{b}}', c: '{{c}}', d: '{{d}}' },
      encoding: {
        a: { style: 'deepObject', explode: true },
        b: { style: 'form', explode: false },
        c: { content_type: 'application/json' },
      },
    })
    const at = '/paths/~1things/post/requestBody/content/application~1x-www-form-urlencoded/encoding/d'
    expect(report.entries).toMatchObject([
      { level: 'warning', pointer: at },
      { level: 'skipped', pointer: `${at}/headers` },
    ])
  })

  test('with files takes them as name, type and base64', () => {
    const schema = {
      type: 'object',
      required: ['file'],
      properties: {
        file: { type: 'string', format: 'binary', description: 'The scan.' },
        more: { type: 'array', items: { type: 'string', format: 'binary' } },
        note: text,
      },
    }
    const { action, input } = bodyOf({
      'multipart/form-data': { schema, encoding: { file: { contentType: 'image/png, image/jpeg' } } },
    })
    expect(action.body).toEqual({
      type: 'multipart',
      value: { file: '{{file}}', more: '{{more}}', note: '{{note}}' },
      encoding: { file: { content_type: 'image/png' } },
    })
    expect(input).toMatchObject({
      required: ['file'],
      properties: {
        file: {
          type: 'object',
          description: 'The scan.',
          required: ['data_base64'],
          properties: { content_type: { description: expect.stringContaining('image/png, image/jpeg') } },
        },
        more: { type: 'array', items: { type: 'object', required: ['data_base64'] } },
        note: text,
      },
    })
  })

  test('with files and a name that is taken is one input that still takes files', () => {
    const { input } = importOne({
      parameters: [{ name: 'name', in: 'query', schema: text }],
      requestBody: {
        content: {
          'multipart/form-data': {
            schema: { type: 'object', properties: { name: text, file: { type: 'string', format: 'binary' } } },
          },
        },
      },
    })
    expect(input.properties.body).toMatchObject({
      type: 'object',
      properties: { name: text, file: { required: ['data_base64'] } },
    })
  })
})

test('a GET has no body: an optional one is left out, a required one makes the operation impossible', () => {
  const requestBody = { content: { 'application/json': { schema: { properties: { a: text } } } } }
  const { action, report } = importOne({ requestBody }, {}, { method: 'get' })
  expect(action.body).toBeUndefined()
  expect(report.entries).toMatchObject([{ level: 'skipped', pointer: '/paths/~1things/get/requestBody' }])
  expect(() => importOne({ requestBody: { ...requestBody, required: true } }, {}, { method: 'get' })).toThrow(/needs a body/)
})
