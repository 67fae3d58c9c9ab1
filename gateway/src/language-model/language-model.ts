import type { LanguageModelConfig } from '../config.ts'
import { SallyportError, unreachable } from '../errors.ts'
import { Secret } from '../secret.ts'
import { type ProviderModel, toAnswer, toOptions } from './prompt.ts'
import type { LanguageModel } from './types.ts'

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>

/** What every request to the endpoint is bound by, and the header of the key. */
interface Bounds {
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  readonly headers: Readonly<Record<string, Secret>>
}

/** A long answer of a slow model on a machine of one's own; a person waits for it. */
const timeoutMs = 90_000
/** Many times 4096 tokens, whatever is around them. */
const maxResponseBytes = 4_194_304
/** Requests under way: of all, and of one workspace. */
const maxAtOnce = 8
const maxOfWorkspace = 4
/** Four characters are about a token: less than any current model reads, more than any page we show it. */
const maxPromptChars = 400_000

function keyHeader({ provider, key }: LanguageModelConfig): Readonly<Record<string, Secret>> {
  if (key === undefined) return {}
  return provider === 'anthropic' ? { 'x-api-key': key } : { authorization: Secret.concat('Bearer ', key) }
}

/** Loaded with the first use. A key given here is a placeholder: `fetch` sends the real one. */
async function loadModel({ name, url, provider }: LanguageModelConfig, fetch: Fetch): Promise<ProviderModel> {
  switch (provider) {
    case 'openai-compatible': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      return createOpenAICompatible({ name: 'model', baseURL: url, fetch }).chatModel(name)
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ baseURL: url, apiKey: 'sent by the door', fetch })(name)
    }
    default:
      return unreachable(provider)
  }
}

/** The errors of the SDK quote the request and the answer, which may hold what was shown to the model, or its key: only the status goes on. */
function asProblem(error: unknown, name: string): SallyportError {
  if (error instanceof SallyportError) return error
  const status = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : null
  const refused = status !== null && status >= 400
  return new SallyportError('MODEL_FAILED', {
    detail: refused
      ? `The endpoint of the language model ${name} answered ${status}.`
      : `The endpoint of the language model ${name} answered something other than its protocol says.`,
    ...(refused && { diagnostics: { model_status: status } }),
    internal: error instanceof Error ? error.name : typeof error,
  })
}

/** One model of one endpoint, by the AI SDK. `open` makes the `fetch` it goes out by. */
export function createLanguageModel(config: LanguageModelConfig, open: (bounds: Bounds) => Fetch): LanguageModel {
  const { name } = config
  const underWay: string[] = []
  let loading: Promise<ProviderModel> | undefined

  return {
    name,
    async generate(request) {
      const { workspaceId, signal } = request
      const options = toOptions(request)
      if (JSON.stringify([options.prompt, options.tools]).length > maxPromptChars)
        throw new SallyportError('PAYLOAD_TOO_LARGE', { detail: 'The conversation is too long for the language model.' })
      if (underWay.length >= maxAtOnce || underWay.filter((id) => id === workspaceId).length >= maxOfWorkspace)
        throw new SallyportError('UNAVAILABLE', { detail: 'The language model is busy with other requests. Try again shortly.' })
      underWay.push(workspaceId)
      try {
        loading ??= loadModel(config, open({ timeoutMs, maxResponseBytes, headers: keyHeader(config) }))
        const model = await loading
        return toAnswer(await model.doGenerate({ ...options, ...(signal !== undefined && { abortSignal: signal }) }))
      } catch (error) {
        throw asProblem(error, name)
      } finally {
        underWay.splice(underWay.indexOf(workspaceId), 1)
      }
    },
  }
}
