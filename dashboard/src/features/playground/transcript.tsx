import { useEffect, useRef } from 'react'
import type { ChatEnd, ChatMessage } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ProblemNotice } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { ToolUse } from './tool-use.tsx'
import type { Chat } from './use-chat.ts'

/** What is said of an end that is no answer. */
const ends: Partial<Record<ChatEnd, string>> = {
  refused: 'The model declined to answer. Ask in other words.',
  cut_off: 'The answer was cut off at its greatest length.',
  out_of_steps: 'The model made as many steps as one question may take.',
  out_of_tokens: 'This question took as much of the model as one may.',
  stopped: 'Stopped. A write that was under way may have run: its record says so.',
}

/** The conversation from its beginning, its end in view. */
export function Transcript({ chat }: { readonly chat: Chat }) {
  const { messages, running, end, problem, waiting } = chat
  const bottom = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is new should be in view
  useEffect(() => {
    // Newer browsers answer a promise, which is no clean-up.
    void bottom.current?.scrollIntoView({ block: 'end' })
  }, [messages, running, problem])
  const ended = end === null ? undefined : ends[end]
  return (
    <div role="log" aria-label="Conversation" className="mx-auto max-w-3xl space-y-4 px-4 pb-6 md:px-8">
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns are only ever added at the end
        <Turn key={index} message={message} next={messages[index + 1]} running={running && index >= messages.length - 2} />
      ))}
      {running && !waiting && (
        <p role="status">
          <Status state={{ shape: 'half', tone: 'idle', words: 'The model works…' }} />
        </p>
      )}
      {ended && !running && (
        <p className="flex flex-wrap items-center gap-3 text-ink-2">
          {ended}
          {(end === 'cut_off' || end === 'out_of_steps' || end === 'out_of_tokens') && (
            <Button size="small" onClick={() => chat.send('Go on.')}>
              Go on
            </Button>
          )}
        </p>
      )}
      {problem && <ProblemNotice problem={problem} onRetry={messages.at(-1)?.role === 'tool' ? chat.again : undefined} />}
      <div ref={bottom} />
    </div>
  )
}

interface TurnProps {
  readonly message: ChatMessage
  readonly next: ChatMessage | undefined
  readonly running: boolean
}

function Turn({ message, next, running }: TurnProps) {
  switch (message.role) {
    case 'user':
      return (
        <div className="flex justify-end">
          <p className="max-w-[85%] rounded-panel bg-sunken px-3 py-2 whitespace-pre-wrap">
            <span className="sr-only">You: </span>
            {message.text}
          </p>
        </div>
      )
    case 'assistant': {
      const results = next?.role === 'tool' ? next.results : []
      return (
        <div className="space-y-2">
          {message.text && <p className="whitespace-pre-wrap">{message.text}</p>}
          {message.tool_calls?.map((use) => (
            <ToolUse key={use.id} use={use} result={results.find(({ id }) => id === use.id)} running={running} />
          ))}
        </div>
      )
    }
    case 'tool':
      return null
  }
}
