import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client'
import { EgressError } from '../../../egress/types.ts'
import { SallyportError } from '../../../errors.ts'
import type { CallServices } from '../../services.ts'
import type { Outcome } from '../../types.ts'
import type { CommandExecutor, CommandRun } from '../command-run.ts'
import { excerpt, statusProblem } from '../problems.ts'
import { askingMs, startTurn } from './turn.ts'
import type { Turn } from './types.ts'

/** Calls a tool of the connection's MCP server, if it still is what an admin took. */
export const executeMcp: CommandExecutor = async (services, run) => {
  const first = await attempt(services, run, false)
  // It was not done: the server does not know the session that an earlier call left.
  return first ?? (await attempt(services, run, true)) ?? gone()
}

function gone(): never {
  throw new SallyportError('UPSTREAM_ERROR', { detail: 'The MCP server does not know a session that it has just begun.' })
}

/** Null when the server has forgotten the session. */
async function attempt({ mcpSessions }: CallServices, run: CommandRun, fresh: boolean): Promise<Outcome | null> {
  const { action, connection, input, signal, timeLeft, watch, redactor } = run
  const tool = connection.connector.document.actions[action.name]?.tool
  if (tool === undefined)
    throw new SallyportError('INVALID_INPUT', { detail: `"${action.name}" names no tool of the MCP server.` })
  const turn = startTurn(run)
  let session: Awaited<ReturnType<typeof mcpSessions.enter>> | undefined
  let sound = false
  try {
    session = await Promise.race([mcpSessions.enter(run, turn, fresh), turn.broken])
    const fingerprints = await Promise.race([session.fingerprints(run), turn.broken])
    const now = fingerprints.get(tool.name)
    if (now !== tool.fingerprint) {
      sound = true
      mcpSessions.noticed(run)
      throw changed(action.name, now === undefined)
    }
    await session.listen()
    const { client } = session
    const { LOG_LEVEL_META_KEY } = await import('@modelcontextprotocol/client')
    const calling = client.callTool(
      {
        ...{ name: tool.name, arguments: { ...input } },
        ...(watch?.logsFrom !== undefined && { _meta: { [LOG_LEVEL_META_KEY]: watch.logsFrom } }),
      },
      {
        toolDefinition: { name: tool.name, inputSchema: { ...action.inputSchema(), type: 'object' } },
        timeout: timeLeft() + askingMs(run),
        signal,
        ...(watch !== undefined && {
          onprogress: ({ progress, total, message = '' }) =>
            watch.progress(progress, total ?? null, String(redactor.value(message))),
        }),
      },
    )
    const result = await Promise.race([calling, turn.broken])
    sound = true
    return outcomeOf(result)
  } catch (error) {
    if (session?.used === true && turn.refused()?.status === 404) return null
    const { ProtocolError } = await import('@modelcontextprotocol/client')
    // It has answered, though by an error.
    sound ||= error instanceof ProtocolError
    return await failureOf(error, turn, run)
  } finally {
    session?.leave(sound)
  }
}

function changed(name: string, isGone: boolean): SallyportError {
  return new SallyportError('TOOL_CHANGED', {
    detail: isGone
      ? `The MCP server does not list the tool of "${name}" any more.`
      : `The MCP server describes the tool of "${name}" in other words than when an admin took it.`,
  })
}

/** What the server said in answer to the call; throws what kept it from answering. */
async function failureOf(error: unknown, turn: Turn, { action, redactor }: CommandRun): Promise<Outcome> {
  if (error instanceof SallyportError || error instanceof EgressError) throw error
  const refused = turn.refused()
  if (refused !== null) {
    const { status, text } = refused
    const diagnostics = { status, upstream_body: excerpt(redactor.value(text)) }
    const detail = `The MCP server answered ${status}`
    if (turn.called()) return { success: false, error: detail, diagnostics }
    throw statusProblem(action.name, { status, detail: `${detail} before "${action.name}" was called.`, diagnostics })
  }
  const { ProtocolError, SdkError, SdkErrorCode } = await import('@modelcontextprotocol/client')
  if (error instanceof ProtocolError && turn.called()) return { success: false, error: error.message }
  // Nothing of the server says whether it was done.
  if (error instanceof SdkError)
    throw new EgressError(error.code === SdkErrorCode.RequestTimeout ? 'timeout' : 'broken', true, error.message, error)
  const message = error instanceof Error ? error.message : String(error)
  throw new SallyportError('UPSTREAM_ERROR', { detail: `The MCP server failed at "${action.name}": ${message}`, cause: error })
}

const textOf = (content: readonly ContentBlock[]): string =>
  content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')

/** A result in the one form of all outcomes. What only MCP has a form for is kept as it is, for callers over MCP. */
function outcomeOf({ content, structuredContent, isError }: CallToolResult): Outcome {
  if (isError === true) {
    const diagnostics = structuredContent === undefined ? {} : { result: structuredContent }
    return { success: false, error: textOf(content).slice(0, 4_000) || 'it says so without a word', diagnostics }
  }
  return { success: true, payload: structuredContent ?? payloadOf(content) }
}

function payloadOf(content: readonly ContentBlock[]): unknown {
  const [only, more] = content
  if (only === undefined) return undefined
  if (more === undefined && only.type === 'text') return only.text
  if (more === undefined && (only.type === 'image' || only.type === 'audio'))
    return { content_type: only.mimeType, data_base64: only.data }
  return { mcp_content: content }
}
