import { sql } from 'kysely'
import { type Caller, requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import { lockInstallation } from './workspace.ts'

/** Calls of one statement: far from its time limit also on a slow disk. */
const batch = 5_000

/** Whatever belongs to a workspace, in an order in which nothing is left that needs what is gone. */
const tables = [
  'workflow_steps',
  'workflow_runs',
  'workflow_deployments',
  'workflow_versions',
  'workflows',
  'calls',
  'call_facets',
  'call_figures',
  'idempotency_keys',
  'notifications',
  'alert_deliveries',
  'alerts',
  'alert_silences',
  'alert_rules',
  'notification_channels',
  'approval_links',
  'standing_approvals',
  'results',
  'code_runs',
  'recordings',
  'last_answers',
  'approvals',
  'oauth_flows',
  'consent_links',
  'script_state',
  'connections',
  'network_links',
  'network_agents',
  'network_tokens',
  'networks',
  'upstream_grants',
  'oauth_apps',
  'owned_connections',
  'secret_replicas',
  'secret_backends',
  'connector_versions',
  'connector_drafts',
  'connectors',
  'oauth_refresh_tokens',
  'oauth_grants',
  'oauth_clients',
  'tokens',
  'toolsets',
  'invitations',
  'sign_in_settings',
  'team_members',
  'teams',
  'members',
  'workspace_keys',
] as const

/**
 * Deletes a workspace with everything in it but its audit log, which is append-only: that goes with its months. `name` is what
 * the person typed to confirm. Throws CONFLICT for another name, and for the only workspace of the installation.
 */
export async function deleteWorkspace(store: Store, caller: Caller, name: string): Promise<void> {
  requireRole(caller, 'owner')
  const { workspaceId, workspaceName } = caller
  if (name !== workspaceName)
    throw new SallyportError('CONFLICT', { detail: `This workspace is named "${workspaceName}". Type that to delete it.` })
  await store.system(async (db) => {
    const others = await db.selectFrom('workspaces').select('id').where('id', '<>', workspaceId).limit(1).execute()
    if (others.length > 0) return
    throw new SallyportError('CONFLICT', {
      detail: 'This is the only workspace of the installation. To end that, stop the gateway and delete its data.',
    })
  })
  // The many first, each part by itself: whoever is interrupted here still has the workspace, and asks again.
  for (let deleted = batch; deleted === batch; )
    deleted = await store.workspace(workspaceId, async (db) => {
      const { rows } = await sql`
        delete from calls where id in (select id from calls where workspace_id = ${workspaceId} limit ${batch}) returning 1`.execute(
        db,
      )
      return rows.length
    })
  await store.system(async (db) => {
    // Of two owners who delete the last two workspaces, one is second.
    await lockInstallation(db)
    const left = await db.selectFrom('workspaces').select('id').forUpdate().execute()
    if (left.length < 2 || !left.some(({ id }) => id === workspaceId))
      throw new SallyportError('CONFLICT', { detail: 'Another workspace was deleted meanwhile. Look at what is left first.' })
    for (const table of tables) await sql`delete from ${sql.table(table)} where workspace_id = ${workspaceId}`.execute(db)
    await sql`delete from session where "workspaceId" = ${workspaceId}`.execute(db)
    await sql`delete from account where "providerId" = ${`sso:${workspaceId}`}`.execute(db)
    await db.deleteFrom('workspaces').where('id', '=', workspaceId).execute()
    await recordAct(db, workspaceId, {
      kind: 'workspace.deleted',
      by: caller,
      target: { kind: 'workspace', id: workspaceId, name: workspaceName },
      before: { name: workspaceName },
    })
  })
}
