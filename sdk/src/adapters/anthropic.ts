import type { Sallyport } from '../client.ts'
import { type AdapterOptions, openToolbox } from './tools.ts'

interface AnthropicTool {
  name: string
  description: string
  input_schema: { type: 'object'; [keyword: string]: unknown }
}
/** The message of the assistant, as far as it matters here. */
interface AssistantMessage {
  readonly content: readonly { readonly type: string }[]
}
interface ToolUse {
  readonly type: 'tool_use'
  readonly id: string
  readonly name: string
  readonly input: unknown
}
interface ToolResult {
  type: 'tool_result'
  tool_use_id: string
  content: string
  is_error: boolean
}

const isToolUse = (block: { readonly type: string }): block is ToolUse => block.type === 'tool_use'

/** The tools of a gateway for Anthropic's messages. */
export async function anthropicTools(sallyport: Sallyport, options: AdapterOptions = {}) {
  const toolbox = await openToolbox(sallyport, 'anthropic', options)
  const tools: AnthropicTool[] = toolbox.tools.map(({ name, description, schema }) => ({
    name,
    description,
    input_schema: { ...schema, type: 'object' },
  }))
  return {
    tools,
    /** Runs what the model called, at once, and answers the message that follows its own; none when it called nothing. */
    run: async ({ content }: AssistantMessage): Promise<{ role: 'user'; content: ToolResult[] }[]> => {
      const results = content.filter(isToolUse).map(async ({ id, name, input }) => {
        const { text, failed } = await toolbox.run({ name, arguments: input })
        return { type: 'tool_result' as const, tool_use_id: id, content: text, is_error: failed }
      })
      return results.length === 0 ? [] : [{ role: 'user', content: await Promise.all(results) }]
    },
  }
}
