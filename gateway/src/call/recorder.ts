import type { Caller } from '../caller.ts'
import { SallyportError, toSallyportError } from '../errors.ts'
import type { ConnectionStatus } from '../store/schema.ts'
import { type Ending, isWorthKeeping, tape } from './cassettes/tape.ts'
import type { Allowed, Armed, Checked, Permission, Progress, Redacted, Rehearsed, Resolved } from './facts.ts'
import { fallbacksOf, keptMinutes } from './fallbacks.ts'
import { redactError } from './redact-error.ts'
import type { CallServices } from './services.ts'
import { readTrace, type Trace } from './trace.ts'
import type { CallRequest, CallResult, Outcome } from './types.ts'

/** Inputs are kept up to this many characters of JSON; a longer one is noted by its length. */
const maxInputLength = 16_384

interface End {
  readonly status: 'succeeded' | 'failed' | 'pending_approval'
  readonly error: SallyportError | null
  readonly bytes: number | null
  readonly approvalId: string | null
}

/** As complete as it is known; null of a command. */
function urlOf(target: Resolved | Allowed | Checked | null): string | null {
  if (target === null) return null
  if ('work' in target) return target.work.kind === 'http' ? target.work.request.url : null
  return 'route' in target && target.route.kind === 'http' ? target.route.url : null
}

/** Gathers what happens to one call and writes its record: the last stage, which always runs. */
export class CallRecorder {
  readonly progress: Progress = { outcome: 'not_sent', status: null }
  readonly #services: CallServices
  readonly #request: CallRequest
  readonly #id: string
  readonly #trace: Trace
  readonly #startedAt: string
  #caller: Caller | null = null
  #target: Resolved | Allowed | Checked | null = null
  #armed: Armed | null = null
  /** Whether a row of this call is in the log: the intent of a write, or the wait of an approved call. */
  #begun: boolean

  constructor(services: CallServices, request: CallRequest, id: string, trace: Trace) {
    this.#services = services
    this.#request = request
    this.#id = id
    this.#trace = trace
    this.#startedAt = new Date(services.clock.now()).toISOString()
    this.#begun = request.approvalId !== undefined
    if (request.insteadOf !== undefined) trace.note('fallback', request.insteadOf)
  }

  /** Notes what a stage proved; the record shows the last of each. */
  saw<Fact extends Caller | Resolved | Allowed | Checked | Armed>(fact: Fact): Fact {
    if ('permit' in fact) this.#armed = fact
    else if ('connection' in fact) this.#target = fact
    else this.#caller = fact
    return fact
  }

  /** Commits the intent of a write. After it, the record says `started` until the end is known. */
  readonly intent = async (): Promise<void> => {
    if (this.#begun) return
    await this.#services.store.calls.insert(this.#row('started', 'sent_unknown', null))
    this.#begun = true
  }

  async answered({ status, bytes, outcome }: Redacted): Promise<CallResult> {
    await this.#tape({ status, outcome })
    await this.#remember(outcome)
    const end: End = { status: 'succeeded', error: null, bytes, approvalId: null }
    const unrecorded = await this.#close(end)
    if (unrecorded !== null) return this.#failure(unrecorded)
    await this.#reportConnection('active', null)
    const result = {
      kind: 'answered',
      id: this.#id,
      outcome: 'done',
      status,
      durationMs: this.#trace.elapsed(),
      answer: outcome,
    } as const
    await this.#keep(result)
    return result
  }

  /** A call that was answered with a mock or a recording: its record says so by its trace, and the connection is no better known for it. */
  async rehearsed({ outcome: answer, status }: Rehearsed): Promise<CallResult> {
    const unrecorded = await this.#close({ status: 'succeeded', error: null, bytes: null, approvalId: null })
    if (unrecorded !== null) return this.#failure(unrecorded)
    const { outcome } = this.progress
    return { kind: 'answered', id: this.#id, outcome, status, durationMs: this.#trace.elapsed(), answer }
  }

  /** On the cassette that the call or its connection records on. The call is done, and does not fail because that does. */
  async #tape(ending: Ending): Promise<void> {
    const target = this.#target
    if (target === null || !('work' in target) || this.#armed === null || !isWorthKeeping(ending)) return
    const cassette = this.#request.record ?? target.connection.record
    if (cassette === null || this.#request.entrance === 'test') return
    try {
      await this.#trace.named(cassette, tape, this.#services, cassette, target, this.#armed, ending)
    } catch (error) {
      this.#trace.failed()
      this.#services.log.warn({ call: this.#id, cassette, err: error }, 'a call could not be recorded on its cassette')
    }
  }

  /** For the next time that its API fails. The call is done, and does not fail because that does. */
  async #remember(outcome: Outcome): Promise<void> {
    const target = this.#target
    if (target === null || !('work' in target) || target.action.fallbacks.length === 0) return
    const minutes = keptMinutes(target.action)
    if (minutes === null || this.#request.entrance === 'test') return
    try {
      await this.#services.lastAnswers.keep(target, outcome, minutes)
    } catch (error) {
      this.#services.log.warn({ call: this.#id, err: error }, 'a last good answer could not be kept')
    }
  }

  /** For those that repeat the call by its idempotency key. Without it they learn that it succeeded, but not its answer. */
  async #keep(result: Extract<CallResult, { kind: 'answered' }>): Promise<void> {
    const { idempotencyKey } = this.#request
    if (idempotencyKey === undefined || this.#caller === null) return
    try {
      await this.#services.idempotency.keep(this.#caller, idempotencyKey, this.#id, result)
    } catch (error) {
      this.#services.log.warn({ call: this.#id, err: error }, 'the answer of a call could not be kept for its repetitions')
    }
  }

  /** A call that waits for a decision, or was only planned. */
  async stopped(permission: Exclude<Permission, { kind: 'permitted' }>): Promise<CallResult> {
    if (permission.kind === 'planned') {
      const { plan, hash, judgement } = permission
      return { kind: 'planned', id: this.#id, durationMs: this.#trace.elapsed(), plan, hash, judgement }
    }
    const { kind, ...waiting } = permission
    const { approvalId } = waiting
    const unrecorded = await this.#close({ status: 'pending_approval', error: null, bytes: null, approvalId })
    return unrecorded === null ? { kind, id: this.#id, ...waiting } : this.#failure(unrecorded)
  }

  async failed(thrown: SallyportError): Promise<CallResult> {
    const { log } = this.#services
    const redacted = this.#armed === null ? thrown : redactError(thrown, this.#armed.redactor)
    const error = this.#mendable(redacted)
    if (error.code === 'INTERNAL')
      log.error({ call: this.#id, internal: error.internal, err: error.cause }, 'a call failed inside the gateway')
    else log.debug({ call: this.#id, code: error.code, internal: error.internal }, 'a call failed')
    if (this.progress.outcome === 'done') await this.#tape({ status: this.progress.status, error })
    const unrecorded = await this.#close({ status: 'failed', error, bytes: null, approvalId: null })
    if (this.#isAboutCredential(error)) await this.#reportConnection('needs_reauth', error.detail)
    return unrecorded === null ? { ...this.#failure(error), ...this.#fallbacks(error) } : this.#failure(unrecorded)
  }

  /** 403 may be about this action only; 401 is about the credential (RFC 9110 section 15.5). */
  #isAboutCredential({ code }: SallyportError): boolean {
    return code === 'NEEDS_REAUTH' || (code === 'AUTHENTICATION_FAILED' && this.progress.status === 401)
  }

  /** Whoever called hands the link to a person. */
  #mendable(error: SallyportError): SallyportError {
    const id = this.#target?.connection.id
    if (id === undefined || !this.#isAboutCredential(error)) return error
    const { code, detail, internal, cause } = error
    const diagnostics = { ...error.diagnostics, mend_url: this.#services.connections.mendUrl(id) }
    return new SallyportError(code, { detail, diagnostics, cause, ...(internal !== undefined && { internal }) })
  }

  /** Of a call that was let through to its API: the credential was opened, or could not be. */
  #fallbacks(error: SallyportError) {
    const target = this.#target
    if (target === null || !('work' in target) || (this.#armed === null && error.code !== 'NEEDS_REAUTH')) return {}
    const fallbacks = fallbacksOf(this.#request, target, error, this.progress)
    return fallbacks.length === 0 ? {} : { fallbacks }
  }

  #failure(error: SallyportError): Extract<CallResult, { kind: 'failed' }> {
    const { outcome, status } = this.progress
    return { kind: 'failed', id: this.#id, outcome, status, durationMs: this.#trace.elapsed(), error }
  }

  /** Null when the record is durable; otherwise the caller gets the error instead of the answer. */
  async #close(end: End): Promise<SallyportError | null> {
    // A call nobody is known to have made belongs to no workspace, a dry run did nothing, and neither has a row.
    if (this.#workspaceId() === null || this.#request.dryRun) return null
    try {
      await (this.#begun
        ? this.#finish(end)
        : this.#services.store.calls.insert(this.#row(end.status, this.progress.outcome, end)))
      this.#count(end)
      return null
    } catch (error) {
      this.#services.log.error({ call: this.#id, err: error }, 'the record of a call could not be written')
      const unrecorded = toSallyportError(error)
      this.#count({ status: 'failed', error: unrecorded })
      return unrecorded
    }
  }

  #count({ status, error }: Pick<End, 'status' | 'error'>): void {
    const { telemetry } = this.#services
    if (telemetry === null) return
    const target = this.#target
    telemetry.ended({
      id: this.#id,
      workspaceId: this.#workspaceId() ?? '',
      entrance: this.#request.entrance,
      connector: target?.connection.connector ?? null,
      action: target?.action.name ?? null,
      status,
      errorCode: error?.code ?? null,
      upstreamStatus: this.progress.status,
      startedAt: Date.parse(this.#startedAt),
      durationMs: this.#trace.elapsed(),
      traceparent: this.#request.traceparent,
      steps: () => readTrace(JSON.parse(this.#trace.json())),
    })
  }

  #workspaceId(): string | null {
    const { credentials } = this.#request
    return this.#caller?.workspaceId ?? (credentials.kind === 'stored' ? credentials.workspaceId : null)
  }

  #finish(end: End): Promise<void> {
    return this.#services.store.calls.finish({
      id: this.#id,
      workspace_id: this.#workspaceId() ?? '',
      status: end.status,
      outcome: this.progress.outcome,
      upstream_status: this.progress.status,
      error_code: end.error?.code ?? null,
      error_detail: this.#clean(end.error?.detail ?? null),
      response_bytes: end.bytes,
      trace: this.#trace.json(),
      duration_ms: this.#trace.elapsed(),
    })
  }

  #row(status: 'started' | End['status'], outcome: Progress['outcome'], end: End | null) {
    const caller = this.#caller
    if (caller === null) throw new SallyportError('INTERNAL', { internal: 'a record without a caller' })
    const target = this.#target
    return {
      id: this.#id,
      workspace_id: caller.workspaceId,
      caller_kind: caller.kind,
      caller_id: caller.id,
      caller_name: caller.name,
      ...(this.#request.ip !== undefined && { caller_ip: this.#request.ip }),
      entrance: this.#request.entrance,
      connector: target?.connection.connector.id ?? this.#request.connector,
      connector_version: target?.connection.connector.version ?? null,
      action: target?.action.name ?? this.#request.action ?? null,
      effect: target?.action.effect ?? null,
      connection_id: target?.connection.id ?? null,
      status,
      outcome,
      upstream_status: this.progress.status,
      error_code: end?.error?.code ?? null,
      error_detail: this.#clean(end?.error?.detail ?? null),
      method: target?.action.kind === 'http' ? target.action.method : null,
      url: this.#clean(urlOf(target)),
      input: this.#input(),
      response_bytes: end?.bytes ?? null,
      approval_id: end?.approvalId ?? this.#request.approvalId ?? null,
      trace: this.#trace.json(),
      started_at: this.#startedAt,
      duration_ms: this.#trace.elapsed(),
    }
  }

  #input(): string | null {
    const { input } = this.#request
    if (input === undefined) return null
    const redactor = this.#armed?.redactor
    const plain = JSON.stringify(input)
    const text = redactor?.suspects(plain) ? JSON.stringify(redactor.value(input)) : plain
    return text.length <= maxInputLength ? text : JSON.stringify({ omitted: `${text.length} characters` })
  }

  #clean(text: string | null): string | null {
    return text === null || this.#armed === null ? text : this.#armed.redactor.text(text)
  }

  async #reportConnection(status: ConnectionStatus, detail: string | null): Promise<void> {
    const connection = this.#target?.connection
    if (connection === undefined || connection.status === status) return
    try {
      await this.#services.connections.report(connection, status, detail)
    } catch (error) {
      // The call has its answer and its record; a status that lags is put right by the next call.
      this.#services.log.warn({ connection: connection.id, err: error }, 'the status of a connection could not be saved')
    }
  }
}
