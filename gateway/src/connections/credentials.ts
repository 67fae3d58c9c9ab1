import type { AuthScheme } from '../definition/document.ts'
import { SallyportError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { ConnectionRow } from '../store/schema.ts'
import { openFields, sealFields } from '../vault/fields.ts'
import type { Place, Sealed, Vault } from '../vault/types.ts'
import { fieldsOf } from './schemes/credential.ts'
import type { AgentSecretNames, CredentialFields } from './schemes/types.ts'

export interface SealedCredential extends Sealed {
  readonly version: number
}

export function credentialOf(row: ConnectionRow): SealedCredential | null {
  const { credential: ciphertext, credential_key_id: keyId, credential_version: version } = row
  return ciphertext === null || keyId === null ? null : { ciphertext, keyId, version }
}

function place(workspace: string, connection: string, version: number): Place {
  return { workspace, table: 'connections', row: connection, column: 'credential', version }
}

/** The credential of a connection: its fields, sealed together in the connection's row. */
export function createCredentials(vault: Vault) {
  return {
    /** Null when the scheme has no secret. */
    async seal(
      workspace: string,
      connection: string,
      fields: CredentialFields,
      version: number,
    ): Promise<SealedCredential | null> {
      if (Object.keys(fields).length === 0) return null
      return { ...(await sealFields(vault, place(workspace, connection, version), fields)), version }
    },

    /**
     * Throws NEEDS_REAUTH when a field of the scheme is missing that is not kept `elsewhere`, DECRYPT_FAILED when it cannot be
     * opened.
     */
    async open(
      workspace: string,
      connection: string,
      scheme: AuthScheme,
      credential: SealedCredential | null,
      elsewhere: AgentSecretNames = {},
    ): Promise<CredentialFields> {
      const expected = fieldsOf(scheme).filter(({ name }) => !Object.hasOwn(elsewhere, name))
      if (credential === null && !expected.some(({ required }) => required)) return {}
      if (credential === null)
        throw new SallyportError('NEEDS_REAUTH', { detail: 'The connection has no credential. Enter one.' })
      const fields: Readonly<Record<string, Secret>> = await openFields(
        vault,
        place(workspace, connection, credential.version),
        credential,
      )
      const missing = expected.find(({ name, required }) => required && fields[name] === undefined)
      if (missing !== undefined)
        throw new SallyportError('NEEDS_REAUTH', { detail: `The credential lacks "${missing.name}". Enter it again.` })
      return fields
    },
  }
}
