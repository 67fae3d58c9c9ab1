import { describe, expect, test } from 'vitest'
import type { ImportPreview } from '../../api/types.ts'
import {
  filtered,
  importRequest,
  missingIn,
  noFilter,
  renameProblem,
  reviewed,
  reviewOf,
  schemeUses,
  tokensOf,
} from './review.ts'

const operation = (action: string, rest: Partial<ImportPreview['operations'][number]> = {}) => ({
  action,
  method: 'GET',
  path: `/${action}`,
  title: '',
  tags: [],
  effect: 'read' as const,
  inputs: 0,
  required: 0,
  ...rest,
})
const preview = (operations: ImportPreview['operations']): ImportPreview => ({
  connector: 'crm',
  name: 'CRM',
  description: '',
  servers: { production: { url: 'https://crm.example.com' } },
  auth: { key: { type: 'api_key', name: 'X-Key' }, token: { type: 'bearer' } },
  tags: [],
  operations,
  proposal: [
    { action: 'b', reason: 'Lists.' },
    { action: 'a', reason: 'Reads.' },
  ],
  report: { format: 'OpenAPI 3.1.0', operations: 3, imported: 2, entries: [] },
})
const source = { url: 'https://crm.example.com/openapi.json' }
const small = reviewOf(
  source,
  preview([
    operation('a', { tags: ['People'], auth: ['key'] }),
    operation('b', { effect: 'write', method: 'POST', notes: 2 }),
    operation('c', { problem: 'TRACE cannot be called.' }),
  ]),
)
const names = (items: ReturnType<typeof filtered>) => items.map((item) => item.operation.action)

describe('choosing from a document', () => {
  test('begins with everything of a small one, and with the proposal of a large one', () => {
    expect([...small.selected]).toEqual(['a', 'b'])
    const many = Array.from({ length: 40 }, (_, index) => operation(`op${index}`))
    expect([...reviewOf(source, preview([operation('a'), operation('b'), ...many])).selected].sort()).toEqual(['a', 'b'])
  })

  test('finds by words, tag, effect, state, and shows the proposal with the most useful first', () => {
    const find = (filter: Partial<typeof noFilter>) => names(filtered(small, { ...noFilter, ...filter }))
    expect(find({ text: 'post /b' })).toEqual(['b'])
    expect(find({ tag: 'People' })).toEqual(['a'])
    expect(find({ effect: 'write' })).toEqual(['b'])
    expect(find({ state: 'left_out' })).toEqual(['c'])
    expect(find({ state: 'adjusted' })).toEqual(['b'])
    expect(find({ show: 'proposed' })).toEqual(['b', 'a'])
    const renamed = reviewed(small, { kind: 'rename', action: 'a', name: 'find_people' })
    expect(names(filtered(renamed, { ...noFilter, text: 'find_' }))).toEqual(['a'])
  })

  test('takes a new name that is one and belongs to no other', () => {
    expect(renameProblem(small, 'a', 'b')).toContain('Another')
    expect(renameProblem(small, 'a', '1st')).toContain('letter')
    expect(renameProblem(small, 'a', 'a')).toBeNull()
    const freed = reviewed(small, { kind: 'rename', action: 'b', name: 'make' })
    expect(renameProblem(freed, 'a', 'b')).toBeNull()
  })

  test('asks for all when all is chosen, otherwise names what is, with its new names alone', () => {
    expect(importRequest(small)).toEqual({ ...source, name: 'CRM', connector: 'crm' })
    const renamed = reviewed(reviewed(small, { kind: 'rename', action: 'a', name: 'x' }), {
      kind: 'rename',
      action: 'b',
      name: 'y',
    })
    expect(importRequest(reviewed(renamed, { kind: 'select', actions: ['b'], on: false }))).toEqual({
      ...source,
      name: 'CRM',
      connector: 'crm',
      select: ['a'],
      rename: { a: 'x' },
    })
  })

  test('says how many of the chosen accept each scheme, and what is missing', () => {
    expect(schemeUses(small)).toEqual({ needed: 2, uses: new Map(Object.entries({ key: 2, token: 1 })) })
    const open = reviewOf(source, preview([operation('a', { auth: [] }), operation('b')]))
    expect(schemeUses(open).needed).toBe(1)
    expect(missingIn(small)).toBeNull()
    expect(missingIn(reviewed(small, { kind: 'select', actions: ['a', 'b'], on: false }))).toContain('at least one')
    expect(missingIn(reviewed(small, { kind: 'connector', connector: 'Größe' }))).toContain('identifier')
  })
})

test('adds up what the chosen operations cost, and says nothing where one was not counted', () => {
  const counted = reviewOf(source, preview([operation('a', { tokens: 120 }), operation('b', { tokens: 30 })]))
  expect(tokensOf(counted)).toBe(150)
  expect(tokensOf(reviewed(counted, { kind: 'select', actions: ['a'], on: false }))).toBe(30)
  expect(tokensOf(reviewOf(source, preview([operation('a', { tokens: 120 }), operation('b')])))).toBeNull()
})
