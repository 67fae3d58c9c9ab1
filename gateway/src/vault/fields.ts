import { SallyportError } from '../errors.ts'
import { reveal, Secret } from '../secret.ts'
import { openJson } from './sealed-json.ts'
import type { Place, Sealed, Vault } from './types.ts'

/** Seals several named secrets as one ciphertext. */
export function sealFields(vault: Vault, place: Place, fields: Readonly<Record<string, Secret>>): Promise<Sealed> {
  const plain = Object.fromEntries(Object.entries(fields).map(([name, secret]) => [name, reveal(secret)]))
  return vault.seal(place, new Secret(JSON.stringify(plain)))
}

/** The reverse of {@link sealFields}. Throws DECRYPT_FAILED. */
export async function openFields(vault: Vault, place: Place, sealed: Sealed): Promise<Readonly<Record<string, Secret>>> {
  const opened = await openJson(vault, place, sealed)
  if (typeof opened !== 'object' || opened === null)
    throw new SallyportError('DECRYPT_FAILED', { internal: 'sealed fields are no object' })
  return Object.fromEntries(Object.entries(opened).map(([name, value]) => [name, new Secret(String(value))]))
}
