import type { ChatEvent, ChatMessage, ChatToolResult } from '../../api/types.ts'

/** Pure: a conversation as its events make it, and what can be read off it. */

export const waits = ({ call }: ChatToolResult): boolean => call?.status === 'pending_approval'

/** The conversation after something happened. The end of a call that waited takes the place of its waiting. */
export function after(messages: readonly ChatMessage[], event: ChatEvent): readonly ChatMessage[] {
  if ('message' in event) return [...messages, event.message]
  const { result } = event
  const ends = (known: ChatToolResult) => waits(known) && known.call?.id === result.call?.id
  if (messages.some((message) => message.role === 'tool' && message.results.some(ends))) {
    return messages.map((message) =>
      message.role === 'tool' ? { ...message, results: message.results.map((known) => (ends(known) ? result : known)) } : message,
    )
  }
  const last = messages.at(-1)
  return last?.role === 'tool'
    ? [...messages.slice(0, -1), { ...last, results: [...last.results, result] }]
    : [...messages, { role: 'tool', results: [result] }]
}

/** The calls that the conversation waits for. */
export function waitingCalls(messages: readonly ChatMessage[]): readonly string[] {
  const last = messages.at(-1)
  if (last?.role !== 'tool') return []
  return last.results.flatMap((result) => (waits(result) && result.call ? [result.call.id] : []))
}

const mention = /(?<=^|\s)@([\w-]{1,64})/g

/** The tools that are named in a text. */
export const mentionsIn = (text: string): string[] => [...new Set([...text.matchAll(mention)].map(([, name = '']) => name))]

/** Those of the last thing the person said: they are what this turn is about. */
export function mentionedLast(messages: readonly ChatMessage[]): string[] {
  const last = messages.findLast(({ role }) => role === 'user')
  return last?.role === 'user' ? mentionsIn(last.text) : []
}

/** The name being typed before the cursor, and where its @ stands; null where none is. */
export function mentionAt(text: string, cursor: number): { readonly start: number; readonly typed: string } | null {
  const found = /(?:^|\s)@([\w-]{0,64})$/.exec(text.slice(0, cursor))
  return found === null ? null : { start: cursor - (found[1]?.length ?? 0) - 1, typed: found[1] ?? '' }
}
