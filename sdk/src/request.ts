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
  readonly fetch: typeof globalThis.fetch
}

export interface Answered<T> {
  readonly data: T
  readonly headers: Headers
}

/** The lines of an answer, as they arrive. Throws as {@link send} does, and SallyportUnreachable when the answer breaks off. */
export async function* streamLines<P extends keyof paths>(
  connection: Connection,
  path: P,
  query: Query<Operation<P, 'get'>> | undefined,
): AsyncGenerator<string> {
  const headers = new Headers({ accept: 'application/x-ndjson' })
  if (connection.token !== undefined) headers.set('authorization', `Bearer ${connection.token}`)
  const response = await fetchFrom(connection, `${path}${queryOf(query)}`, { headers, redirect: 'manual' })
  const isLines = response.headers.get('content-type')?.startsWith('application/x-ndjson') === true
  if (!response.ok || !isLines || response.body === null) {
    await readJson(connection, response)
    return
  }
  let rest = ''
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new SallyportUnreachable(connection.url, reasonOf(error), error)
    })
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

/** Sends one request of the API. Throws {@link SallyportProblem} or {@link SallyportUnreachable}. */
export async function send<P extends keyof paths, M extends Method>(
  connection: Connection,
  method: M,
  path: P,
  parts: RequestParts<Operation<P, M>>,
): Promise<Answered<Answer<Operation<P, M>>>> {
  const headers = new Headers({ accept: 'application/json' })
  if (connection.token !== undefined) headers.set('authorization', `Bearer ${connection.token}`)
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
