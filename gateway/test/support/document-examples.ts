import type { ActionDocument } from '../../src/definition/document.ts'

/**
 * The examples of an operation as its document has them, by the place they belong to: read by the rules of OpenAPI alone, so
 * that they can be held against what a server of that document was sent.
 */

type Json = Record<string, unknown>
type Place = 'path' | 'query' | 'header' | 'cookie'

export interface Facts {
  readonly parameters: readonly { readonly location: Place; readonly name: string; readonly value: unknown }[]
  /** Undefined where it is not JSON, or has no example of its own. */
  readonly body: unknown
}

const record = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function follow(spec: Json, value: unknown): Json {
  let current = record(value)
  for (let hops = 0; typeof current.$ref === 'string' && hops < 20; hops++) {
    const tokens = decodeURIComponent(current.$ref.slice(2)).split('/')
    current = record(
      tokens.reduce<unknown>((at, token) => (at as Json)?.[token.replaceAll('~1', '/').replaceAll('~0', '~')], spec),
    )
  }
  return current
}

function exampleOf(spec: Json, holder: Json): unknown {
  if (holder.example !== undefined) return holder.example
  for (const example of Object.values(record(holder.examples))) {
    const { value } = follow(spec, example)
    if (value !== undefined) return value
  }
  const schema = follow(spec, holder.schema)
  return schema.example ?? list(schema.examples)[0]
}

/** Values that have one spelling in a URL: what a server reads back is what was written. */
const isPlain = (value: unknown, { type }: Json): boolean =>
  (type === 'string' && typeof value === 'string' && value !== '') ||
  ((type === 'integer' || type === 'number') && typeof value === 'number') ||
  (type === 'boolean' && typeof value === 'boolean')

/** Null when the operation cannot be read: a lost reference. */
export function exampleFacts(
  spec: Json,
  operation: Json,
  item: Json,
  input: Json,
  action: Pick<ActionDocument, 'body' | 'path' | 'method'>,
): Facts | null {
  const own = list(operation.parameters).map((one) => follow(spec, one))
  const shared = list(item.parameters)
    .map((one) => follow(spec, one))
    .filter((one) => !own.some(({ name, in: place }) => name === one.name && place === one.in))
  const parameters: { location: Place; name: string; value: unknown }[] = []
  const sent = new Set(Object.values(input).map((value) => JSON.stringify(value)))
  for (const parameter of [...shared, ...own]) {
    const value = exampleOf(spec, parameter)
    const location = parameter.in as Place
    const name = String(parameter.name)
    const schema = follow(spec, parameter.schema)
    // A parameter that the import left to the connection, or to the path, is no input.
    if (value === undefined || !sent.has(JSON.stringify(value)) || parameter.content !== undefined) continue
    const isRead =
      !/^(accept|content-type|authorization|cookie)$/i.test(name) && ['path', 'query', 'header', 'cookie'].includes(location)
    if (isRead && (isPlain(value, schema) || isPlainList(spec, value, schema, parameter)))
      parameters.push({ location, name, value })
  }
  return { parameters, body: bodyExample(spec, operation, input, action) }
}

function isPlainList(spec: Json, value: unknown, schema: Json, { in: place }: Json): boolean {
  const items = follow(spec, schema.items)
  return (
    schema.type === 'array' &&
    place === 'query' &&
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isPlain(item, items) && !/[,|\s]/.test(String(item)))
  )
}

/** The JSON body as its example has it, as far as its schema names it: an object's other keys are no inputs. */
function bodyExample(spec: Json, operation: Json, input: Json, action: Pick<ActionDocument, 'body'>): unknown {
  const content = record(follow(spec, operation.requestBody).content)
  const media = record(content['application/json'])
  const example = exampleOf(spec, media)
  if (example === undefined || action.body?.type !== 'json' || action.body.content_type !== undefined) return undefined
  const template = action.body.value
  if (typeof template === 'string') {
    const given = input[template.slice(2, -2)]
    return given === undefined ? undefined : example
  }
  const named = Object.keys(record(template))
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return undefined
  const kept = Object.entries(example).filter(([name]) => named.includes(name))
  // Properties without a value in the example of the whole may have one of their own.
  if (named.some((name) => !Object.hasOwn(example, name))) return undefined
  return Object.fromEntries(kept)
}
