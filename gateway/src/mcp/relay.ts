import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Question, Reply } from '../call/person.ts'
import type { CallWatch } from '../call/types.ts'
import { isObject } from '../definition/json-schema/keywords.ts'
import type { Called } from './call-tool.ts'
import type { StateCodec } from './request-state.ts'

/** How long a person may think about a question. */
const thinkMs = 300_000
/** Calls that wait for a person, of all callers. */
const maxWaiting = 200
const requestId = 'answer'

/** What a client can show its person. A form, unless it says otherwise (MCP 2025-11-25, client features, elicitation). */
export function shows(server: Server, { mcpReq }: ServerContext): { readonly form: boolean; readonly url: boolean } {
  const envelope: Readonly<Record<string, unknown>> | undefined = mcpReq.envelope
  const declared: unknown = envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()
  const elicitation = isObject(declared) ? declared.elicitation : undefined
  if (!isObject(elicitation)) return { form: false, url: false }
  const url = 'url' in elicitation
  return { form: 'form' in elicitation || !url, url }
}

/** What a form may hold. */
const Content = Compile(
  Type.Record(
    Type.String(),
    Type.Union([
      Type.String({ maxLength: 10_000 }),
      Type.Number(),
      Type.Boolean(),
      Type.Array(Type.String({ maxLength: 10_000 }), { maxItems: 1_000 }),
    ]),
    { maxProperties: 100 },
  ),
)

interface Asked {
  readonly question: Question
  readonly reply: (reply: Reply) => void
}

/** A call that may stop to ask. The request that waits for it changes with every question. */
interface Talk {
  readonly tool: string
  readonly done: Promise<Called>
  readonly leave: () => void
  context: ServerContext | null
  /** The next question. */
  next: PromiseWithResolvers<Asked>
}

interface Waiting {
  readonly talk: Talk
  readonly asked: Asked
  readonly timer: NodeJS.Timeout
}

export interface RelayedCall {
  readonly context: ServerContext
  readonly tool: string
  readonly watch: (current: () => ServerContext | null, signal: AbortSignal) => CallWatch
  readonly run: (watch: CallWatch) => Promise<Called>
}

/** The call is done, or stops to ask. */
export type Came = { readonly done: Called } | { readonly asks: InputRequiredResult }

/**
 * Hands the questions of MCP servers to the clients whose calls they are about: a call stops, its request is answered by the
 * question, and the request that brings the answer goes on with it. One for all requests of a gateway.
 */
export interface Relay {
  readonly call: (server: Server, call: RelayedCall) => Promise<Came>
  /** What the request with an answer goes on with; null for any other request. */
  readonly resume: (context: ServerContext, tool: string) => Promise<Came | null>
  readonly close: () => void
}

export function createRelay(codec: StateCodec): Relay {
  const waiting = new Map<string, Waiting>()

  function release(id: string): Waiting | null {
    const found = waiting.get(id)
    if (found === undefined) return null
    waiting.delete(id)
    clearTimeout(found.timer)
    return found
  }

  async function stop(talk: Talk, asked: Asked, context: ServerContext): Promise<InputRequiredResult> {
    const id = crypto.randomUUID()
    const giveUp = () => release(id)?.asked.reply({ action: 'cancel' })
    waiting.set(id, { talk, asked, timer: setTimeout(giveUp, thinkMs).unref() })
    const { question } = asked
    return inputRequired({
      inputRequests: {
        [requestId]:
          question.mode === 'url'
            ? inputRequired.elicitUrl({ message: question.message, url: question.url })
            : inputRequired.elicit({ message: question.message, requestedSchema: question.schema as never }),
      },
      requestState: await codec.mint({ question: id, tool: talk.tool }, context),
    })
  }

  /** Waits with this request until the call is done, or asks. */
  async function attend(talk: Talk, context: ServerContext): Promise<Came> {
    talk.context = context
    const { signal } = context.mcpReq
    const leave = () => talk.context === context && talk.leave()
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    const came = await Promise.race([talk.done.then((done) => ({ done })), talk.next.promise])
    if ('done' in came) return came
    talk.context = null
    talk.next = Promise.withResolvers()
    return { asks: await stop(talk, came, context) }
  }

  return {
    async call(server, { context, tool, watch, run }) {
      const can = shows(server, context)
      const given = new AbortController()
      let asking: Promise<unknown> = Promise.resolve()
      const talk = {
        tool,
        context,
        next: Promise.withResolvers<Asked>(),
        leave: () => given.abort(),
      }
      /** One after the other: a client is asked one thing at a time. */
      const ask = (question: Question): Promise<Reply> => {
        const { promise, resolve } = Promise.withResolvers<Reply>()
        const before = asking
        asking = promise
        void before.then(() => {
          if (given.signal.aborted || waiting.size >= maxWaiting) resolve({ action: 'decline' })
          else made.next.resolve({ question, reply: resolve })
        })
        return promise
      }
      const watched = watch(() => made.context, given.signal)
      // The call begins once there is something to wait with for it.
      const made: Talk = Object.assign(talk, {
        done: Promise.resolve().then(() => run({ ...watched, ...((can.form || can.url) && { person: { ...can, ask } }) })),
      })
      return attend(made, context)
    },

    async resume(context, tool) {
      const { mcpReq } = context
      const state = mcpReq.requestState<{ readonly question?: string; readonly tool: string }>()
      if (state?.question === undefined) return null
      const found = state.tool === tool ? release(state.question) : null
      if (found === null)
        throw new ProtocolError(
          ProtocolErrorCode.InvalidParams,
          'Nobody waits for this answer any more: the call has gone on without it. Look whether it was done before you call again.',
        )
      const { talk } = found
      const answer = inputResponse(mcpReq.inputResponses, requestId)
      const { action, content = {} } = answer.kind === 'elicit' ? answer : {}
      // What is no answer leaves the question where it was.
      if (action === undefined || !Content.Check(content)) return { asks: await stop(talk, found.asked, context) }
      talk.context = context
      found.asked.reply({ action, content })
      return attend(talk, context)
    },

    close() {
      for (const id of [...waiting.keys()]) release(id)?.asked.reply({ action: 'cancel' })
    },
  }
}
