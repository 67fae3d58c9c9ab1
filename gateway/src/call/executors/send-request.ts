import { setTimeout as wait } from 'node:timers/promises'
import type { LoadedConnection } from '../../connections/registry.ts'
import type { EgressError, EgressFault } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import type { Armed, Progress, Sent } from '../facts.ts'
import type { CallServices } from '../services.ts'
import type { CallWatch } from '../types.ts'
import { executeHttp, type HttpAttempt, type HttpWork } from './http.ts'
import { excerpt, statusProblem, transportProblem } from './problems.ts'

const firstBackoffMs = 200
const retryableStatus = new Set([429, 502, 503, 504])
const finalFaults: ReadonlySet<EgressFault> = new Set([
  'blocked',
  'tls',
  'too_large',
  'aborted',
  'agent_refused',
  'agent_credential',
])

/** Milliseconds until the next attempt: what the API asked for, or doubling with full jitter; null when there is none. */
function backoff(attempt: HttpAttempt, tries: number): number | null {
  if (attempt.kind === 'failed' ? finalFaults.has(attempt.error.fault) : !retryableStatus.has(attempt.status)) return null
  const asked = attempt.kind === 'answered' ? attempt.retryAfterMs : null
  return asked ?? Math.random() * firstBackoffMs * 2 ** tries
}

/** Whether an attempt shows that the API itself is not working; a slow or refused answer to one request does not. */
function isOutage(attempt: HttpAttempt): boolean {
  if (attempt.kind === 'answered') return attempt.status >= 502 && attempt.status <= 504
  const { fault } = attempt.error
  return fault === 'refused' || fault === 'broken' || fault === 'timeout' || fault === 'unresolvable'
}

/**
 * Sends the request and reads the answer, within the one deadline of the call. Reads are tried again, and writes that carry
 * a header by which the API knows a repetition; no other write ever is.
 */
export async function sendRequest(
  services: CallServices,
  first: Armed,
  work: HttpWork,
  progress: Progress,
  callId: string,
  saw: (armed: Armed) => Armed,
  watch?: CallWatch,
): Promise<Sent> {
  let armed = first
  const { connection } = first.permit
  // A write that has left goes on to its answer, whoever has gone: broken off, nobody would know what came of it.
  const signal = work.action.effect === 'read' ? watch?.signal : undefined
  const { limits, effect, idempotencyHeader } = work.action
  const deadline = services.clock.monotonic() + limits.timeoutMs
  const retries = effect === 'read' || idempotencyHeader !== null ? limits.retries : 0
  const turn = services.upstreams.enter(`${connection.id} ${work.baseUrl}`)
  try {
    for (let tries = 0; ; tries++) {
      const left = deadline - services.clock.monotonic()
      const attempt = await executeHttp(services.egress, armed, work, Math.max(1, Math.floor(left)), callId, signal)
      progress.outcome = worst(progress.outcome, attempt)
      progress.status = attempt.kind === 'answered' ? attempt.status : (attempt.error.status ?? null)
      if (isOutage(attempt)) turn.failed()
      else turn.succeeded()
      const refused = refusesCredential(attempt, connection)
      // Refused before anything was done, whatever the action does; once, so that an API that never agrees is not asked for ever.
      if (refused && armed === first && armed.renew !== null) {
        armed = saw(await armed.renew())
        tries--
        continue
      }
      if (refused && armed !== first) services.connections.renewedInVain(connection)
      const delay = tries < retries ? backoff(attempt, tries) : null
      if (attempt.kind === 'failed' && attempt.error.fault === 'aborted' && signal?.aborted) throw givenUp(attempt.error)
      if (delay === null || services.clock.monotonic() + delay >= deadline || !turn.mayRetry())
        return finish(attempt, armed, work)
      watch?.progress(tries + 1, null, `The API did not answer as it should. Attempt ${tries + 2} follows.`)
      await wait(delay, undefined, { signal }).catch(() => {})
    }
  } finally {
    turn.end()
  }
}

const givenUp = (cause: EgressError) =>
  new SallyportError('UNAVAILABLE', { detail: 'The caller gave the call up before the API had answered.', cause })

/** 401 is about the credential (RFC 9110, section 15.5.2); some say it in another way. */
function refusesCredential(attempt: HttpAttempt, { credentialRefused }: LoadedConnection): boolean {
  return (
    attempt.kind === 'answered' &&
    (attempt.status === 401 || attempt.loggedOut || (attempt.json && credentialRefused(attempt.body)))
  )
}

/** An answer settles it; an earlier attempt that may have arrived is not undone by a later one that did not. */
function worst(before: Progress['outcome'], attempt: HttpAttempt): Progress['outcome'] {
  if (attempt.kind === 'answered') return 'done'
  return attempt.error.sent || before === 'sent_unknown' ? 'sent_unknown' : 'not_sent'
}

/** An answer with success goes on; everything else becomes an error of the catalogue. */
function finish(attempt: HttpAttempt, { redactor }: Armed, { action }: HttpWork): Sent {
  if (attempt.kind === 'failed') throw transportProblem(attempt.error, action.name, action.effect)
  const { status, body, json, suspect, bytes, retryAfterMs } = attempt
  if (attempt.loggedOut)
    throw new SallyportError('AUTHENTICATION_FAILED', { detail: `The API answered "${action.name}" with its login page.` })
  const failure = action.failureOf(status, json ? body : undefined)
  if (failure === null) return { status, body, json, suspect, bytes, diagnostics: {}, redactor }
  // Cut only then: half a secret at the edge would not be known for one.
  const diagnostics = { upstream_status: status, upstream_body: excerpt(suspect ? redactor.value(body) : body) }
  if (failure.by === 'status') throw statusProblem(action.name, { status, diagnostics, retryAfterMs })
  throw new SallyportError(failure.code, {
    detail: `The API answered ${status} to "${action.name}", ${failure.says}.`,
    diagnostics,
  })
}
