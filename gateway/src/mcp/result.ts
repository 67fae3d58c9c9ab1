import type { CallToolResult } from '@modelcontextprotocol/server'
import type { CallResult, Outcome } from '../call/types.ts'
import { type SallyportError, unreachable } from '../errors.ts'

type CallOutcome = Extract<CallResult, { kind: 'failed' }>['outcome']

/** Diagnostics can hold the body an API sent; a model needs its beginning, not all of it. */
const maxDiagnosticsChars = 4000

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('\n')
}

function textResult(text: string, more: Partial<CallToolResult> = {}): CallToolResult {
  return { content: [{ type: 'text', text }], ...more }
}

function diagnosticsLine(diagnostics: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (diagnostics === undefined || Object.keys(diagnostics).length === 0) return undefined
  const json = JSON.stringify(diagnostics)
  return `Diagnostics: ${json.length > maxDiagnosticsChars ? `${json.slice(0, maxDiagnosticsChars)}…` : json}`
}

function outcomeLine(outcome: CallOutcome): string | undefined {
  switch (outcome) {
    case 'not_sent':
      return 'Nothing was sent to the API.'
    case 'sent_unknown':
      return 'It is unknown whether the API carried it out. Find out before you call again.'
    case 'done':
      return undefined
    default:
      return unreachable(outcome)
  }
}

function failure(id: string, outcome: CallOutcome, error: SallyportError): CallToolResult {
  return textResult(
    lines(
      `${error.code}: ${error.detail}`,
      `What to do: ${error.resolution}`,
      error.retryAfterSeconds === undefined ? undefined : `Try again after ${error.retryAfterSeconds} seconds.`,
      outcomeLine(outcome),
      diagnosticsLine(error.diagnostics),
      `Call id: ${id}`,
    ),
    { isError: true },
  )
}

function payloadText(payload: unknown): string {
  if (payload === undefined) return 'Done. The API sent no content.'
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}

function answer(id: string, { success, payload, diagnostics, error }: Outcome): CallToolResult {
  if (!success) {
    const text = lines(
      error ?? 'The call failed.',
      payload === undefined ? undefined : payloadText(payload),
      diagnosticsLine(diagnostics),
      `Call id: ${id}`,
    )
    return textResult(text, { isError: true })
  }
  return textResult(payloadText(payload), isObject(payload) ? { structuredContent: payload } : {})
}

/** How a call ended, for a model: the answer, or one text that says what went wrong and what to do. */
export function toMcpResult(result: CallResult, approvalUrl: (approvalId: string) => string): CallToolResult {
  switch (result.kind) {
    case 'answered':
      return answer(result.id, result.answer)
    case 'failed':
      return failure(result.id, result.outcome, result.error)
    case 'pending': {
      const pending = {
        status: 'pending_approval',
        id: result.id,
        url: approvalUrl(result.approvalId),
        expires_at: result.expiresAt,
      }
      return textResult(
        lines(
          'Not done yet: a person must approve this call first. Give them the link below. Once approved, Sallyport runs this exact call itself, so do not call again.',
          JSON.stringify(pending),
        ),
        { structuredContent: pending },
      )
    }
    case 'planned':
      return textResult(JSON.stringify(result.plan))
    default:
      return unreachable(result)
  }
}
