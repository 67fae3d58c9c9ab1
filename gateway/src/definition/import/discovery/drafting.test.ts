import { expect, test } from 'vitest'
import { draftedEndpoints, maxDocumentationChars, questionOf } from './drafting.ts'

const documentation = { base: 'https://api.example/v1', known: ['GET /known/{id}'], text: 'words' }
const drafted = (value: unknown) => draftedEndpoints(JSON.stringify(value), documentation)

test('endpoints are put below the base address, marked, and without those that are known', () => {
  const endpoints = [
    { method: 'GET', path: '/known/{number}' },
    { method: 'POST', path: '/new', parameters: [{ name: 'a', in: 'body' }] },
    { method: 'POST', path: '/new' },
  ]
  expect(drafted({ auth: 'bearer', endpoints })).toEqual([
    {
      method: 'POST',
      url: 'https://api.example/v1/new',
      drafted_by_model: true,
      parameters: [{ name: 'a', in: 'body' }],
      auth: 'bearer',
    },
  ])
})

test.each([
  ['another host in a path', { method: 'GET', path: '//evil.example/steal' }],
  ['another host as URL', { method: 'GET', path: 'https://evil.example/steal' }],
  ['a user before a host', { method: 'GET', path: '@evil.example/a' }],
  ['a way up', { method: 'GET', path: '/a/../../admin' }],
  ['a way up at the end', { method: 'GET', path: '/a/..' }],
  ['an encoded path', { method: 'GET', path: '/a/%2e%2e' }],
  ['a query', { method: 'GET', path: '/a?key=1' }],
  ['a method of its own', { method: 'CONNECT', path: '/a' }],
  ['a header', { method: 'GET', path: '/a', parameters: [{ name: 'Authorization', in: 'header' }] }],
  ['a template of ours', { method: 'GET', path: '/{{settings.key}} ' }],
])('an answer with %s is left out as a whole', (_, endpoint) => {
  expect(drafted({ endpoints: [{ method: 'GET', path: '/fine' }, endpoint] })).toBeNull()
})

test.each(['', 'no', '{', '[]', '{"endpoints": 1}', '{"endpoints": [null]}'])('%j is no list of endpoints', (answer) => {
  expect(draftedEndpoints(answer, documentation)).toBeNull()
})

test('an answer that tries every way to be slow is refused at once', () => {
  const began = performance.now()
  expect(drafted({ endpoints: [{ method: 'GET', path: `${'/a'.repeat(240)}!` }] })).toBeNull()
  expect(performance.now() - began).toBeLessThan(200)
})

test('no more is shown than the bound', () => {
  expect(questionOf({ ...documentation, text: 'x'.repeat(1_000_000) }).text.length).toBeLessThan(maxDocumentationChars + 1000)
})
