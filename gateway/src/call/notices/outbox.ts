import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import type { Log } from '../../log.ts'
import { createRounds } from '../../rounds.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { Actor } from '../types.ts'
import type { Channels } from './channels.ts'
import { type Deliverers, deliver } from './deliver.ts'
import { makeLink } from './links.ts'
import type { Notice } from './message.ts'

/** How often what is due is looked for, beside what this gateway knows to be. */
const roundMs = 15_000
/** Waits between attempts, in seconds: the sixth comes an hour after the first. */
const waits = [15, 60, 300, 900, 2400] as const
/** While an attempt is under way no other gateway makes it; longer than an attempt takes. */
const leaseMs = 60_000

/** Tells people that calls wait for them. */
export interface Notices {
  /** A part of the transaction that stores the approval, so that neither is without the other. */
  queue(db: Kysely<Database>, workspaceId: string, approvalId: string): Promise<void>
  /** Sends what is due, soon. */
  wake(): void
}

interface OutboxServices extends Deliverers {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly channels: Pick<Channels, 'open'>
  readonly publicUrl: () => string
}

interface Due {
  readonly id: string
  readonly workspace_id: string
  readonly channel_id: string
  readonly approval_id: string
  readonly attempts: number
}

export function createOutbox(services: OutboxServices): Notices & { start(): () => Promise<void> } {
  const { store, clock, log, channels, publicUrl } = services

  /** Takes rows whose time has come, each for one attempt. */
  const claim = async (): Promise<readonly Due[]> => {
    const now = clock.now()
    const { rows } = await store.system((db) =>
      sql<Due>`
        update notifications set attempts = attempts + 1, due_at = ${new Date(now + leaseMs)} where id in (
          select id from notifications where due_at <= ${new Date(now)} order by due_at limit 10 for update skip locked
        ) returning id, workspace_id, channel_id, approval_id, attempts`.execute(db),
    )
    return rows
  }

  /** What to tell; null when the call waits no more. */
  async function noticeOf({ workspace_id: workspaceId, approval_id: approvalId }: Due): Promise<Notice | null> {
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
    return {
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
    }
  }

  async function attempt(due: Due): Promise<void> {
    const { id, workspace_id: workspaceId, channel_id: channelId, attempts } = due
    let problem: string | null = null
    let told = false
    try {
      const notice = await noticeOf(due)
      const channel = notice === null ? null : await channels.open(workspaceId, channelId)
      if (notice !== null && channel !== null) {
        await deliver(services, channel.kind, channel.target, notice, clock.now())
        told = true
      }
    } catch (error) {
      problem = error instanceof SallyportError ? (error.detail ?? error.code) : 'The gateway could not send it.'
      log.warn({ err: error, channel: channelId, attempts }, 'a notification was not delivered')
    }
    const wait = waits[attempts - 1]
    const now = clock.now()
    await store.workspace(workspaceId, async (db) => {
      if (told || problem !== null)
        await db
          .updateTable('notification_channels')
          .set({ last_error: problem, ...(told && { delivered_at: new Date(now) }) })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', channelId)
          .execute()
      if (problem !== null && wait !== undefined) {
        const again = db.updateTable('notifications').set({ due_at: new Date(now + wait * 1000) })
        await again.where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
      } else await db.deleteFrom('notifications').where('workspace_id', '=', workspaceId).where('id', '=', id).execute()
    })
  }

  async function send(): Promise<void> {
    for (let due = await claim(); due.length > 0; due = await claim()) await Promise.all(due.map(attempt))
  }

  const rounds = createRounds({ everyMs: roundMs, round: send })

  return {
    async queue(db, workspaceId, approvalId) {
      const found = await db.selectFrom('notification_channels').select('id').where('workspace_id', '=', workspaceId).execute()
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

    wake: rounds.wake,

    /** Sends from now on; what it returns ends that. */
    start: () => rounds.start((error) => log.warn({ err: error }, 'notifications could not be sent; they are tried again')),
  }
}
