import { describe, expect, test } from 'vitest'
import type { SignableRequest, Signature } from '../../egress/types.ts'
import { reveal, Secret } from '../../secret.ts'
import { signOAuth1 } from './oauth1.ts'

const request = (more: Partial<SignableRequest>): SignableRequest => ({
  method: 'GET',
  url: 'http://photos.example.net/photos',
  secretQuery: {},
  headers: {},
  body: undefined,
  ...more,
})
const secrets = (fields: Record<string, string>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]))

const signature = ({ headers }: Signature) => {
  const header = headers.Authorization
  const text = Secret.is(header) ? reveal(header) : ''
  return decodeURIComponent(/oauth_signature="([^"]*)"/.exec(text)?.[1] ?? '')
}

describe('an OAuth 1 signature', () => {
  test('is that of the example of RFC 5849 section 1.2', () => {
    const fields = secrets({
      consumer_key: 'dpf43f3p2l4k3l03',
      consumer_secret: 'kd94hf93k423kf44',
      token: 'nnch734d00sl2jdk',
      token_secret: 'pfkkdhi9sl3r4s00',
    })
    const example = request({ url: 'http://photos.example.net/photos?file=vacation.jpg&size=original' })
    const moment = { timestamp: '137131202', nonce: 'chapoH' }
    const signed = signOAuth1({ type: 'oauth1', send_version: false }, fields, 'Photos', example, moment)
    expect(signature(signed)).toBe('MdpQcU8iPSUjWoN/UDMsK2sui9I=')
  })

  test('covers query, form and odd characters as in section 3.4.1, by its erratum 2550', () => {
    const fields = secrets({
      consumer_key: '9djdj82h48djs9d2',
      consumer_secret: 'j49sk3j29djd',
      token: 'kkk9d7dh3k39sjv7',
      token_secret: 'dh893hdasih9',
    })
    const example = request({
      method: 'POST',
      url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'c2&a3=2+q',
    })
    const moment = { timestamp: '137131201', nonce: '7d8f3e4a' }
    const signed = signOAuth1({ type: 'oauth1', send_version: false }, fields, undefined, example, moment)
    expect(signature(signed)).toBe('r6/TJjbCOr97/+UU0NsvSne7s5g=')
  })

  test('in plain text is the two secrets, encoded, also when there is no token yet', () => {
    const fields = secrets({ consumer_key: 'key', consumer_secret: 'a&b' })
    const moment = { timestamp: '1', nonce: 'n' }
    const signed = signOAuth1({ type: 'oauth1', signature_method: 'PLAINTEXT' }, fields, undefined, request({}), moment)
    expect(signature(signed)).toBe('a%26b&')
  })
})
