import type { Sallyport, ToolFormat } from '../client.ts'
import { SallyportProblem } from '../errors.ts'
import type { Schemas } from '../index.ts'
import { isObject } from '../is-object.ts'

export interface AdapterOptions {
  /** Only tools of this connector. */
  readonly connector?: string
  /** Only tools of this connection. */
  readonly connection?: string
  /** Only the best matches. */
  readonly search?: string
  /** Larger answers are shortened, as over MCP; in bytes of JSON, by default 100,000. */
  readonly maxResultBytes?: number
}

/** Larger diagnostics are cut: they can hold the body that an API sent, and a model needs its beginning. */
const maxDiagnosticsChars = 4000

/** A tool in no client's words. */
export interface PlainTool {
  readonly name: string
  readonly description: string
  readonly schema: Record<string, unknown>
}

/** One call that a model made. `arguments` is an object, or JSON as a text. */
export interface ToolRun {
  readonly name: string
  readonly arguments: unknown
  readonly signal?: AbortSignal | undefined
}

/** What a tool came to, in words for a model. */
export interface ToolAnswer {
  readonly text: string
  readonly failed: boolean
}

/** The tools of a gateway for one family of models. */
export interface Toolbox {
  readonly tools: readonly PlainTool[]
  /** Throws SallyportUnreachable where there is no gateway; anything else is an answer. */
  run(call: ToolRun): Promise<ToolAnswer>
}

/** A tool out of the words that the gateway lists it in. */
function plainTool(listed: Record<string, unknown>): PlainTool {
  const { name, description, input_schema, inputSchema, parameters, parametersJsonSchema } = isObject(listed.function)
    ? listed.function
    : listed
  const schema = input_schema ?? inputSchema ?? parameters ?? parametersJsonSchema
  if (typeof name !== 'string' || typeof description !== 'string' || !isObject(schema))
    throw new TypeError('The gateway listed a tool in words that this version of the SDK does not know.')
  return { name, description, schema }
}

export async function openToolbox(sallyport: Sallyport, format: ToolFormat, options: AdapterOptions): Promise<Toolbox> {
  const { maxResultBytes = 100_000, ...narrow } = options
  const tools: PlainTool[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = await sallyport.tools.listAs(format, { limit: 200, ...narrow, ...(cursor !== undefined && { cursor }) })
    tools.push(...page.items.map(plainTool))
    cursor = page.next_cursor
  }
  const run = async ({ name, arguments: given, signal }: ToolRun): Promise<ToolAnswer> => {
    const args = parsed(given)
    if (args === undefined) return { text: 'The arguments are not JSON. Call again with a JSON object.', failed: true }
    const body = { arguments: args, format, max_result_bytes: maxResultBytes }
    try {
      const path = '/api/v1/tools/{id}/call'
      return answerWords(await sallyport.request('post', path, { params: { id: name }, body, ...(signal && { signal }) }))
    } catch (error) {
      if (error instanceof SallyportProblem) return { text: problemWords(error), failed: true }
      throw error
    }
  }
  return { tools, run }
}

function parsed(given: unknown): unknown {
  if (typeof given !== 'string') return given ?? {}
  try {
    return given === '' ? {} : JSON.parse(given)
  } catch {
    return undefined
  }
}

const lines = (...parts: readonly (string | undefined)[]) => parts.filter((part) => part !== undefined).join('\n')

function diagnosticsLine(diagnostics: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (diagnostics === undefined || Object.keys(diagnostics).length === 0) return undefined
  const json = JSON.stringify(diagnostics)
  return `Diagnostics: ${json.length > maxDiagnosticsChars ? `${json.slice(0, maxDiagnosticsChars)}…` : json}`
}

const outcomeLines: Readonly<Record<string, string>> = {
  not_sent: 'Nothing was sent to the API.',
  sent_unknown: 'It is unknown whether the API carried it out. Find out before you call again.',
}

function problemWords({ code, detail, resolution, retryAfterSeconds, outcome, diagnostics, callId }: SallyportProblem): string {
  return lines(
    `${code}: ${detail}`,
    `What to do: ${resolution}`,
    retryAfterSeconds === undefined ? undefined : `Try again after ${retryAfterSeconds} seconds.`,
    outcomeLines[outcome ?? ''],
    diagnosticsLine(diagnostics),
    callId === undefined ? undefined : `Call id: ${callId}`,
  )
}

const payloadText = (payload: unknown) => (typeof payload === 'string' ? payload : JSON.stringify(payload))

function answerWords(result: Schemas['CallResult'] | Schemas['PendingCall']): ToolAnswer {
  if ('approval' in result) {
    const { url, expires_at } = result.approval
    const text = lines(
      'Not done yet: a person must approve this call first. Give them the link below. Once approved, Sallyport runs this exact call itself, so do not call again.',
      JSON.stringify({ status: result.status, id: result.id, url, expires_at }),
    )
    return { text, failed: false }
  }
  const { id, success, payload, error, diagnostics, rest } = result
  if (!success) {
    const shown = payload === undefined ? undefined : payloadText(payload)
    return { text: lines(error ?? 'The call failed.', shown, diagnosticsLine(diagnostics), `Call id: ${id}`), failed: true }
  }
  if (payload === undefined) return { text: 'Done. The API sent no content.', failed: false }
  const note = rest && `This answer is shortened: it has ${rest.bytes} bytes in all. Ask for less at once.`
  return { text: lines(payloadText(payload), note), failed: false }
}
