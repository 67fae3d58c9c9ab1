import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { KeyContext, RootKey } from './types.ts'

/** An unwrapped key. */
export type Key = KeyObject

/** Of AES-256. */
const keyLength = 32

/** Null for bytes of another length. A KeyObject, not the bytes: OpenSSL then keeps the expanded key (3.3 instead of 18 µs a call). */
function toKey(bytes: Buffer): KeyObject | null {
  const key = bytes.length === keyLength ? createSecretKey(bytes) : null
  bytes.fill(0)
  return key
}

/** Wraps a key and opens it again: one that did not open would take with it everything it is going to seal. */
async function wrap(root: RootKey, context: KeyContext, bytes: Buffer): Promise<Buffer> {
  try {
    const wrapped = await root.wrap(context, bytes)
    const again = await root.unwrap(context, wrapped)
    if (again === null || !again.equals(bytes)) throw new Error(`${root.name} does not open what it has wrapped`)
    again.fill(0)
    return wrapped
  } finally {
    bytes.fill(0)
  }
}

/** A new key, which is nowhere but in what is returned. */
export function wrapNewKey(root: RootKey, context: KeyContext): Promise<Buffer> {
  return wrap(root, context, randomBytes(keyLength))
}

/** Null when it was not wrapped by this root key in this context. */
export async function unwrapKey(root: RootKey, context: KeyContext, wrapped: Buffer): Promise<KeyObject | null> {
  const bytes = await root.unwrap(context, wrapped)
  return bytes === null ? null : toKey(bytes)
}

/** The same key wrapped by another root key; null when it was not wrapped by `from`. */
export async function rewrapKey(from: RootKey, to: RootKey, context: KeyContext, wrapped: Buffer): Promise<Buffer | null> {
  const bytes = await from.unwrap(context, wrapped)
  return bytes === null ? null : wrap(to, context, bytes)
}

/**
 * A random key of the installation, stored wrapped by the root key. That it opens shows that the root key is the right one;
 * and what is derived from it, such as the signatures of sessions, outlives a change of the root key.
 */
export const installationKey: KeyContext = { workspace: '*', keyId: 'installation' }
