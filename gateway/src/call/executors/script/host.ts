import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { EgressError } from '../../../egress/types.ts'
import { SallyportError } from '../../../errors.ts'
import type { HostFunctions } from '../../../sandbox/types.ts'
import { digest, digestAlgorithms, hmac, randomBytesAs, textEncodings } from '../../../vault/digest.ts'
import type { HostHttp, HostRequest } from '../host-http.ts'
import { transportProblem } from '../problems.ts'

/** The functions that a script can ask of the gateway; prelude.ts gives them their names in the script. */

/** Requests of one run. */
const maxRequests = 100
/** Whose answer may be lost without harm. */
const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const maxRandomBytes = 1024

/** Small things that a script keeps for later runs. */
export interface ScriptState {
  get(key: string): Promise<unknown>
  /** Null deletes. */
  set(key: string, value: unknown): Promise<void>
}

/** A request of the script as the trace shows it. */
export interface ScriptRequest {
  readonly method: string
  readonly url: string
  /** Null when there was no answer. */
  readonly status: number | null
  readonly ms: number
}

interface World {
  readonly http: HostHttp
  readonly state: ScriptState
  /** Of what is called, for the words of an error. */
  readonly name: string
  readonly now: () => number
}

const Value = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const Request = Compile(
  Type.Object({
    method: Type.Optional(Type.String({ pattern: '^[A-Za-z]{1,20}$' })),
    url: Type.String({ minLength: 1, maxLength: 8192 }),
    headers: Type.Optional(Type.Union([Type.Null(), Type.Record(Type.String(), Value)])),
    body: Type.Optional(Type.Unknown()),
  }),
)
const Text = Type.String()
const Algorithm = Type.Enum(digestAlgorithms)
const Encoding = Type.Enum(textEncodings)
const OneText = Compile(Type.Tuple([Text]))
const Hash = Compile(Type.Tuple([Algorithm, Text, Encoding]))
const Hmac = Compile(Type.Tuple([Algorithm, Text, Text, Encoding]))
const Random = Compile(Type.Tuple([Type.Integer({ minimum: 1, maximum: maxRandomBytes }), Encoding]))
const Key = Compile(Type.String({ minLength: 1, maxLength: 200 }))

const algorithms = digestAlgorithms.join('|')
const encodings = textEncodings.join('|')

function wrong(usage: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail: `The script calls this otherwise than it is to be called: ${usage}.` })
}

/** The request as the door takes it: a body that is no text goes as JSON, and says so. */
function requestOf(value: unknown): HostRequest & { readonly method: string } {
  if (!Request.Check(value)) throw wrong('sallyport.http.request({ method, url, headers, body })')
  const { method = 'GET', url, headers: given, body } = value
  const headers = Object.fromEntries(Object.entries(given ?? {}).map(([name, each]) => [name, String(each)]))
  if (body === undefined || body === null) return { method: method.toUpperCase(), url, headers }
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return {
    method: method.toUpperCase(),
    url,
    headers: typed ? headers : { ...headers, 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

export interface ScriptHost {
  readonly functions: HostFunctions
  readonly requests: readonly ScriptRequest[]
  /** The error of a run, or what one of its requests ended with when the script did not catch that. */
  uncaught(error: SallyportError): SallyportError
}

export function createScriptHost({ http, state, name, now }: World): ScriptHost {
  const requests: ScriptRequest[] = []
  let problem: SallyportError | null = null

  async function request(value: unknown): Promise<unknown> {
    if (requests.length >= maxRequests) {
      throw new SallyportError('SCRIPT_LIMIT', {
        detail: `The script made more than the ${maxRequests} requests it may make.`,
        diagnostics: { limit: 'requests' },
      })
    }
    const asked = requestOf(value)
    const started = now()
    const note = (status: number | null) => {
      requests.push({ method: asked.method, url: asked.url, status, ms: now() - started })
    }
    try {
      const answer = await http(asked)
      note(answer.status)
      return answer
    } catch (error) {
      note(null)
      const effect = readMethods.has(asked.method) ? 'read' : 'write'
      throw error instanceof EgressError ? transportProblem(error, name, effect) : error
    }
  }

  const functions: HostFunctions = {
    http: ([value]) => request(value),
    hash: (values) => {
      if (!Hash.Check(values)) throw wrong(`crypto.hash(${algorithms}, text, ${encodings})`)
      return digest(...values)
    },
    hmac: (values) => {
      if (!Hmac.Check(values)) throw wrong(`crypto.hmac(${algorithms}, key, text, ${encodings})`)
      return hmac(...values)
    },
    random: (values) => {
      if (!Random.Check(values)) throw wrong(`crypto.random(1 to ${maxRandomBytes} bytes, ${encodings})`)
      return randomBytesAs(...values)
    },
    uuid: () => crypto.randomUUID(),
    base64: (values) => {
      if (!OneText.Check(values)) throw wrong('crypto.base64(text)')
      return Buffer.from(values[0], 'utf8').toString('base64')
    },
    fromBase64: (values) => {
      if (!OneText.Check(values)) throw wrong('crypto.fromBase64(text)')
      return Buffer.from(values[0], 'base64').toString('utf8')
    },
    stateGet: async ([key]) => {
      if (!Key.Check(key)) throw wrong('state.get(key)')
      return (await state.get(key)) ?? null
    },
    stateSet: async ([key, value]) => {
      if (!Key.Check(key)) throw wrong('state.set(key, value)')
      await state.set(key, value)
      return null
    },
  }
  /** Remembers what the script was told, so that it is not lost behind "the script failed" when nobody catches it. */
  const remembering = Object.entries(functions).map(([name, call]): [string, typeof call] => [
    name,
    async (values, signal) => {
      try {
        return await call(values, signal)
      } catch (error) {
        problem = error instanceof SallyportError && error.code !== 'INVALID_INPUT' ? error : null
        throw error
      }
    },
  ])
  return {
    functions: Object.fromEntries(remembering),
    requests,
    uncaught: (error) =>
      problem !== null && error.code === 'SCRIPT_FAILED' && error.detail.includes(problem.detail.replace(/\.$/, ''))
        ? problem
        : error,
  }
}
