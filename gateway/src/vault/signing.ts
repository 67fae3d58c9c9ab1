import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { hmacSha256 } from './digest.ts'

/** Ed25519 keys (RFC 8032) as DER (RFC 8410): these bytes, then the 32 of the key. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const publicKeyLength = 32

export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Buffer
  /** 64 bytes. */
  sign(text: string): Buffer
}

/** One signing key per workspace, derived from the key of the installation: whoever has the database alone can sign nothing. */
export function createSigners(installation: KeyObject): (workspace: string) => Signer {
  return (workspace) => {
    const seed = hmacSha256(installation, `sallyport audit checkpoints\n${workspace}`)
    const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
    seed.fill(0)
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)
    return { publicKey, sign: (text) => sign(null, Buffer.from(text, 'utf8'), key) }
  }
}

export function isSigned(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  if (publicKey.length !== publicKeyLength) return false
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' })
  return verify(null, Buffer.from(text, 'utf8'), key, signature)
}
