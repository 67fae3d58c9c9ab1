import type { paths } from './api.ts'
import { SallyportProblem, SallyportUnreachable } from './errors.ts'

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>

type Success = 200 | 201 | 202 | 204
type Content<R> = R extends { content: { 'application/json': infer T } } ? T : undefined
/** What an operation answers when it succeeds. */
export type Answer<O> = O extends { responses: infer R } ? { [S in keyof R & Success]: Content<R[S]> }[keyof R & Success] : never
export type Query<O> = O extends { parameters: { query?: infer Q } } ? Q : never
export type Body<O> = O extends { requestBody: { content: { 'application/json': infer B } } } ? B : never
type PathParameters<O> = O extends { parameters: { path: infer P } } ? { readonly params: P } : { readonly params?: undefined }

/** The parts of a request that the operation has. */
export type RequestParts<O> = PathParameters<O> & {
  readonly query?: Query<O>
  readonly body?: Body<O>
  readonly signal?: AbortSignal
}

export interface Connection {
  /** Address of the gateway without a trailing slash; empty for the page's own origin. */
  readonly url: string
  readonly token: string | undefined
  readonly workspace?: (() => string | undefined) | undefined
  readonly fetch: typeof globalThis.fetch
}

export interface Answered<T> {
  readonly data: T
  readonly headers: Headers
}

/** The lines of an answer, as they arrive; with a body it is posted. Throws as {@link send} does, and SallyportUnreachable when the answer breaks off. */
export async function* streamLines<P extends keyof paths>(
  connection: Connection,
  path: P,
  query: Query<Operation<P, 'get'>> | undefined,
  post?: { readonly params?: unknown; readonly body?: Body<Operation<P, 'post'>> },
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const headers = headersOf(connection, 'application/x-ndjson')
  const body = post?.body
  if (body !== undefined) headers.set('content-type', 'application/json')
  const init = {
    headers,
    redirect: 'manual',
    ...(post !== undefined && { method: 'POST' }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  } as const
  const response = await fetchFrom(connection, `${fillPath(path, post?.params)}${queryOf(query)}`, init)
  const isLines = response.headers.get('content-type')?.startsWith('application/x-ndjson') === true
  if (!response.ok || !isLines || response.body === null) {
    await readJson(connection, response)
    return
  }
  let rest = ''
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (signal?.aborted) throw error
      throw new SallyportUnreachable(connection.url, reasonOf(error), error)
    })
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function headersOf({ token, workspace }: Connection, accept: string): Headers {
  const headers = new Headers({ accept })
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  const chosen = workspace?.()
  if (chosen !== undefined) headers.set('sallyport-workspace', chosen)
  return headers
}

/** Sends one request of the API. Throws {@link SallyportProblem} or {@link SallyportUnreachable}. */
export async function send<P extends keyof paths, M extends Method>(
  connection: Connection,
  method: M,
  path: P,
  parts: RequestParts<Operation<P, M>>,
): Promise<Answered<Answer<Operation<P, M>>>> {
  const headers = headersOf(connection, 'application/json')
  if (parts.body !== undefined) headers.set('content-type', 'application/json')
  const init: RequestInit = {
    method: method.toUpperCase(),
    headers,
    // A body may carry a credential, so it goes to the given address and nowhere else.
    redirect: 'manual',
    ...(parts.body !== undefined && { body: JSON.stringify(parts.body) }),
    ...(parts.signal !== undefined && { signal: parts.signal }),
  }
  const response = await fetchFrom(connection, `${fillPath(path, parts.params)}${queryOf(parts.query)}`, init)
  const data = await readJson(connection, response)
  // The shape is the gateway's promise: both sides are generated from one description.
  return { data: data as Answer<Operation<P, M>>, headers: response.headers }
}

/** The body of an answer as it is. Throws as {@link send} does. */
export async function download<P extends keyof paths>(
  connection: Connection,
  path: P,
  { params }: RequestParts<Operation<P, 'get'>>,
): Promise<Uint8Array> {
  const init = { headers: headersOf(connection, '*/*'), redirect: 'manual' } as const
  const response = await fetchFrom(connection, fillPath(path, params), init)
  if (response.ok) return new Uint8Array(await response.arrayBuffer())
  await readJson(connection, response)
  throw new SallyportUnreachable(connection.url, `what answers there (status ${response.status}) is not one.`)
}

async function fetchFrom(connection: Connection, target: string, init: RequestInit): Promise<Response> {
  try {
    return await connection.fetch(`${connection.url}${target}`, init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new SallyportUnreachable(connection.url, reasonOf(error), error)
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}

function fillPath(path: string, params: unknown): string {
  const values: Record<string, unknown> = typeof params === 'object' && params !== null ? { ...params } : {}
  return path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = String(values[name] ?? '')
    // URL parsers take "." and ".." as steps in the path, and an empty segment leads to another route.
    if (value === '' || value === '.' || value === '..') throw new TypeError(`"${value}" is not a usable ${name}.`)
    return encodeURIComponent(value)
  })
}

function queryOf(query: unknown): string {
  const values = new URLSearchParams()
  for (const [name, value] of Object.entries(typeof query === 'object' && query !== null ? query : {})) {
    if (value !== undefined) values.set(name, String(value))
  }
  return values.size === 0 ? '' : `?${values}`
}

/**
 * Posts a request that takes a while, and hears how far it is. Throws as {@link send} does.
 */
export async function sendWithProgress<P extends keyof paths, Progress>(
  connection: Connection,
  path: P,
  post: { readonly params?: unknown; readonly body?: Body<Operation<P, 'post'>> },
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<Answer<Operation<P, 'post'>>> {
  for await (const text of streamLines(connection, path, undefined, post, signal)) {
    const line: { progress?: Progress; problem?: unknown; result?: Answer<Operation<P, 'post'>> } = JSON.parse(text)
    if (line.progress !== undefined) onProgress(line.progress)
    else if (isProblem(line.problem)) throw new SallyportProblem(line.problem, undefined)
    else if (line.result !== undefined) return line.result
  }
  throw new SallyportUnreachable(connection.url, 'its answer broke off.')
}

async function readJson(connection: Connection, response: Response): Promise<unknown> {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
    const location = response.headers.get('location')
    throw new SallyportUnreachable(
      connection.url,
      `it redirects${location === null ? '' : ` to ${location}`}; use the address it redirects to.`,
    )
  }
  if (response.status === 204) return undefined
  const text = await response.text()
  const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '')
  const data: unknown = isJson ? JSON.parse(text) : undefined
  if (response.ok && isJson) return data
  if (isProblem(data)) throw new SallyportProblem(data, Number(response.headers.get('retry-after')) || undefined)
  throw new SallyportUnreachable(connection.url, `what answers there (status ${response.status}) is not one.`)
}

function isProblem(data: unknown): data is ConstructorParameters<typeof SallyportProblem>[0] {
  return typeof data === 'object' && data !== null && 'code' in data && 'detail' in data && 'resolution' in data
}

/** As `send`, for those who need no more than the data. */
export function requester(connection: Connection) {
  return async <P extends keyof paths, M extends Method>(method: M, path: P, parts: RequestParts<Operation<P, M>>) =>
    (await send(connection, method, path, parts)).data
}
