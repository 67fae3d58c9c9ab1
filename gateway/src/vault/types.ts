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

/** What a wrapped key is: it opens as no other. */
export interface KeyContext {
  readonly workspace: string
  readonly keyId: string
}

/** What wraps the keys of the workspaces, here or in a key management service. */
export interface RootKey {
  /** For operators; tells nothing of the key itself. */
  readonly name: string
  /** Throws RootKeyError when the service does not answer or refuses. */
  wrap(context: KeyContext, key: Buffer): Promise<Buffer>
  /** Null for what was not wrapped by this root key in this context. Throws RootKeyError. */
  unwrap(context: KeyContext, wrapped: Buffer): Promise<Buffer | null>
}

export interface StoredKey {
  readonly keyId: string
  /** 1 for the first key of a workspace; the highest is the one that seals. */
  readonly generation: number
  readonly wrapped: Buffer
}

/** Persistence of wrapped workspace keys. */
export interface KeyStore {
  /** The workspace's keys, by generation. */
  load(workspace: string): Promise<readonly StoredKey[]>
  /** Adds a key, unless another process was quicker to add one of this generation. */
  add(workspace: string, key: StoredKey): Promise<void>
}

export interface Vault {
  /** Throws UNAVAILABLE when the key management service cannot be asked. */
  seal(place: Place, plaintext: Secret): Promise<Sealed>
  /** Throws DECRYPT_FAILED, or UNAVAILABLE when the key management service cannot be asked. */
  open(place: Place, sealed: Sealed): Promise<Secret>
  /** Reads the workspace's keys anew before the next use: one was added or removed. */
  refresh(workspace: string): void
  /** Adds a key to the workspace, which seals from now on, unless there is one behind `current` already. Answers which seals. */
  addKey(workspace: string, current: string | null): Promise<string>
}
