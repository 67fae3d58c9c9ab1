import { useQueries, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { queries } from '../../api/queries.ts'
import type { ChatEnd, ChatMessage, Problem } from '../../api/types.ts'
import { after, mentionedLast, waitingCalls } from './conversation.ts'

export interface Chat {
  readonly messages: readonly ChatMessage[]
  readonly running: boolean
  /** Why the last answer ended; null before there is one, and while there is more to come. */
  readonly end: ChatEnd | null
  readonly problem: Problem | null
  /** A call waits for another person. */
  readonly waiting: boolean
  send(text: string): void
  /** Asks once more, with the conversation as it stands. */
  again(): void
  stop(): void
  clear(): void
}

/** A conversation, kept in the memory of this page alone. `onRefused` gets back what was said and never answered. */
export function useChat(toolset: string, onRefused: (text: string) => void): Chat {
  const client = useQueryClient()
  const [messages, setMessages] = useState<readonly ChatMessage[]>([])
  const [running, setRunning] = useState<AbortController | null>(null)
  const [end, setEnd] = useState<ChatEnd | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const current = useRef<AbortController | null>(null)

  const run = useCallback(
    async (asked: readonly ChatMessage[]) => {
      const controller = new AbortController()
      current.current = controller
      let heard = asked
      setMessages(asked)
      setRunning(controller)
      setEnd(null)
      setProblem(null)
      // A conversation that was left or cleared is no longer written to.
      const mine = () => current.current === controller
      try {
        const answer = await api.chat(
          { messages: [...asked], tools: mentionedLast(asked), ...(toolset && { toolset }) },
          (event) => {
            heard = after(heard, event)
            if (mine()) setMessages(heard)
          },
          controller.signal,
        )
        if (!mine()) return
        setMessages(answer.messages)
        setEnd(answer.end)
      } catch (error) {
        if (!mine()) return
        const last = heard.at(-1)
        if (controller.signal.aborted) setEnd('stopped')
        else {
          setProblem(toProblem(error))
          if (heard === asked && last?.role === 'user') {
            setMessages(asked.slice(0, -1))
            onRefused(last.text)
          }
        }
      } finally {
        if (mine()) setRunning(null)
        void client.invalidateQueries({ queryKey: ['calls', 'list'] })
        void client.invalidateQueries({ queryKey: ['approvals', 'list'] })
      }
    },
    [client, onRefused, toolset],
  )

  useEffect(
    () => () => {
      current.current?.abort()
      current.current = null
    },
    [],
  )

  const waiting = waitingCalls(messages)
  const decided = useQueries({
    queries: waiting.map((id) => queries.call(id)),
    combine: (calls) =>
      calls.length > 0 && calls.every(({ data }) => data && data.status !== 'pending_approval' && data.status !== 'started'),
  })
  const goOn = decided && running === null && problem === null
  useEffect(() => {
    if (goOn) void run(messages)
  }, [goOn, messages, run])

  return {
    messages,
    running: running !== null,
    end,
    problem,
    waiting: waiting.length > 0,
    send: (text) => void run([...messages, { role: 'user', text }]),
    again: () => void run(messages),
    stop: () => running?.abort(),
    clear: () => {
      current.current?.abort()
      current.current = null
      setMessages([])
      setRunning(null)
      setEnd(null)
      setProblem(null)
    },
  }
}
