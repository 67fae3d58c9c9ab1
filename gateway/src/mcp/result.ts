import { type CallToolResult, isCallToolResult } from '@modelcontextprotocol/server'
import { fileOf, type ResultFile } from '../call/results/file.ts'
import type { LeftOut } from '../call/results/left-out.ts'
import type { Handle } from '../call/results/types.ts'
import type { CallResult, Outcome } from '../call/types.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import { type SallyportError, unreachable } from '../errors.ts'
import { resultUri } from './read-result.ts'

type CallOutcome = Extract<CallResult, { kind: 'failed' }>['outcome']

/** Diagnostics can hold the body an API sent; a model needs its beginning, not all of it. */
const maxDiagnosticsChars = 4000

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

function fileResult(id: string, { contentType: mimeType, base64: data }: ResultFile): CallToolResult {
  if (mimeType.startsWith('image/')) return { content: [{ type: 'image', data, mimeType }] }
  if (mimeType.startsWith('audio/')) return { content: [{ type: 'audio', data, mimeType }] }
  return { content: [{ type: 'resource', resource: { uri: `sallyport://calls/${id}/answer`, mimeType, blob: data } }] }
}

/** What an MCP server answered in forms that only MCP has; null for any other answer. */
function contentIn(payload: unknown): CallToolResult['content'] | null {
  if (!isObject(payload) || Object.keys(payload).length !== 1 || !Array.isArray(payload.mcp_content)) return null
  const result = { content: payload.mcp_content }
  return isCallToolResult(result) ? result.content : null
}

const units: Readonly<Record<LeftOut['kind'], string>> = {
  items: 'items shown',
  characters: 'characters shown',
  members: 'members shown',
  inside: 'members, told by their shape only',
}

function gapLine({ path, kind, shown, of, places }: LeftOut): string {
  const where = path === '' ? 'the answer' : path
  return `- ${where}: ${kind === 'inside' ? '' : `${shown} of `}${of} ${units[kind]}${places > 1 ? `, in ${places} places together` : ''}`
}

/** Tells what of an answer is missing, and how to read it. */
export function restNote({ handle, bytes, expires_at, left_out }: Handle): string {
  return lines(
    `This answer is shortened: it has ${bytes} bytes in all. Read on with read_result, handle "${handle}" and the path of what you need, until ${expires_at}. Left out:`,
    ...left_out.map(gapLine),
  )
}

function shortened(payload: unknown, rest: Handle, publicUrl: string, structured: boolean): CallToolResult {
  const { handle, content_type: mimeType, bytes, expires_at } = rest
  if (mimeType === null) {
    const content = [payloadText(payload), restNote(rest)].map((text) => ({ type: 'text' as const, text }))
    return { content, ...(structured && isObject(payload) && { structuredContent: payload }) }
  }
  const url = new URL(`/api/v1/results/${handle}/content`, publicUrl).href
  const text = `The answer is a file of type ${mimeType} and about ${Math.round(bytes * 0.75)} bytes, too large to be given here. It can be downloaded from ${url} with the same token until ${expires_at}.`
  return {
    content: [
      { type: 'text', text },
      { type: 'resource_link', uri: resultUri(handle), name: handle, mimeType },
    ],
  }
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
  const file = fileOf(payload)
  if (file !== null) return fileResult(id, file)
  const blocks = contentIn(payload)
  if (blocks !== null) return { content: blocks }
  return textResult(payloadText(payload), isObject(payload) ? { structuredContent: payload } : {})
}

/**
 * How a call ended, for a model: the answer, or one text that says what went wrong and what to do. `structured`: the tool promises
 * structured content, also of an answer that is not whole.
 */
export function toMcpResult(result: CallResult, publicUrl: string, structured: boolean): CallToolResult {
  switch (result.kind) {
    case 'answered':
      return result.rest === undefined || !result.answer.success
        ? answer(result.id, result.answer)
        : shortened(result.answer.payload, result.rest, publicUrl, structured)
    case 'failed':
      return failure(result.id, result.outcome, result.error)
    case 'pending': {
      const pending = {
        status: 'pending_approval',
        id: result.id,
        url: new URL(`/approvals/${result.approvalId}`, publicUrl).href,
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
