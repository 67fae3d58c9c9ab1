import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { reveal, Secret } from '../secret.ts'

/** The algorithms of JWS (RFC 7518, RFC 8037) with which clients of OAuth prove themselves. */
const algorithms = {
  RS256: { hash: 'sha256', kind: 'rsa' },
  RS512: { hash: 'sha512', kind: 'rsa' },
  PS256: { hash: 'sha256', kind: 'rsa', padding: 6, saltLength: 32 }, // 6: RSA_PKCS1_PSS_PADDING
  ES256: { hash: 'sha256', kind: 'ec', dsaEncoding: 'ieee-p1363' },
  ES384: { hash: 'sha384', kind: 'ec', dsaEncoding: 'ieee-p1363' },
  EdDSA: { hash: null, kind: 'ed25519' },
} as const
export type JwtAlgorithm = keyof typeof algorithms

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function read(key: Secret): KeyObject | null {
  try {
    // Pasted into one line, its line breaks are often written as \n.
    return createPrivateKey(reveal(key).replaceAll('\\n', '\n'))
  } catch {
    // The error of OpenSSL may quote the input.
    return null
  }
}

/** What is wrong with a private key in PEM for this algorithm; null when nothing is. */
export function signingKeyProblem(key: Secret, algorithm: JwtAlgorithm): string | null {
  const parsed = read(key)
  if (parsed === null) return 'must be a private key in PEM without a passphrase: -----BEGIN PRIVATE KEY-----'
  return parsed.asymmetricKeyType === algorithms[algorithm].kind ? null : `does not fit the algorithm ${algorithm}`
}

/** A signed token (RFC 7519). Null when the key cannot be used. */
export function signJwt(
  key: Secret,
  algorithm: JwtAlgorithm,
  header: Readonly<Record<string, string>>,
  claims: Readonly<Record<string, unknown>>,
): Secret | null {
  if (signingKeyProblem(key, algorithm) !== null) return null
  const parsed = read(key)
  if (parsed === null) return null
  const { hash, kind: _, ...options } = algorithms[algorithm]
  const head = `${encode({ alg: algorithm, typ: 'JWT', ...header })}.${encode(claims)}`
  return new Secret(`${head}.${sign(hash, Buffer.from(head), { key: parsed, ...options }).toString('base64url')}`)
}

/** The fields of Google's key file of a service account; null when it is none. */
export function readKeyFile(file: Secret): { email: string; keyId: string; privateKey: Secret; tokenUrl: string | null } | null {
  try {
    const parsed: unknown = JSON.parse(reveal(file))
    if (typeof parsed !== 'object' || parsed === null) return null
    const { client_email: email, private_key_id: keyId, private_key: key, token_uri: url } = parsed as Record<string, unknown>
    if (typeof email !== 'string' || typeof key !== 'string') return null
    return {
      email,
      keyId: typeof keyId === 'string' ? keyId : '',
      privateKey: new Secret(key),
      tokenUrl: typeof url === 'string' ? url : null,
    }
  } catch {
    return null
  }
}
