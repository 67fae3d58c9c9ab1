import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

/**
 * AES-256-GCM in an envelope: version (1 byte), iv (12), tag (16), ciphertext. The iv is random: NIST SP 800-38D allows
 * 2^32 messages per key with random 96-bit ivs.
 */
const algorithm = 'aes-256-gcm'
export const envelopeVersion = 1
const ivLength = 12
// Without it, Node accepts tags of 4 bytes, which take 2^32 attempts to forge.
const tagLength = 16
const headLength = 1 + ivLength + tagLength

/** Each part behind its length, so that no two lists of parts give the same bytes. */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  const lengths = parts.map((part) => Buffer.byteLength(part))
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0))
  let at = 0
  parts.forEach((part, index) => {
    at = bytes.writeUInt32BE(lengths[index] ?? 0, at)
    at += bytes.write(part, at)
  })
  return bytes
}

export function encrypt(key: KeyObject, aad: Buffer, plaintext: Uint8Array): Buffer {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAAD(aad)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return Buffer.concat([Buffer.of(envelopeVersion), iv, cipher.getAuthTag(), ciphertext])
}

/** Null when anything differs from what was encrypted: key, AAD, or a single bit of the envelope. */
export function decrypt(key: KeyObject, aad: Buffer, envelope: Uint8Array): Buffer | null {
  if (envelope.length < headLength || envelope[0] !== envelopeVersion) return null
  try {
    const decipher = createDecipheriv(algorithm, key, envelope.subarray(1, 1 + ivLength), { authTagLength: tagLength })
    decipher.setAAD(aad).setAuthTag(envelope.subarray(1 + ivLength, headLength))
    const plaintext = decipher.update(envelope.subarray(headLength))
    decipher.final()
    return plaintext
  } catch {
    return null
  }
}
