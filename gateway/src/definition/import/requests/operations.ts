import type { HttpActionDocument, Template } from '../../document.ts'
import { headerNameProblem } from '../../parse/headers.ts'
import type { DraftOperation } from '../draft.ts'
import type { Reporter } from '../report.ts'
import { isRecord, type Json } from '../spec.ts'
import { looksSecret, withoutSecrets } from './credentials.ts'
import { placeholderName } from './path-ids.ts'
import type { Part, SeenAnswer, SeenBody, SeenRequest } from './request.ts'
import { schemaOfSamples, valueOfText } from './samples.ts'

/** A longer value tells no more. Characters. */
const MAX_SAMPLE = 2000

/** One operation of requests that differ only in what they were sent with. */
export function operationOf(requests: readonly [SeenRequest, ...SeenRequest[]], report: Reporter): DraftOperation {
  const [first] = requests
  const left = new Set<string>()
  const leave = (where: string) => left.add(where)
  const all = (pick: (request: SeenRequest) => readonly Part[]) => requests.map(pick)
  const parameters = [
    ...parametersOf(
      'path',
      all(({ inPath }) => inPath),
      leave,
    ),
    ...parametersOf(
      'query',
      all(({ query }) => query),
      leave,
    ),
    ...parametersOf(
      'header',
      all(({ headers }) => headers.filter(({ name }) => isSettable(name))),
      leave,
    ),
  ]
  const bodies = requests.flatMap(({ body }) => (body === undefined ? [] : [body]))
  const content = contentOf(bodies, leave)
  const value: Json = {
    ...(first.name === undefined ? {} : { operationId: first.name }),
    ...(first.title === undefined ? {} : { summary: first.title }),
    ...(first.description === undefined ? {} : { description: first.description }),
    ...(first.tags === undefined || first.tags.length === 0 ? {} : { tags: first.tags }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === undefined ? {} : { requestBody: { required: bodies.length === requests.length, content } }),
    responses: responsesOf(
      requests.flatMap(({ answers }) => answers),
      leave,
    ),
    ...securityOf(requests),
  }
  if (left.size > 0)
    report.add(
      'parameter_is_credential',
      '',
      first.at,
      `Values that are or look like secrets are not kept as examples: ${[...left].slice(0, 5).join(', ')}${left.size > 5 ? ` and ${left.size - 5} more` : ''}.`,
    )
  if (requests.length > 1) {
    const message = `${requests.length} requests with ${first.method} ${first.path} are one action; the others stand at ${requests
      .slice(1, 4)
      .map(({ at }) => at)
      .join(', ')}${requests.length > 4 ? ' and further on' : ''}.`
    report.add('requests_united', '', first.at, message)
  }
  return {
    name: first.name,
    method: first.method,
    path: first.path,
    at: first.at,
    value,
    finish: (action) => finished(action, first),
  }
}

const isSettable = (name: string): boolean =>
  headerNameProblem(name) === null && !/^(accept|authorization|content-type|cookie)$/i.test(name)

function parametersOf(place: string, seen: readonly (readonly Part[])[], leave: (where: string) => void): readonly Json[] {
  const byName = new Map<string, { name: string; parts: Part[]; repeats: boolean }>()
  for (const parts of seen) {
    const here = new Set<string>()
    for (const part of parts) {
      const key = place === 'header' ? part.name.toLowerCase() : part.name
      const known = byName.get(key)
      if (known === undefined) byName.set(key, { name: part.name, parts: [part], repeats: false })
      else {
        known.parts.push(part)
        known.repeats ||= here.has(key)
      }
      here.add(key)
    }
  }
  return [...byName.values()].map(({ name, parts, repeats }) => {
    const values = parts.map((part) => sampleOf(part, `${place} "${name}"`, leave)).filter((value) => value !== undefined)
    const description = parts.find((part) => part.description !== undefined)?.description
    const said = parts.find(({ type }) => type !== undefined)?.type
    const item = said === undefined ? schemaOfSamples(values.length === 0 ? [''] : values) : { type: said }
    const fixed = parts.every(({ isDefault }) => isDefault === true) && new Set(values).size === 1 ? { default: values[0] } : {}
    return {
      name,
      in: place,
      ...(description === undefined ? {} : { description }),
      // Required with a default: it may be left out, and is sent all the same.
      required: place === 'path' || 'default' in fixed || parts.some(({ required }) => required === true),
      schema: repeats ? { type: 'array', items: item } : isRecord(item) ? { ...item, ...fixed } : item,
      ...(values.length === 0 ? {} : { example: repeats ? values : values[0] }),
    }
  })
}

/** What stood there as a value; undefined when it was only a placeholder, or a secret. */
function sampleOf({ value, isFile, isDefault }: Part, where: string, leave: (where: string) => void): unknown {
  if (value === undefined || value === null || isFile === true) return undefined
  if (typeof value !== 'string') return value
  if (value === '' || value.length > MAX_SAMPLE || placeholderName(value) !== null) return undefined
  if (looksSecret(value)) {
    leave(where)
    return undefined
  }
  return isDefault === true ? value : valueOfText(value)
}

function contentOf(bodies: readonly SeenBody[], leave: (where: string) => void): Json | undefined {
  const written = bodies.filter((body) => body.kind !== 'graphql' || Object.keys(body.variables).length > 0)
  if (written.length === 0) return undefined
  const byType = Map.groupBy(written, (body) => (body.kind === 'graphql' ? 'application/json' : body.contentType))
  return Object.fromEntries([...byType].map(([type, same]) => [type, mediaOf(same, leave)]))
}

function mediaOf(bodies: readonly SeenBody[], leave: (where: string) => void): Json {
  const clean = (sample: unknown) => withoutSecrets(sample, (path) => leave(`body ${path}`))
  // Before samples: names that are told are certain.
  const fields = bodies.flatMap((body) => (body.kind === 'fields' ? [body.fields] : []))
  if (fields.length > 0) return fieldsOf(fields, leave)
  const [first] = bodies
  if (first?.kind === 'binary') return { schema: { type: 'string', format: 'binary' } }
  if (first?.kind === 'text')
    return { schema: { type: 'string' }, ...(looksSecret(first.sample) ? {} : { example: first.sample }) }
  const samples = bodies.flatMap((body) =>
    body.kind === 'json' ? [clean(body.sample)] : body.kind === 'graphql' ? [clean(body.variables)] : [],
  )
  return { schema: schemaOfSamples(samples), example: samples[0] }
}

function fieldsOf(seen: readonly (readonly Part[])[], leave: (where: string) => void): Json {
  const parameters = parametersOf('field', seen, leave)
  const files = new Set(seen.flat().flatMap(({ name, isFile }) => (isFile === true ? [name] : [])))
  const properties: Record<string, unknown> = {}
  const required: string[] = []
  for (const { name, schema, description, example, required: isRequired } of parameters) {
    const key = String(name)
    const typed = files.has(key)
      ? { type: 'string', format: 'binary' }
      : { ...(isRecord(schema) ? schema : {}), ...(example === undefined ? {} : { examples: [example] }) }
    properties[key] = { ...typed, ...(description === undefined ? {} : { description }) }
    if (isRequired === true) required.push(key)
  }
  return { schema: { type: 'object', properties, ...(required.length === 0 ? {} : { required }) } }
}

function responsesOf(answers: readonly SeenAnswer[], leave: (where: string) => void): Json {
  const byStatus = Map.groupBy(answers, ({ status }) => (status === undefined ? '200' : String(status)))
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => {
      const samples = same.flatMap(({ sample }) =>
        sample === undefined ? [] : [withoutSecrets(sample, (path) => leave(`answer ${path}`))],
      )
      const description = same.find((answer) => answer.description !== undefined)?.description ?? ''
      const type = same[0]?.contentType ?? 'application/json'
      const media =
        samples.length === 0
          ? {}
          : { schema: schemaOfSamples(samples), ...(same.some(({ isRecorded }) => isRecorded) ? {} : { example: samples[0] }) }
      return [
        status,
        { description, ...(samples.length === 0 && type === '' ? {} : { content: { [type || 'application/json']: media } }) },
      ]
    }),
  )
}

/** The schemes of those that carried any; the others were perhaps only written shorter. */
function securityOf(requests: readonly SeenRequest[]): { security?: readonly Json[] } {
  const known = requests.flatMap(({ security }) => (security === undefined ? [] : [security]))
  const carried = known.filter((names) => names.length > 0)
  if (carried.length > 0) {
    const alternatives = new Map(
      carried.map((names) => [names.toSorted().join(' '), Object.fromEntries(names.map((name) => [name, []]))]),
    )
    return { security: [...alternatives.values()] }
  }
  return known.length === requests.length && known.length > 0 ? { security: [] } : {}
}

/** What a Parameter Object cannot say: a fixed Accept, settings, and the fixed text of a GraphQL body. */
function finished(action: HttpActionDocument, { headers, settings, body }: SeenRequest): HttpActionDocument {
  const accept = headers.find(({ name }) => name.toLowerCase() === 'accept')?.value
  const keeps = typeof accept === 'string' && /^application\/[\w.+-]*json/i.test(accept) && !/^application\/json\b/i.test(accept)
  const ownHeaders: Record<string, Template> = { ...(keeps ? { Accept: accept } : {}), ...settings?.headers }
  return {
    ...action,
    ...(Object.keys(ownHeaders).length === 0 ? {} : { headers: { ...action.headers, ...ownHeaders } }),
    ...(settings === undefined || Object.keys(settings.query).length === 0
      ? {}
      : { query: { ...action.query, ...settings.query } }),
    ...(body?.kind !== 'graphql' ? {} : graphqlParts(action, body.query)),
  }
}

/** The text of a GraphQL request stays as it is; its variables are the inputs. */
export function graphqlParts(action: HttpActionDocument, query: string): Partial<HttpActionDocument> {
  const variables = action.body?.value
  const value = { query, ...(variables === undefined ? {} : { variables }) }
  return {
    body: { type: 'json', value },
    response: { ...action.response, failure: 'errors[0]' },
    ...(/\bmutation\b/.test(query) ? {} : { effect: 'read' as const }),
  }
}
