import type { Fallback } from '../definition/fallback.ts'
import { compileResponse } from '../definition/response-map.ts'
import { noFallback } from '../definition/template/placeholders.ts'
import { compileValue } from '../definition/template/values.ts'
import type { SallyportError } from '../errors.ts'
import type { Checked, Progress } from './facts.ts'
import type { CallRequest, CallResult } from './types.ts'

/** How long the last good answer of an action is of use, in minutes; null when it falls back on none. */
export function keptMinutes({ fallbacks }: Checked['action']): number | null {
  const minutes = fallbacks.flatMap((fallback) => ('last_good_minutes' in fallback ? [fallback.last_good_minutes] : []))
  return minutes.length === 0 ? null : Math.max(...minutes)
}

/** Whether the API or the way to it failed, and not the call itself: 403 and the like are answers to the caller. */
function isOutage({ code }: SallyportError, { status }: Progress): boolean {
  switch (code) {
    case 'TIMEOUT':
    case 'CONNECTION_REFUSED':
    case 'SSL_ERROR':
    case 'NEEDS_REAUTH':
    case 'OUTCOME_UNKNOWN':
    case 'UNAVAILABLE': // calls to an API that failed several times in a row are held back
      return true
    case 'AUTHENTICATION_FAILED':
      return status === 401
    case 'RATE_LIMITED':
      return status === 429
    case 'UPSTREAM_ERROR':
      return status === null || status >= 500
    default:
      return false
  }
}

/**
 * What is tried in place of a call that failed at its API: nothing for a call that is itself such a try, a test, a stored call
 * that a person approved, or one that was never let through to its API.
 */
export function fallbacksOf(
  request: CallRequest,
  target: Checked,
  error: SallyportError,
  progress: Progress,
): readonly Fallback[] {
  const { insteadOf, approvalId, entrance, dryRun } = request
  if (insteadOf !== undefined || approvalId !== undefined || entrance === 'test' || dryRun) return []
  return isOutage(error, progress) ? target.action.fallbacks : []
}

/** The call that a fallback is: of the same caller, through the same entrance, with nothing taken along but the input. */
function attemptOf(request: CallRequest, fallback: Fallback, insteadOf: string): CallRequest {
  const { credentials, entrance, ip, toolset, watch, maxResultBytes } = request
  const same = {
    ...{ credentials, entrance, ip, insteadOf },
    ...(toolset !== undefined && { toolset }),
    ...(watch !== undefined && { watch }),
    ...(maxResultBytes !== undefined && { maxResultBytes }),
  }
  if ('action' in fallback) {
    const { connector, action, connection, input } = fallback
    const given = typeof request.input === 'object' && request.input !== null ? { ...request.input } : {}
    const mapped = input === undefined ? request.input : compileValue(input, noFallback)({ input: given, settings: {} })
    return { ...same, connector, action, input: mapped, ...(connection !== undefined && { connection }) }
  }
  const { connector, action, input } = request
  const call = { ...same, connector, input, ...(action !== undefined && { action }) }
  if ('connection' in fallback) return { ...call, connection: fallback.connection }
  const { connection } = request
  return { ...call, lastGoodMinutes: fallback.last_good_minutes, ...(connection !== undefined && { connection }) }
}

const nameOf = (fallback: Fallback) =>
  'action' in fallback
    ? `${fallback.connector}.${fallback.action}`
    : 'connection' in fallback
      ? fallback.connection
      : 'last good answer'

type Run = (request: CallRequest, id?: string) => Promise<CallResult>

/**
 * Runs a call, and when it fails at its API the fallbacks that its action declares, one after the other. Each is a call of its own,
 * with its own policy, limits and record. The answer says in its diagnostics what it stands for; if none answers, the failure
 * stays that of the call.
 */
export function withFallbacks(run: Run): Run {
  return async (request, id) => {
    const first = await run(request, id)
    if (first.kind !== 'failed' || first.fallbacks === undefined) return first
    for (const fallback of first.fallbacks) {
      const next = await run(attemptOf(request, fallback, first.id))
      if (next.kind === 'pending') return next
      if (next.kind !== 'answered') continue
      const { payload, diagnostics } = next.answer
      const output = 'action' in fallback && fallback.output !== undefined ? compileResponse(fallback.output) : null
      const stands = { by: nameOf(fallback), instead_of: first.id, because: first.error.code }
      return {
        ...next,
        answer: {
          ...next.answer,
          ...(output !== null && { payload: output(payload) }),
          diagnostics: { ...diagnostics, fallback: stands },
        },
      }
    }
    return first
  }
}
