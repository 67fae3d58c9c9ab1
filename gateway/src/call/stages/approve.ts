import type { Judgement } from '../../approval-policy.ts'
import { SallyportError } from '../../errors.ts'
import { newId } from '../../id.ts'
import { recordStart } from '../../store/acts.ts'
import { mayConfirm, questionOf } from '../confirmation.ts'
import type { First, Permission, Permit } from '../facts.ts'
import { judge } from '../judge.ts'
import { planOf } from '../plan.ts'
import { alikeOf, exactCall, hashOf } from '../sealed-calls.ts'
import type { CallServices } from '../services.ts'
import { spendStanding } from '../standing-approvals.ts'
import type { CallRequest } from '../types.ts'

/** How long a call waits for a decision. */
const approvalTtlMs = 24 * 60 * 60 * 1000

function permit({ caller, connection, action, input, work, idempotencyKey }: First): Permission {
  return { kind: 'permitted', permit: { caller, connection, action, input, work, idempotencyKey } as Permit }
}

function judgementOf({ caller, connection, action, input, work }: First): Judgement {
  const request = work.kind === 'http' ? work.request : null
  return judge({
    effect: action.effect,
    confirm: action.confirm,
    toolset: caller.toolset,
    policy: connection.approval,
    input,
    url: request?.url ?? null,
    body: request?.body,
  })
}

/** Must a person decide on this exact call, and have they? */
export function approve(
  services: CallServices,
  first: First,
  request: CallRequest,
  callId: string,
): Permission | Promise<Permission> {
  const judgement = judgementOf(first)
  if (request.dryRun) {
    const expiresAt = new Date(services.clock.now() + approvalTtlMs).toISOString()
    return { kind: 'planned', plan: planOf(first), hash: hashOf(exactCall(first, expiresAt)).toString('hex'), judgement }
  }
  if (request.approvalId !== undefined) return spend(services, first, request.approvalId, callId)
  return judgement.asks ? ask(services, first, judgement, request, callId) : permit(first)
}

/** Stores the call, sealed, to wait for a person, unless one has decided on calls like it. */
async function ask(
  services: CallServices,
  first: First,
  judgement: Judgement,
  request: CallRequest,
  callId: string,
): Promise<Permission> {
  if (await spendStanding(services, first, judgement, callId)) return permit(first)
  const { caller, connection, action, input } = first
  const id = newId('approval', services.clock.now())
  const expiresAt = new Date(services.clock.now() + approvalTtlMs).toISOString()
  const row = {
    id,
    workspace_id: caller.workspaceId,
    call_id: callId,
    status: 'pending',
    caller: JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name }),
    connector: connection.connector.id,
    connector_version: connection.connector.version,
    action: action.name,
    connection_id: connection.id,
    preview: JSON.stringify({ request: planOf(first), effect: action.effect, connection: connection.name }),
    hash: hashOf(exactCall(first, expiresAt)),
    expires_at: expiresAt,
    decided_by: null,
    decided_at: null,
    reason: null,
    judgement: JSON.stringify({ risk: judgement.risk, rulings: judgement.rulings }),
    alike: alikeOf(first),
  } as const
  await services.sealedCalls.storing(caller.workspaceId, async () => {
    const sealed = await services.sealedCalls.sealInput(caller.workspaceId, id, input)
    await services.store.workspace(caller.workspaceId, async (db) => {
      await db
        .insertInto('approvals')
        .values({ ...row, sealed_call: sealed.ciphertext, sealed_key_id: sealed.keyId })
        .execute()
      await services.notices.queue(db, caller.workspaceId, id)
    })
  })
  services.notices.wake()
  const question = request.entrance === 'mcp' && mayConfirm(caller, connection, judgement) ? questionOf(first) : null
  return { kind: 'pending', approvalId: id, expiresAt, ...(question !== null && { question }) }
}

/** Uses an approval up: one atomic update, only for the very call that was approved, which is on record as begun with it. */
async function spend(services: CallServices, first: First, approvalId: string, callId: string): Promise<Permission> {
  const { caller } = first
  await services.store.workspace(caller.workspaceId, async (db) => {
    const approval = await db
      .updateTable('approvals')
      .set({ status: 'used' })
      .where('workspace_id', '=', caller.workspaceId)
      .where('id', '=', approvalId)
      .where('call_id', '=', callId)
      .where('status', '=', 'approved')
      .where('expires_at', '>', new Date(services.clock.now()))
      .returning(['hash', 'expires_at'])
      .executeTakeFirst()
    if (approval === undefined)
      throw new SallyportError('APPROVAL_REQUIRED', {
        detail: 'There is no approval left for this call: it was used, rejected or has expired.',
      })
    if (!approval.hash.equals(hashOf(exactCall(first, approval.expires_at.toISOString())))) {
      throw new SallyportError('CONFLICT', {
        detail: 'The connector or the connection has changed since this call was asked for. Ask for it again.',
      })
    }
    await db
      .updateTable('calls')
      .set({ status: 'started', outcome: 'sent_unknown' })
      .where('workspace_id', '=', caller.workspaceId)
      .where('id', '=', callId)
      .execute()
    await recordStart(db, caller.workspaceId, callId, approvalId)
  })
  return permit(first)
}
