import { describe, expect, test } from 'vitest'
import type { ActionDocument, ConnectorDocument } from '../document.ts'
import { type Change, changesBetween } from './compare.ts'
import { takePart, withOwn, withRemoved } from './take.ts'

const base: ActionDocument = {
  method: 'GET',
  path: '/orders/{id}',
  query: { state: '{{state}}' },
  auth: ['key'],
  scopes: ['read'],
  input: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, state: { type: 'string', enum: ['open', 'done'] }, page: { type: 'integer' } },
  },
  output: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string' }, total: { type: 'number' }, owner: { $ref: '#/schemas/Owner' } },
  },
}
const other: ActionDocument = { method: 'GET', path: '/me', output: { $ref: '#/schemas/Owner' } }
const owner = { type: 'object', properties: { name: { type: 'string' } } }
const document = (go: ActionDocument | null = base, changes: Partial<ConnectorDocument> = {}): ConnectorDocument => ({
  connector: 'shop',
  name: 'Shop',
  servers: { production: { url: 'https://shop.example.com/v1' } },
  auth: { key: { type: 'bearer' }, basic: { type: 'basic' } },
  fields: { region: { type: 'string' } },
  default_action: 'me',
  script: { source: 'function go() { return 1 }' },
  actions: { ...(go !== null && { go }), me: other },
  schemas: { Owner: owner },
  ...changes,
})
const input = (properties: object, required = ['id']): ActionDocument => ({
  ...base,
  input: { type: 'object', required, properties: { ...(base.input as { properties: object }).properties, ...properties } },
})
const output = (properties: object): ActionDocument => ({
  ...base,
  output: { ...(base.output as object), properties: { ...(base.output as { properties: object }).properties, ...properties } },
})

const table: readonly [name: string, next: ConnectorDocument, level: string, message: string][] = [
  ['an operation is removed', document(null), 'major', 'action go was removed'],
  ['an operation is new', document(base, { actions: { go: base, me: other, more: other } }), 'minor', 'action more is new'],
  [
    'another path',
    document({ ...base, path: '/v2/orders/{id}' }),
    'patch',
    'action go: its path changed: /orders/{id} → /v2/orders/{id}',
  ],
  ['another method that reads', document({ ...base, method: 'QUERY' }), 'patch', 'action go: its method changed: GET → QUERY'],
  ['a read becomes a write', document({ ...base, method: 'POST' }), 'major', 'action go: its effect changed: read → write'],
  ['an input is new', document(input({ more: {} })), 'minor', 'action go: input more is new'],
  [
    'an input is new and required',
    document(input({ more: {} }, ['id', 'more'])),
    'major',
    'action go: input more is new and required',
  ],
  ['an input becomes required', document(input({}, ['id', 'page'])), 'major', 'action go: input page became required'],
  [
    'an input has another type',
    document(input({ page: { type: 'string' } })),
    'major',
    'action go: input page has another type: integer → string',
  ],
  [
    'an input takes more types',
    document(input({ page: { type: 'number' } })),
    'minor',
    'action go: input page has another type: integer → number',
  ],
  [
    'an input takes a value less',
    document(input({ state: { type: 'string', enum: ['open'] } })),
    'major',
    'action go: input state takes other values: done, open → open',
  ],
  [
    'an input takes a value more',
    document(input({ state: { type: 'string', enum: ['done', 'open', 'x'] } })),
    'minor',
    'action go: input state takes other values: done, open → done, open, x',
  ],
  [
    'an input has other rules',
    document(input({ id: { type: 'string', maxLength: 9 } })),
    'patch',
    'action go: input id has other rules',
  ],
  [
    'an answer may be null',
    document(output({ total: { type: ['number', 'null'] } })),
    'major',
    'action go: output total has another type: number → null or number',
  ],
  ['an answer has a field more', document(output({ tax: {} })), 'minor', 'action go: output tax is new'],
  [
    'a shared schema loses a field',
    document(base, { schemas: { Owner: { type: 'object', properties: {} } } }),
    'major',
    'action go: output owner.name was removed',
  ],
  [
    'a scheme is accepted no more',
    document({ ...base, auth: ['basic'] }),
    'major',
    'action go: the list of auth schemes it accepts takes other values: key → basic',
  ],
  [
    'a scheme more is accepted',
    document({ ...base, auth: ['basic', 'key'] }),
    'minor',
    'action go: the list of auth schemes it accepts takes other values: key → basic, key',
  ],
  ['a scope more is needed', document({ ...base, scopes: ['read', 'write'] }), 'major', 'action go: scope write is new'],
  [
    'an auth scheme places its key elsewhere',
    document(base, { auth: { key: { type: 'api_key', name: 'K' }, basic: { type: 'basic' } } }),
    'major',
    'connection auth scheme key changed',
  ],
  [
    'an auth scheme is removed',
    document(base, { auth: { key: { type: 'bearer' } } }),
    'major',
    'connection auth scheme basic was removed',
  ],
  [
    'the server is another host',
    document(base, { servers: { production: { url: 'https://other.example.com/v1' } } }),
    'major',
    'connection server of production changed: https://shop.example.com/v1 → https://other.example.com/v1',
  ],
  [
    'the server has another path',
    document(base, { servers: { production: { url: 'https://shop.example.com/v2' } } }),
    'patch',
    'connection server of production changed: https://shop.example.com/v1 → https://shop.example.com/v2',
  ],
  ['an operation is deprecated', document({ ...base, deprecated: true }), 'minor', 'action go: is deprecated'],
  ['another default action', document(base, { default_action: 'go' }), 'major', 'connection its default action changed: me → go'],
  ['other code', document(base, { script: { source: 'function go() { return 2 }' } }), 'patch', 'connection its script changed'],
  ['other words', document({ ...base, description: 'Other' }), 'patch', 'action go: what it says of itself changed'],
]

describe('the class of a change:', () => {
  test.each(table)('%s', (_name, next, level, message) => {
    const changes = changesBetween(document(), next)
    expect(changes.map((change) => change.message)).toContain(message)
    expect(changes[0]?.class).toBe(level)
  })
})

const mirrored = ({ action, aspect, field, kind, part, before, after }: Change) =>
  JSON.stringify([action, aspect, field, { added: 'removed', removed: 'added', changed: kind }[kind], part, after, before])
const plain = ({ action, aspect, field, kind, part, before, after }: Change) =>
  JSON.stringify([action, aspect, field, kind, part, before, after])

test('no change gives none, whatever the order of keys', () => {
  const turned = {
    ...document(),
    actions: { me: other, go: Object.fromEntries(Object.entries(base).reverse()) as ActionDocument },
  }
  for (const [, next] of table) expect(changesBetween(next, structuredClone(next))).toEqual([])
  expect(changesBetween(document(), turned)).toEqual([])
})

test('undoing a change gives the same changes the other way round', () => {
  for (const [, next] of table) {
    const there = changesBetween(document(), next).map(mirrored).sort()
    expect(changesBetween(next, document()).map(plain).sort()).toEqual(there)
  }
})

test('details that no fact tells of are still a change', () => {
  const example = document({ ...base, examples: [{ input: { id: '1' } }] })
  expect(changesBetween(document(), example)).toMatchObject([{ class: 'patch', action: null }])
})

describe('taking part', () => {
  test('of everything gives the newer document', () => {
    for (const [, next] of table) {
      const all = { actions: [...new Set([...Object.keys(document().actions), ...Object.keys(next.actions)])], connection: true }
      expect(changesBetween(takePart(document(), next, all), next)).toEqual([])
    }
  })

  test('of nothing leaves what calls notice as it was', () => {
    for (const [, next] of table)
      expect(changesBetween(document(), takePart(document(), next, { actions: [], connection: false }))).toEqual([])
  })

  test('keeps the shared schemas of what stays beside those of what is taken', () => {
    const next = document(base, { schemas: { Owner: { type: 'object', properties: { email: { type: 'string' } } } } })
    const taken = takePart(document(), next, { actions: ['go'], connection: false })
    const messages = changesBetween(document(), taken).map(({ message }) => message)
    expect(messages).toEqual(['action go: output owner.name was removed', 'action go: output owner.email is new'])
    expect(taken.actions.me).toEqual(other)
  })

  test('never gives actions of a script to other code than their own', () => {
    const scripted = (source: string): ConnectorDocument => ({ ...document(), kind: 'script', script: { source } })
    const [current, next] = [scripted('const go = () => 1'), scripted('const go = () => 2')]
    expect(() => takePart(current, next, { actions: ['go'], connection: false })).toThrow(/one piece of code/)
    expect(() => takePart(current, next, { actions: [], connection: true })).toThrow(/one piece of code/)
    expect(takePart(current, next, { actions: Object.keys(current.actions), connection: true }).script).toEqual(next.script)
  })

  test('refuses an action without the auth scheme that it needs', () => {
    const next = document({ ...base, auth: ['fresh'] }, { auth: { fresh: { type: 'bearer' } } })
    expect(() => takePart(document(), next, { actions: ['go'], connection: false })).toThrow(/auth scheme "fresh"/)
  })
})

test('limits, approvals and guards of the people here outlive a new document', () => {
  const current = document({ ...base, confirm: true, limits: { per_minute: 3 } }, { security: { caller_ips: ['10.0.0.0/8'] } })
  const next = withOwn(current, document({ ...base, path: '/new/{id}' }))
  expect(next).toMatchObject({
    security: { caller_ips: ['10.0.0.0/8'] },
    actions: { go: { path: '/new/{id}', confirm: true, limits: { per_minute: 3 } } },
  })
})

test('an action that is gone is remembered with what does the same now, until it is back', () => {
  const next = document(null, { actions: { me: other, get_order: { ...base, path: '/orders/{order_id}' } } })
  const without = withRemoved(document(), next, '2.0.0')
  expect(without.removed).toEqual({ go: { version: '2.0.0', use: 'get_order' } })
  expect(withRemoved(without, next, '2.0.1').removed).toEqual(without.removed)
  expect(withRemoved(without, document(), '3.0.0').removed).toEqual({ get_order: { version: '3.0.0', use: 'go' } })
})
