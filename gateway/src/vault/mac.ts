import { createHash, createHmac, createPrivateKey, createSign } from 'node:crypto'
import { reveal, Secret } from '../secret.ts'

/** Signatures over requests, with keys that stay wrapped. */

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'

/** A piece of what is signed; texts count as their UTF-8 bytes. Pieces follow one another without a gap. */
export type Piece = string | Uint8Array | Secret

/** How a key is written where it was entered. */
export type KeyEncoding = 'utf8' | 'hex' | 'base64'

const bytesOf = (piece: Piece): string | Uint8Array => (Secret.is(piece) ? reveal(piece) : piece)

/** HMAC (RFC 2104). A key of bytes is one that was derived. */
export function hmacOf(
  algorithm: HashAlgorithm,
  key: Secret | Uint8Array,
  pieces: readonly Piece[],
  encoding: KeyEncoding = 'utf8',
): Buffer {
  const mac = createHmac(algorithm, Secret.is(key) ? Buffer.from(reveal(key), encoding) : key)
  for (const piece of pieces) mac.update(bytesOf(piece))
  return mac.digest()
}

export function hashOf(algorithm: HashAlgorithm, pieces: readonly Piece[]): Buffer {
  const hash = createHash(algorithm)
  for (const piece of pieces) hash.update(bytesOf(piece))
  return hash.digest()
}

/** RSASSA-PKCS1-v1_5 with SHA-1, as OAuth 1 has it (RFC 5849 section 3.4.3). The key is a private one in PEM. */
export function rsaSha1(key: Secret, pieces: readonly Piece[]): Buffer {
  const signer = createSign('RSA-SHA1')
  for (const piece of pieces) signer.update(bytesOf(piece))
  return signer.sign(reveal(key))
}

export function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
