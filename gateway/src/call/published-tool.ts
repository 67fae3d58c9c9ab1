import type { Tool } from '@modelcontextprotocol/server'
import type { ToolView } from './types.ts'

type ToolSchema = Tool['inputSchema']

/** A call that waits for approval has no answer yet, and clients treat a missing one as a fault. */
export function promisesStructure(tool: ToolView | null): boolean {
  return tool !== null && tool.output_schema !== null && !tool.confirm
}

/** A tool as MCP lists it. */
export function toMcpTool(tool: ToolView): Tool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    // A compiled schema is an object's and JSON, which the SDK's type spells out and ours does not.
    inputSchema: tool.input_schema as ToolSchema,
    ...(promisesStructure(tool) && { outputSchema: tool.output_schema as ToolSchema }),
    ...(tool.icon !== null && { icons: [{ src: tool.icon }] }),
    annotations: {
      readOnlyHint: tool.effect === 'read',
      destructiveHint: tool.effect === 'destructive',
      // PUT and DELETE are idempotent by definition (RFC 9110, section 9.2.2).
      idempotentHint: tool.effect === 'read' || tool.method === 'PUT' || tool.method === 'DELETE',
      openWorldHint: true,
    },
  }
}
