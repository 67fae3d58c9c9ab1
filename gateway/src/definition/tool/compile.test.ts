import { describe, expect, it } from 'vitest'
import type { JsonSchemaValue } from '../document.ts'
import { compileInput, compileOutput } from './compile.ts'
import { maxSchemaBytes, type ToolFormat, toolFormats } from './family.ts'
import { lintTool } from './lint.ts'
import { restore } from './restore.ts'
import { jsonBytes, trimText } from './text.ts'
import { estimateTokens } from './tokens.ts'

const compile = (schema: JsonSchemaValue, format: ToolFormat, schemas = {}) => compileInput({ schema, schemas }, format)
const object = (properties: Record<string, unknown>, more = {}) => ({ type: 'object', properties, ...more })
const text = { type: 'string' }

describe.each(toolFormats)('a schema for %s', (format) => {
  const lint = (schema: JsonSchemaValue, schemas = {}) =>
    lintTool({ name: 'tool', description: 'Does it.', schema: compile(schema, format, schemas).schema }, format)

  it('takes what an alternative at the root takes, without one at the root', () => {
    const schema = {
      type: 'object',
      oneOf: [object({ email: text }, { required: ['email'] }), object({ id: text }, { required: ['id'] })],
    }
    const compiled = compile(schema, format)
    expect(Object.keys(compiled.schema.properties as object)).toEqual(['email', 'id'])
    expect(compiled.schema.description).toContain('Needs `email`, or `id`.')
    expect(lint(schema)).toEqual([])
    const given = format === 'openai-strict' ? { email: 'a@b.test', id: null } : { email: 'a@b.test' }
    expect(restore(given, compiled.back)).toEqual({ email: 'a@b.test' })
  })

  it('ends where a schema contains itself', () => {
    const schemas = { Node: object({ name: text, children: { type: 'array', items: { $ref: '#/schemas/Node' } } }) }
    const schema = object({ tree: { $ref: '#/schemas/Node' } })
    expect(lint(schema, schemas)).toEqual([])
    expect(JSON.stringify(compile(schema, format, schemas).schema)).not.toContain('$ref')
  })

  it('ends where references multiply', () => {
    const names = Array.from({ length: 40 }, (_, index) => `L${index}`)
    const schemas = Object.fromEntries(
      names.map((name, index) => {
        const next = { $ref: `#/schemas/${names[index + 1] ?? 'End'}` }
        return [name, { allOf: [next, next], properties: { a: next, b: next } }]
      }),
    )
    expect(lint({ $ref: '#/schemas/L0' }, { ...schemas, End: text })).toEqual([])
  })

  it('stays within its bound, whatever the document holds', () => {
    const wide = object(
      Object.fromEntries(
        Array.from({ length: 3000 }, (_, index) => [`property_number_${index}`, { ...text, description: 'x'.repeat(500) }]),
      ),
    )
    const needed = { ...wide, required: Object.keys(wide.properties) }
    const values = { type: 'string', enum: Array.from({ length: 5000 }, (_, index) => `value ${index}`) }
    for (const schema of [wide, needed, object({ values }), object({ deep: wide, other: needed })]) {
      expect(jsonBytes(compile(schema, format).schema)).toBeLessThanOrEqual(maxSchemaBytes)
      expect(lint(schema)).toEqual([])
    }
  })

  it('gives names back as the API knows them', () => {
    const schema = object({
      body: object({ 'filter[status]': text, $top: { type: 'integer' }, filter_status: text, ['x'.repeat(90)]: text }),
    })
    const compiled = compile(schema, format)
    expect(lint(schema)).toEqual([])
    const body = (compiled.schema.properties as { body: { properties: object } }).body
    const shown = Object.keys(body.properties)
    const given = Object.fromEntries(shown.map((name, index) => [name, index === 1 ? 1 : 'v']))
    const returned = restore({ body: given }, compiled.back) as { body: object }
    expect(new Set(Object.keys(returned.body))).toEqual(new Set(['filter[status]', '$top', 'filter_status', 'x'.repeat(90)]))
  })

  it('takes what is required and nowhere described', () => {
    const schema = object({ inner: { type: 'object', required: ['id'] } }, { required: ['inner'] })
    const { schema: shown, back } = compile(schema, format)
    expect(lint(schema)).toEqual([])
    expect(shown.properties).toMatchObject({ inner: { properties: { id: {} }, required: ['id'] } })
    const asText = !['mcp', 'anthropic', 'openai'].includes(format)
    expect(restore({ inner: { id: asText ? '7' : 7 } }, back)).toEqual({ inner: { id: 7 } })
  })

  it('takes the properties of an object and those of its alternatives', () => {
    for (const count of [2, 12]) {
      const oneOf = Array.from({ length: count }, (_, index) => object({ [`own_${index}`]: text }))
      const body = { allOf: [object({ id: text }, { required: ['id'] }), { oneOf }] }
      const { schema: shown, back } = compile(object({ body }, { required: ['body'] }), format)
      const given = (shown.properties as { body: { properties: object } }).body.properties
      expect(Object.keys(given)).toEqual(['id', ...oneOf.map((_, index) => `own_${index}`)])
      expect(restore({ body: { id: '1', own_1: 'v' } }, back)).toEqual({ body: { id: '1', own_1: 'v' } })
    }
  })

  it('tells a text from an object where either will do', () => {
    const schema = object({ card: { anyOf: [text, { type: 'object' }] } }, { required: ['card'] })
    const { schema: shown, back } = compile(schema, format)
    expect(lint(schema)).toEqual([])
    const asText = !JSON.stringify(shown.properties).includes('"object"')
    for (const card of ['tok_1', '123', '"quoted"', 'true']) expect(restore({ card }, back)).toEqual({ card })
    expect(restore({ card: asText ? '{"a":1}' : { a: 1 } }, back)).toEqual({ card: { a: 1 } })
  })

  it('takes any value where the API does', () => {
    const schema = object({ any: {}, map: { type: 'object' }, list: { type: 'array' } }, { required: ['any', 'map', 'list'] })
    const { schema: shown, back } = compile(schema, format)
    expect(lint(schema)).toEqual([])
    const { list } = shown.properties as { list: { items: { type?: string } } }
    const asText = list.items.type === 'string'
    const value = (of: unknown) => (asText ? JSON.stringify(of) : of)
    const given = { any: value([1]), map: value({ a: 1 }), list: [value(true)] }
    expect(restore(given, back)).toEqual({ any: [1], map: { a: 1 }, list: [true] })
  })
})

it('says in strict mode that a property may be left out by null, and leaves it out then', () => {
  const { schema, back } = compile(object({ id: text, note: text }, { required: ['id'] }), 'openai-strict')
  expect(schema).toEqual({
    type: 'object',
    properties: { id: text, note: { type: ['string', 'null'] } },
    required: ['id', 'note'],
    additionalProperties: false,
  })
  expect(restore({ id: '1', note: null }, back)).toEqual({ id: '1' })
})

it('keeps what does not fit as it is, for the check of the call to name', () => {
  const { back } = compile(object({ any: {}, 'a[b]': text }), 'gemini')
  expect(restore({ any: '{broken', a_b: 1, unknown: null }, back)).toEqual({ any: '{broken', 'a[b]': 1, unknown: null })
  for (const value of [null, 1, 'x', []]) expect(restore(value, back)).toEqual(value)
})

it('moves keywords that a family does not know into the description', () => {
  const schema = object({ code: { type: 'string', pattern: '^[A-Z]+$', minLength: 2, default: 'AB', description: 'A code.' } })
  const { code } = compile(schema, 'gemini').schema.properties as { code: unknown }
  expect(code).toEqual({ type: 'string', description: 'A code. Shortest length 2. Pattern: ^[A-Z]+$. Default: AB.' })
  expect(compile(schema, 'mcp').schema.properties).toEqual(schema.properties)
})

it('promises an answer only where it is an object', () => {
  const customer = object({ name: text }, { required: ['name'] })
  const output = (schema: JsonSchemaValue, schemas = {}) => compileOutput({ schema, schemas })
  expect(output(customer)).toEqual(customer)
  expect(output({ $ref: '#/schemas/C' }, { C: customer })).toEqual(customer)
  for (const schema of [true, {}, { type: 'array' }, { type: ['object', 'null'] }, { anyOf: [customer, { type: 'array' }] }]) {
    expect(output(schema)).toBeNull()
  }
})

describe('a description', () => {
  it('is cut after a whole sentence, without markup', () => {
    expect(trimText('<p>Costs **$0.50** or [more](https://x.test/a). Then more.</p>', 30)).toBe('Costs $0.50 or more.')
  })

  it('is cut between words when its first sentence is too long, and never inside a character', () => {
    expect(trimText('one two three four five', 18)).toBe('one two…')
    const cut = trimText('ü😀'.repeat(900), 2000)
    expect(jsonBytes(cut)).toBeLessThanOrEqual(2000)
    expect(jsonBytes(cut)).toBeGreaterThan(1900)
    expect(cut).not.toMatch(/[\uD800-\uDBFF]…$/)
  })
})

it('estimates tokens within a third of what OpenAI counts', () => {
  const tool = JSON.stringify({
    name: 'create_customer',
    description: 'Creates a customer.',
    input_schema: object({ email: text }),
  })
  // o200k counts 28.
  expect(estimateTokens(tool)).toBeGreaterThan(20)
  expect(estimateTokens(tool)).toBeLessThan(37)
})
