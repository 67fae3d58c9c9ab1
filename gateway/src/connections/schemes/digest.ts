import type { Sign, SignableRequest, Signature } from '../../egress/types.ts'
import { Secret } from '../../secret.ts'
import { disclose } from '../../vault/disclose.ts'
import { hashOf, type Piece } from '../../vault/mac.ts'
import { type Challenge, challengesIn } from './challenges.ts'
import { field, nothing, openField, secretField } from './fields.ts'
import { wireQuery } from './signable.ts'
import type { CredentialFields, Scheme, SchemeOf } from './types.ts'

/** HTTP Digest (RFC 7616), with what RFC 2069 servers still say: without qop. The body is not signed (qop auth). */

/** The strongest first. */
const algorithms = [
  { name: 'SHA-256-sess', hash: 'sha256', session: true },
  { name: 'SHA-256', hash: 'sha256', session: false },
  { name: 'MD5-sess', hash: 'md5', session: true },
  { name: 'MD5', hash: 'md5', session: false },
] as const
type Algorithm = (typeof algorithms)[number]

interface Taken {
  readonly algorithm: Algorithm
  readonly challenge: Challenge
  readonly nonce: string
  /** Whether the server wants a count and a nonce of ours. */
  readonly counted: boolean
}

/** What of a challenge can be answered; null when nothing can. */
function takenOf(challenge: Challenge): Taken | null {
  const { nonce, qop, algorithm: named = 'MD5' } = challenge.parameters
  const algorithm = algorithms.find(({ name }) => name.toLowerCase() === named.toLowerCase())
  const offered = qop?.split(',').map((one) => one.trim().toLowerCase())
  if (challenge.scheme !== 'digest' || nonce === undefined || algorithm === undefined) return null
  if (offered !== undefined && !offered.includes('auth')) return null
  return { algorithm, challenge, nonce, counted: offered !== undefined }
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
const hexOf = ({ hash }: Algorithm, ...pieces: readonly Piece[]) => hashOf(hash, pieces).toString('hex')

/** A name outside of ASCII has a parameter of its own (RFC 7616, section 3.4). */
function userOf({ algorithm, challenge }: Taken, username: string): string {
  const { realm = '', userhash } = challenge.parameters
  if (userhash?.toLowerCase() === 'true') return `username=${quoted(hexOf(algorithm, `${username}:${realm}`))}, userhash=true`
  return /^[\x20-\x7e]*$/.test(username) ? `username=${quoted(username)}` : `username*=UTF-8''${encodeURIComponent(username)}`
}

function answerTo(taken: Taken, fields: CredentialFields, request: SignableRequest, count: number): Secret {
  const { algorithm, challenge, nonce, counted } = taken
  const { realm = '', opaque } = challenge.parameters
  const username = disclose(field(fields, 'username'))
  const cnonce = crypto.randomUUID().replaceAll('-', '')
  const nc = count.toString(16).padStart(8, '0')
  const { pathname } = new URL(request.url)
  const query = wireQuery(request)
  const uri = query === '' ? [pathname] : [pathname, '?', query]
  const known = hexOf(algorithm, `${username}:${realm}:`, field(fields, 'password'))
  const first = algorithm.session ? hexOf(algorithm, `${known}:${nonce}:${cnonce}`) : known
  const second = hexOf(algorithm, `${request.method}:`, ...uri)
  const response = hexOf(algorithm, `${first}:${nonce}:${counted ? `${nc}:${cnonce}:auth:` : ''}${second}`)
  const before = `Digest ${userOf(taken, username)}, realm=${quoted(realm)}, uri="`
  const after = [
    `", algorithm=${algorithm.name}, nonce=${quoted(nonce)}, response="${response}"`,
    ...(counted ? [`qop=auth, nc=${nc}`] : []),
    ...(counted || algorithm.session ? [`cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ')
  return Secret.concat(before, ...uri, after)
}

/**
 * Answers from here on. Each sees the challenge once more, with the next count; a challenge that comes meanwhile begins anew
 * for the request that was refused and for those after it.
 */
function signer(fields: CredentialFields): Sign {
  let current: { readonly taken: Taken; count: number } | null = null
  const signatureOf = (held: NonNullable<typeof current>, request: SignableRequest): Signature => ({
    headers: { Authorization: answerTo(held.taken, fields, request, ++held.count) },
    query: {},
  })
  // Nothing goes along before the server has asked.
  const sign = (request: SignableRequest) => (current === null ? { headers: {}, query: {} } : signatureOf(current, request))
  return Object.assign(sign, {
    answer(header: string) {
      const offered = challengesIn(header).flatMap((challenge) => takenOf(challenge) ?? [])
      const [taken] = algorithms.flatMap((algorithm) => offered.filter((one) => one.algorithm === algorithm))
      if (taken === undefined) return null
      const held = { taken, count: 0 }
      current = held
      return (request: SignableRequest) => signatureOf(held, request)
    },
  })
}

export const digest: Scheme<SchemeOf<'digest'>> = {
  fields: () => [openField('username', 'User name'), secretField('password', 'Password')],
  label: () => 'Digest',
  inject: (_, fields) => ({ ...nothing, sign: signer(fields) }),
}
