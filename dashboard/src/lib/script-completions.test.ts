import { expect, test } from 'vitest'
import { completeScript } from './script-completions.ts'

const names = { params: { email: 'string', limit: 'integer' }, config: { baseUrl: 'address' } }
const at = (before: string) => completeScript(before, names)?.words.map(({ label }) => label)

test.each([
  ['sallyport.', ['http', 'params', 'config', 'variables', 'log', 'crypto', 'state']],
  ['const a = floh.ht', ['http', 'params', 'config', 'variables', 'log', 'crypto', 'state']],
  ['return sallyport.params.e', ['email', 'limit']],
  ['(sallyport.config.', ['baseUrl']],
  ['sallyport.state.', ['get', 'set', 'delete']],
  ['  sal', ['sallyport']],
  ['mysallyport.', undefined],
  ['other.http.', undefined],
  ['sallyport.constructor.', undefined],
])('offers after %j what is there', (before, labels) => {
  expect(at(before)).toEqual(labels)
})

test('replaces only what was typed of the word', () => {
  expect(completeScript('sallyport.http.po', names)?.typed).toBe(2)
})
