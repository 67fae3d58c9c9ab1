import { listOf, recordOf } from '../draft.ts'
import { identifier, UniqueNames } from '../names.ts'
import type { Reporter } from '../report.ts'
import { jsonOf, partOf } from '../requests/bodies.ts'
import { type Credentials, isSecretName } from '../requests/credentials.ts'
import { keptHeaders } from '../requests/headers.ts'
import type { Part, SeenAnswer, SeenRequest } from '../requests/request.ts'
import { isRecord, type Json, textOf } from '../spec.ts'
import { describedAs, sentBody } from './body.ts'
import { onlyVariable, resolved } from './variables.ts'

export interface Around {
  readonly at: string
  readonly tags: readonly string[]
  /** Schemes inherited from the folders around. */
  readonly inherited: readonly string[] | undefined
  readonly variables: ReadonlyMap<string, string>
  readonly credentials: Credentials
  readonly report: Reporter
  /** Notes that a variable is a setting of the connection; returns its name. */
  setting(variable: string): string
}

/** A request of a collection. `server` stays as written, with its `{{variables}}`. */
export function requestOf(item: Json, own: readonly string[] | undefined, around: Around): SeenRequest {
  const { at, credentials, report, variables, setting } = around
  const request = isRecord(item.request) ? item.request : { method: 'GET', url: item.request }
  const url = urlOf(request.url)
  const security: string[] = [...(own ?? around.inherited ?? [])]
  const settings = { query: {} as Record<string, string>, headers: {} as Record<string, string> }
  const note = (message: string) => report.add('parameter_is_credential', '', at, message)
  const listed = [...headersOf(request.header)]
  const plain: [string, string][] = []
  for (const { name, value } of listed) {
    const variable = onlyVariable(value)
    if (
      variable !== undefined &&
      variables.has(variable) &&
      !isSecretName(name) &&
      !/^(authorization|cookie|content-type|accept)$/i.test(name)
    )
      settings.headers[name] = `{{settings.${setting(variable)}}}`
    else plain.push([name, value])
  }
  const about = new Map(listed.map(({ name, part }) => [name, part]))
  const headers = keptHeaders(plain, { credentials, security, note }).map((part) => ({
    ...part,
    ...about.get(part.name),
    ...filledValue(String(part.value ?? ''), variables),
  }))
  const query: Part[] = []
  for (const { name, value, part } of url.query) {
    const scheme = credentials.query(
      name,
      resolved(value, variables, () => ''),
    )
    const variable = onlyVariable(value)
    if (scheme !== null) {
      security.push(scheme)
      note(`The query parameter "${name}" is the credential, which the connection supplies.`)
    } else if (variable !== undefined && variables.has(variable) && part.isDisabled !== true)
      settings.query[name] = `{{settings.${setting(variable)}}}`
    else query.push({ name, ...part.about, ...filledValue(value, variables) })
  }
  const contentType = listed.find(({ name }) => name.toLowerCase() === 'content-type')?.value
  const body = sentBody(request.body, contentType, { variables, note: (code, message) => report.add(code, '', at, message) })
  const title = textOf(item.name)
  const hasOwn = own !== undefined || around.inherited !== undefined || security.length > 0
  return {
    at,
    name: title,
    title,
    ...describedOnly(request.description ?? item.description),
    tags: around.tags,
    method: (textOf(request.method) ?? 'GET').toUpperCase(),
    ...pathOf(url, variables),
    query,
    headers,
    settings,
    body,
    answers: listOf(item.response).flatMap((answer) => (isRecord(answer) ? [answerOf(answer)] : [])),
    security: hasOwn ? [...new Set(security)] : undefined,
  }
}

const describedOnly = (written: unknown): { description?: string } => {
  const { description } = describedAs(written)
  return description === undefined ? {} : { description }
}

/** A sample with its variables filled in; none when one has no value. */
function filledValue(text: string, variables: ReadonlyMap<string, string>): { value?: string | undefined; isDefault?: boolean } {
  const value = resolved(text, variables, () => '{{}}')
  return value.includes('{{}}') || value === '' ? { value: undefined, isDefault: false } : { value }
}

function* headersOf(written: unknown): Generator<{ name: string; value: string; part: Partial<Part> }> {
  if (typeof written === 'string') {
    for (const line of written.split('\n')) {
      const [name = '', value = ''] = line.split(/:(.*)/s, 2)
      if (name.trim() !== '') yield { name: name.trim(), value: value.trim(), part: {} }
    }
    return
  }
  for (const entry of listOf(written)) {
    const { key, value, disabled, description } = recordOf(entry)
    if (typeof key !== 'string' || key.trim() === '') continue
    yield {
      name: key.trim(),
      value: typeof value === 'string' ? value : '',
      part: { ...describedAs(description), isDefault: disabled !== true },
    }
  }
}

interface Address {
  readonly server: string
  readonly segments: readonly string[]
  readonly query: readonly {
    name: string
    value: string
    part: { readonly about: Partial<Part>; readonly isDisabled: boolean }
  }[]
  /** Values of `:names` in the path. */
  readonly inPath: ReadonlyMap<string, Partial<Part>>
}

function urlOf(written: unknown): Address {
  const url = recordOf(written)
  const raw = typeof written === 'string' ? written : (textOf(url.raw) ?? '')
  const [, base = '', path = '', search = ''] =
    /^((?:[a-z]+:\/\/)?(?:\{\{[^{}]*\}\}|[^/?#{])*)([^?#]*)(?:\?([^#]*))?/i.exec(raw) ?? []
  const host = Array.isArray(url.host) ? url.host.join('.') : textOf(url.host)
  const port = textOf(url.port) === undefined ? '' : `:${textOf(url.port)}`
  const isWhole = host !== undefined && (host.includes('://') || /^\{\{[^{}]*\}\}/.test(host))
  const server =
    host === undefined
      ? base
      : `${textOf(url.protocol) === undefined ? (isWhole ? '' : 'https://') : `${textOf(url.protocol)}://`}${host}${port}`
  const segments = Array.isArray(url.path)
    ? url.path.map((part) => (typeof part === 'string' ? part : String(recordOf(part).value ?? '')))
    : (textOf(url.path) ?? path).replace(/^\//, '').split('/')
  const query = Array.isArray(url.query) ? url.query.map(queryOf) : search.split('&').filter(Boolean).map(pairOf)
  const inPath = new Map(
    listOf(url.variable).flatMap((entry) => {
      const { key, id, value, description } = recordOf(entry)
      const name = typeof key === 'string' ? key : id
      return typeof name === 'string' ? [[name, { ...describedAs(description), value }] as const] : []
    }),
  )
  return { server: server.replace(/\/+$/, ''), segments, query: query.filter(({ name }) => name !== ''), inPath }
}

function queryOf(entry: unknown): Address['query'][number] {
  const { key, value, disabled, description } = recordOf(entry)
  return {
    name: typeof key === 'string' ? key : '',
    value: typeof value === 'string' ? value : '',
    part: { about: describedAs(description), isDisabled: disabled === true },
  }
}

function pairOf(pair: string): Address['query'][number] {
  const [name = '', value = ''] = pair.split(/=(.*)/s, 2)
  return { name, value, part: { about: {}, isDisabled: false } }
}

/** `/users/:id/{{kind}}` → `/users/{id}/{kind}`, with the values that were given. */
function pathOf(
  { server, segments, inPath }: Address,
  variables: ReadonlyMap<string, string>,
): Pick<SeenRequest, 'server' | 'path' | 'inPath'> {
  const parts: Part[] = []
  const names = new UniqueNames()
  const hole = (wanted: string, part: Partial<Part>) => {
    const name = names.take(identifier(wanted))
    parts.push({
      ...part,
      ...partOf(name, typeof part.value === 'string' && !part.value.includes('{{') ? part.value : undefined),
      required: true,
    })
    return `{${name}}`
  }
  const written = segments.map((segment) => {
    const colon = /^:([A-Za-z_][\w.-]*)(.*)$/s.exec(segment)
    if (colon !== null) return `${hole(colon[1] ?? 'id', inPath.get(colon[1] ?? '') ?? {})}${literal(colon[2] ?? '')}`
    return segment
      .split(/(\{\{[^{}]*\}\})/)
      .map((piece) => {
        const variable = onlyVariable(piece)
        return variable === undefined ? literal(piece) : hole(variable.replace(/^\$/, ''), { value: variables.get(variable) })
      })
      .join('')
  })
  return { server, path: `/${written.join('/')}`, inPath: parts }
}

/** Braces that are no placeholder. */
const literal = (text: string): string => text.replace(/[{}]/g, encodeURIComponent)

function answerOf(answer: Json): SeenAnswer {
  const { code, name, body } = answer
  const type = [...headersOf(answer.header)].find((header) => header.name.toLowerCase() === 'content-type')?.value
  const sample = typeof body === 'string' ? jsonOf(body) : undefined
  const status = typeof code === 'number' && code >= 100 && code < 600 ? code : undefined
  return {
    status,
    contentType: sample === undefined ? (type?.split(';', 1)[0] ?? '') : 'application/json',
    sample,
    ...(textOf(name) === undefined ? {} : { description: textOf(name) }),
  }
}
