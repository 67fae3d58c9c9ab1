import { SallyportError } from '../errors.ts'
import { reveal, Secret } from '../secret.ts'
import type { Place, Sealed, Vault } from './types.ts'

/** Seals a JSON value that is confidential but no credential: a stored call, its answer. */
export function sealJson(vault: Vault, place: Place, value: unknown): Promise<Sealed> {
  return vault.seal(place, new Secret(JSON.stringify(value) ?? 'null'))
}

/** The reverse of {@link sealJson}. Throws DECRYPT_FAILED. */
export async function openJson(vault: Vault, place: Place, sealed: Sealed): Promise<unknown> {
  const opened = await vault.open(place, sealed)
  try {
    return JSON.parse(reveal(opened))
  } catch {
    // Its message would quote the plaintext.
    throw new SallyportError('DECRYPT_FAILED', { internal: `what was sealed in ${place.table}.${place.column} is no JSON` })
  }
}
