import { Validator } from '@cfworker/json-schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonSchemaValue } from '../document.ts'
import { schemaCompiler } from './validator.ts'

const check = (schema: JsonSchemaValue, value: unknown, schemas: Record<string, JsonSchemaValue> = {}) =>
  schemaCompiler(schemas, { formats: true }).compile(schema)(value)
const messages = (schema: JsonSchemaValue, value: unknown) => check(schema, value).map(({ message }) => message)

const customer = {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', minLength: 1 },
    limit: { type: 'integer', maximum: 100 },
    tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
    address: { type: 'object', properties: { city: { type: 'string' }, 'post code': { type: 'string' } } },
  },
}

describe('a problem', () => {
  test.each([
    [{}, '/id', 'id is required'],
    [{ id: 'a', limit: 101 }, '/limit', 'limit must be at most 100'],
    [{ id: 'a', limit: 1.5 }, '/limit', 'limit must be an integer'],
    [{ id: '' }, '/id', 'id must not be empty'],
    [{ id: 'a', limti: 1 }, '/limti', 'limti is not a known property; did you mean "limit"?'],
    [{ id: 'a', tags: ['x', 1] }, '/tags/1', 'tags[1] must be a string'],
    [{ id: 'a', tags: ['x', 'x'] }, '/tags', 'tags must not hold the same item twice'],
    [{ id: 'a', address: { 'post code': 1 } }, '/address/post code', 'address["post code"] must be a string'],
    [[], '', 'The value must be an object'],
    [null, '', 'The value must be an object'],
  ])('in %j is named by its place in plain words', (value, path, message) => {
    expect(check(customer, value)).toEqual([{ path, message }])
  })

  test('does not hide the others', () => {
    expect(messages(customer, { limit: 'x', tags: 3 }).sort()).toEqual([
      'id is required',
      'limit must be an integer',
      'tags must be an array',
    ])
  })

  test('is one of at most 20, however wrong the value', () => {
    const wrong = Array.from({ length: 300_000 }, () => ({ a: 1, b: 2 }))
    const items = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }
    expect(check({ type: 'array', items }, wrong)).toHaveLength(20)
    expect(check({ type: 'array', items: { anyOf: [items, { type: 'null' }] } }, wrong)).toHaveLength(20)
  })

  test('is one of at most 20, however many names are missing', () => {
    expect(check({ required: Array.from({ length: 100 }, (_, i) => `n${i}`) }, {})).toHaveLength(20)
  })

  test('never shows the value', () => {
    expect(JSON.stringify(check({ const: 'a', maxLength: 1, pattern: '^a$', format: 'date' }, 'secret-value'))).not.toContain(
      'secret-value',
    )
  })

  test('among alternatives is the one of the alternative that was meant', () => {
    const pet = {
      oneOf: [
        { properties: { kind: { const: 'cat' }, lives: { type: 'integer' } }, required: ['kind', 'lives'] },
        { properties: { kind: { const: 'dog' } }, required: ['kind'] },
      ],
    }
    expect(messages(pet, { kind: 'cat', lives: 'nine' })).toEqual(['lives must be an integer'])
    expect(messages(pet, { kind: 'cow' })).toEqual(['kind must be one of "cat" or "dog"'])
    expect(messages({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] }, ['a', 1])).toEqual([
      '[1] must be a string',
    ])
    expect(messages({ anyOf: [{ type: 'string' }, { type: 'number' }] }, null)).toEqual([
      'The value must be a string or a number',
    ])
  })
})

describe('a schema of a third party', () => {
  test('runs its patterns in linear time', () => {
    const evil = `${'a'.repeat(50_000)}!`
    const start = performance.now()
    expect(messages({ pattern: '^(a+)+$' }, evil)).toEqual(['The value must match the pattern ^(a+)+$'])
    expect(
      messages({ patternProperties: { '^(a|a)*$': { type: 'string' } }, additionalProperties: false }, { [evil]: 1 }),
    ).toHaveLength(1)
    expect(messages({ propertyNames: { pattern: '^([a-z]+)*$' } }, { [evil]: 1 })).toHaveLength(1)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test.each(['(?=x)y', '(a)\\1', '(', '[z-a]', 'a'.repeat(3000), '(a{1000}){1000}'])(
    'keeps working with the pattern %s, which is ignored',
    (pattern) => {
      expect(check({ pattern, type: 'string' }, 'anything')).toEqual([])
      expect(check({ patternProperties: { [pattern]: false } }, { anything: 1 })).toEqual([])
    },
  )

  test('checks the formats it knows and ignores the others', () => {
    const valid: [string, string][] = [
      ['date', '2024-02-29'],
      ['date-time', '2024-01-01T10:00:00.123Z'],
      ['date-time', '2024-01-01t10:00:00+02:00'],
      ['time', '10:00:00Z'],
      ['email', 'a+b@example.com'],
      ['uuid', '2EB8AA08-AA98-11EA-B4AA-73B441D16380'],
      ['ipv4', '10.0.0.1'],
      ['ipv6', '::1'],
      ['uri', 'urn:isbn:1'],
      ['colour', 'nonsense'],
    ]
    for (const [format, value] of valid) expect(check({ format }, value), `${format} ${value}`).toEqual([])
    const invalid: [string, string][] = [
      ['date', '2023-02-29'],
      ['date', '2024-13-01'],
      ['date-time', '2024-01-01'],
      ['time', '25:00:00Z'],
      ['email', 'nobody'],
      ['uuid', 'x'],
      ['ipv4', '010.0.0.1.2'],
      ['ipv6', '1'],
      ['uri', '/relative'],
    ]
    for (const [format, value] of invalid) expect(check({ format }, value), `${format} ${value}`).toHaveLength(1)
    expect(schemaCompiler({}, { formats: false }).compile({ format: 'date' })('yesterday')).toEqual([])
  })

  test('may be malformed: such keywords count as absent', () => {
    const schema = {
      type: 'date',
      required: true,
      properties: { a: 5, b: { enum: 'x' } },
      anyOf: [],
      minimum: '3',
      items: null,
      multipleOf: 0,
      maxLength: -1,
    }
    expect(check(schema, { b: 'x' })).toEqual([])
    expect(check(schema, 'text')).toEqual([])
  })

  test('may refer to itself, to nothing and in circles', () => {
    const tree = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/schemas/Tree' } } },
      required: ['children'],
    }
    expect(check({ $ref: '#/schemas/Tree' }, { children: [{ children: [] }] }, { Tree: tree })).toEqual([])
    expect(check({ $ref: '#/schemas/Tree' }, { children: [{}] }, { Tree: tree })).toEqual([
      { path: '/children/0/children', message: 'children[0].children is required' },
    ])
    expect(check({ $ref: '#/schemas/Nothing' }, 1)).toEqual([])
    expect(check({ $ref: 'https://example.com/schema.json' }, 1)).toEqual([])
    expect(check({ $ref: '#/schemas/A' }, 1, { A: { $ref: '#/schemas/B' }, B: { $ref: '#/schemas/A' } })).toHaveLength(1)
  })

  test('resolves local references from the schema they stand in', () => {
    const schemas = { A: { properties: { x: { $ref: '#/$defs/X' } }, $defs: { X: { type: 'string' } } } }
    const schema = { properties: { a: { $ref: '#/schemas/A' }, b: { $ref: '#/$defs/X' } }, $defs: { X: { type: 'number' } } }
    expect(check(schema, { a: { x: 'text' }, b: 1 }, schemas)).toEqual([])
    expect(check(schema, { a: { x: 1 }, b: 'text' }, schemas).map(({ path }) => path)).toEqual(['/a/x', '/b'])
  })

  test('cannot hold the gateway with alternatives in alternatives', () => {
    const node = {
      anyOf: [
        { properties: { next: { $ref: '#/schemas/N' }, x: { const: 1 } }, required: ['x'] },
        { properties: { next: { $ref: '#/schemas/N' }, y: { const: 2 } }, required: ['y'] },
      ],
    }
    let value: Record<string, unknown> = {}
    for (let i = 0; i < 60; i++) value = { next: value }
    const start = performance.now()
    expect(check({ $ref: '#/schemas/N' }, value, { N: node })).toEqual([
      { path: '', message: 'The value is too complex to be checked' },
    ])
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  test('cannot overflow the stack with a deep value', () => {
    let value: unknown = 1
    for (let i = 0; i < 200_000; i++) value = [value]
    expect(check({ $ref: '#/schemas/L' }, value, { L: { items: { $ref: '#/schemas/L' } } })).toEqual([
      { path: '', message: 'The value is nested too deeply to be checked' },
    ])
  })

  test('counts characters, not code units', () => {
    expect(check({ maxLength: 2 }, '😀😀')).toEqual([])
    expect(check({ maxLength: 2 }, '😀😀😀')).toHaveLength(1)
    expect(check({ minLength: 2 }, '😀')).toHaveLength(1)
  })

  test('finds duplicates in a long list at once', () => {
    const start = performance.now()
    expect(
      check(
        { uniqueItems: true },
        Array.from({ length: 100_000 }, (_, i) => ({ id: i })),
      ),
    ).toEqual([])
    expect(performance.now() - start).toBeLessThan(2000)
  })

  test('is not fooled by names of the language', () => {
    expect(check({ required: ['constructor'] }, {})).toHaveLength(1)
    expect(check({ properties: { a: {} }, additionalProperties: false }, JSON.parse('{"__proto__": 1}'))).toHaveLength(1)
    expect(check({ properties: { toString: { type: 'string' } } }, {})).toEqual([])
  })

  test('knows which properties were looked at', () => {
    const schema = {
      allOf: [{ properties: { a: true } }, { $ref: '#/$defs/B' }],
      $defs: { B: { properties: { b: true } } },
      unevaluatedProperties: false,
    }
    expect(check(schema, { a: 1, b: 2 })).toEqual([])
    expect(check(schema, { a: 1, c: 2 })).toEqual([{ path: '/c', message: 'c is not a known property' }])
    const either = { anyOf: [{ properties: { a: true } }, { properties: { b: true } }], unevaluatedProperties: false }
    expect(check(either, { a: 1, b: 2 })).toEqual([])
    const inner = {
      allOf: [{ properties: { a: true }, unevaluatedProperties: { type: 'number' } }],
      unevaluatedProperties: false,
    }
    expect(check(inner, { a: 'x', b: 2 })).toEqual([])
    expect(check({ prefixItems: [true], contains: { const: 'x' }, unevaluatedItems: false }, [1, 'x'])).toEqual([])
    expect(check({ prefixItems: [true], contains: { const: 'x' }, unevaluatedItems: false }, [1, 'x', 'y'])).toHaveLength(1)
  })
})

describe('the verdict', () => {
  // Small vocabularies, so that schemas and values meet often.
  const scalar = fc.constantFrom(null, true, 0, 1, 2, 3, 2.5, '', 'a', 'b', 'ab', 'abc')
  const name = fc.constantFrom('a', 'b', 'c')
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    ),
  }))
  const count = fc.integer({ min: 0, max: 3 })
  const { schema } = fc.letrec<{ schema: JsonSchemaValue; object: JsonSchemaValue }>((tie) => {
    const sub = tie('schema')
    const list = fc.array(sub, { minLength: 1, maxLength: 3 })
    const map = fc.dictionary(name, sub, { maxKeys: 3 })
    const patterns = fc.dictionary(fc.constantFrom('^a', 'b$', '[ab]', '^.*$'), sub, { maxKeys: 2 })
    return {
      schema: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.boolean(), tie('object')),
      object: fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'null', 'boolean'),
            fc.uniqueArray(fc.constantFrom('object', 'array', 'string', 'integer'), { minLength: 1 }),
          ),
          enum: fc.array(value, { minLength: 1, maxLength: 3 }),
          const: value,
          allOf: list,
          anyOf: list,
          oneOf: list,
          not: sub,
          if: sub,
          // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
          then: sub,
          else: sub,
          properties: map,
          patternProperties: patterns,
          additionalProperties: sub,
          unevaluatedProperties: sub,
          propertyNames: fc.constantFrom({ pattern: '^[ab]$' }, { maxLength: 1 }, true),
          required: fc.uniqueArray(name, { maxLength: 2 }),
          dependentRequired: fc.constant({ a: ['b'] }),
          dependentSchemas: fc.record({ a: sub }),
          minProperties: count,
          maxProperties: count,
          prefixItems: list,
          items: sub,
          contains: sub,
          minItems: count,
          maxItems: count,
          uniqueItems: fc.boolean(),
          minLength: count,
          maxLength: count,
          pattern: fc.constantFrom('^a', 'b$', '^[a-b]+$'),
          minimum: count,
          maximum: count,
          exclusiveMinimum: count,
          exclusiveMaximum: count,
          multipleOf: fc.constantFrom(1, 2, 0.5),
        },
        { requiredKeys: [] },
      ),
    }
  })

  test('is the one of another implementation of draft 2020-12', () => {
    fc.assert(
      fc.property(schema, value, (written, instance) => {
        const theirs = new Validator(structuredClone(written) as Record<string, unknown>, '2020-12', false).validate(
          structuredClone(instance),
        ).valid
        expect(check(written, instance).length === 0).toBe(theirs)
      }),
      { numRuns: 500 },
    )
  })
})
