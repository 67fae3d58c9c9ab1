import { unreachable } from '../errors.ts'
import type { ModelAnswer, ModelRequest, ModelToolCall } from './types.ts'

type Provider = ReturnType<typeof import('@ai-sdk/anthropic').createAnthropic>
/** A model in the words of the AI SDK, which are the same for every provider. */
export type ProviderModel = ReturnType<Provider>
type Options = Parameters<ProviderModel['doGenerate']>[0]
type Result = Awaited<ReturnType<ProviderModel['doGenerate']>>

/** The model's own arguments, or none where it wrote something else than JSON. */
function parseInput(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text)
  } catch {
    return undefined
  }
}

function toMessage(message: ModelRequest['messages'][number]): Options['prompt'][number] {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: [{ type: 'text', text: message.text }] }
    case 'assistant': {
      // An empty text is refused by some endpoints.
      const text = message.text === '' ? [] : [{ type: 'text' as const, text: message.text }]
      const calls = (message.tool_calls ?? []).map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input: input ?? {},
      }))
      return { role: 'assistant', content: [...text, ...calls] }
    }
    case 'tool':
      return {
        role: 'tool',
        content: message.results.map(({ id, name, text }) => ({
          type: 'tool-result' as const,
          toolCallId: id,
          toolName: name,
          output: { type: 'text' as const, value: text },
        })),
      }
    default:
      return unreachable(message)
  }
}

export function toOptions(request: ModelRequest): Options {
  const { system, messages, tools = [], mustCall = false, maxOutputTokens = 4096 } = request
  return {
    prompt: [{ role: 'system', content: system }, ...messages.map(toMessage)],
    maxOutputTokens,
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, input_schema: inputSchema }) => ({
        type: 'function' as const,
        name,
        description,
        inputSchema,
      })),
      toolChoice: { type: mustCall ? ('required' as const) : ('auto' as const) },
    }),
  }
}

const finishes: Readonly<Record<Result['finishReason']['unified'], ModelAnswer['finish']>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  'content-filter': 'refused',
  error: 'other',
  interrupted: 'other',
  other: 'other',
}

export function toAnswer({ content, finishReason, usage }: Result): ModelAnswer {
  const toolCalls: ModelToolCall[] = []
  let text = ''
  for (const part of content) {
    if (part.type === 'text') text += part.text
    else if (part.type === 'tool-call')
      toolCalls.push({ id: part.toolCallId, name: part.toolName, input: parseInput(part.input) })
  }
  return {
    text,
    tool_calls: toolCalls,
    finish: finishes[finishReason.unified],
    usage: { input_tokens: usage.inputTokens.total ?? 0, output_tokens: usage.outputTokens.total ?? 0 },
  }
}
