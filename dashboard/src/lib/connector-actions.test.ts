import { expect, test } from 'vitest'
import { listActions, matching, schemasOf } from './connector-actions.ts'
import type { ConnectorDocument } from './connector-document.ts'
import { plainText } from './plain-text.ts'

const document: ConnectorDocument = {
  connector: 'crm',
  name: 'CRM',
  servers: { production: { url: 'https://crm.example.com' } },
  actions: {
    drop: { method: 'DELETE', path: '/customers/{id}' },
    notes: { method: 'GET', path: '/notes', description: '<p>The <b>latest</b> notes</p>', effect: 'read' },
    get: { method: 'GET', path: '/customers/{id}', output: { $ref: '#/schemas/Customer' } },
    find: {
      method: 'POST',
      path: '/customers/search',
      effect: 'read',
      input: { type: 'object', properties: { by: { $ref: '#/schemas/By' } } },
    },
  },
  schemas: {
    By: { anyOf: [{ type: 'string' }, { $ref: '#/schemas/Range' }] },
    Range: { type: 'object' },
    Customer: { type: 'object', properties: { boss: { $ref: '#/schemas/Customer' } } },
    Unused: { type: 'null' },
  },
}

test('lists what belongs to one path together, reading before destroying', () => {
  expect(listActions(document).map(({ name, effect }) => [name, effect])).toEqual([
    ['get', 'read'],
    ['drop', 'destructive'],
    ['find', 'read'],
    ['notes', 'read'],
  ])
})

test('finds actions by every word, in names, paths and descriptions', () => {
  const names = (text: string) => matching(listActions(document), text).map(({ name }) => name)
  expect(names('CUSTOMERS drop')).toEqual(['drop'])
  expect(names('latest')).toEqual(['notes'])
  expect(names('latest customers')).toEqual([])
})

test('gives a schema with the schemas it leads to and no others, in references that a form can follow', () => {
  expect(schemasOf(document, 'find').input).toEqual({
    type: 'object',
    properties: { by: { $ref: '#/$defs/By' } },
    $defs: { By: { anyOf: [{ type: 'string' }, { $ref: '#/$defs/Range' }] }, Range: { type: 'object' } },
  })
  expect(schemasOf(document, 'get').output).toEqual({
    $ref: '#/$defs/Customer',
    $defs: { Customer: { type: 'object', properties: { boss: { $ref: '#/$defs/Customer' } } } },
  })
})

test('takes the placeholders of an action that has no input schema', () => {
  expect(schemasOf(document, 'drop').input).toEqual({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] })
  expect(schemasOf(document, 'notes').input).toEqual({ type: 'object', properties: {} })
})

test('shows the words of a description without its markup', () => {
  expect(plainText('<p>A <a href="/x">card</a>&#39;s &amp; [owner](https://x.example)</p>\n\n**now**, `id`')).toBe(
    "A card 's & owner now, id",
  )
  expect(plainText('a < b and snake_case_name > c')).toBe('a < b and snake_case_name > c')
})
