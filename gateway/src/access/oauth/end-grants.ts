import type { SelectQueryBuilder, Transaction } from 'kysely'
import type { Database, OAuthGrantRow } from '../../store/schema.ts'

type GrantQuery = SelectQueryBuilder<Database, 'oauth_grants', { id: string }>

/** Ends what people allowed: the token of each grant, and the grant with its codes and refresh tokens. Answers how many. */
export async function endGrants(
  db: Transaction<Database>,
  workspaceId: string,
  now: Date,
  which: (grants: GrantQuery) => GrantQuery,
): Promise<number> {
  const ids = await which(
    db.selectFrom('oauth_grants').select('oauth_grants.id').where('workspace_id', '=', workspaceId),
  ).execute()
  if (ids.length === 0) return 0
  const list = ids.map(({ id }) => id)
  await db
    .updateTable('tokens')
    .set({ revoked_at: now })
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', list)
    .where('revoked_at', 'is', null)
    .execute()
  await db.deleteFrom('oauth_grants').where('workspace_id', '=', workspaceId).where('id', 'in', list).execute()
  return list.length
}

/** What the audit log keeps of a grant. */
export function factsOf({ client_id, client_host, resource }: Pick<OAuthGrantRow, 'client_id' | 'client_host' | 'resource'>) {
  return { client: client_id, host: client_host, resource }
}
