import { describe, expect, test } from 'vitest'
import { importOne } from './support/small-spec.ts'

type Json = Record<string, unknown>
const text = { type: 'string' }
const answering = (schema: unknown) => ({ responses: { 200: { description: '', content: { 'application/json': { schema } } } } })
/** What a schema of an answer becomes. */
const output = (schema: unknown, schemas: Json = {}, openapi = '3.0.3') =>
  importOne(answering(schema), { openapi, components: { schemas } })

describe('schemas of OpenAPI 3.0', () => {
  test.each([
    ['nullable', { ...text, nullable: true }, { type: ['string', 'null'] }],
    ['nullable: false', { ...text, nullable: false }, text],
    ['a nullable enum', { ...text, enum: ['a'], nullable: true }, { type: ['string', 'null'], enum: ['a', null] }],
    ['nullable without a type', { nullable: true, enum: ['a'] }, { enum: ['a', null] }],
    [
      'a nullable choice',
      { nullable: true, title: 'T', oneOf: [text] },
      { title: 'T', anyOf: [{ oneOf: [text] }, { type: 'null' }] },
    ],
    ['an exclusive minimum', { type: 'integer', minimum: 1, exclusiveMinimum: true }, { type: 'integer', exclusiveMinimum: 1 }],
    ['an inclusive maximum', { type: 'integer', maximum: 9, exclusiveMaximum: false }, { type: 'integer', maximum: 9 }],
    ['an example', { ...text, example: 'x' }, { ...text, examples: ['x'] }],
    ['an example that is null', { ...text, example: null }, { ...text, examples: [null] }],
    ['a file', { type: 'file' }, text],
    ['numbers as texts', { ...text, minLength: '2' }, { ...text, minLength: 2 }],
    [
      'an inner schema',
      { type: 'array', items: { anyOf: [{ ...text, nullable: true }] } },
      { type: 'array', items: { anyOf: [{ type: ['string', 'null'] }] } },
    ],
    [
      'properties named like keywords',
      { properties: { example: text, nullable: { ...text, nullable: true } } },
      { properties: { example: text, nullable: { type: ['string', 'null'] } } },
    ],
    ['a map', { additionalProperties: { ...text, nullable: true } }, { additionalProperties: { type: ['string', 'null'] } }],
  ])('are turned into draft 2020-12: %s', (_, schema, expected) => {
    expect(output(schema).action.output).toEqual(expected)
  })

  test('keep nullable beside a reference, and ignore the rest beside it', () => {
    const { action } = output({ $ref: '#/components/schemas/A', nullable: true, description: 'D', minLength: 3 }, { A: text })
    expect(action.output).toEqual({ description: 'D', anyOf: [{ $ref: '#/schemas/A' }, { type: 'null' }] })
  })

  test('leave the source as it was', () => {
    const schema = { type: 'object', properties: { a: { ...text, nullable: true, example: 'x' } } }
    const before = JSON.stringify(schema)
    output(schema)
    expect(JSON.stringify(schema)).toBe(before)
  })
})

describe('schemas of OpenAPI 3.1', () => {
  test('keep what stands beside a reference, and lose what would move its base', () => {
    const { action, report } = output(
      { $id: 'https://acme.test/x', $ref: '#/components/schemas/A', minLength: 3 },
      { A: text },
      '3.1.0',
    )
    expect(action.output).toEqual({ $ref: '#/schemas/A', minLength: 3 })
    expect(report.entries).toMatchObject([
      { level: 'adjusted', pointer: '/paths/~1things/post/responses/200/content/application~1json/schema/$id' },
    ])
  })

  test('may be true, false, or have a list of types', () => {
    expect(output({ properties: { a: true, b: false, c: { type: ['string', 'null'] } } }, {}, '3.1.0').action.output).toEqual({
      properties: { a: true, b: false, c: { type: ['string', 'null'] } },
    })
  })
})

describe('what is no JSON Schema', () => {
  test.each([
    ['an unknown type', { type: 'datetime' }, {}, '/type'],
    ['one unknown of several types', { type: ['string', 'any'] }, { type: ['string'] }, '/type'],
    ['required that is no list', { required: true }, {}, '/required'],
    ['an enum that is no list', { enum: 'a' }, {}, '/enum'],
    ['a number that is none', { maximum: 'many' }, {}, '/maximum'],
    ['a description that is no text', { description: null }, {}, '/description'],
    ['a list of items', { items: [text] }, { items: text }, '/items'],
    ['an empty choice', { oneOf: [] }, {}, '/oneOf'],
    ['properties that are a list', { properties: [] }, {}, '/properties'],
    ['no schema at all', { properties: { a: 'x' } }, { properties: { a: true } }, '/properties/a'],
    ['a discriminator without a property', { discriminator: 'type' }, {}, '/discriminator'],
  ])('is left out with an entry that says where: %s', (_, schema, expected, at) => {
    const { action, report } = output(schema)
    expect(action.output).toEqual(expected)
    expect(report.entries).toMatchObject([
      {
        level: 'adjusted',
        operation: 'post_things',
        pointer: `/paths/~1things/post/responses/200/content/application~1json/schema${at}`,
      },
    ])
  })
})

describe('references', () => {
  test('stay references into the schemas of the connector, circles included', () => {
    const { action, document } = output(
      { $ref: '#/components/schemas/Node' },
      { Node: { properties: { next: { $ref: '#/components/schemas/Node' } } }, Unused: text },
    )
    expect(action.output).toEqual({ $ref: '#/schemas/Node' })
    expect(document.schemas).toEqual({ Node: { properties: { next: { $ref: '#/schemas/Node' } } } })
  })

  test('to other places in the document get a schema of their own', () => {
    const { action, document } = output(
      { $ref: '#/components/schemas/A/properties/deep%20one' },
      { A: { properties: { 'deep one': text } } },
    )
    expect(action.output).toEqual({ $ref: '#/schemas/A_deep_one' })
    expect(document.schemas).toEqual({ A_deep_one: text })
  })

  test('to references lead to where those end', () => {
    const { action, document } = output({ $ref: '#/components/schemas/A' }, { A: { $ref: '#/components/schemas/B' }, B: text })
    expect(action.output).toEqual({ $ref: '#/schemas/B' })
    expect(document.schemas).toEqual({ B: text })
  })

  test('that lead nowhere or only to each other accept anything, and are reported', () => {
    const { action, report } = output(
      { properties: { a: { $ref: '#/components/schemas/None' }, b: { $ref: '#/components/schemas/B' } } },
      { B: { $ref: '#/components/schemas/C' }, C: { $ref: '#/components/schemas/B' } },
    )
    expect(action.output).toEqual({ properties: { a: {}, b: {} } })
    expect(report.entries).toMatchObject([
      { level: 'skipped', message: expect.stringContaining('points at nothing') },
      { level: 'skipped', message: expect.stringContaining('leads back to itself') },
    ])
  })

  test('have names that need no escape, each once', () => {
    const { action, document } = output(
      { oneOf: [{ $ref: '#/components/schemas/a~1b' }, { $ref: '#/components/schemas/a b' }] },
      { 'a/b': text, 'a b': { type: 'integer' } },
    )
    expect(action.output).toEqual({ oneOf: [{ $ref: '#/schemas/a_b' }, { $ref: '#/schemas/a_b_2' }] })
    expect(document.schemas).toEqual({ a_b: text, a_b_2: { type: 'integer' } })
  })

  test('of a discriminator follow the schemas', () => {
    const { document } = output(
      { $ref: '#/components/schemas/Pet' },
      {
        Pet: {
          discriminator: {
            propertyName: 'kind',
            mapping: { cat: '#/components/schemas/Cat', dog: 'Dog', cow: '#/components/schemas/Cow' },
          },
        },
        Cat: text,
      },
    )
    expect(document.schemas).toEqual({
      Pet: { discriminator: { propertyName: 'kind', mapping: { cat: '#/schemas/Cat', dog: 'Dog' } } },
      Cat: text,
    })
  })
})

describe('what travels one way only', () => {
  const User = {
    type: 'object',
    required: ['id', 'name', 'password'],
    properties: {
      id: { ...text, readOnly: true },
      name: text,
      password: { ...text, writeOnly: true },
      boss: { $ref: '#/components/schemas/User' },
    },
  }
  const list = { type: 'array', items: { $ref: '#/components/schemas/User' } }
  const both = { requestBody: { required: true, content: { 'application/json': { schema: list } } }, ...answering(list) }

  test('is not required the other way, and each way has its own schema', () => {
    const { action, input, document } = importOne(both, { components: { schemas: { User } } })
    expect(input.properties.body).toEqual({ type: 'array', items: { $ref: '#/schemas/User_input' } })
    expect(action.output).toEqual({ type: 'array', items: { $ref: '#/schemas/User_output' } })
    expect(document.schemas).toMatchObject({
      User_input: { required: ['name', 'password'], properties: { boss: { $ref: '#/schemas/User_input' } } },
      User_output: { required: ['id', 'name'], properties: { boss: { $ref: '#/schemas/User_output' } } },
    })
  })

  test('is found behind references and beside an allOf', () => {
    const schemas = {
      Id: { ...text, readOnly: true },
      Base: { properties: { id: { $ref: '#/components/schemas/Id' } } },
      User: { allOf: [{ $ref: '#/components/schemas/Base' }, { required: ['id', 'x'] }] },
    }
    const { document } = importOne(both, { components: { schemas } })
    expect(document.schemas).toMatchObject({
      User_input: { allOf: [{}, { required: ['x'] }] },
      User: { allOf: [{}, { required: ['id', 'x'] }] },
    })
  })

  test('makes no copy where nothing differs', () => {
    const { document } = importOne(both, {
      components: { schemas: { User: { properties: { id: { ...text, readOnly: true } } } } },
    })
    expect(Object.keys(document.schemas ?? {})).toEqual(['User'])
  })
})
