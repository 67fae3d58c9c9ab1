import { sql } from 'kysely'
import { type Caller, hasRole, requireRole } from '../caller.ts'
import { SallyportError } from '../errors.ts'
import { pageSize, parseCursor, toPage } from '../page.ts'
import { gatewayActor, recordAct } from '../store/acts.ts'
import type { ApprovalRow } from '../store/approval-tables.ts'
import { mayConfirm } from './confirmation.ts'
import { spendLink } from './notices/links.ts'
import type { CallServices } from './services.ts'
import { createStandingApprovals } from './standing-approvals.ts'
import type { Actor, Approvals, ApprovalView, CallHistory, CallRequest, CallResult, Plan, SimilarCalls } from './types.ts'

/** How many of the last calls of an action are looked at beside one that waits. */
const similarCalls = 20

interface Preview {
  readonly request: Plan
  readonly effect: ApprovalView['effect']
  readonly connection: string
}

/** Whoever made a token, and the token with which that one was made, and so on; `createdBy` names the first of them. */
type Makers = ReadonlySet<string>

/** Nobody decides on a call of their own, nor with a token that they made, however many tokens are in between. */
function isOwnCall(caller: Caller, makers: Makers, asker: Actor): boolean {
  return (caller.kind === asker.kind && caller.id === asker.id) || makers.has(asker.id)
}

/** Of all workspaces, for whoever watches the gateway itself. */
export async function countPendingApprovals({ store, clock }: Pick<CallServices, 'store' | 'clock'>): Promise<number> {
  const { count } = await store.system((db) =>
    db
      .selectFrom('approvals')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('status', '=', 'pending')
      .where('expires_at', '>', new Date(clock.now()))
      .executeTakeFirstOrThrow(),
  )
  return Number(count)
}

/** Lists, decides on and runs the calls that wait for a person. */
export function createApprovals(
  services: CallServices,
  history: Pick<CallHistory, 'list'>,
  run: (request: CallRequest, id: string) => Promise<CallResult>,
  /** Told of each call that was decided, once what came of it is on record. */
  settled: (workspaceId: string, callId: string) => Promise<void> = async () => {},
): Approvals {
  const { store, clock, sealedCalls } = services

  async function makersOf({ kind, createdBy, workspaceId }: Caller): Promise<Makers> {
    if (kind !== 'token' || createdBy === null) return new Set()
    const { rows } = await store.workspace(workspaceId, (db) =>
      sql<{ id: string }>`
        with recursive makers (id) as (
          select ${createdBy}::text
          union
          select tokens.created_by from tokens join makers on tokens.id = makers.id where tokens.workspace_id = ${workspaceId}
        ) select id from makers`.execute(db),
    )
    return new Set(rows.map(({ id }) => id))
  }

  /**
   * Ends approvals whose time has passed: all that are pending, or the one that is looked at, which may also have been granted
   * by a gateway that died before the call ran. Called wherever they are looked at, so that no timer is needed.
   */
  async function expire(workspaceId: string, id?: string): Promise<void> {
    await store.workspace(workspaceId, async (db) => {
      const expired = await db
        .updateTable('approvals')
        .set({ status: 'expired' })
        .where('workspace_id', '=', workspaceId)
        .where((eb) =>
          id === undefined
            ? eb('status', '=', 'pending')
            : eb.and([eb('id', '=', id), eb('status', 'in', ['pending', 'approved'])]),
        )
        .where('expires_at', '<=', new Date(clock.now()))
        .returning(['id', 'call_id', 'connector', 'action'])
        .execute()
      if (expired.length === 0) return
      await db
        .updateTable('calls')
        .set({ status: 'expired' })
        .where('workspace_id', '=', workspaceId)
        .where(
          'id',
          'in',
          expired.map((row) => row.call_id),
        )
        // One that was approved and then refused has an end of its own.
        .where('status', '=', 'pending_approval')
        .execute()
      for (const { id, call_id, connector, action } of expired) {
        const target = { kind: 'approval', id, name: `${connector} ${action}` }
        await recordAct(db, workspaceId, { kind: 'call.expired', by: gatewayActor, target, after: { call_id } })
      }
    })
  }

  /** `mayDecide` of whoever asked for the call. */
  async function view(mayDecide: (asker: Actor) => boolean, row: ApprovalRow): Promise<ApprovalView> {
    const preview = row.preview as Preview
    const asker = row.caller as Actor
    const input = await sealedCalls.openInput(row.workspace_id, row.id, { ciphertext: row.sealed_call, keyId: row.sealed_key_id })
    return {
      id: row.id,
      status: row.status,
      call_id: row.call_id,
      connector: row.connector,
      connector_version: row.connector_version,
      action: row.action,
      effect: preview.effect,
      connection: { id: row.connection_id, name: preview.connection },
      requested_by: asker,
      created_at: row.created_at.toISOString(),
      expires_at: row.expires_at.toISOString(),
      request: preview.request,
      input,
      hash: row.hash.toString('hex'),
      decided_by: row.decided_by === null ? null : (row.decided_by as Actor),
      decided_at: row.decided_at?.toISOString() ?? null,
      reason: row.reason,
      can_decide: row.status === 'pending' && mayDecide(asker),
      risk: row.judgement?.risk ?? null,
      policy: row.judgement?.rulings ?? [],
    }
  }

  const mayDecide = (caller: Caller, makers: Makers) => (asker: Actor) =>
    hasRole(caller, 'manager') && !isOwnCall(caller, makers, asker)

  async function read({ workspaceId }: Pick<Caller, 'workspaceId'>, id: string): Promise<ApprovalRow> {
    await expire(workspaceId, id)
    const row = await store.workspace(workspaceId, (db) =>
      db.selectFrom('approvals').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst(),
    )
    if (row === undefined) throw new SallyportError('NOT_FOUND', { detail: `There is no approval "${id}" in this workspace.` })
    return row
  }

  /** Reads an approval on which the caller may decide, whatever has become of it. */
  async function decidable(caller: Caller, id: string): Promise<ApprovalRow> {
    requireRole(caller, 'manager')
    const row = await read(caller, id)
    if (!isOwnCall(caller, await makersOf(caller), row.caller as Actor)) return row
    throw new SallyportError('FORBIDDEN', {
      detail:
        'Nobody decides on their own call. Ask another manager of the workspace; if there is none, invite one, or let an agent ask with a token: you can decide on its calls.',
    })
  }

  /** What became of the calls before it, as the log shows them to this reader. */
  async function similarTo(caller: Caller, { connector, action, connection_id, call_id }: ApprovalRow): Promise<SimilarCalls> {
    const query = { connector, action, connection: connection_id, limit: similarCalls }
    const { items } = await history.list(caller, query)
    const calls = items.filter(({ id, status }) => id !== call_id && (status === 'succeeded' || status === 'failed'))
    const succeeded = calls.filter(({ status }) => status === 'succeeded').length
    return { succeeded, failed: calls.length - succeeded, calls }
  }

  /** The person whose token asked for a call, where they may decide on it in their client: asked anew, whatever was asked of them. */
  async function confirming(caller: Caller, row: ApprovalRow): Promise<Actor> {
    const asker = row.caller as Actor
    const isAsker = asker.kind === caller.kind && asker.id === caller.id
    const connection = isAsker ? await services.connections.resolve(caller, row.connector, row.connection_id) : null
    const { personId } = caller
    if (personId === null || connection === null || !mayConfirm(caller, connection, row.judgement))
      throw new SallyportError('FORBIDDEN', { detail: 'This call waits for the decision of another person.' })
    const { rows } = await store.workspace(caller.workspaceId, (db) =>
      sql<{ name: string }>`select name from "user" where id = ${personId}`.execute(db),
    )
    return { kind: 'session', id: personId, name: rows[0]?.name ?? '' }
  }

  /** One atomic step from pending to the decision; throws CONFLICT when somebody was quicker. `person`: who decided in the client of the caller. */
  async function decide(
    caller: Caller,
    before: ApprovalRow,
    status: 'approved' | 'rejected',
    reason: string | null,
    person?: Actor,
  ): Promise<ApprovalRow> {
    const { id } = before
    const { kind, name } = caller
    const by = person ?? { kind, id: caller.id, name }
    return store.workspace(caller.workspaceId, async (db) => {
      const decided = await db
        .updateTable('approvals')
        .set({
          status,
          decided_by: JSON.stringify(by),
          decided_at: new Date(clock.now()),
          reason,
        })
        .where('workspace_id', '=', caller.workspaceId)
        .where('id', '=', id)
        .where('status', '=', 'pending')
        .where('expires_at', '>', new Date(clock.now()))
        .returningAll()
        .executeTakeFirst()
      if (decided === undefined)
        throw new SallyportError('CONFLICT', {
          detail: `The call was ${before.status === 'pending' ? 'decided meanwhile' : before.status} already.`,
        })
      if (status === 'rejected') {
        await db
          .updateTable('calls')
          .set({ status: 'rejected' })
          .where('workspace_id', '=', caller.workspaceId)
          .where('id', '=', decided.call_id)
          .execute()
      }
      await recordAct(db, caller.workspaceId, {
        kind: 'call.decided',
        by,
        ...(caller.ip !== undefined && { ip: caller.ip }),
        target: { kind: 'approval', id, name: `${decided.connector} ${decided.action}` },
        after: {
          ...{ status, call_id: decided.call_id, hash: decided.hash.toString('hex') },
          ...(person !== undefined && { confirmed_in_client_of: { kind, id: caller.id, name } }),
        },
        ...(reason !== null && { reason }),
      })
      return decided
    })
  }

  async function keepResult(workspaceId: string, id: string, result: CallResult): Promise<void> {
    if (result.kind !== 'answered') return
    const { answer } = result
    await sealedCalls.storing(workspaceId, async () => {
      const sealed = await sealedCalls.sealResult(workspaceId, id, answer)
      await store.workspace(workspaceId, (db) =>
        db
          .updateTable('approvals')
          .set({ sealed_result: sealed.ciphertext, result_key_id: sealed.keyId })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .execute(),
      )
    })
  }

  async function entranceOf({ workspace_id: workspaceId, call_id }: ApprovalRow): Promise<string | undefined> {
    const row = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('calls')
        .select('entrance')
        .where('workspace_id', '=', workspaceId)
        .where('id', '=', call_id)
        .executeTakeFirst(),
    )
    return row?.entrance
  }

  /** Runs the stored call in the name of whoever asked for it, once. */
  async function runApproved(approved: ApprovalRow): Promise<CallResult> {
    const { id, workspace_id: workspaceId } = approved
    const asker = approved.caller as Actor
    const input = await sealedCalls.openInput(workspaceId, id, {
      ciphertext: approved.sealed_call,
      keyId: approved.sealed_key_id,
    })
    // A workflow keeps to the version it was deployed with.
    const pinned = asker.kind !== 'session' && (await entranceOf(approved)) === 'workflow'
    const call = await run(
      {
        ...(pinned && { connectorVersion: approved.connector_version }),
        credentials: {
          kind: 'stored',
          workspaceId: workspaceId,
          callerKind: asker.kind === 'session' ? 'session' : 'token',
          callerId: asker.id,
        },
        entrance: 'approval',
        ip: '',
        connector: approved.connector,
        action: approved.action,
        connection: approved.connection_id,
        input,
        approvalId: id,
      },
      approved.call_id,
    )
    await keepResult(workspaceId, id, call)
    await tell(workspaceId, approved.call_id)
    return call
  }

  async function tell(workspaceId: string, callId: string): Promise<void> {
    await settled(workspaceId, callId).catch((error: unknown) =>
      services.log.warn({ call: callId, err: error }, 'who waits was not told of a decision'),
    )
  }

  const show = async (caller: Caller, row: ApprovalRow) => view(mayDecide(caller, await makersOf(caller)), row)

  return {
    standing: createStandingApprovals(services, decidable),

    async list(caller, query) {
      requireRole(caller, 'viewer')
      await expire(caller.workspaceId)
      const size = pageSize(query.limit)
      const before = parseCursor(query.cursor)
      const rows = await store.workspace(caller.workspaceId, (db) => {
        let select = db
          .selectFrom('approvals')
          .selectAll()
          .where('workspace_id', '=', caller.workspaceId)
          .orderBy('id', 'desc')
          .limit(size + 1)
        if (before !== undefined) select = select.where('id', '<', before)
        if (query.status !== undefined) select = select.where('status', '=', query.status)
        return select.execute()
      })
      const page = toPage(
        rows,
        size,
        (row) => row,
        (row) => row.id,
      )
      const makers = await makersOf(caller)
      return {
        items: await Promise.all(page.items.map((row) => view(mayDecide(caller, makers), row))),
        next_cursor: page.next_cursor,
      }
    },

    async get(caller, id) {
      requireRole(caller, 'viewer')
      const row = await read(caller, id)
      return { ...(await show(caller, row)), similar: await similarTo(caller, row) }
    },

    async look(code) {
      const { workspaceId, approvalId } = await spendLink(store, code, new Date(clock.now()))
      return view(() => false, await read({ workspaceId }, approvalId))
    },

    async confirm({ credentials, ip, approvalId, accepted }) {
      const caller = await services.access.authenticate(credentials, ip)
      const row = await read(caller, approvalId)
      const person = await confirming(caller, row)
      if (accepted) return runApproved(await decide(caller, row, 'approved', null, person))
      const { call_id: id } = await decide(caller, row, 'rejected', 'Declined in the client.', person)
      const error = new SallyportError('APPROVAL_REQUIRED', { detail: 'The person in front of the client declined this call.' })
      return { kind: 'failed', id, outcome: 'not_sent', status: null, durationMs: 0, error }
    },

    async approve(caller, id) {
      const call = await runApproved(await decide(caller, await decidable(caller, id), 'approved', null))
      return { approval: await show(caller, await read(caller, id)), call }
    },

    async reject(caller, id, reason) {
      const rejected = await decide(caller, await decidable(caller, id), 'rejected', reason ?? null)
      await tell(caller.workspaceId, rejected.call_id)
      return show(caller, rejected)
    },
  }
}
