import type { ToolView } from '../call/types.ts'
import { unreachable } from '../errors.ts'

export type ToolFormat = 'mcp' | 'openai' | 'anthropic' | 'gemini'

/** A tool in the words of a model's API, ready to be handed to it. */
export function formatTool(tool: ToolView, format: ToolFormat): Record<string, unknown> {
  const { name, description, input_schema } = tool
  switch (format) {
    case 'mcp': {
      const annotations = { readOnlyHint: tool.effect === 'read', destructiveHint: tool.effect === 'destructive' }
      return { name, title: tool.title, description, inputSchema: input_schema, annotations }
    }
    case 'openai':
      return { type: 'function', function: { name, description, parameters: input_schema } }
    case 'anthropic':
      return { name, description, input_schema }
    case 'gemini':
      return { name, description, parametersJsonSchema: input_schema }
    default:
      return unreachable(format)
  }
}

export function isToolFormat(value: unknown): value is ToolFormat {
  return value === 'mcp' || value === 'openai' || value === 'anthropic' || value === 'gemini'
}
