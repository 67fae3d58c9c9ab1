import type { LoggingLevel, ServerContext } from '@modelcontextprotocol/server'
import { type CallResult, type CallWatch, logLevels } from '../call/types.ts'
import { unreachable } from '../errors.ts'

/** Whether a client that wants to be told of messages from `wanted` on is told of one of this level. */
const wants = (wanted: LoggingLevel | undefined, level: LoggingLevel): boolean =>
  wanted !== undefined && logLevels.indexOf(level) >= logLevels.indexOf(wanted)

/**
 * Tells the client how far a call is where the client asked to be told, by the request that waits for it now. `signal`: of its
 * being given up.
 */
export function watchOf(
  current: () => ServerContext | null,
  signal: AbortSignal,
  wanted: LoggingLevel | undefined,
  tool: string,
): CallWatch {
  return {
    signal,
    progress(progress, total, message) {
      const mcpReq = current()?.mcpReq
      const progressToken = mcpReq?._meta?.progressToken
      if (progressToken === undefined) return
      const params = { progressToken, progress, ...(total !== null && { total }), message }
      // Nobody may be listening any more; the call goes on.
      void mcpReq?.notify({ method: 'notifications/progress', params }).catch(() => {})
    },
    logsFrom: wanted,
    log(level, data) {
      if (wants(wanted, level))
        void current()
          ?.mcpReq.log(level, data, tool)
          .catch(() => {})
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
  if (wants(wanted, level)) await mcpReq.log(level, { tool, ...data }, 'sallyport').catch(() => {})
}
