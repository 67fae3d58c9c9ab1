import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import { type ErrorCode, errorCodes, SallyportError } from '../errors.ts'
import type { Store } from '../store/types.ts'
import type { SealedCalls } from './sealed-calls.ts'
import type { CallResult, Outcome } from './types.ts'

/** As long as Stripe keeps its keys. */
const keptMs = 24 * 60 * 60 * 1000
/** A claim whose call left no record after this long was made by a gateway that died before it sent anything. */
const abandonedMs = 10 * 60 * 1000

export type Earlier =
  | { readonly kind: 'other_parameters' }
  | { readonly kind: 'under_way'; readonly callId: string }
  | { readonly kind: 'ended'; readonly result: CallResult }

/** Idempotency keys of callers: which call a key stands for, and how that call ended. */
export interface Idempotency {
  /** Null when the key is now this call's. `repeatable`: the API itself recognises a repetition, so an unknown outcome may be tried again. */
  claim(caller: Caller, key: string, fingerprint: Buffer, callId: string, repeatable: boolean): Promise<Earlier | null>
  /** Keeps the answer of a call for those that repeat it. */
  keep(caller: Caller, key: string, callId: string, answered: Extract<CallResult, { kind: 'answered' }>): Promise<void>
}

interface Kept {
  readonly status: number | null
  readonly durationMs: number
  readonly answer: Outcome
}

function isErrorCode(code: string | null): code is ErrorCode {
  return errorCodes.some((known) => known === code)
}

export function createIdempotency({
  store,
  sealedCalls,
  clock,
}: {
  store: Store
  sealedCalls: SealedCalls
  clock: Clock
}): Idempotency {
  async function ended(
    workspaceId: string,
    callId: string,
  ): Promise<CallResult | 'under_way' | 'may_run_again' | 'sent_unknown' | 'unrecorded'> {
    const call = await store.workspace(workspaceId, (db) =>
      db
        .selectFrom('calls')
        .leftJoin('approvals', 'approvals.id', 'calls.approval_id')
        .select([
          'calls.status',
          'calls.outcome',
          'calls.upstream_status',
          'calls.error_code',
          'calls.error_detail',
          'calls.duration_ms',
          'calls.approval_id',
          'approvals.expires_at',
          'approvals.sealed_result',
          'approvals.result_key_id',
        ])
        .where('calls.workspace_id', '=', workspaceId)
        .where('calls.id', '=', callId)
        .executeTakeFirst(),
    )
    if (call === undefined) return 'unrecorded'
    const base = { id: callId, outcome: call.outcome, status: call.upstream_status, durationMs: call.duration_ms }
    switch (call.status) {
      case 'started':
        return 'under_way'
      case 'pending_approval':
        return {
          kind: 'pending',
          id: callId,
          approvalId: call.approval_id ?? '',
          expiresAt: call.expires_at?.toISOString() ?? '',
        }
      case 'succeeded': {
        if (call.approval_id !== null && call.sealed_result !== null && call.result_key_id !== null) {
          const answer = await sealedCalls.openResult(workspaceId, call.approval_id, {
            ciphertext: call.sealed_result,
            keyId: call.result_key_id,
          })
          return { ...base, kind: 'answered', answer: answer as Outcome }
        }
        const detail = `The first call with this key succeeded, but its answer was lost when the gateway stopped. Look it up as ${callId}.`
        return { ...base, kind: 'failed', error: new SallyportError('CONFLICT', { detail, diagnostics: { call_id: callId } }) }
      }
      case 'rejected':
      case 'expired':
        return {
          ...base,
          kind: 'failed',
          error: new SallyportError('APPROVAL_REQUIRED', { detail: `The call was ${call.status}.` }),
        }
      case 'failed': {
        if (call.outcome === 'not_sent') return 'may_run_again'
        if (call.outcome === 'sent_unknown') return 'sent_unknown'
        const code = isErrorCode(call.error_code) ? call.error_code : 'INTERNAL'
        return {
          ...base,
          kind: 'failed',
          error: new SallyportError(code, call.error_detail === null ? {} : { detail: call.error_detail }),
        }
      }
      default:
        return call.status satisfies never
    }
  }

  return {
    async claim(caller, key, fingerprint, callId, repeatable) {
      const { workspaceId } = caller
      const values = {
        workspace_id: workspaceId,
        caller_id: caller.id,
        key,
        fingerprint,
        call_id: callId,
        created_at: new Date(clock.now()),
      }
      const known = await store.workspace(workspaceId, async (db) => {
        await db
          .deleteFrom('idempotency_keys')
          .where('workspace_id', '=', workspaceId)
          .where('created_at', '<', new Date(clock.now() - keptMs))
          .execute()
        const claimed = await db
          .insertInto('idempotency_keys')
          .values(values)
          .onConflict((conflict) => conflict.doNothing())
          .returning('call_id')
          .executeTakeFirst()
        if (claimed !== undefined) return null
        return db
          .selectFrom('idempotency_keys')
          .selectAll()
          .where('workspace_id', '=', workspaceId)
          .where('caller_id', '=', caller.id)
          .where('key', '=', key)
          .executeTakeFirstOrThrow()
      })
      if (known === null) return null
      if (!known.fingerprint.equals(fingerprint)) return { kind: 'other_parameters' }
      // The very call that took the key goes on, after the gateway that began it had died before it sent anything.
      if (known.call_id === callId) return null
      if (known.sealed_result !== null && known.result_key_id !== null) {
        const kept = (await sealedCalls.openKept(workspaceId, known.call_id, {
          ciphertext: known.sealed_result,
          keyId: known.result_key_id,
        })) as Kept
        return { kind: 'ended', result: { kind: 'answered', id: known.call_id, outcome: 'done', ...kept } }
      }
      const end = await ended(workspaceId, known.call_id)
      if (typeof end === 'object') return { kind: 'ended', result: end }
      const again =
        end === 'may_run_again' ||
        (end === 'sent_unknown' && repeatable) ||
        (end === 'unrecorded' && clock.now() - known.created_at.getTime() > abandonedMs)
      if (again) {
        // Of several that ask at once, one takes the key over.
        const taken = await store.workspace(workspaceId, (db) =>
          db
            .updateTable('idempotency_keys')
            .set({ call_id: callId, created_at: new Date(clock.now()) })
            .where('workspace_id', '=', workspaceId)
            .where('caller_id', '=', caller.id)
            .where('key', '=', key)
            .where('call_id', '=', known.call_id)
            .executeTakeFirst(),
        )
        if (taken.numUpdatedRows === 1n) return null
      }
      if (end === 'sent_unknown' && !repeatable) {
        const error = new SallyportError('OUTCOME_UNKNOWN', { diagnostics: { call_id: known.call_id } })
        return {
          kind: 'ended',
          result: { kind: 'failed', id: known.call_id, outcome: 'sent_unknown', status: null, durationMs: 0, error },
        }
      }
      return { kind: 'under_way', callId: known.call_id }
    },

    async keep(caller, key, callId, { status, durationMs, answer }) {
      await sealedCalls.storing(caller.workspaceId, async () => {
        const sealed = await sealedCalls.sealKept(caller.workspaceId, callId, { status, durationMs, answer } satisfies Kept)
        await store.workspace(caller.workspaceId, (db) =>
          db
            .updateTable('idempotency_keys')
            .set({ sealed_result: sealed.ciphertext, result_key_id: sealed.keyId })
            .where('workspace_id', '=', caller.workspaceId)
            .where('caller_id', '=', caller.id)
            .where('key', '=', key)
            .where('call_id', '=', callId)
            .execute(),
        )
      })
    },
  }
}
