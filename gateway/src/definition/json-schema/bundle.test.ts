import { describe, expect, test } from 'vitest'
import { schemaBundler } from './bundle.ts'
import { schemaCompiler } from './validator.ts'

const schemas = {
  Customer: { type: 'object', properties: { address: { $ref: '#/schemas/Address' }, friend: { $ref: '#/schemas/Customer' } } },
  Address: { type: 'object', properties: { city: { type: 'string' } } },
  Local: { properties: { self: { $ref: '#' }, x: { $ref: '#/$defs/X' } }, $defs: { X: { type: 'number' } } },
  'Odd/name~': { type: 'string' },
  Unused: { type: 'null' },
}
const bundle = (schema: Record<string, unknown>) => schemaBundler(schemas).bundle(schema)

describe('a self-contained schema', () => {
  test('holds what it reaches and nothing else, with circles as references', () => {
    expect(bundle({ type: 'array', items: { $ref: '#/schemas/Customer' } })).toEqual({
      type: 'array',
      items: { $ref: '#/$defs/Customer' },
      $defs: {
        Address: { type: 'object', properties: { city: { type: 'string' } } },
        Customer: { type: 'object', properties: { address: { $ref: '#/$defs/Address' }, friend: { $ref: '#/$defs/Customer' } } },
      },
    })
  })

  test('can be serialised and means the same', () => {
    const schema = {
      properties: { c: { $ref: '#/schemas/Customer' }, l: { $ref: '#/schemas/Local' }, o: { $ref: '#/schemas/Odd~1name~0' } },
    }
    const before = schemaCompiler(schemas, { formats: false }).compile(schema)
    const after = schemaCompiler({}, { formats: false }).compile(JSON.parse(JSON.stringify(bundle(schema))))
    for (const value of [{ c: { friend: { address: { city: 1 } } } }, { l: { self: { self: { x: 'no' } } } }, { o: 1 }]) {
      expect(after(value)).toEqual(before(value))
      expect(after(value)).toHaveLength(1)
    }
  })

  test('keeps its own definitions apart from those of the connector', () => {
    const made = bundle({
      properties: { own: { $ref: '#/$defs/Address' }, shared: { $ref: '#/schemas/Address' } },
      $defs: { Address: { type: 'boolean' } },
    })
    const validate = schemaCompiler({}, { formats: false }).compile(made)
    expect(validate({ own: true, shared: { city: 'x' } })).toEqual([])
    expect(validate({ own: {}, shared: { city: 1 } }).map(({ path }) => path)).toEqual(['/own', '/shared/city'])
  })

  test('leaves out malformed keywords and references to nowhere, and keeps values as they are', () => {
    expect(
      bundle({
        type: 'date',
        properties: { a: { $ref: '#/schemas/Nope', default: { $ref: '#/schemas/Address' } } },
        required: true,
      }),
    ).toEqual({
      properties: { a: { default: { $ref: '#/schemas/Address' } } },
    })
  })

  test('shares what it rewrote with the next one', () => {
    const bundler = schemaBundler(schemas)
    const [a, b] = [bundler.bundle({ $ref: '#/schemas/Customer' }), bundler.bundle({ items: { $ref: '#/schemas/Customer' } })]
    expect(Reflect.get(Object(a.$defs), 'Address')).toBe(Reflect.get(Object(b.$defs), 'Address'))
  })
})
