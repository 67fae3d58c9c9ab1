import type { Secret } from '../../secret.ts'

/** What a secret manager holds under a name. */
export interface HeldSecret {
  readonly value: Secret
  /** What the manager calls this version. */
  readonly version: string
}

/** A secret manager, whichever it is. Every method throws {@link SecretManagerError}. */
export interface SecretManager {
  /** Makes the secret, or a new version of it. `before` is the version that it takes the place of. */
  write(name: string, value: Secret, before: string | null): Promise<string>
  /** The newest version; null when there is no such secret. */
  read(name: string): Promise<HeldSecret | null>
  /** The same without its value, for those who only want to know. */
  version(name: string): Promise<string | null>
  /** Leaves nothing behind, also when there was nothing. */
  remove(name: string): Promise<void>
}

export type SecretManagerFault =
  | 'denied' // the credential is not taken, or may not do this
  | 'throttled'
  | 'unavailable' // no answer, or one that says that it is broken
  | 'refused' // anything else that trying again does not mend

export class SecretManagerError extends Error {
  override readonly name = 'SecretManagerError'
  readonly fault: SecretManagerFault
  /** The message is public: what the manager said names secrets and accounts, and no value. */
  constructor(fault: SecretManagerFault, message: string, cause?: unknown) {
    super(message, { cause })
    this.fault = fault
  }
}

export interface AwsPlace {
  readonly kind: 'aws'
  readonly region: string
  /** Another address than that of the region, such as a private one. */
  readonly endpoint?: string
}

export interface GcpPlace {
  readonly kind: 'gcp'
  readonly project: string
  readonly endpoint?: string
}

export interface VaultPlace {
  readonly kind: 'vault'
  readonly address: string
  /** Of its KV engine, version 2. */
  readonly mount: string
  readonly namespace?: string
}

export type SecretManagerPlace = AwsPlace | GcpPlace | VaultPlace

/** For one answer, in milliseconds. */
export const answerTimeoutMs = 10_000
/** Far above what any of them holds in one secret. */
export const maxAnswerBytes = 1_048_576
