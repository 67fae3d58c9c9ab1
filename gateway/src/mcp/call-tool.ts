import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { CodeRuns } from '../call/code-mode/types.ts'
import type { Results } from '../call/results/types.ts'
import type { CallResult, Calls, CallWatch, Tools } from '../call/types.ts'
import { type BuildServices, useBuildTools } from './build-tools.ts'
import { useCodeMode } from './code-mode.ts'
import { readResult, readResultName } from './read-result.ts'
import { useSearchMode } from './search-mode.ts'
import type { Visit } from './visit.ts'

export interface CallServices {
  readonly tools: Pick<Tools, 'list' | 'find' | 'get' | 'search' | 'nearest'>
  readonly calls: Calls
  readonly results: Pick<Results, 'fit' | 'read'>
  /** Programs of callers whose toolset has the mode `code`. */
  readonly code: CodeRuns
  /** What an admin's agent builds connectors with. */
  readonly build: BuildServices
  /** Base URL under which people reach the gateway. */
  readonly publicUrl: () => string
  /** Bytes of JSON from which on an answer is shortened, for callers whose toolset says nothing of it. */
  readonly maxResultBytes: number
}

async function unknownTool(tools: Pick<Tools, 'nearest'>, { caller }: Visit, name: string): Promise<ProtocolError> {
  const meant = caller.toolset?.mode === 'search' || caller.toolset?.mode === 'code' ? null : await tools.nearest(caller, name)
  const advice = meant === null ? 'List your tools to see their names.' : `Did you mean ${meant}?`
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name.slice(0, 128)}. ${advice}`)
}

export function resultBytesOf({ maxResultBytes }: Pick<CallServices, 'maxResultBytes'>, { caller }: Visit): number {
  return caller.toolset?.max_result_bytes ?? maxResultBytes
}

export type Called = { readonly call: CallResult } | { readonly result: CallToolResult }

/** Calls a tool by the name its caller has for it: how that ended, or what the gateway answers by itself. */
export async function callTool(
  services: CallServices,
  visit: Visit,
  name: string,
  args: unknown,
  watch?: CallWatch,
): Promise<Called> {
  const { tools, calls, results } = services
  const { caller, credentials, ip, format, toolset, traceparent } = visit
  if (name === readResultName) return { result: await readResult(results, visit, args, resultBytesOf(services, visit)) }
  if (visit.builds) {
    const result = await useBuildTools({ ...services, ...services.build }, visit, name, args, resultBytesOf(services, visit))
    if (result === null) throw await unknownTool(tools, visit, name)
    return { result }
  }
  if (caller.toolset?.mode === 'code') {
    const result = await useCodeMode(services, visit, name, args, resultBytesOf(services, visit))
    if (result === null) throw await unknownTool(tools, visit, name)
    return { result }
  }
  const searched = caller.toolset?.mode === 'search' ? await useSearchMode(tools, visit, name, args) : null
  if (searched !== null && 'result' in searched) return searched
  const target = searched?.target ?? (await tools.find(caller, name, args, format))
  if (target === null) throw await unknownTool(tools, visit, name)
  const call = await calls.run({
    ...{ credentials, entrance: 'mcp' as const, ip },
    ...(toolset !== undefined && { toolset }),
    ...(traceparent !== undefined && { traceparent }),
    ...(watch !== undefined && { watch }),
    ...target,
  })
  return { call }
}
