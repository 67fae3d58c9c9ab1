import { SallyportError } from '../../errors.ts'
import type { Store } from '../../store/types.ts'
import { randomToken, sha256 } from '../../vault/digest.ts'

interface Linked {
  readonly workspaceId: string
  readonly approvalId: string
}

/** A code that opens an approval once, until the approval ends. Only its hash is kept. */
export async function makeLink(store: Store, { workspaceId, approvalId }: Linked, expiresAt: Date, now: Date): Promise<string> {
  const code = randomToken(32)
  await store.workspace(workspaceId, async (db) => {
    await db.deleteFrom('approval_links').where('workspace_id', '=', workspaceId).where('expires_at', '<=', now).execute()
    await db
      .insertInto('approval_links')
      .values({ hash: sha256(code), workspace_id: workspaceId, approval_id: approvalId, expires_at: expiresAt })
      .execute()
  })
  return code
}

/** Uses a code up. Throws NOT_FOUND for one that was used, has expired or never was. */
export async function spendLink(store: Store, code: string, now: Date): Promise<Linked> {
  const found = await store.system((db) =>
    db
      .deleteFrom('approval_links')
      .where('hash', '=', sha256(code))
      .where('expires_at', '>', now)
      .returning(['workspace_id', 'approval_id'])
      .executeTakeFirst(),
  )
  if (found === undefined)
    throw new SallyportError('NOT_FOUND', {
      detail: 'This link was used, or its call waits no more. Sign in to see the approvals of your workspace.',
    })
  return { workspaceId: found.workspace_id, approvalId: found.approval_id }
}
