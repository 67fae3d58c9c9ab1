import { reveal, Secret } from '../secret.ts'
import type { Place, Sealed, Vault } from './types.ts'

/** Seals a JSON value that is confidential but no credential: a stored call, its answer. */
export function sealJson(vault: Vault, place: Place, value: unknown): Promise<Sealed> {
  return vault.seal(place, new Secret(JSON.stringify(value) ?? 'null'))
}

/** The reverse of {@link sealJson}. Throws DECRYPT_FAILED. */
export async function openJson(vault: Vault, place: Place, sealed: Sealed): Promise<unknown> {
  return JSON.parse(reveal(await vault.open(place, sealed)))
}
