import { describe, expect, test } from 'vitest'
import type { ActionDocument, ConnectorDocument } from './document.ts'
import { isNewer, nextVersion } from './version.ts'

const action = (changes: Partial<ActionDocument> = {}): ActionDocument => ({
  method: 'POST',
  path: '/x/{id}',
  input: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, note: { type: 'string' }, address: { $ref: '#/schemas/Address' } },
  },
  output: { type: 'array', items: { type: 'object', properties: { id: {}, name: {} } } },
  ...changes,
})
const document = (changes: Partial<ConnectorDocument> = {}): ConnectorDocument => ({
  connector: 'crm',
  name: 'CRM',
  servers: { production: { url: 'https://crm.example.com' } },
  auth: { key: { type: 'bearer' } },
  fields: { region: { type: 'string' } },
  actions: { go: action(), stop: action() },
  schemas: { Address: { type: 'object', properties: { city: {}, street: {} }, required: ['city'] } },
  ...changes,
})
const change = (changes: Partial<ConnectorDocument>) => nextVersion(document(), document(changes), '1.4.2')
const input = (properties: object, required: string[] = ['id']) =>
  change({ actions: { go: action({ input: { type: 'object', required, properties } }), stop: action() } })
const properties = { id: {}, note: {}, address: { $ref: '#/schemas/Address' } }

describe('the next version is major when', () => {
  test.each([
    ['an action is removed', change({ actions: { go: action() } }), 'action stop was removed'],
    ['an input is removed', input({ id: {}, address: { $ref: '#/schemas/Address' } }), 'action go: input note was removed'],
    ['a new input is required', input({ ...properties, more: {} }, ['id', 'more']), 'action go: input more is new and required'],
    ['an input becomes required', input(properties, ['id', 'note']), 'action go: input note became required'],
    [
      'a default of a required input goes',
      nextVersion(
        document({ actions: { go: action({ path: '/{v}', input: { properties: { v: { default: 'a' } } } }) } }),
        document({ actions: { go: action({ path: '/{v}', input: { properties: { v: {} } } }) } }),
        '1.4.2',
      ),
      'action go: input v became required',
    ],
    [
      'an output is removed',
      change({ actions: { go: action({ output: { items: { properties: { id: {} } } } }), stop: action() } }),
      'action go: output [].name was removed',
    ],
    [
      'a shared schema loses a property',
      change({ schemas: { Address: { properties: { city: {} }, required: ['city'] } } }),
      'action go: input address.street was removed',
    ],
    [
      'an input has another type',
      input({ ...properties, id: { type: 'number' } }),
      'action go: input id has another type: string → number',
    ],
    ['a connection field is removed', change({ fields: {} }), 'connection field region was removed'],
    [
      'a new connection field is required',
      change({ fields: { region: {}, tenant: { required: true } } }),
      'connection field tenant is new and required',
    ],
    [
      'a connection field becomes required',
      change({ fields: { region: { required: true } } }),
      'connection field region became required',
    ],
    [
      'the server URL asks for a new variable',
      change({ servers: { production: { url: 'https://{t}.example.com', variables: { t: {} } } } }),
      'connection field t is new and required',
    ],
    [
      'an environment is removed',
      nextVersion(
        document({ servers: { production: { url: 'https://a' }, staging: { url: 'https://b' } } }),
        document(),
        '1.4.2',
      ),
      'connection environment staging was removed',
    ],
    ['an auth scheme is removed', change({ auth: {} }), 'connection auth scheme key was removed'],
  ])('%s', (_name, { floor, version, reasons }, reason) => {
    expect({ floor, version }).toEqual({ floor: 'major', version: '2.0.0' })
    expect(reasons).toContain(reason)
  })
})

describe('the next version is minor when', () => {
  test.each([
    ['an action is new', change({ actions: { go: action(), stop: action(), more: action() } }), 'action more is new'],
    ['an optional input is new', input({ ...properties, more: {} }), 'action go: input more is new'],
    [
      'a required input with a default is new',
      input({ ...properties, more: { default: 1 } }, ['id', 'more']),
      'action go: input more is new',
    ],
    [
      'an optional object is new whose own properties are required',
      input({ ...properties, extra: { type: 'object', properties: { a: {} }, required: ['a'] } }),
      'action go: input extra is new',
    ],
    [
      'an output is new',
      change({ actions: { go: action({ output: { items: { properties: { id: {}, name: {}, more: {} } } } }), stop: action() } }),
      'action go: output [].more is new',
    ],
    ['an optional field is new', change({ fields: { region: {}, more: {} } }), 'connection field more is new'],
    [
      'a required field with a default is new',
      change({ fields: { region: {}, more: { required: true, default: 'x' } } }),
      'connection field more is new',
    ],
  ])('%s', (_name, { floor, version, reasons }, reason) => {
    expect({ floor, version }).toEqual({ floor: 'minor', version: '1.5.0' })
    expect(reasons).toContain(reason)
  })
})

test('the next version is a patch otherwise', () => {
  expect(change({ name: 'Other', description: 'x' })).toEqual({ floor: 'patch', version: '1.4.3', reasons: [] })
  const bounded = { id: { type: 'string', maxLength: 9 }, note: { type: 'string' }, address: properties.address }
  expect(input(bounded).floor).toBe('patch')
})

test('inputs derived from placeholders count like declared ones', () => {
  const bare = (path: string) => document({ actions: { go: { method: 'GET', path } } })
  expect(nextVersion(bare('/{a}'), bare('/{a}/{b}'), '0.1.0')).toMatchObject({
    floor: 'major',
    version: '1.0.0',
    reasons: ['action go: input b is new and required'],
  })
})

test('schemas in circles are compared to a bounded depth', () => {
  const tree = document({
    schemas: {
      Address: { properties: { next: { $ref: '#/schemas/Address' }, more: { allOf: [{ $ref: '#/schemas/Address' }] } } },
    },
  })
  expect(nextVersion(tree, tree, '1.0.0').floor).toBe('patch')
})

test('versions are compared as numbers', () => {
  expect([isNewer('1.10.0', '1.9.9'), isNewer('2.0.0', '10.0.0'), isNewer('1.0.0', '1.0.0'), isNewer('1.0.1', '1.0.0')]).toEqual([
    true,
    false,
    false,
    true,
  ])
})
