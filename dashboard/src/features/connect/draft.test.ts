import { describe, expect, test } from 'vitest'
import type { ConnectorDocument } from '../../lib/connector-document.ts'
import { changed, connectionRequest, documentOf, draftOf, emptyDraft, missingIn } from './draft.ts'

const document: ConnectorDocument = {
  connector: 'crm',
  name: 'CRM',
  servers: { production: { url: 'https://crm.example.com' }, staging: { url: 'https://{tenant}.crm.example.com' } },
  auth: { key: { type: 'api_key', name: 'X-API-Key' } },
  actions: {
    get: { method: 'GET', path: '/a', output: { $ref: '#/schemas/A' } },
    put: { method: 'PUT', path: '/a', input: { $ref: '#/schemas/B' } },
  },
  schemas: {
    A: { type: 'object', properties: { c: { $ref: '#/schemas/C' } } },
    B: { type: 'string' },
    C: { $ref: '#/schemas/A' },
  },
}
const imported = draftOf('hand', document)

describe('a draft of an imported document', () => {
  test('is stored with the chosen actions, the schemas they lead to and no others', () => {
    const edited = changed(changed(imported, { kind: 'server', url: 'https://other.example.com' }), {
      kind: 'select',
      actions: ['put'],
      on: false,
    })
    const stored = documentOf(edited)
    expect(stored).toMatchObject({ servers: { production: { url: 'https://other.example.com' } } })
    expect(Object.keys(stored.actions)).toEqual(['get'])
    expect(Object.keys(stored.schemas ?? {})).toEqual(['A', 'C'])
  })

  test('lets actions take a scheme that replaces those they named', () => {
    const named = {
      ...document,
      actions: { get: { ...document.actions.get, auth: ['key'] }, open: { method: 'GET', path: '/o', auth: [] } },
    }
    const own = changed(draftOf('hand', named as unknown as ConnectorDocument), {
      kind: 'scheme',
      name: 'main',
      scheme: { type: 'bearer' },
    })
    expect(own.scheme).toBe('main')
    expect(own.document.actions.get).not.toHaveProperty('auth')
    expect(own.document.actions.open).toHaveProperty('auth', [])
  })

  test('chooses actions that were added and forgets those that are gone', () => {
    const { get: _, ...rest } = document.actions
    const edited = changed(imported, {
      kind: 'document',
      document: { ...document, actions: { ...rest, fresh: { method: 'GET', path: '/f' } } },
    })
    expect([...edited.selected]).toEqual(['put', 'fresh'])
  })
})

test('leaves out a scheme that was begun and not taken', () => {
  const begun = changed(imported, { kind: 'scheme', name: 'main', scheme: { type: 'headers', headers: [{ name: '' }] } })
  expect(Object.keys(documentOf(begun).auth ?? {})).toContain('main')
  const back = changed(begun, { kind: 'scheme', name: 'key' })
  expect(Object.keys(documentOf(back).auth ?? {})).toEqual(Object.keys(imported.document.auth ?? {}))
})

describe('the way through the steps', () => {
  test('stops where something is missing and says what', () => {
    expect(missingIn('basics', emptyDraft, {})).toContain('name')
    const named = changed(emptyDraft, { kind: 'name', name: 'Über CRM!' })
    expect(named.document.connector).toBe('uber_crm')
    expect(missingIn('basics', named, {})).toContain('https://')
    expect(missingIn('basics', changed(named, { kind: 'server', url: 'https://crm.example.com' }), {})).toBeNull()
    expect(missingIn('actions', named, {})).toContain('one action')
  })

  test('asks for the credential and for the variables of the chosen server', () => {
    expect(missingIn('auth', imported, {})).toContain('credential')
    expect(missingIn('auth', imported, { key: 'k' })).toBeNull()
    const staging = changed(imported, { kind: 'connection', change: { environment: 'staging' } })
    expect(missingIn('auth', staging, { key: 'k' })).toContain('Tenant')
  })

  test('sends only the secrets of the chosen scheme', () => {
    expect(connectionRequest(imported, 'crm', { key: 'k', token: 'of another scheme' })).toEqual({
      connector: 'crm',
      environment: 'production',
      auth: { scheme: 'key', fields: { key: 'k' } },
    })
    const open = changed(imported, { kind: 'scheme', name: '' })
    expect(connectionRequest(open, 'crm', { key: 'k' })).toEqual({ connector: 'crm', environment: 'production' })
  })
})
