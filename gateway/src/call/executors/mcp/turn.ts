import { isObject } from '../../../definition/json-schema/keywords.ts'
import type { CommandRun } from '../command-run.ts'
import { createQuestioner } from './question.ts'
import type { Turn } from './types.ts'

/** How long a server is told that a call was given up. */
export const farewellMs = 2_000

/** How much longer a call may be under way than its deadline says, which stands still while a person is asked. */
export const askingMs = ({ watch }: Pick<CommandRun, 'watch'>) => (watch?.person === undefined ? 0 : 3_600_000)

function methodOf(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined
  const message: unknown = JSON.parse(body)
  return isObject(message) && typeof message.method === 'string' ? message.method : undefined
}

export function startTurn(run: CommandRun): Turn {
  let refused: { readonly status: number; readonly text: string } | null = null
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Whoever does not wait for it need not hear of it.
  broken.catch(() => {})
  let called = false
  return {
    refused: () => refused,
    called: () => called,
    broken,
    sending(method) {
      if (called || method !== 'tools/call') return
      called = true
      if (run.action.effect !== 'read') run.leaving()
    },
    asked: createQuestioner(run),
    told({ level, data }) {
      if (called) run.watch?.log(level, run.redactor.value(data))
    },
    listen: (url, { headers = {}, signal } = {}) =>
      run.open(
        { method: 'GET', url: String(url), headers: Object.fromEntries(new Headers(headers)) },
        {
          mayChange: false,
          broke: () => {},
          signal: signal == null ? run.signal : AbortSignal.any([run.signal, signal]),
          timeoutMs: run.timeLeft() + askingMs(run),
        },
      ),
    async fetch(url, init = {}) {
      const message = methodOf(init.body)
      called ||= message === 'tools/call'
      const farewell = message === 'notifications/cancelled'
      const own = init.signal == null ? [] : [init.signal]
      const headers = Object.fromEntries(new Headers(init.headers))
      try {
        const answer = await run.open(
          {
            method: init.method ?? 'GET',
            url: String(url),
            headers,
            ...(typeof init.body === 'string' && { body: init.body }),
          },
          {
            mayChange: message === 'tools/call',
            broke: reject,
            signal: farewell ? AbortSignal.any(own) : AbortSignal.any([run.signal, ...own]),
            timeoutMs: farewell ? farewellMs : run.timeLeft() + (message === 'tools/call' ? askingMs(run) : 0),
          },
        )
        refused = answer.ok ? null : { status: answer.status, text: await answer.clone().text() }
        return answer
      } catch (error) {
        if (!farewell) reject(error)
        throw error
      }
    },
  }
}
