import { setTimeout as delay } from 'node:timers/promises'
import type { CallRequest, CallResult } from '../call/types.ts'
import type { Caller } from '../caller.ts'
import type { StepDocument, WorkflowDocument } from '../definition/workflow/document.ts'
import { fill } from '../definition/workflow/template.ts'
import { type ErrorCode, errorCodes, SallyportError, unreachable } from '../errors.ts'
import { newId } from '../id.ts'
import type { WorkflowRunRow, WorkflowStepRow } from '../store/workflow-tables.ts'
import { sha256 } from '../vault/digest.ts'
import { type Act, type Bag, failStep, withinBounds } from './interpreter.ts'
import type { Journal } from './journal.ts'
import { Checkpoint, LostRun, Suspended } from './signals.ts'
import type { StepResult, WorkflowServices } from './types.ts'

const usualRetries = 2
/** Doubles with each try. Short enough to wait for with the run in hand. */
const firstPauseMs = 500
const longestPauseMs = 15_000
/** An approved call that is under way is looked at again after this. */
const underWayMs = 2_000

/** What may pass by itself. */
const transient: readonly ErrorCode[] = [
  'TIMEOUT',
  'CONNECTION_REFUSED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'UPSTREAM_ERROR',
  'OUTCOME_UNKNOWN',
]

export interface CallStepOptions {
  readonly services: WorkflowServices
  readonly run: WorkflowRunRow
  readonly caller: Caller
  readonly document: WorkflowDocument
  readonly journal: Journal
  readonly mocks: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

interface Target {
  readonly connector: string
  readonly connection: string
  readonly version: string | undefined
  readonly effect: 'read' | 'write' | 'destructive'
  /** Asking twice does not do it twice. */
  readonly repeatable: boolean
}

type Failed = Extract<CallResult, { kind: 'failed' }>

/** Calls an action of the bound connection through the pipeline, once, and again only where that cannot do it twice. */
export function createCallStep({ services, run, caller, document, journal, mocks, signal }: CallStepOptions): Act {
  const { clock, store, connections, history } = services

  async function targetOf({ slot, action: name }: NonNullable<StepDocument['call']>): Promise<Target> {
    const connector = document.slots?.[slot]?.connector ?? ''
    const connection = run.bindings[slot]
    if (connection === undefined)
      throw new SallyportError('CONFLICT', { detail: `The slot "${slot}" is bound to no connection. Bind it, and deploy again.` })
    const version = run.pins[slot]
    const newest = await connections.resolve(caller, connector, connection)
    const loaded = version === undefined ? newest : await connections.pinned(newest, version)
    const action = loaded.connector.actions.get(name)
    if (action === undefined)
      throw new SallyportError('NOT_FOUND', { detail: `"${connector}" ${loaded.connector.version} has no action "${name}".` })
    const repeatable = action.effect === 'read' || action.idempotencyHeader !== null
    return { connector, connection, version, effect: action.effect, repeatable }
  }

  /** The same for every try of a step at its place, and another after somebody has asked for it to be done again. */
  const keyOf = (place: string) => `${run.id}:${run.generation}:${sha256(place).toString('base64url')}`

  function mayRepeat({ error, outcome }: Failed, { repeatable }: Target): boolean {
    // An idempotency key that another worker still holds.
    if (error.code === 'CONFLICT') return error.retryAfterSeconds !== undefined
    if (!transient.includes(error.code)) return false
    return repeatable || outcome === 'not_sent'
  }

  async function ask(step: StepDocument, place: string, input: unknown, target: Target, callId: string): Promise<CallResult> {
    const mock = mocks[step.id]
    const write = target.effect !== 'read'
    const timed = step.timeout_ms === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(step.timeout_ms)])
    const request: CallRequest = {
      credentials: {
        kind: 'stored',
        workspaceId: run.workspace_id,
        callerKind: run.caller_kind === 'session' ? 'session' : 'token',
        callerId: run.caller_id,
      },
      entrance: 'workflow',
      ip: '',
      connector: target.connector,
      connection: target.connection,
      action: step.call?.action ?? '',
      input,
      ...(target.version !== undefined && { connectorVersion: target.version }),
      ...(mock !== undefined && { mock }),
      ...(write && run.mode === 'preview' && mock === undefined && { dryRun: true }),
      ...(write && run.mode === 'live' && { idempotencyKey: keyOf(place), beforeSend: () => journal.markSent(place) }),
      watch: { signal: timed, progress: () => {}, logsFrom: undefined, log: () => {} },
    }
    return services.run(request, callId)
  }

  /** What a worker before this one left behind: an end, or the id under which to ask. */
  async function resumed(place: string, step: StepDocument, row: WorkflowStepRow, target: Target): Promise<string> {
    const callId = row.call_id ?? newId('call', clock.now())
    const record = await store.workspace(run.workspace_id, (db) =>
      db.selectFrom('calls').select(['status', 'approval_id']).where('id', '=', callId).executeTakeFirst(),
    )
    if (record === undefined) {
      if (!row.sent || target.repeatable) return callId
      throw new SallyportError('OUTCOME_UNKNOWN', {
        detail: 'The gateway died as it sent this write, and nobody knows whether it arrived.',
      })
    }
    if (record.status === 'pending_approval') {
      await journal.write(place, step.id, 'call', { status: 'waiting', approval_id: record.approval_id, call_id: callId })
      throw new Suspended(null)
    }
    if (record.status === 'started')
      await store.calls.finish({
        ...{ id: callId, workspace_id: run.workspace_id, status: 'failed', outcome: 'sent_unknown', upstream_status: null },
        ...{ error_code: 'OUTCOME_UNKNOWN', error_detail: 'The gateway stopped before the call ended.', response_bytes: null },
        ...{ trace: '[]', duration_ms: 0 },
      })
    // Under the same key: the first one answers for it, where it did anything.
    return newId('call', clock.now())
  }

  /** What became of a call that waited for a person. */
  async function decided(place: string, step: StepDocument, row: WorkflowStepRow): Promise<StepResult> {
    const record = await history.get(caller, row.call_id ?? '')
    const { status, result, error_code, error_detail, input } = record
    switch (status) {
      case 'pending_approval':
        // Approvals end where they are looked at, and nobody may have.
        if (row.wake_at !== null && row.wake_at.getTime() <= clock.now())
          throw new SallyportError('APPROVAL_REQUIRED', { detail: 'Nobody decided in time. Nothing was sent to the API.' })
        throw new Suspended(row.wake_at?.getTime() ?? null)
      case 'started':
        throw new Suspended(clock.now() + underWayMs)
      case 'succeeded':
        if (result?.success !== true)
          throw new SallyportError('CONFLICT', { detail: 'The call was made, but its answer was lost.' })
        return await succeeded(place, step, row.call_id ?? '', input, result)
      case 'rejected':
      case 'expired':
        throw new SallyportError('APPROVAL_REQUIRED', { detail: `The call was ${status}. Nothing was sent to the API.` })
      case 'failed': {
        const code = errorCodes.find((known) => known === error_code) ?? 'UPSTREAM_ERROR'
        throw new SallyportError(code, { detail: error_detail ?? 'The call failed.' })
      }
      default:
        return unreachable(status)
    }
  }

  async function succeeded(
    place: string,
    step: StepDocument,
    callId: string,
    input: unknown,
    answer: { readonly payload?: unknown; readonly variables?: unknown; readonly diagnostics?: unknown },
  ): Promise<StepResult> {
    const { payload, variables, diagnostics } = answer
    const result = withinBounds({ input, payload, variables, diagnostics })
    await journal.write(
      place,
      step.id,
      'call',
      { status: 'succeeded', call_id: callId, error_code: null, error_detail: null },
      result,
    )
    return result
  }

  async function tries(step: StepDocument, place: string, input: unknown, target: Target, first: string): Promise<StepResult> {
    const retries = step.retries ?? (target.repeatable ? usualRetries : 0)
    let callId = first
    for (let attempt = journal.at(place)?.attempt ?? 1; ; attempt++) {
      const result = await ask(step, place, input, target, callId)
      switch (result.kind) {
        case 'answered': {
          if (result.answer.success) return await succeeded(place, step, result.id, input, result.answer)
          throw new SallyportError('UPSTREAM_ERROR', {
            detail: result.answer.error ?? 'The call failed.',
            ...(result.answer.diagnostics !== undefined && { diagnostics: { ...result.answer.diagnostics } }),
          })
        }
        case 'pending': {
          const wakeAt = new Date(result.expiresAt)
          const { id: call_id, approvalId: approval_id } = result
          await journal.write(place, step.id, 'call', { status: 'waiting', call_id, approval_id, wake_at: wakeAt })
          throw new Suspended(wakeAt.getTime())
        }
        case 'planned':
          await journal.write(place, step.id, 'call', { status: 'planned', call_id: null }, { input, plan: result.plan })
          throw new Checkpoint()
        case 'failed': {
          // The pipeline says so of a run that was lost before its write was sent.
          signal.throwIfAborted()
          if (attempt > retries || !mayRepeat(result, target)) throw result.error
          await delay(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs), undefined, { signal }).catch(() => {})
          signal.throwIfAborted()
          callId = newId('call', clock.now())
          await journal.write(place, step.id, 'call', { status: 'started', attempt: attempt + 1, call_id: callId, sent: false })
          break
        }
        default:
          unreachable(result)
      }
    }
  }

  return async (step, place, bag: Bag) => {
    const call = step.call
    if (call === undefined) throw new SallyportError('INTERNAL', { internal: 'a call step without a call' })
    const input = fill(call.input ?? {}, bag) ?? {}
    const before = journal.at(place)
    try {
      if (before?.status === 'planned') throw new Checkpoint()
      if (before?.status === 'waiting') return await decided(place, step, before)
      const target = await targetOf(call)
      const callId = before === undefined ? newId('call', clock.now()) : await resumed(place, step, before, target)
      await journal.write(place, step.id, 'call', {
        status: 'started',
        call_id: callId,
        sent: before?.sent === true && callId === before.call_id,
      })
      return await tries(step, place, input, target, callId)
    } catch (error) {
      if (signal.aborted) throw new LostRun()
      throw await failStep(journal, step, place, error, { input })
    }
  }
}
