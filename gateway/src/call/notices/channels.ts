import { type Caller, requireRole } from '../../caller.ts'
import type { Clock } from '../../clock.ts'
import { egressProblem } from '../../egress/problem.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { recordAct } from '../../store/acts.ts'
import type { NotificationChannelRow } from '../../store/approval-tables.ts'
import { isUniqueViolation } from '../../store/constraints.ts'
import type { Store } from '../../store/types.ts'
import { randomToken } from '../../vault/digest.ts'
import type { SealedCalls } from '../sealed-calls.ts'
import { type Deliverers, deliver, type Target } from './deliver.ts'
import { type ChannelKind, line, type Message } from './message.ts'
import type { NewChannel, NotificationChannels, NotificationChannelView } from './types.ts'

/** More would make each call that waits a burst. */
const mostChannels = 20
/** Where PagerDuty takes events; accounts in the EU have another address. */
const pagerdutyUrl = 'https://events.pagerduty.com/v2/enqueue'

export interface Channels extends NotificationChannels {
  /** Null when it was deleted. */
  open(workspaceId: string, id: string): Promise<{ readonly kind: ChannelKind; readonly target: Target } | null>
}

interface ChannelServices extends Deliverers {
  readonly store: Store
  readonly clock: Clock
  readonly sealedCalls: SealedCalls
  readonly publicUrl: () => string
}

function view(row: NotificationChannelRow): NotificationChannelView {
  const { id, kind, name, hint, last_error } = row
  return {
    id,
    kind,
    name,
    target: hint,
    last_delivered_at: row.delivered_at?.toISOString() ?? null,
    last_error,
    approvals: row.approvals,
    created_at: row.created_at.toISOString(),
  }
}

/** Says nothing. */
function testMessage(by: Caller, channelId: string, url: string, state: 'firing' | 'resolved'): Message {
  return {
    subject: 'Sallyport can reach this channel',
    text: `${line(by.name)} tried this channel. Nothing waits, and nothing is wrong.`,
    links: [{ label: 'Open Sallyport', invitation: 'Open Sallyport', url }],
    data: { type: 'test', workspace: by.workspaceName, requested_by: by.name, url },
    incident: { key: `sallyport/test/${channelId}`, state, severity: 'info' },
  }
}

function isTarget(value: unknown): value is Target {
  if (typeof value !== 'object' || value === null) return false
  if ('to' in value) return typeof value.to === 'string'
  return 'url' in value && typeof value.url === 'string' && 'secret' in value
}

export function createChannels({ store, clock, sealedCalls, publicUrl, ...deliverers }: ChannelServices): Channels {
  /** What a request means, checked; `secret` signs what goes to a webhook, and is shown this once. */
  function targetOf(request: NewChannel): { target: Target; hint: string; secret: string | null } {
    const { kind, email, key, secret: chosen } = request
    const url = request.url ?? (kind === 'pagerduty' ? pagerdutyUrl : undefined)
    if (kind === 'email') {
      if (email === undefined) throw new SallyportError('INVALID_INPUT', { detail: 'Give the email address to write to.' })
      if (deliverers.mailer === null)
        throw new SallyportError('CONFLICT', { detail: 'The gateway sends no mail. The operator sets SALLYPORT_SMTP_URL first.' })
      return { target: { to: email }, hint: email, secret: null }
    }
    if (url === undefined) throw new SallyportError('INVALID_INPUT', { detail: 'Give the URL of the webhook.' })
    try {
      deliverers.egress.checkUrl(url)
    } catch (error) {
      throw error instanceof EgressError ? egressProblem(error) : error
    }
    if (kind === 'pagerduty') {
      if (key === undefined)
        throw new SallyportError('INVALID_INPUT', { detail: "Give the integration key of PagerDuty's service." })
      return { target: { url, secret: key }, hint: new URL(url).host, secret: null }
    }
    const secret = kind === 'webhook' ? (chosen ?? `whsec_${randomToken(32)}`) : null
    return { target: { url, secret }, hint: new URL(url).host, secret }
  }

  async function find(workspaceId: string, id: string): Promise<NotificationChannelRow | undefined> {
    return store.workspace(workspaceId, (db) =>
      db
        .selectFrom('notification_channels')
        .selectAll()
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', id)
        .executeTakeFirst(),
    )
  }

  const missing = (id: string) =>
    new SallyportError('NOT_FOUND', { detail: `There is no notification channel "${id}" in this workspace.` })

  async function open(workspaceId: string, id: string) {
    const row = await find(workspaceId, id)
    if (row === undefined) return null
    const sealed = { ciphertext: row.sealed_target, keyId: row.target_key_id }
    const target = await sealedCalls.openTarget(workspaceId, id, sealed)
    if (!isTarget(target)) throw new SallyportError('DECRYPT_FAILED', { internal: 'the target of a channel is none' })
    return { kind: row.kind, target }
  }

  return {
    open,

    async list(caller) {
      requireRole(caller, 'admin')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('notification_channels')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .orderBy('id', 'desc')
          .execute(),
      )
      return rows.map(view)
    },

    async references(caller) {
      requireRole(caller, 'admin')
      const rows = await store.workspace(caller.workspaceId, (db) =>
        db
          .selectFrom('notification_channels')
          .select(['id', 'secret_references'])
          .where('workspace_id', '=', caller.workspaceId)
          .execute(),
      )
      return new Map(rows.flatMap(({ id, secret_references }) => (secret_references === null ? [] : [[id, secret_references]])))
    },

    async create(caller, request) {
      requireRole(caller, 'admin')
      const { workspaceId } = caller
      const { kind, name, references } = request
      const { target, hint, secret } = targetOf(request)
      const id = request.id ?? newId('notification_channel', clock.now())
      try {
        return await sealedCalls.storing(workspaceId, async () => {
          const sealed = await sealedCalls.sealTarget(workspaceId, id, target)
          return store.workspace(workspaceId, async (db) => {
            const { length } = await db.selectFrom('notification_channels').select('id').execute()
            if (length >= mostChannels)
              throw new SallyportError('CONFLICT', {
                detail: `A workspace has at most ${mostChannels} channels. Delete one first.`,
              })
            const row = await db
              .insertInto('notification_channels')
              .values({
                id,
                workspace_id: workspaceId,
                kind,
                name,
                hint,
                sealed_target: sealed.ciphertext,
                target_key_id: sealed.keyId,
                approvals: kind !== 'pagerduty' && (request.approvals ?? true),
                secret_references: references === undefined ? null : JSON.stringify(references),
              })
              .returningAll()
              .executeTakeFirstOrThrow()
            await recordChange(caller, 'notification_channel.created', row, db)
            return { ...view(row), secret }
          })
        })
      } catch (error) {
        if (!isUniqueViolation(error)) throw error
        throw new SallyportError('CONFLICT', { detail: `There is a channel named "${name}" already.`, cause: error })
      }
    },

    async remove(caller, id) {
      requireRole(caller, 'admin')
      await store.workspace(caller.workspaceId, async (db) => {
        const row = await db
          .deleteFrom('notification_channels')
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw missing(id)
        await recordChange(caller, 'notification_channel.deleted', row, db)
      })
    },

    async test(caller, id) {
      requireRole(caller, 'admin')
      const channel = await open(caller.workspaceId, id)
      if (channel === null) throw missing(id)
      // What it opened at whoever is on call it closes again.
      const states = channel.kind === 'pagerduty' ? (['firing', 'resolved'] as const) : (['firing'] as const)
      for (const state of states)
        await deliver(deliverers, channel.kind, channel.target, testMessage(caller, id, publicUrl(), state), clock.now())
    },
  }
}

function recordChange(
  caller: Caller,
  kind: 'notification_channel.created' | 'notification_channel.deleted',
  { id, name, kind: channel, hint, approvals }: NotificationChannelRow,
  db: Parameters<typeof recordAct>[0],
): Promise<void> {
  const facts = { kind: channel, name, target: hint, approvals }
  return recordAct(db, caller.workspaceId, {
    kind,
    by: caller,
    target: { kind: 'notification_channel', id, name },
    ...(kind === 'notification_channel.created' ? { after: facts } : { before: facts }),
  })
}
