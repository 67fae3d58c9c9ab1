import { type CallToolResult, isCallToolResult } from '@modelcontextprotocol/server'
import { failureText, lines, payloadText, restNote, unsuccessfulText } from '../call/result-text.ts'
import { fileOf, type ResultFile } from '../call/results/file.ts'
import type { Handle } from '../call/results/types.ts'
import type { CallResult, Outcome } from '../call/types.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import { unreachable } from '../errors.ts'
import { resultUri } from './read-result.ts'

function textResult(text: string, more: Partial<CallToolResult> = {}): CallToolResult {
  return { content: [{ type: 'text', text }], ...more }
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

function answer(id: string, outcome: Outcome): CallToolResult {
  if (!outcome.success) return textResult(unsuccessfulText(id, outcome), { isError: true })
  const { payload } = outcome
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
      return textResult(failureText(result.id, result.outcome, result.error), { isError: true })
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
