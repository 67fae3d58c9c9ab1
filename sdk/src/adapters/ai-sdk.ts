import type { Sallyport, ToolFormat } from '../client.ts'
import { type AdapterOptions, openToolbox } from './tools.ts'

export interface AiSdkOptions<Schema> extends AdapterOptions {
  /** The function of that name from the package `ai`. */
  jsonSchema(schema: object): Schema
  /** Of the model: `gemini` for Google's, `openai-strict` for those held to the schema; by default what all of them take. */
  readonly format?: ToolFormat
}

interface AiSdkTool<Schema> {
  description: string
  inputSchema: Schema
  strict?: boolean
  execute(input: unknown, options: { readonly abortSignal?: AbortSignal }): Promise<string>
}

/** The tools of a gateway for `generateText`, `streamText` and agents of the Vercel AI SDK. A tool that fails throws, which the SDK tells the model. */
export async function aiSdkTools<Schema>(
  sallyport: Sallyport,
  { jsonSchema, format = 'mcp', ...options }: AiSdkOptions<Schema>,
): Promise<Record<string, AiSdkTool<Schema>>> {
  const toolbox = await openToolbox(sallyport, format, options)
  const tools = toolbox.tools.map(({ name, description, schema }): [string, AiSdkTool<Schema>] => [
    name,
    {
      description,
      inputSchema: jsonSchema(schema),
      ...(format === 'openai-strict' && { strict: true }),
      async execute(input, { abortSignal }) {
        const { text, failed } = await toolbox.run({ name, arguments: input, signal: abortSignal })
        if (failed) throw new Error(text)
        return text
      },
    },
  ])
  return Object.fromEntries(tools)
}
