import { unreachable } from '../../errors.ts'
import { failureText, lines, payloadText, restNote, unsuccessfulText } from '../result-text.ts'
import { fileOf } from '../results/file.ts'
import type { ApprovalView, CallRecord, CallResult } from '../types.ts'
import type { ChatToolResult } from './types.ts'

const waits =
  'Waits for another person to approve it: nothing was sent to the API. Sallyport sends it by itself once approved; do not call it again.'

type Told = Pick<ChatToolResult, 'text' | 'call'>

function answerText({ id, answer, rest }: Extract<CallResult, { kind: 'answered' }>): string {
  if (!answer.success) return unsuccessfulText(id, answer)
  const type = rest?.content_type ?? fileOf(answer.payload)?.contentType
  if (type)
    return `The answer is a file of type ${type}, which is not shown to you. The person finds it in the record of the call.`
  return lines(payloadText(answer.payload), rest && restNote(rest))
}

/** How a call ended, for the model and for the person who looks on. */
export function toldOf(result: CallResult): Told {
  const { id } = result
  switch (result.kind) {
    case 'answered': {
      const status = result.answer.success ? 'succeeded' : 'failed'
      return { text: answerText(result), call: { id, status, duration_ms: result.durationMs } }
    }
    case 'failed': {
      const { outcome, error, durationMs } = result
      const text = failureText(id, outcome, error)
      return { text, call: { id, status: 'failed', duration_ms: durationMs, error_code: error.code } }
    }
    case 'pending':
      return { text: waits, call: { id, status: 'pending_approval', duration_ms: 0, approval_id: result.approvalId } }
    case 'planned':
      return { text: JSON.stringify(result.plan) }
    default:
      return unreachable(result)
  }
}

/** The end of a call that waited, from its record. */
export function toldLater(
  record: CallRecord,
  approval: ApprovalView,
  shown: Extract<CallResult, { kind: 'answered' }> | null,
): Told {
  const { id, status, duration_ms, error_code, error_detail } = record
  const by = approval.decided_by?.name ?? 'somebody'
  const call = { id, status, duration_ms, ...(error_code !== null && { error_code }), approval_id: approval.id }
  switch (status) {
    case 'succeeded':
    case 'failed':
      return {
        text: shown === null ? lines(`${error_code ?? 'Done'}: ${error_detail ?? ''}`, `Call id: ${id}`) : answerText(shown),
        call,
      }
    case 'rejected':
      return {
        text: lines(
          `${by} rejected this call; nothing was sent to the API.`,
          approval.reason ? `Reason: ${approval.reason}` : '',
        ),
        call,
      }
    case 'expired':
      return { text: 'Nobody decided on this call in time; nothing was sent to the API.', call }
    case 'pending_approval':
    case 'started':
      return { text: waits, call: { ...call, status: 'pending_approval' } }
    default:
      return unreachable(status)
  }
}
