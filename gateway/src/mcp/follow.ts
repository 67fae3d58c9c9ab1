import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server'
import type { CallResult, CallWatch } from '../call/types.ts'
import { unreachable } from '../errors.ts'

/** Least severe first (RFC 5424, section 6.2.1). */
const levels: readonly LoggingLevel[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency']

/** Lets a call end when its request is cancelled, and tells the client how far it is where the client asked to be told. */
export function watchOf({ mcpReq }: ServerContext): CallWatch {
  const progressToken = mcpReq._meta?.progressToken
  return {
    signal: mcpReq.signal,
    progress(progress, total, message) {
      if (progressToken === undefined) return
      const params = { progressToken, progress, ...(total !== null && { total }), message }
      // Nobody may be listening any more; the call goes on.
      void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => {})
    },
  }
}

function entryOf(result: CallResult): { readonly level: LoggingLevel; readonly data: Readonly<Record<string, unknown>> } {
  switch (result.kind) {
    case 'answered':
      return {
        level: result.answer.success ? 'info' : 'warning',
        data: { call_id: result.id, outcome: result.outcome, status: result.status, duration_ms: result.durationMs },
      }
    case 'failed':
      return {
        level: 'warning',
        data: { call_id: result.id, outcome: result.outcome, code: result.error.code, duration_ms: result.durationMs },
      }
    case 'pending':
      return { level: 'notice', data: { call_id: result.id, waits_for_approval: result.approvalId } }
    case 'planned':
      return { level: 'debug', data: { call_id: result.id } }
    default:
      return unreachable(result)
  }
}

/** Tells a client that wants to be told of messages from `wanted` on how a call ended. */
export async function logCall(
  { mcpReq }: ServerContext,
  wanted: LoggingLevel | undefined,
  tool: string,
  result: CallResult,
): Promise<void> {
  const { level, data } = entryOf(result)
  if (wanted === undefined || levels.indexOf(level) < levels.indexOf(wanted)) return
  await mcpReq.log(level, { tool, ...data }, 'sallyport').catch(() => {})
}
