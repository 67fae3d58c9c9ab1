import { expect, test } from 'vitest'
import { reasonIn } from './reason.ts'

test.each([
  [{ error: 'invalid_client', error_description: 'The client is not known.' }, 'The client is not known.'],
  [{ error: 'invalid_grant' }, 'invalid_grant'],
  [{ type: 'about:blank', title: 'Forbidden', status: 403, detail: 'No more credit.' }, 'No more credit.'],
  [{ error: { code: 401, message: 'Invalid Credentials', errors: [{ message: 'x' }] } }, 'Invalid Credentials'],
  [{ errors: [{ message: 'Bad key' }, { message: 'b' }] }, 'Bad key'],
  [{ errors: ['Not authorised'] }, 'Not authorised'],
  [{ errors: { email: ['is taken'] } }, 'email: is taken'],
  [{ message: 'Unauthorized' }, 'Unauthorized'],
  [{ Message: 'User is not authorised' }, 'User is not authorised'],
  [{ detail: 'Authentication credentials were not provided.' }, 'Authentication credentials were not provided.'],
  [[{ message: 'Session expired', errorCode: 'INVALID_SESSION_ID' }], 'Session expired'],
  [{ fault: { faultstring: 'x', detail: { errorcode: 'y' } } }, 'faultstring: x'],
  ['just a text', 'just a text'],
  [{ ok: false, id: 7 }, ''],
  [null, ''],
  [{ a: { a: { a: { a: { a: { message: 'deep' } } } } } }, ''],
])('finds the sentence in %j', (body, sentence) => {
  expect(reasonIn(JSON.stringify(body))).toBe(sentence)
})

test('takes a text as it is, and of a page its title', () => {
  expect(reasonIn('Forbidden by rule 7')).toBe('Forbidden by rule 7')
  expect(reasonIn('<!doctype html><html><title>Sign in</title><p>a')).toBe('Sign in')
  expect(reasonIn('<html>')).toBe('')
})
