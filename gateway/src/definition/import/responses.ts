import type { HttpActionDocument, JsonSchemaValue } from '../document.ts'
import type { OperationContext } from './context.ts'
import { exampleOf } from './examples.ts'
import { bodyTypeOf } from './media-types.ts'
import type { Content } from './shared.ts'
import { isRecord, type Json, own, pointer, type Spec, textOf } from './spec.ts'
import { swaggerContent } from './swagger.ts'
import { bounded } from './text.ts'

export interface Answer {
  readonly schema: JsonSchemaValue | undefined
  /** The first schema as the document has it, and the answer around it. */
  readonly written: { readonly schema: unknown; readonly response: Json } | undefined
  readonly example: unknown
  /** What to ask for when the document offers no plain JSON. */
  readonly accept: string | undefined
  /** What else the API may answer, by status. */
  readonly errors: HttpActionDocument['errors']
}

interface Response {
  readonly status: string
  readonly value: Json
  readonly at: string
  readonly content: readonly Content[]
}

/** What a success brings: the schema of the first JSON answer of class 2xx, or of any of them when they differ; and what a failure. */
export function answerOf(context: OperationContext): Answer {
  const { spec, operation, convert, note } = context
  const found: { readonly schema: unknown; readonly at: string; readonly response: Json }[] = []
  const types = new Set<string>()
  let example: unknown
  const responses = responsesOf(context)
  for (const { status, value: response, content } of responses) {
    if (!isSuccess(status)) continue
    for (const { type, value, schemaAt } of content) {
      types.add(type)
      if (value.itemSchema !== undefined)
        note(
          'answer_unchecked',
          schemaAt,
          `The answer is a stream of items (${type}); it is given as a whole, and its items are not checked.`,
        )
    }
    const media = jsonOf(content)
    if (media?.value.schema === undefined) continue
    const { schema } = media.value
    example ??= exampleOf(spec, media.value)
    if (!found.some((other) => isSame(other.schema, schema))) found.push({ schema, at: media.schemaAt, response })
  }
  const schemas = found.map(({ schema, at }) => convert(schema, 'output', at))
  if (schemas.length > 1) {
    const message = `The ${schemas.length} successful answers differ; any of them is accepted.`
    note('answers_united', pointer(operation.at, 'responses'), message)
  }
  const schema = schemas.length > 1 ? { anyOf: schemas } : schemas[0]
  const hasJson = [...types].some((type) => /^(\*\/\*|application\/\*|application\/json)\s*(;|$)/i.test(type))
  const errors = errorsOf(context, responses)
  const accept = types.size === 0 || hasJson ? undefined : [...types].slice(0, 5).join(', ')
  return { schema, written: found[0], example, accept, errors }
}

const isFailure = (status: string): boolean => /^([45](\d\d|XX)|default)$/i.test(status)
const isSuccess = (status: string): boolean => /^2(\d\d|XX)$/i.test(status)

function errorsOf({ convert, shared: { errors: known } }: OperationContext, responses: readonly Response[]): Answer['errors'] {
  const errors: NonNullable<Answer['errors']> = {}
  for (const { status, value, content, at } of responses) {
    if (!isFailure(status)) continue
    let error = known.get(at)
    if (error === undefined) {
      const description = textOf(value.description)
      const media = jsonOf(content)
      const schema = media?.value.schema === undefined ? undefined : convert(media.value.schema, 'output', media.schemaAt)
      error = {
        ...(description === undefined ? {} : { description: bounded(description, 300) }),
        ...(schema === undefined ? {} : { schema }),
      }
      known.set(at, error)
    }
    errors[status === 'default' ? status : status.toUpperCase()] = error
  }
  return Object.keys(errors).length === 0 ? undefined : errors
}

function jsonOf(content: readonly Content[]): Content | undefined {
  return content.find(({ type }) => type === 'application/json') ?? content.find(({ type }) => bodyTypeOf(type) === 'json')
}

/** Every answer that the operation describes, by status. */
function responsesOf({ spec, operation, shared, note }: OperationContext): readonly Response[] {
  const responses = operation.value.responses
  if (!isRecord(responses)) return []
  const found: Response[] = []
  for (const status of sorted(Object.keys(responses))) {
    if (status.startsWith('x-')) continue
    const place = pointer(operation.at, 'responses', status)
    const { value, at, lost } = spec.follow(own(responses, status), place)
    if (lost !== undefined) note('reference_lost', place, `The answer ${status} is not described: the reference ${lost}.`)
    else if (isRecord(value)) {
      const content = spec.isSwagger ? swaggerContent(spec, operation.value, value, at) : sharedContent(value, at)
      found.push({ status, value, at, content })
    }
  }
  return found

  function sharedContent(value: Json, at: string): readonly Content[] {
    let content = shared.contents.get(value)
    if (content === undefined) {
      content = contentOf(spec, value, at)
      shared.contents.set(value, content)
    }
    return content
  }
}

/** Sorted as most are written already. */
function sorted(names: string[]): readonly string[] {
  return names.every((name, index) => index === 0 || (names[index - 1] ?? '') <= name) ? names : names.sort()
}

const nothing: readonly Content[] = []

function contentOf(spec: Spec, response: Json, at: string): readonly Content[] {
  if (!isRecord(response.content)) return nothing
  const found: Content[] = []
  for (const type in response.content) {
    const place = pointer(at, 'content', type)
    const { value, at: holder = place } = spec.follow(own(response.content, type), place)
    found.push({ type, value: isRecord(value) ? value : {}, schemaAt: pointer(holder, 'schema') })
  }
  return found
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (isRecord(a) && isRecord(b) && typeof a.$ref === 'string' && a.$ref === b.$ref)
}
