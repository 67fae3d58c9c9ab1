import { type Kysely, sql } from 'kysely'
import { newId } from '../../id.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { Due, Source } from '../notices/outbox.ts'
import { type AlertNotice, alertMessage } from './message.ts'

interface AlertDue extends Due {
  readonly notice: AlertNotice
}

interface Services {
  readonly store: Store
  readonly publicUrl: () => string
}

/** What alerts have to tell. Rows stay when they have been told, as the history of the alert. */
export function createAlertDeliveries({ store, publicUrl }: Services): Source<AlertDue> {
  return {
    /** In the order of what happened: that an alert is over is not told before that it fires. */
    async claim(now, until) {
      const { rows } = await store.system((db) =>
        sql<AlertDue>`
          update alert_deliveries set attempts = attempts + 1, due_at = ${until} where id in (
            select id from alert_deliveries d where due_at <= ${now} and not exists (
              select from alert_deliveries before where before.alert_id = d.alert_id and before.channel_id = d.channel_id
                and before.id < d.id and before.due_at is not null
            ) order by due_at limit 10 for update skip locked
          ) returning id, workspace_id, channel_id, attempts, notice`.execute(db),
      )
      return rows
    },

    messageOf: async ({ notice }) => alertMessage(notice, publicUrl()),

    end(db, { workspace_id, id }, { at, told, problem, again }) {
      const gone = !told && problem === null ? 'The channel is gone.' : null
      return db
        .updateTable('alert_deliveries')
        .set({ due_at: again, last_error: problem ?? gone, ...(told && { delivered_at: at }) })
        .where('workspace_id', '=', workspace_id)
        .where('id', '=', id)
        .execute()
    },
  }
}

/** For each channel of the rule that is there; part of the transaction that changes the alert. */
export async function queueNotice(
  db: Kysely<Database>,
  workspaceId: string,
  channels: readonly string[],
  notice: AlertNotice,
  now: number,
): Promise<void> {
  if (channels.length === 0) return
  const found = await db
    .selectFrom('notification_channels')
    .select(['id', 'name'])
    .where('workspace_id', '=', workspaceId)
    .where('id', 'in', [...channels])
    .execute()
  if (found.length === 0) return
  const rows = found.map(({ id, name }) => ({
    id: newId('alert_delivery', now),
    workspace_id: workspaceId,
    alert_id: notice.alert_id,
    event: notice.state,
    channel_id: id,
    channel: name,
    notice: JSON.stringify(notice),
    created_at: new Date(now),
    due_at: new Date(now),
  }))
  await db.insertInto('alert_deliveries').values(rows).execute()
}
