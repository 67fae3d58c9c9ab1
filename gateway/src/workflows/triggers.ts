import { Attempts } from '../access/attempts.ts'
import type { WorkflowDocument } from '../definition/workflow/document.ts'
import { nextTime } from '../definition/workflow/schedule.ts'
import { fill } from '../definition/workflow/template.ts'
import { SallyportError } from '../errors.ts'
import { createRounds } from '../rounds.ts'
import type { WorkflowDeploymentRow } from '../store/workflow-tables.ts'
import { sha256 } from '../vault/digest.ts'
import type { WorkflowEngine } from './runs.ts'
import { verifyDelivery } from './signatures.ts'
import { createStored } from './stored.ts'
import type { Hooks, WorkflowServices } from './types.ts'

/** How late a run of a schedule may be: a schedule has minutes. */
const everyMs = 5_000
/** A time that was missed by more than this passed while no gateway ran. */
const missedMs = 60_000
const usualPerMinute = 600

/** What is sealed of a webhook. */
export interface Hook {
  readonly token: string
  readonly secret: string
}

/** What of a delivery's headers is for the workflow: nothing that shows who the sender is to the gateway. */
const kept = /^(content-type|user-agent|x-(?!.*(signature|hmac|forwarded|real-ip|key|token)).*|webhook-id|webhook-timestamp)$/

function bodyOf(body: string, contentType: string): unknown {
  if (!/\bjson\b/.test(contentType)) return body
  try {
    const value: unknown = JSON.parse(body)
    return value
  } catch {
    throw new SallyportError('INVALID_INPUT', { detail: 'The body says that it is JSON, and is not.' })
  }
}

/** Starts runs when their time has come, and when somebody delivers something. */
export function createTriggers(
  services: WorkflowServices,
  runs: Pick<WorkflowEngine, 'fire'>,
): Hooks & { begin(): () => Promise<void> } {
  const { store, clock, log, sealedCalls } = services
  const { documentOf } = createStored(store)
  const floods = new Map<number, Attempts>()

  /** Gateways may look at once: the key of the run is its time, so that it is one. */
  async function due(): Promise<void> {
    const now = clock.now()
    const rows = await store.system((db) =>
      db
        .selectFrom('workflow_deployments')
        .selectAll()
        .where('next_at', '<=', new Date(now))
        .where('ended_at', 'is', null)
        .orderBy('next_at')
        .limit(100)
        .execute(),
    )
    for (const row of rows) {
      await onTime(row, now).catch((error: unknown) => log.warn({ err: error, deployment: row.id }, 'a schedule was not kept'))
    }
  }

  async function onTime(row: WorkflowDeploymentRow, now: number): Promise<void> {
    const document = await documentOf(row.workspace_id, row.workflow_id, row.version)
    const { schedule } = document.trigger ?? {}
    const at = row.next_at?.getTime() ?? now
    const missed = now - at > missedMs
    if (schedule !== undefined && !(missed && schedule.missed === 'skip'))
      await runs.fire(row, 'schedule', { type: 'schedule', at: new Date(at).toISOString(), missed }, `schedule:${row.id}:${at}`)
    const next = schedule === undefined ? null : nextTime(schedule, now)
    await store.workspace(row.workspace_id, (db) =>
      db
        .updateTable('workflow_deployments')
        .set({ next_at: typeof next === 'number' ? new Date(next) : null })
        .where('id', '=', row.id)
        .where('next_at', '=', row.next_at)
        .execute(),
    )
  }

  function admit(document: WorkflowDocument, deployment: string): void {
    const most = document.trigger?.webhook?.per_minute ?? usualPerMinute
    const detail = 'More deliveries arrive than this webhook takes in a minute. Send this one again later.'
    const flood = floods.get(most) ?? new Attempts(clock, { most, windowMs: 60_000, detail })
    floods.set(most, flood)
    flood.begin(deployment)
  }

  return {
    async deliver(token, { body, headers }) {
      const row = await store.system((db) =>
        db
          .selectFrom('workflow_deployments')
          .selectAll()
          .where('hook_hash', '=', sha256(token))
          .where('ended_at', 'is', null)
          .executeTakeFirst(),
      )
      if (row === undefined || row.sealed_hook === null || row.hook_key_id === null)
        throw new SallyportError('NOT_FOUND', { detail: 'There is no webhook at this address.' })
      const document = await documentOf(row.workspace_id, row.workflow_id, row.version)
      const { webhook } = document.trigger ?? {}
      if (webhook === undefined) throw new SallyportError('NOT_FOUND', { detail: 'There is no webhook at this address.' })
      admit(document, row.id)
      const sealed = { ciphertext: row.sealed_hook, keyId: row.hook_key_id }
      // It opens as nothing but what was sealed for this very row.
      const { secret } = (await sealedCalls.openHook(row.workspace_id, row.id, sealed)) as Hook
      const delivery = { body, headers }
      const id = verifyDelivery(webhook.signature ?? { scheme: 'standard' }, secret, delivery, clock.now())
      const data = {
        type: 'webhook',
        at: new Date(clock.now()).toISOString(),
        body: bodyOf(body, headers['content-type'] ?? ''),
        headers: Object.fromEntries(Object.entries(headers).filter(([name]) => kept.test(name))),
      }
      const chosen = webhook.dedupe === undefined ? undefined : fill(webhook.dedupe, { trigger: data })
      const key = sha256(chosen === undefined ? id : JSON.stringify(chosen)).toString('base64url')
      const { id: run, fresh } = await runs.fire(row, 'webhook', data, `webhook:${row.environment}:${key}`)
      return { run, duplicate: !fresh }
    },

    begin: () => createRounds({ everyMs, round: due }).start((error) => log.warn({ err: error }, 'looking for schedules failed')),
  }
}
