import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { SallyportError } from '../../errors.ts'
import { requestOf as curlRequestOf } from './curl/request-of.ts'
import { curlCommands } from './curl/shell.ts'
import { importDraft } from './draft.ts'
import type { Imported, ImportOptions } from './openapi.ts'
import { Reporter } from './report.ts'
import { bodyOf, jsonOf } from './requests/bodies.ts'
import { Credentials } from './requests/credentials.ts'
import { draftOfRequests } from './requests/draft-of.ts'
import { keptHeaders } from './requests/headers.ts'
import type { Part, SeenBody, SeenRequest } from './requests/request.ts'
import { splitUrl } from './requests/urls.ts'
import { pointer } from './spec.ts'

const closed = { additionalProperties: false } as const
const text = Type.Optional(Type.String({ maxLength: 4000 }))

const Parameter = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    in: Type.Optional(Type.Enum(['path', 'query', 'header', 'body'])),
    type: Type.Optional(Type.Enum(['string', 'integer', 'number', 'boolean', 'array', 'object'])),
    required: Type.Optional(Type.Boolean()),
    description: text,
    example: Type.Optional(Type.Unknown()),
  },
  closed,
)

/** An endpoint as a person describes it; whatever is not said is guessed. */
export const Endpoint = Type.Object(
  {
    method: Type.Optional(Type.String({ maxLength: 20 })),
    url: Type.String({ minLength: 1, maxLength: 4000, description: 'With {placeholders} or real values in the path.' }),
    name: text,
    description: text,
    parameters: Type.Optional(Type.Array(Parameter, { maxItems: 200 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    content_type: text,
    body: Type.Optional(Type.Unknown({ description: 'A sample: a JSON value, or text.' })),
    answer: Type.Optional(Type.Unknown({ description: 'A sample of a successful answer: a JSON value, or text.' })),
    auth: Type.Optional(Type.Enum(['none', 'bearer', 'basic'])),
    drafted_by_model: Type.Optional(Type.Boolean({ description: 'A language model wrote it; the report says so.' })),
  },
  closed,
)
export type Endpoint = Static<typeof Endpoint>

/** Or shown by the command that calls it. */
const Shown = Type.Object({ curl: Type.String({ maxLength: 100_000 }) }, closed)

/** `{"endpoints": […]}`: endpoints of one API, described by hand. */
const Endpoints = Type.Object(
  { name: text, endpoints: Type.Array(Type.Union([Shown, Endpoint]), { minItems: 1, maxItems: 1000 }) },
  closed,
)

let check: ReturnType<typeof Compile<typeof Endpoints>> | undefined

/** A connector out of endpoints that a person described. Throws INVALID_INPUT naming what is wrong with the description. */
export function importEndpoints(source: unknown, options: ImportOptions = {}): Imported {
  check ??= Compile(Endpoints)
  if (!check.Check(source)) {
    const problem = check.Errors(source)[0]
    throw invalid(
      `At ${problem?.instancePath || 'its top'} the description of the endpoints ${problem?.message ?? 'is not valid'}.`,
    )
  }
  const report = new Reporter()
  const credentials = new Credentials()
  const requests = source.endpoints.flatMap((endpoint, index) => {
    const at = pointer('/endpoints', index)
    if (!('curl' in endpoint)) {
      if (endpoint.drafted_by_model === true)
        report.add('drafted_by_model', '', at, 'The language model drafted this endpoint from the documentation: check it.')
      return [requestOf(endpoint, at, credentials, report)]
    }
    return curlCommands(endpoint.curl).flatMap(({ words }) => curlRequestOf(words, at, credentials, report) ?? [])
  })
  if (requests.length === 0)
    throw invalid('None of the endpoints has an address. Write them out, such as https://api.example.com/users/{id}.')
  const draft = draftOfRequests(
    { format: 'Endpoints by hand', requests, credentials, others: 0, serverUrl: options.serverUrl },
    report,
  )
  return importDraft({ ...draft, title: source.name ?? draft.title }, report, options)
}

function requestOf(endpoint: Endpoint, at: string, credentials: Credentials, report: Reporter): SeenRequest {
  const url = splitUrl(endpoint.url)
  if (url === null)
    throw invalid(
      `At ${at}/url is no address: "${endpoint.url.slice(0, 100)}". Write it out, such as https://api.example.com/users/{id}.`,
    )
  const security: string[] =
    endpoint.auth === 'bearer'
      ? [credentials.add('bearer', { type: 'bearer' })]
      : endpoint.auth === 'basic'
        ? [credentials.basic()]
        : []
  const note = (message: string) => report.add('parameter_is_credential', '', at, message)
  const named = (place: 'path' | 'query' | 'header' | 'body') =>
    (endpoint.parameters ?? []).filter((parameter) => placeOf(parameter, endpoint, url.path) === place).map(partOf)
  const inHeader = named('header')
  const headers = keptHeaders([...Object.entries(endpoint.headers ?? {}), ...inHeader.map(({ name }) => [name, ''] as const)], {
    credentials,
    security,
    note,
  })
  const query: Part[] = []
  for (const part of [
    ...named('query'),
    ...url.query.filter(({ name }) => !named('query').some((other) => other.name === name)),
  ]) {
    const scheme = credentials.query(part.name, typeof part.value === 'string' ? part.value : '')
    if (scheme === null) query.push(part)
    else {
      security.push(scheme)
      note(`The query parameter "${part.name}" is the credential, which the connection supplies.`)
    }
  }
  const body = sentBody(endpoint, named('body'))
  const inPath = new Map([...url.inPath, ...named('path')].map((part) => [part.name, part]))
  return {
    at,
    name: endpoint.name,
    title: endpoint.name,
    description: endpoint.description,
    method: (endpoint.method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase(),
    server: url.server,
    path: url.path,
    inPath: [...inPath.values()],
    query,
    headers: headers.map((part) => inHeader.find(({ name }) => name === part.name) ?? part),
    body,
    answers: endpoint.answer === undefined ? [] : [answerOf(endpoint.answer)],
    security: security.length > 0 ? [...new Set(security)] : endpoint.auth === 'none' ? [] : undefined,
  }
}

type Named = NonNullable<Endpoint['parameters']>[number]

const partOf = ({ name, type, required, description, example }: Named): Part => ({
  name,
  ...(example === undefined ? {} : { value: example }),
  type,
  required,
  description,
})

/** Where a parameter goes when nobody says: into the path where its name stands there, else by what the method has. */
function placeOf({ name, in: place }: Named, { method, body }: Endpoint, path: string): NonNullable<Named['in']> {
  if (place !== undefined) return place
  if (path.includes(`{${name}}`)) return 'path'
  return body === undefined && /^(post|put|patch)$/i.test(method ?? '') ? 'body' : 'query'
}

function sentBody({ body, content_type: said }: Endpoint, named: readonly Part[]): SeenBody | undefined {
  if (body === undefined && named.length === 0) return undefined
  if (body === undefined && said !== undefined && !/json/i.test(said)) return { kind: 'fields', contentType: said, fields: named }
  const sample = typeof body === 'string' ? (jsonOf(body) ?? body) : body
  if (typeof sample === 'string') return bodyOf(said ?? 'text/plain', sample) ?? undefined
  if (named.length === 0) return { kind: 'json', contentType: said ?? 'application/json', sample }
  return { kind: 'fields', contentType: said ?? 'application/json', fields: named }
}

function answerOf(answer: unknown): SeenRequest['answers'][number] {
  const sample = typeof answer === 'string' ? jsonOf(answer) : answer
  return sample === undefined ? { contentType: 'text/plain' } : { contentType: 'application/json', sample }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
