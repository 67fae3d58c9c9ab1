import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { newId } from '../../id.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { Actor } from '../types.ts'
import { approvalMessage } from './approval-message.ts'
import { makeLink } from './links.ts'
import type { Due, Source } from './outbox.ts'

/** Tells people that calls wait for them. */
export interface Notices {
  /** A part of the transaction that stores the approval, so that neither is without the other. */
  queue(db: Kysely<Database>, workspaceId: string, approvalId: string): Promise<void>
  /** Sends what is due, soon. */
  wake(): void
}

interface ApprovalDue extends Due {
  readonly approval_id: string
}

interface Services {
  readonly store: Store
  readonly clock: Clock
  readonly publicUrl: () => string
}

export function createApprovalNotices({ store, clock, publicUrl }: Services): Source<ApprovalDue> & { queue: Notices['queue'] } {
  return {
    async claim(now, until) {
      const { rows } = await store.system((db) =>
        sql<ApprovalDue>`
          update notifications set attempts = attempts + 1, due_at = ${until} where id in (
            select id from notifications where due_at <= ${now} order by due_at limit 10 for update skip locked
          ) returning id, workspace_id, channel_id, approval_id, attempts`.execute(db),
      )
      return rows
    },

    /** Null when the call waits no more. */
    async messageOf({ workspace_id: workspaceId, approval_id: approvalId }) {
      const now = new Date(clock.now())
      const row = await store.workspace(workspaceId, (db) =>
        db
          .selectFrom('approvals')
          .innerJoin('workspaces', 'workspaces.id', 'approvals.workspace_id')
          .select(['connector', 'action', 'caller', 'preview', 'judgement', 'expires_at', 'workspaces.name as workspace'])
          .where('approvals.workspace_id', '=', workspaceId)
          .where('approvals.id', '=', approvalId)
          .where('status', '=', 'pending')
          .where('expires_at', '>', now)
          .executeTakeFirst(),
      )
      if (row === undefined) return null
      const { effect, connection } = row.preview as { readonly effect: string; readonly connection: string }
      const code = await makeLink(store, { workspaceId, approvalId }, row.expires_at, now)
      return approvalMessage({
        approval_id: approvalId,
        workspace: row.workspace,
        connector: row.connector,
        action: row.action,
        connection,
        effect,
        risk: row.judgement?.risk ?? null,
        requested_by: (row.caller as Actor).name,
        expires_at: row.expires_at.toISOString(),
        link: `${publicUrl()}/approval-link#code=${code}`,
        url: `${publicUrl()}/approvals/${approvalId}`,
      })
    },

    end(db, { workspace_id, id }, { again }) {
      if (again === null)
        return db.deleteFrom('notifications').where('workspace_id', '=', workspace_id).where('id', '=', id).execute()
      const later = db.updateTable('notifications').set({ due_at: again })
      return later.where('workspace_id', '=', workspace_id).where('id', '=', id).execute()
    },

    async queue(db, workspaceId, approvalId) {
      const found = await db
        .selectFrom('notification_channels')
        .select('id')
        .where('workspace_id', '=', workspaceId)
        .where('approvals', '=', true)
        .execute()
      if (found.length === 0) return
      const now = clock.now()
      const rows = found.map(({ id }) => ({
        id: newId('notification', now),
        workspace_id: workspaceId,
        channel_id: id,
        approval_id: approvalId,
        due_at: new Date(now),
      }))
      await db.insertInto('notifications').values(rows).execute()
    },
  }
}
