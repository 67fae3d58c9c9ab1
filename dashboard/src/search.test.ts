import { expect, test } from 'vitest'
import { parseCallSearch, parseConnectionSearch, parseListSearch } from './search.ts'

test('drops what is unknown or malformed instead of failing', () => {
  expect(parseCallSearch({ status: 'failed', window: '7d', connector: 'crm', action: ['a'], limit: 5, error_code: '' })).toEqual({
    status: 'failed',
    window: '7d',
    connector: 'crm',
  })
  expect(parseCallSearch({ status: 'exploded', window: '1y' })).toEqual({})
  expect(parseConnectionSearch({ tab: 'document' })).toEqual({})
})

test('keeps a search for a number a text', () => {
  expect(parseListSearch({ q: 404 })).toEqual({ q: '404' })
})
