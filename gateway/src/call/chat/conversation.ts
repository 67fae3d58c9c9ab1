import type { ModelMessage } from '../../language-model/types.ts'
import type { ChatMessage, ChatToolResult } from './types.ts'

const neverRan = 'It was stopped: nobody knows whether it ran. Find out before you call it again.'

export const waiting = ({ call }: ChatToolResult): boolean => call?.status === 'pending_approval'

/** A conversation as the model reads it. Each call gets a result: endpoints refuse one without, which a stopped run leaves. */
export function toModelMessages(messages: readonly ChatMessage[]): readonly ModelMessage[] {
  return messages.flatMap((message, index): readonly ModelMessage[] => {
    if (message.role === 'user') return [message]
    // Told with its calls, below.
    if (message.role === 'tool') return []
    const { text, tool_calls = [] } = message
    if (tool_calls.length === 0) return text === '' ? [] : [{ role: 'assistant', text }]
    const next = messages[index + 1]
    const known = next?.role === 'tool' ? next.results : []
    const results = tool_calls.map(({ id, name }) => ({
      id,
      name,
      text: known.find((result) => result.id === id)?.text ?? neverRan,
    }))
    const calls = tool_calls.map(({ id, name, input }) => ({ id, name, input }))
    return [
      { role: 'assistant', text, tool_calls: calls },
      { role: 'tool', results },
    ]
  })
}
