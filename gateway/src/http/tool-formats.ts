import { toMcpTool } from '../call/published-tool.ts'
import type { ToolView } from '../call/types.ts'
import type { ToolFormat } from '../definition/tool/family.ts'
import { unreachable } from '../errors.ts'

/** A tool in the words of a model's API, ready to be handed to it. Its schemas are compiled for that format already. */
export function formatTool(tool: ToolView, format: ToolFormat): Record<string, unknown> {
  const { name, description, input_schema } = tool
  switch (format) {
    case 'mcp':
      return { ...toMcpTool(tool) }
    case 'openai':
      return { type: 'function', function: { name, description, parameters: input_schema } }
    case 'openai-strict':
      return { type: 'function', function: { name, description, strict: true, parameters: input_schema } }
    case 'anthropic':
      return { name, description, input_schema }
    case 'gemini':
      return { name, description, parametersJsonSchema: input_schema }
    default:
      return unreachable(format)
  }
}
