/** Where the value of a secret is, for whoever applies files: exactly one of an environment variable, a file, a place in a Vault, a question. */
export interface SecretReference {
  readonly env?: string
  readonly file?: string
  /** `path#field` of a key-value store. */
  readonly vault?: string
  readonly prompt?: string
}

/** By the name of the field. */
export type SecretReferences = Readonly<Record<string, SecretReference>>
