import type { ChatEvent, ChatAnswer as View } from '../../call/chat/types.ts'
import { toSallyportError } from '../../errors.ts'
import { callerOf, credentialsOf } from '../credentials.ts'
import { logFault, problemOf } from '../problems.ts'
import { ndjson, progressLines, wantsProgress } from '../progress-lines.ts'
import { ChatAnswer, ChatRequest } from '../schemas/chat.ts'
import type { HttpApp, HttpServices } from '../services.ts'
import { answer, answers } from './answers.ts'

export function chatRoutes(app: HttpApp, { chats }: HttpServices): void {
  app.post(
    '/chat',
    {
      bodyLimit: 4 * 1024 * 1024,
      config: { role: 'member' },
      schema: {
        operationId: 'chat',
        summary: 'Talk with the language model, which calls tools with your rights',
        description: `Each call is made as if you had made it: a call that needs approval waits for another person. Nothing of the conversation is stored. With "Accept: ${ndjson}" the answer is lines of JSON: {"progress": {"message": …} or {"result": …}} as it happens, then {"result": …} or {"problem": …}; who leaves ends it.`,
        tags: ['tools'],
        body: ChatRequest,
        response: answers({ 200: answer<View>(ChatAnswer, 'The conversation with what was answered and called.') }),
      },
    },
    (request, reply) => {
      const { messages, tools = [], toolset } = request.body
      const run = (tell: (event: ChatEvent) => void, signal?: AbortSignal) =>
        chats.answer(
          {
            ...{ caller: callerOf(request), credentials: credentialsOf(request), ip: request.ip, messages, tools },
            ...(toolset !== undefined && { toolset }),
            ...(signal !== undefined && { signal }),
          },
          tell,
        )
      if (!wantsProgress(request)) {
        const left = new AbortController()
        reply.raw.once('close', () => left.abort())
        return run(() => {}, left.signal)
      }
      const lines = progressLines(
        async (tell, signal) => Buffer.from(JSON.stringify(await run(tell, signal))),
        (thrown) => {
          const error = toSallyportError(thrown)
          logFault(request.server.log, request, error)
          return problemOf(error)
        },
      )
      return reply.type(ndjson).send(lines)
    },
  )
}
