import type { CallToolResult } from '@modelcontextprotocol/server'
import { promisesStructure } from '../call/published-tool.ts'
import { fitted } from '../call/results/fitting-calls.ts'
import type { CallResult } from '../call/types.ts'
import { type CallServices, resultBytesOf } from './call-tool.ts'
import { toMcpResult } from './result.ts'
import type { Visit } from './visit.ts'

/** How a call of this tool ended, for a model, with as much of its answer as its caller takes. */
export async function toFittingResult(
  services: CallServices,
  visit: Visit,
  tool: string,
  whole: CallResult,
): Promise<CallToolResult> {
  const { tools, results, publicUrl } = services
  const result = await fitted(results, visit.caller, whole, resultBytesOf(services, visit))
  const shortened = result.kind === 'answered' && result.rest !== undefined
  const structured = shortened && promisesStructure(await tools.get(visit.caller, tool, visit.format))
  return toMcpResult(result, publicUrl(), structured)
}
