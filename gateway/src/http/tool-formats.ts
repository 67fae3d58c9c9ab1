import { describeTool, publishedInput, toMcpTool } from '../call/published-tool.ts'
import type { ToolView } from '../call/types.ts'
import { unreachable } from '../errors.ts'

export type ToolFormat = 'mcp' | 'openai' | 'anthropic' | 'gemini'

/** A tool in the words of a model's API, ready to be handed to it. */
export function formatTool(tool: ToolView, format: ToolFormat): Record<string, unknown> {
  const { name } = tool
  const description = describeTool(tool)
  switch (format) {
    case 'mcp':
      return { ...toMcpTool(tool) }
    case 'openai':
      return { type: 'function', function: { name, description, parameters: publishedInput(tool) } }
    case 'anthropic':
      return { name, description, input_schema: publishedInput(tool) }
    case 'gemini':
      return { name, description, parametersJsonSchema: publishedInput(tool) }
    default:
      return unreachable(format)
  }
}

export function isToolFormat(value: unknown): value is ToolFormat {
  return value === 'mcp' || value === 'openai' || value === 'anthropic' || value === 'gemini'
}
