import { describe, expect, test } from 'vitest'
import { actionOf, emptyAction, formOf, inputsOf, mistakesIn, pair, placeholdersOf } from './action-form.ts'
import type { ActionDocument } from './connector-document.ts'

const note = {
  ...emptyAction(),
  name: 'create_note',
  method: 'POST' as const,
  path: '/customers/{customer_id}/notes',
  query: [pair('notify', '{{notify}}')],
  body: '{"text": "{{text}}", "source": "agent of {{settings.team}}"}',
}

describe('the contract of an action by hand', () => {
  test('turns every placeholder into an input, and settings into none', () => {
    expect(placeholdersOf(note)).toEqual(['customer_id', 'notify', 'text'])
  })

  test('reads both ways to write a placeholder in a path', () => {
    expect(placeholdersOf({ ...note, path: '/{a}/x-{{b}}', query: [], body: '' })).toEqual(['a', 'b'])
  })

  test('ignores a body that the method does not send', () => {
    expect(placeholdersOf({ ...note, method: 'GET' })).toEqual(['customer_id', 'notify'])
  })

  test('requires what stands in the path, whatever the row says', () => {
    const inputs = { customer_id: { name: 'customer_id', type: 'string' as const, required: false, description: '' } }
    expect(inputsOf({ ...note, inputs })).toContainEqual(expect.objectContaining({ name: 'customer_id', required: true }))
  })

  test('writes a document with only what was filled in', () => {
    expect(actionOf(note)).toEqual({
      method: 'POST',
      path: '/customers/{customer_id}/notes',
      query: { notify: '{{notify}}' },
      body: { type: 'json', value: { text: '{{text}}', source: 'agent of {{settings.team}}' } },
      input: {
        type: 'object',
        properties: { customer_id: { type: 'string' }, notify: { type: 'string' }, text: { type: 'string' } },
        required: ['customer_id'],
      },
    })
  })

  test('refuses a name that is taken, a path without a slash and a body that is no JSON', () => {
    const mistakes = mistakesIn({ ...note, path: 'customers', body: '{"text": {{text}}}' }, new Set(['create_note']))
    expect(Object.keys(mistakes)).toEqual(['name', 'path', 'body'])
    expect(mistakesIn(note, new Set())).toEqual({})
  })
})

describe('editing an imported action', () => {
  const imported: ActionDocument & { readonly limits: unknown } = {
    title: 'List',
    method: 'GET',
    path: '/items',
    query: { ids: { value: '{{ids}}', style: 'form', explode: false } as { value: unknown } },
    input: {
      type: 'object',
      properties: { ids: { type: 'array', items: { type: 'string', maxLength: 8 }, description: 'Which' } },
      additionalProperties: false,
    },
    output: { type: 'object' },
    effect: 'read',
    limits: { timeout_ms: 500 },
  }

  test('keeps what the form does not show', () => {
    expect(actionOf(formOf('list', imported), imported)).toEqual(imported)
  })

  test('keeps how a parameter is serialised when its template changes', () => {
    const form = formOf('list', imported)
    const [ids] = form.query
    const changed = actionOf({ ...form, query: ids ? [{ ...ids, value: '{{ids}},x' }] : [] }, imported)
    expect(changed.query).toEqual({ ids: { value: '{{ids}},x', style: 'form', explode: false } })
  })

  test('takes another type of an input without its old details', () => {
    const form = formOf('list', imported)
    const inputs = { ids: { name: 'ids', type: 'string' as const, required: true, description: 'Which' } }
    expect(actionOf({ ...form, inputs }, imported).input).toEqual({
      type: 'object',
      properties: { ids: { type: 'string', description: 'Which' } },
      required: ['ids'],
      additionalProperties: false,
    })
  })
})
