import type { ActionDocument } from '../document.ts'
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
export function importOperation(context: OperationContext): ActionDocument | null {
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
  return {
    ...(title === undefined ? {} : { title: bounded(title, 200) }),
    ...(description === undefined ? {} : { description }),
    method: operation.method,
    path: placed.path,
    ...filled('path_styles', placed.pathStyles),
    ...filled('query', placed.query),
    ...filled('headers', placed.headers),
    ...filled('cookies', placed.cookies),
    ...(body === undefined ? {} : { body }),
    input: inputs.schema(),
    ...(answer.schema === undefined ? {} : { output: answer.schema }),
    ...(answer.errors === undefined ? {} : { errors: answer.errors }),
    ...(pagination === undefined ? {} : { response: { pagination } }),
    ...(auth === undefined ? {} : { auth }),
    ...(scopes.length === 0 ? {} : { scopes: [...scopes] }),
    ...(servers === undefined ? {} : { servers }),
    ...(value.deprecated === true ? { deprecated: true } : {}),
    ...(tags.length === 0 ? {} : { tags }),
    ...(examples === undefined ? {} : { examples: [examples] }),
  }
}

function filled<K extends string, V extends object>(key: K, map: V): { readonly [key in K]?: V } {
  return Object.keys(map).length === 0 ? {} : ({ [key]: map } as { readonly [key in K]: V })
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
  const example = {
    ...(input !== undefined && isShort(input) ? { input } : {}),
    ...(output !== undefined && isShort(output) ? { output } : {}),
  }
  return Object.keys(example).length === 0 ? undefined : example
}
