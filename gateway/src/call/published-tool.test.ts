import { describe, expect, it } from 'vitest'
import { toMcpTool } from './published-tool.ts'
import type { ToolView } from './types.ts'

const base: ToolView = {
  name: 'crm_get_customer',
  connector: 'crm',
  action: 'get_customer',
  connection: { id: 'con_1', name: 'CRM', environment: 'production' },
  title: 'Get a customer',
  description: 'Reads one customer.',
  effect: 'read',
  confirm: false,
  deprecated: false,
  method: 'GET',
  path: '/customers/{id}',
  input_schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  output_schema: null,
}

describe('a tool as MCP lists it', () => {
  it('keeps descriptions under 2 KB without splitting a character', () => {
    const { description } = toMcpTool({ ...base, confirm: true, deprecated: true, description: 'ü😀'.repeat(900) })
    expect(Buffer.byteLength(description ?? '')).toBeLessThan(2048)
    expect(Buffer.byteLength(description ?? '')).toBeGreaterThan(1990)
    expect(description).not.toContain('\uFFFD')
    expect(description).toMatch(/… Deprecated by the API\. Each call waits until a person has approved it\.$/)
    expect(toMcpTool(base).description).toBe('Reads one customer.')
  })

  it('says what a tool without description calls', () => {
    expect(toMcpTool({ ...base, description: ' ' }).description).toBe('GET /customers/{id} of crm.')
  })

  it.each([
    ['read', 'GET', [true, false, true]],
    ['read', 'POST', [true, false, true]],
    ['write', 'POST', [false, false, false]],
    ['write', 'PUT', [false, false, true]],
    ['destructive', 'DELETE', [false, true, true]],
    ['destructive', 'POST', [false, true, false]],
  ] as const)('sets all four hints of a %s with %s', (effect, method, [readOnlyHint, destructiveHint, idempotentHint]) => {
    expect(toMcpTool({ ...base, effect, method }).annotations).toEqual({
      readOnlyHint,
      destructiveHint,
      idempotentHint,
      openWorldHint: true,
    })
  })

  it('publishes an object at the root of the input schema, whatever it is made of', () => {
    const $defs = {
      Customer: { type: 'object', properties: { name: { type: 'string' }, any: true, none: false }, required: ['name'] },
    }
    expect(toMcpTool({ ...base, input_schema: { $ref: '#/$defs/Customer', $defs } }).inputSchema).toEqual({
      type: 'object',
      properties: { name: { type: 'string' }, any: {}, none: { not: {} } },
      required: ['name'],
      $defs,
    })
    expect(
      toMcpTool({ ...base, input_schema: { anyOf: [{ required: ['a'] }], properties: { a: { type: 'string' } } } }).inputSchema,
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string' } },
    })
    expect(toMcpTool({ ...base, input_schema: { $ref: '#/$defs/Missing', $defs: {} } }).inputSchema).toEqual({
      type: 'object',
      properties: {},
      $defs: {},
    })
    const $loop = { A: { $ref: '#/$defs/A' } }
    expect(toMcpTool({ ...base, input_schema: { $ref: '#/$defs/A', $defs: $loop } }).inputSchema).toEqual({
      type: 'object',
      properties: {},
      $defs: $loop,
    })
  })

  it('converts a schema once, and leaves the original as it is', () => {
    const input_schema = Object.freeze({ $ref: '#/$defs/A', $defs: { A: { type: 'object' } } })
    const first = toMcpTool({ ...base, input_schema })
    expect(toMcpTool({ ...base, input_schema }).inputSchema).toBe(first.inputSchema)
    expect(input_schema.$ref).toBe('#/$defs/A')
  })

  it('promises structured answers only where every answer is an object and not waiting for a person', () => {
    const customer = { type: 'object', properties: { name: { type: 'string' } } }
    expect(toMcpTool({ ...base, output_schema: customer }).outputSchema).toEqual(customer)
    expect(toMcpTool({ ...base, output_schema: { $ref: '#/$defs/A', $defs: { A: customer } } }).outputSchema).toMatchObject(
      customer,
    )
    for (const output_schema of [
      null,
      true,
      { type: 'array' },
      { type: ['object', 'null'] },
      { anyOf: [customer, { type: 'array' }] },
      {},
    ]) {
      expect(toMcpTool({ ...base, output_schema })).not.toHaveProperty('outputSchema')
    }
    expect(toMcpTool({ ...base, confirm: true, output_schema: customer })).not.toHaveProperty('outputSchema')
  })
})
