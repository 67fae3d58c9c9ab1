import { afterEach, expect, test, vi } from 'vitest'
import { reveal, Secret } from '../../secret.ts'
import { challengesIn } from './challenges.ts'
import { digest } from './digest.ts'

afterEach(() => vi.restoreAllMocks())

const sent = (value: string | Secret | undefined) => (Secret.is(value) ? reveal(value) : value)

/** RFC 7616, section 3.9.1. */
const rest =
  'qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
const challenge = (algorithm: string) => `Digest realm="http-auth@example.org", algorithm=${algorithm}, ${rest}`

test.each([
  [challenge('MD5'), 'MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  [
    // As many headers are joined: the stronger one is taken wherever it stands.
    `Basic realm="a, Digest b=c", ${challenge('MD5')}, ${challenge('SHA-256')}, Negotiate`,
    'SHA-256',
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  ],
])('answers the challenges of the RFC as it says', (header, algorithm, response) => {
  const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
  vi.spyOn(crypto, 'randomUUID').mockReturnValue(cnonce as ReturnType<typeof crypto.randomUUID>)
  const fields = { username: new Secret('Mufasa'), password: new Secret('Circle of Life') }
  const { sign } = digest.inject({ type: 'digest' }, fields, {})
  const request = { method: 'GET', url: 'http://www.example.org/dir/index.html', secretQuery: {}, headers: {}, body: undefined }
  expect(sign?.(request).headers).toEqual({})
  const [written] = challengesIn(sent(sign?.answer?.(header)?.(request).headers.Authorization) ?? '')
  expect(written).toMatchObject({
    scheme: 'digest',
    parameters: { username: 'Mufasa', uri: '/dir/index.html', algorithm, nc: '00000001', cnonce, qop: 'auth', response },
  })
})

test('answers nothing that it cannot keep to', () => {
  const { sign } = digest.inject({ type: 'digest' }, { username: new Secret('a'), password: new Secret('b') }, {})
  for (const header of [
    'Basic realm="x"',
    'Digest nonce="x", qop="auth-int"',
    'Digest nonce="x", algorithm=SHA-1',
    'Digest',
    '"',
  ])
    expect(sign?.answer?.(header)).toBeNull()
})
