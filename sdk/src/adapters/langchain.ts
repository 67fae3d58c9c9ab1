import type { Sallyport, ToolFormat } from '../client.ts'
import { type AdapterOptions, openToolbox } from './tools.ts'

export interface LangChainOptions extends AdapterOptions {
  /** Of the model: `gemini` for Google's, `openai-strict` for those held to the schema; by default what all of them take. */
  readonly format?: ToolFormat
}

interface LangChainTool {
  name: string
  description: string
  schema: Record<string, unknown>
  func(input: unknown, manager?: unknown, config?: { readonly signal?: AbortSignal }): Promise<string>
}

/** The tools of a gateway for LangChain: each is what `new DynamicStructuredTool(…)` of `@langchain/core/tools` takes. */
export async function langChainTools(
  sallyport: Sallyport,
  { format = 'mcp', ...options }: LangChainOptions = {},
): Promise<LangChainTool[]> {
  const toolbox = await openToolbox(sallyport, format, options)
  return toolbox.tools.map(({ name, description, schema }) => ({
    name,
    description,
    schema,
    // A failure is an answer too: agents that end at an error would never hear what to change.
    func: async (input, _manager, config) => (await toolbox.run({ name, arguments: input, signal: config?.signal })).text,
  }))
}
