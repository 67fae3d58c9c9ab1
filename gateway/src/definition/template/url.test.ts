import { expect, test } from 'vitest'
import { joinUrl } from './url.ts'

const base = 'https://api.example.com/v1'

test('joins base, path and query', () => {
  expect(joinUrl(base, '/a%2Fb', 'q=1')).toBe('https://api.example.com/v1/a%2Fb?q=1')
  expect(joinUrl('https://api.example.com', '/', '')).toBe('https://api.example.com/')
})

// Rendering never makes these; the comparison holds even if it did.
test.each([
  ['/../admin', ''],
  ['/x/%2e%2e/%2E%2e/y', ''],
  ['/..', ''],
  ['/a b', ''],
  ['/a\\..\\b', ''],
  ['/a\nb', ''],
  ['/a?x', ''],
  ['/a#f', ''],
  ['/a', 'q=1#f'],
  ['/a', 'q=<'],
  ['@evil.com/', ''],
  ['.evil.com/', ''],
  [':8443/', ''],
])('refuses the path %j with the query %j, which a URL parser reads otherwise', (path, query) => {
  const root = path.startsWith('/') ? base : 'https://api.example.com'
  expect(() => joinUrl(root, path, query)).toThrow(expect.objectContaining({ code: 'URL_NOT_ALLOWED' }))
})
