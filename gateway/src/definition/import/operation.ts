import type { HttpActionDocument } from '../document.ts'
import { placeBody } from './body.ts'
import type { OperationContext } from './context.ts'
import { isShort } from './examples.ts'
import { paginationOf } from './pagination.ts'
import { placeParameters } from './parameters.ts'
import { answerOf } from './responses.ts'
import { ownServers } from './servers.ts'
import { pointer, textOf } from './spec.ts'
import { bounded } from './text.ts'

/** One operation as one action; null when it cannot be called, which is reported. */
export function importOperation(context: OperationContext): ImportedOperation | null {
  const { security, inputs, operation } = context
  const { value, at, name } = operation
  const placed = placeParameters(context)
  const body = typeof placed === 'string' ? undefined : placeBody(context, placed.bodyParts)
  if (typeof placed === 'string' || typeof body === 'string') {
    const reason = typeof placed === 'string' ? placed : body
    context.note('operation_not_imported', at, `${operation.method} ${operation.path} is not imported: ${reason}.`)
    return null
  }
  const answer = answerOf(context)
  if (answer.accept !== undefined) placed.headers.Accept = answer.accept
  const servers = ownServers(context)
  const title = textOf(value.summary) ?? textOf(operation.item.summary)
  const description = descriptionOf(context)
  const auth = security.accepted(value, at, name)
  const tags = Array.isArray(value.tags) ? value.tags.filter((tag) => typeof tag === 'string') : []
  const scopes = security.scopes(value)
  const pagination = paginationOf(context, placed, answer.written)
  const examples = examplesOf(inputs.example(), answer.example)
  // One by one: there are tens of thousands of them, and spreading what may be absent takes most of the time.
  const action: HttpActionDocument = { method: operation.method, path: placed.path }
  if (title !== undefined) action.title = bounded(title, 200)
  if (description !== undefined) action.description = description
  if (isFilled(placed.pathStyles)) action.path_styles = placed.pathStyles
  if (isFilled(placed.query)) action.query = placed.query
  if (isFilled(placed.headers)) action.headers = placed.headers
  if (isFilled(placed.cookies)) action.cookies = placed.cookies
  if (body !== undefined) action.body = body
  action.input = inputs.schema()
  if (answer.schema !== undefined) action.output = answer.schema
  if (answer.errors !== undefined) action.errors = answer.errors
  if (pagination !== undefined) action.response = { pagination }
  if (scopes.length > 0) action.scopes = [...scopes]
  if (servers !== undefined) action.servers = servers
  if (value.deprecated === true) action.deprecated = true
  if (tags.length > 0) action.tags = tags
  if (examples !== undefined) action.examples = [examples]
  return { action, auth }
}

/** An action, and the auth schemes it accepts; which of them need saying is seen when all are known. */
export interface ImportedOperation {
  readonly action: HttpActionDocument
  readonly auth: string[] | undefined
}

function isFilled(map: object): boolean {
  for (const _ in map) return true
  return false
}

function descriptionOf({ operation, note }: OperationContext): string | undefined {
  const text = textOf(operation.value.description) ?? textOf(operation.item.description)
  if (text === undefined) return undefined
  const short = bounded(text)
  if (short !== text) {
    const message = `The description is shortened from ${text.length} to ${short.length} characters.`
    note('shortened', pointer(operation.at, 'description'), message)
  }
  return short
}

function examplesOf(input: unknown, output: unknown): { input?: unknown; output?: unknown } | undefined {
  if (input === undefined && output === undefined) return undefined
  const example = {
    ...(input !== undefined && isShort(input) ? { input } : {}),
    ...(output !== undefined && isShort(output) ? { output } : {}),
  }
  return Object.keys(example).length === 0 ? undefined : example
}
