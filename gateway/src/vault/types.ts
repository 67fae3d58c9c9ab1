import type { Secret } from '../secret.ts'

/** Where a ciphertext lives. It opens nowhere else (additional authenticated data of AES-256-GCM). */
export interface Place {
  readonly workspace: string
  readonly table: string
  readonly row: string
  readonly column: string
  readonly version: number
}

export interface Sealed {
  readonly ciphertext: Buffer
  readonly keyId: string
}

/** Persistence of wrapped workspace keys; the composition root implements it on the store. */
export interface KeyStore {
  load(workspace: string): Promise<readonly { keyId: string; wrapped: Buffer }[]>
  /** Adds the workspace's first key unless another process was quicker. */
  add(workspace: string, keyId: string, wrapped: Buffer): Promise<void>
}

export interface Vault {
  seal(place: Place, plaintext: Secret): Promise<Sealed>
  /** Throws DECRYPT_FAILED. */
  open(place: Place, sealed: Sealed): Promise<Secret>
}
