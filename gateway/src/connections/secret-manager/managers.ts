import { type SecretManager, SecretManagerError } from '../../egress/secret-managers/types.ts'
import type { Egress } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { SecretBackendRow } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import { openFields } from '../../vault/fields.ts'
import { openCurrent } from '../../vault/sealing.ts'
import type { Place, Vault } from '../../vault/types.ts'
import { openManager } from './kinds.ts'

export const backendPlace = (workspace: string, row: string, version: number): Place => ({
  workspace,
  table: 'secret_backends',
  row,
  column: 'credential',
  version,
})

/** Opened clients are kept so long, in milliseconds: as long as a burst of work takes. */
const keptMs = 60_000

/** What is wrong with a backend, in public words. */
export function problemOf(error: unknown): string {
  if (error instanceof SecretManagerError) return error.message.slice(0, 500)
  if (error instanceof SallyportError) return error.detail ?? error.code
  return 'The gateway could not do it. Its log says why.'
}

/** The secret managers behind the backends of workspaces. */
export function createManagers({ store, vault, egress }: { store: Store; vault: Vault; egress: Egress }) {
  const open = new Map<string, Promise<SecretManager>>()

  async function row(workspaceId: string, id: string): Promise<SecretBackendRow | undefined> {
    return store.workspace(workspaceId, (db) =>
      db
        .selectFrom('secret_backends')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
  }

  async function make(found: SecretBackendRow): Promise<SecretManager> {
    const { workspace_id: workspaceId, id } = found
    const fields = await openCurrent(
      found,
      (one) =>
        openFields(vault, backendPlace(workspaceId, id, one.credential_version), {
          ciphertext: one.credential,
          keyId: one.credential_key_id,
        }),
      async () => {
        vault.refresh(workspaceId)
        const current = await row(workspaceId, id)
        return current === undefined || current.credential.equals(found.credential) ? null : current
      },
    )
    return openManager(found.kind, found.settings, fields, egress)
  }

  return {
    row,

    /** Throws SecretManagerError, and what the vault throws. */
    of(found: SecretBackendRow): Promise<SecretManager> {
      const key = `${found.workspace_id} ${found.id} ${found.credential_version}`
      const known = open.get(key)
      if (known !== undefined) return known
      const made = make(found)
      open.set(key, made)
      const forget = () => open.get(key) === made && open.delete(key)
      made.catch(forget)
      setTimeout(forget, keptMs).unref()
      return made
    },
  }
}
export type Managers = ReturnType<typeof createManagers>
