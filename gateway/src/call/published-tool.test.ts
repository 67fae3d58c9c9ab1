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
  tokens: 20,
  input_schema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  output_schema: null,
  icon: null,
}

describe('a tool as MCP lists it', () => {
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

  it('promises structured answers only where an answer is there at once', () => {
    const output_schema = { type: 'object', properties: { name: { type: 'string' } } }
    expect(toMcpTool({ ...base, output_schema }).outputSchema).toEqual(output_schema)
    expect(toMcpTool(base)).not.toHaveProperty('outputSchema')
    expect(toMcpTool({ ...base, confirm: true, output_schema })).not.toHaveProperty('outputSchema')
  })

  it('shows the logo of the connector', () => {
    expect(toMcpTool(base).icons).toBeUndefined()
    expect(toMcpTool({ ...base, icon: 'https://crm.example/logo.svg' }).icons).toEqual([{ src: 'https://crm.example/logo.svg' }])
  })
})
