import type { Judgement } from '../approval-policy.ts'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { recordAct } from '../store/acts.ts'
import type { ApprovalRow, StandingApprovalRow } from '../store/approval-tables.ts'
import { canonicalJson } from '../vault/digest.ts'
import type { First } from './facts.ts'
import { alikeOf, exactCall, hashOf } from './sealed-calls.ts'
import type { CallServices } from './services.ts'
import type { Actor, StandingApprovals, StandingApprovalView } from './types.ts'

/** How long the next calls run without being asked about. */
const ttlMs = 60 * 60 * 1000

const asking = (rulings: Judgement['rulings']) => rulings.filter(({ asks }) => asks).map(({ rule }) => rule)

/** The values of these inputs; what the input does not have is not in it. */
function valuesOf(input: unknown, names: readonly string[]): Record<string, unknown> {
  const given = typeof input === 'object' && input !== null ? input : {}
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)))
}

/** Whether whoever granted it could grant it now: rights count when they are used. */
async function stillMay({ access }: CallServices, { workspace_id, granted_by }: StandingApprovalRow): Promise<boolean> {
  const { kind, id } = granted_by as Actor
  const callerKind = kind === 'session' ? 'session' : 'token'
  try {
    return hasRole(await access.authenticate({ kind: 'stored', workspaceId: workspace_id, callerKind, callerId: id }), 'manager')
  } catch (error) {
    if (error instanceof SallyportError && (error.code === 'UNAUTHENTICATED' || error.code === 'FORBIDDEN')) return false
    throw error
  }
}

/** Uses up one call of a standing approval that covers exactly this one; false when there is none. */
export async function spendStanding(
  services: CallServices,
  first: First,
  { rulings }: Judgement,
  callId: string,
): Promise<boolean> {
  const { caller, connection, action, input } = first
  const { workspaceId } = caller
  const open = await services.store.workspace(workspaceId, (db) =>
    db
      .selectFrom('standing_approvals')
      .selectAll()
      .where('workspace_id', '=', workspaceId)
      .where('connection_id', '=', connection.id)
      .where('action', '=', action.name)
      .where('hash', '=', alikeOf(first))
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', new Date(services.clock.now()))
      .orderBy('expires_at')
      .execute(),
  )
  for (const standing of open) {
    const names = Object.keys(standing.same)
    if (!asking(rulings).every((rule) => standing.rules.includes(rule))) continue
    if (canonicalJson(valuesOf(input, names)) !== canonicalJson(standing.same)) continue
    if (!(await stillMay(services, standing))) continue
    if (await spendOne(services, standing, first, callId)) return true
  }
  return false
}

async function spendOne(
  { store, clock }: CallServices,
  { id, workspace_id, granted_by, connector, action }: StandingApprovalRow,
  first: First,
  callId: string,
): Promise<boolean> {
  return store.workspace(workspace_id, async (db) => {
    const spent = await db
      .updateTable('standing_approvals')
      .set((eb) => ({ used: eb('used', '+', 1) }))
      .where('workspace_id', '=', workspace_id)
      .where('id', '=', id)
      .whereRef('used', '<', 'total')
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', new Date(clock.now()))
      .returning('expires_at')
      .executeTakeFirst()
    if (spent === undefined) return false
    await recordAct(db, workspace_id, {
      kind: 'call.decided',
      by: granted_by as Actor,
      target: { kind: 'standing_approval', id, name: `${connector} ${action}` },
      after: {
        status: 'approved',
        call_id: callId,
        hash: hashOf(exactCall(first, spent.expires_at.toISOString())).toString('hex'),
      },
    })
    return true
  })
}

function view(row: StandingApprovalRow, now: number): StandingApprovalView {
  const { id, approval_id, connector, connector_version, action, connection_id, same, total, used } = row
  return {
    id,
    status:
      row.revoked_at !== null ? 'revoked' : used >= total ? 'used_up' : row.expires_at.getTime() <= now ? 'expired' : 'open',
    approval_id,
    requested_by: row.caller as Actor,
    connector,
    connector_version,
    action,
    connection_id,
    same,
    total,
    used,
    granted_by: row.granted_by as Actor,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  }
}

/** Grants, lists and revokes them. `decidable` reads an approval that the caller may decide on, or throws. */
export function createStandingApprovals(
  { store, clock, sealedCalls }: CallServices,
  decidable: (caller: Caller, approvalId: string) => Promise<ApprovalRow>,
): StandingApprovals {
  return {
    async list(caller, query) {
      requireRole(caller, 'viewer')
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        const select = db
          .selectFrom('standing_approvals')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .orderBy('id', 'desc')
          .limit(size + 1)
        return (before === undefined ? select : select.where('id', '<', before)).execute()
      })
      const now = clock.now()
      return toPage(
        rows,
        size,
        (row) => view(row, now),
        (row) => row.id,
      )
    },

    async create(caller, approvalId, { count, same = [] }) {
      const approval = await decidable(caller, approvalId)
      const { workspaceId } = caller
      const { judgement, alike } = approval
      if (judgement === null || alike === null || approval.status === 'rejected' || approval.status === 'expired')
        throw new SallyportError('CONFLICT', {
          detail: `The call was ${approval.status}, so none like it is approved by it. Wait for the next one.`,
        })
      const input = await sealedCalls.openInput(workspaceId, approvalId, {
        ciphertext: approval.sealed_call,
        keyId: approval.sealed_key_id,
      })
      const values = valuesOf(input, same)
      const missing = same.find((name) => !Object.hasOwn(values, name))
      if (missing !== undefined)
        throw new SallyportError('INVALID_INPUT', { detail: `The call has no input "${missing}". Name inputs that it has.` })
      const now = clock.now()
      const id = newId('standing_approval', now)
      const row = await store.workspace(workspaceId, async (db) => {
        const made = await db
          .insertInto('standing_approvals')
          .values({
            id,
            workspace_id: workspaceId,
            approval_id: approvalId,
            caller: JSON.stringify(approval.caller),
            connector: approval.connector,
            connector_version: approval.connector_version,
            action: approval.action,
            connection_id: approval.connection_id,
            hash: alike,
            same: JSON.stringify(values),
            rules: JSON.stringify(asking(judgement.rulings)),
            total: count,
            granted_by: JSON.stringify({ kind: caller.kind, id: caller.id, name: caller.name }),
            expires_at: new Date(now + ttlMs),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await recordAct(db, workspaceId, {
          kind: 'standing_approval.created',
          by: caller,
          target: { kind: 'standing_approval', id, name: `${made.connector} ${made.action}` },
          after: view(made, now),
        })
        return made
      })
      return view(row, now)
    },

    async revoke(caller, id) {
      requireRole(caller, 'manager')
      const { workspaceId } = caller
      const now = clock.now()
      return store.workspace(workspaceId, async (db) => {
        const row = await db
          .updateTable('standing_approvals')
          .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(new Date(now))) }))
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        if (row === undefined)
          throw new SallyportError('NOT_FOUND', { detail: `There is no standing approval "${id}" in this workspace.` })
        await recordAct(db, workspaceId, {
          kind: 'standing_approval.revoked',
          by: caller,
          target: { kind: 'standing_approval', id, name: `${row.connector} ${row.action}` },
        })
        return view(row, now)
      })
    },
  }
}
