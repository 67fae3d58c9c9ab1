import { reveal, Secret } from '../../secret.ts'
import { BodyBuffer } from '../body.ts'
import type { Deadline } from '../deadline.ts'
import { endingError, type WireAnswer } from '../exchange.ts'
import type { OutgoingHeader } from '../headers.ts'
import type { Hop } from '../redirect.ts'
import { EgressError, type EgressRequest, type Passage } from '../types.ts'
import { writeHead } from './frames.ts'
import type { Link, Stream, StreamHandler } from './link.ts'
import { parseFault, parseResponseHead, type RequestHead } from './messages.ts'

/** The agents that are there, as the gate knows them. */
export interface Tunnels {
  /** The link of an agent that takes another request on this way, the least busy first; null when there is none. */
  pick(passage: Passage): Link | null
}

/** An agent that is about to leave says so; another one is asked then. */
const maxAgents = 3

const plain = (value: string | Secret) => (Secret.is(value) ? reveal(value) : value)
const plainAll = (values: Readonly<Record<string, string | Secret>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plain(value)]))

interface Outgoing {
  readonly request: EgressRequest
  readonly hop: Hop
  readonly url: string
  readonly headers: readonly OutgoingHeader[]
  readonly secretQuery: Readonly<Record<string, Secret>>
  readonly timeLeft: number
}

/** The one place where a request is put into words for an agent: here its secrets leave their wrapping. */
function headOf(passage: Passage, { request, hop, url, headers, secretQuery, timeLeft }: Outgoing): RequestHead {
  const { authorities } = request
  const { client, secretPath, onPremises } = hop
  return {
    door: request.door,
    connector: passage.connector,
    method: request.method,
    url,
    headers: headers.map(([name, value]) => [name, plain(value)]),
    secret_query: plainAll(secretQuery),
    ...(secretPath !== null && { secret_path: reveal(secretPath) }),
    timeout_ms: timeLeft,
    max_bytes: request.maxResponseBytes,
    verify_tls: request.verifyTls ?? true,
    ...(authorities !== undefined && { authorities: { pem: authorities.pem, beside_public: authorities.besidePublic ?? false } }),
    ...(client !== null && {
      client_certificate: { owner: client.owner, certificate: reveal(client.certificate), key: reveal(client.key) },
    }),
    http2: request.http2 ?? false,
    streamed: request.onHead !== undefined,
    ...(onPremises !== null && { on_premises: { ...onPremises, fields: plainAll(onPremises.fields) } }),
  }
}

function bytesOf(body: EgressRequest['body']): Uint8Array {
  if (body === undefined) return new Uint8Array(0)
  const text = Secret.is(body) ? reveal(body) : body
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text
}

/** One request on one link; it settles once. */
class Crossing implements StreamHandler {
  readonly answer: Promise<WireAnswer>
  #resolve: (answer: WireAnswer) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #settled = false
  #status: number | undefined
  #headers: Record<string, string> = {}
  #reader: ((chunk: Buffer) => void) | null = null
  #read = 0
  readonly #body: BodyBuffer
  readonly #request: EgressRequest
  readonly #deadline: Deadline
  readonly #sentBefore: boolean
  stream: Stream | null = null

  constructor(request: EgressRequest, deadline: Deadline, sentBefore: boolean) {
    this.#request = request
    this.#deadline = deadline
    this.#sentBefore = sentBefore
    this.#body = new BodyBuffer(request.maxResponseBytes)
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** From here on the agent may have sent the request. */
  left(stream: Stream): void {
    this.stream = stream
    this.#deadline.onEnd((ending) => this.#fail(endingError(ending, true, this.#status)))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#deadline.onEnd(null)
    return true
  }

  #fail(error: Error): void {
    if (!this.#settle()) return
    this.#reject(error)
    this.stream?.reset()
  }

  head(said: unknown) {
    const head = parseResponseHead(said)
    if (head === null) return this.#fail(new EgressError('broken', true, 'The agent answered what is no head of an answer.'))
    const { status } = head
    this.#status = status
    // Without a prototype, so that an answer can bring any name.
    this.#headers = Object.assign(Object.create(null), head.headers)
    const isRedirect = status >= 300 && status < 400
    this.#reader = isRedirect ? null : (this.#request.onHead?.({ status, headers: this.#headers }) ?? null)
  }

  data(chunk: Buffer): void {
    if (this.#settled) return
    this.#read += chunk.length
    if (this.#reader === null ? !this.#body.add(chunk) : this.#read > this.#request.maxResponseBytes)
      this.#fail(new EgressError('too_large', true, 'The answer is too large.', undefined, this.#status))
    else this.#reader?.(chunk)
  }

  end(): void {
    if (this.#status === undefined) this.#fail(new EgressError('broken', true, 'The agent sent a body without a head.'))
    else if (this.#settle()) this.#resolve({ status: this.#status, headers: this.#headers, body: this.#body.bytes })
  }

  reset(said: unknown) {
    const fault = parseFault(said)
    if (fault === null) return this.#fail(new EgressError('broken', true, 'The agent ended the request without a reason.'))
    const sent = fault.sent || this.#sentBefore
    this.#fail(new EgressError(fault.fault, sent, fault.message, undefined, this.#status ?? fault.status))
  }

  lost(): void {
    this.#fail(new EgressError('broken', true, 'The agent went away before the answer was complete.', undefined, this.#status))
  }
}

/** Sends one hop of a request through the agents of a network. Throws EgressError, `no_agent` when none takes it. */
export async function sendThrough(
  tunnels: Tunnels | undefined,
  passage: Passage,
  outgoing: Outgoing,
  deadline: Deadline,
  sentBefore: boolean,
): Promise<WireAnswer> {
  const head = writeHead(headOf(passage, outgoing))
  if (head === null)
    throw new EgressError('agent_refused', sentBefore, 'The head of the request is larger than what travels to an agent (64 KB).')
  const body = bytesOf(outgoing.request.body)
  if (deadline.ended !== null) throw endingError(deadline.ended, sentBefore)
  for (let agents = 1; ; agents++) {
    const link = tunnels?.pick(passage) ?? null
    const crossing = new Crossing(outgoing.request, deadline, sentBefore)
    const stream = link?.open(head, body, crossing) ?? null
    if (stream === null) throw new EgressError('no_agent', sentBefore, `No agent of the network ${passage.network} is connected.`)
    crossing.left(stream)
    try {
      return await crossing.answer
    } catch (error) {
      const leaves = error instanceof EgressError && error.fault === 'no_agent' && !error.sent
      if (!leaves || agents === maxAgents) throw error
    }
  }
}
