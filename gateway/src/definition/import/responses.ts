import type { JsonSchemaValue } from '../document.ts'
import type { OperationContext } from './context.ts'
import { exampleOf } from './examples.ts'
import { bodyTypeOf } from './media-types.ts'
import { isRecord, type Json, pointer } from './spec.ts'

export interface Answer {
  readonly schema?: JsonSchemaValue
  readonly example?: unknown
  /** What to ask for when the document offers no plain JSON. */
  readonly accept?: string
}

interface Success {
  readonly at: string
  readonly content: Json
}

/** What a success brings: the schema of the first JSON answer of class 2xx, or of any of them when they differ. */
export function answerOf(context: OperationContext): Answer {
  const { spec, operation, convert, note } = context
  const found: { readonly schema: unknown; readonly at: string }[] = []
  const types = new Set<string>()
  let example: unknown
  for (const { content, at } of successesOf(context)) {
    for (const type in content) types.add(type)
    const type = Object.hasOwn(content, 'application/json')
      ? 'application/json'
      : Object.keys(content).find((one) => bodyTypeOf(one) === 'json')
    const media = type === undefined ? undefined : content[type]
    if (type === undefined || !isRecord(media) || media.schema === undefined) continue
    example ??= exampleOf(spec, media)
    if (!found.some((other) => isSame(other.schema, media.schema)))
      found.push({ schema: media.schema, at: pointer(at, 'content', type, 'schema') })
  }
  const schemas = found.map(({ schema, at }) => convert(schema, 'output', at))
  if (schemas.length > 1) {
    note(
      'adjusted',
      pointer(operation.at, 'responses'),
      `The ${schemas.length} successful answers differ; any of them is accepted.`,
    )
  }
  const schema = schemas.length > 1 ? { anyOf: schemas } : schemas[0]
  const hasJson = [...types].some((type) => /^(\*\/\*|application\/\*|application\/json)\s*(;|$)/i.test(type))
  return {
    ...(schema === undefined ? {} : { schema }),
    ...(example === undefined ? {} : { example }),
    ...(types.size === 0 || hasJson ? {} : { accept: [...types].slice(0, 5).join(', ') }),
  }
}

function successesOf({ spec, operation, note }: OperationContext): Success[] {
  const responses = operation.value.responses
  if (!isRecord(responses)) return []
  const statuses = Object.keys(responses).filter((status) => /^2(\d\d|XX)$/i.test(status))
  const found: Success[] = []
  for (const status of statuses.sort()) {
    const place = pointer(operation.at, 'responses', status)
    const { value, at, lost } = spec.follow(responses[status], place)
    if (lost !== undefined) note('skipped', place, `The answer ${status} is not described: the reference ${lost}.`)
    else if (isRecord(value) && isRecord(value.content)) found.push({ at, content: value.content })
  }
  return found
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (isRecord(a) && isRecord(b) && typeof a.$ref === 'string' && a.$ref === b.$ref)
}
