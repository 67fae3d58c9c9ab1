import type { AuthScheme } from '../definition/document.ts'
import type { ConnectionRow } from '../store/schema.ts'
import { openCurrent } from '../vault/sealing.ts'
import { type createCredentials, credentialOf, type SealedCredential } from './credentials.ts'
import type { AgentSecretNames, CredentialFields } from './schemes/types.ts'

interface Dependencies {
  readonly credentials: ReturnType<typeof createCredentials>
  readonly forget: (workspaceId: string) => void
  /** Throws NOT_FOUND. */
  readonly row: (workspaceId: string, id: string) => Promise<ConnectionRow>
}

export type OpenEntered = (
  workspaceId: string,
  id: string,
  scheme: AuthScheme,
  credential: SealedCredential | null,
  elsewhere?: AgentSecretNames,
) => Promise<CredentialFields>

/** Opens the entered fields of a connection. */
export function createEntered({ credentials, forget, row }: Dependencies): OpenEntered {
  return (workspaceId, id, scheme, credential, elsewhere) =>
    openCurrent(
      credential,
      (sealed) => credentials.open(workspaceId, id, scheme, sealed, elsewhere),
      async () => {
        forget(workspaceId)
        const current = credentialOf(await row(workspaceId, id))
        return current !== null && credential !== null && current.ciphertext.equals(credential.ciphertext) ? null : current
      },
    )
}
