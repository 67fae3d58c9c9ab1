import type { Sallyport } from '../client.ts'
import { type AdapterOptions, openToolbox } from './tools.ts'

export interface OpenAiOptions extends AdapterOptions {
  /** For models that are held to the schema (`strict: true`). */
  readonly strict?: boolean
}

interface ChatTool {
  type: 'function'
  function: { name: string; description: string; parameters: Record<string, unknown>; strict?: boolean }
}
/** The message of a choice, as far as it matters here. */
interface ChatMessage {
  readonly tool_calls?: readonly { readonly id: string; readonly type: string; readonly function?: ChatFunction }[] | null
}
interface ChatFunction {
  readonly name: string
  readonly arguments: string
}
interface ChatToolMessage {
  role: 'tool'
  tool_call_id: string
  content: string
}

/** The tools of a gateway for OpenAI's chat completions, and for everything compatible. */
export async function openAiChatTools(sallyport: Sallyport, options: OpenAiOptions = {}) {
  const { strict = false, ...rest } = options
  const toolbox = await openToolbox(sallyport, strict ? 'openai-strict' : 'openai', rest)
  const tools: ChatTool[] = toolbox.tools.map(({ name, description, schema }) => ({
    type: 'function',
    function: { name, description, parameters: schema, ...(strict && { strict }) },
  }))
  return {
    tools,
    /** Runs what the model called, at once, and answers the messages that follow its own; none when it called nothing. */
    run: ({ tool_calls }: ChatMessage): Promise<ChatToolMessage[]> =>
      Promise.all(
        (tool_calls ?? []).flatMap(({ id, function: called }) =>
          called === undefined
            ? []
            : [toolbox.run(called).then(({ text }) => ({ role: 'tool' as const, tool_call_id: id, content: text }))],
        ),
      ),
  }
}

interface ResponseTool {
  type: 'function'
  name: string
  description: string
  parameters: Record<string, unknown>
  strict: boolean
}
/** A response, as far as it matters here. */
interface Response {
  readonly output: readonly { readonly type: string }[]
}
interface FunctionCall {
  readonly type: 'function_call'
  readonly call_id: string
  readonly name: string
  readonly arguments: string
}
interface FunctionCallOutput {
  type: 'function_call_output'
  call_id: string
  output: string
}

const isFunctionCall = (item: { readonly type: string }): item is FunctionCall => item.type === 'function_call'

/** The tools of a gateway for OpenAI's responses. */
export async function openAiResponseTools(sallyport: Sallyport, options: OpenAiOptions = {}) {
  const { strict = false, ...rest } = options
  const toolbox = await openToolbox(sallyport, strict ? 'openai-strict' : 'openai', rest)
  const tools: ResponseTool[] = toolbox.tools.map(({ name, description, schema }) => ({
    type: 'function',
    name,
    description,
    parameters: schema,
    strict,
  }))
  return {
    tools,
    /** Runs what the model called, at once, and answers the items that follow its output; none when it called nothing. */
    run: ({ output }: Response): Promise<FunctionCallOutput[]> =>
      Promise.all(
        output.filter(isFunctionCall).map(async (call) => {
          const { text } = await toolbox.run(call)
          return { type: 'function_call_output' as const, call_id: call.call_id, output: text }
        }),
      ),
  }
}
