import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What the model answers: a text, calls of tools, a status that is no success, any document, or nothing for ever. */
export type Turn =
  | string
  | { readonly calls: readonly { readonly name: string; readonly input: unknown }[]; readonly text?: string }
  | { readonly status: number; readonly body?: unknown }
  | { readonly hang: true }

/** A request as it arrived. */
export interface ModelRequestSeen {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent; the tests say what they expect
  readonly body: any
}

/** A language model that plays what tests write for it, by OpenAI's protocol and by Anthropic's. */
export interface ModelServer {
  /** The base URL, ending in `/v1`. */
  readonly url: string
  readonly key: string
  /** Settings for a gateway that uses it. */
  readonly env: Readonly<Record<string, string>>
  readonly requests: readonly ModelRequestSeen[]
  /** Requests that hung and were given up by the gateway. */
  readonly abandoned: number
  /** Adds turns to the script; a function sees the request and says the turn. Without a turn left it answers `otherwise`, or 500. */
  play(...turns: readonly (Turn | ((request: ModelRequestSeen) => Turn))[]): void
  stop(): Promise<void>
}

const finish = (turn: object) => ('calls' in turn ? 'tool_calls' : 'stop')

function openai(turn: Exclude<Turn, { status: number } | { hang: true }>): unknown {
  const { text = null, calls = [] } = typeof turn === 'string' ? { text: turn } : turn
  const toolCalls = calls.map(({ name, input }, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  }))
  const message = { role: 'assistant', content: text, ...(toolCalls.length > 0 && { tool_calls: toolCalls }) }
  return {
    id: 'answer',
    object: 'chat.completion',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, message, finish_reason: finish(Object(turn)) }],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
  }
}

function anthropic(turn: Exclude<Turn, { status: number } | { hang: true }>): unknown {
  const { text, calls = [] } = typeof turn === 'string' ? { text: turn } : turn
  return {
    id: 'answer',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [
      ...(text === undefined ? [] : [{ type: 'text', text }]),
      ...calls.map(({ name, input }, index) => ({ type: 'tool_use', id: `call_${index}`, name, input })),
    ],
    stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 7 },
  }
}

export async function startModelServer(otherwise?: Turn): Promise<ModelServer> {
  const script: (Turn | ((request: ModelRequestSeen) => Turn))[] = []
  const requests: ModelRequestSeen[] = []
  let abandoned = 0
  const send = (response: ServerResponse, status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const server = createServer(async (incoming, response) => {
    const request = { path: incoming.url ?? '', headers: incoming.headers, body: await json(incoming) }
    requests.push(request)
    const next = script.shift() ?? otherwise ?? { status: 500, body: { error: { message: 'the script has ended' } } }
    const turn = typeof next === 'function' ? next(request) : next
    if (typeof turn === 'object' && 'hang' in turn) {
      response.once('close', () => abandoned++)
      return
    }
    if (typeof turn === 'object' && 'status' in turn)
      return send(response, turn.status, turn.body ?? { error: { message: 'no' } })
    return send(response, 200, request.path.endsWith('/messages') ? anthropic(turn) : openai(turn))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const key = 'model-key-3b1f77c2'
  return {
    url,
    key,
    env: { SALLYPORT_MODEL: 'scripted', SALLYPORT_MODEL_URL: url, SALLYPORT_MODEL_KEY: key },
    requests,
    get abandoned() {
      return abandoned
    },
    play: (...turns) => script.push(...turns),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
