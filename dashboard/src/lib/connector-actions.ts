import type { Effect, Json } from '../api/types.ts'
import { actionOf, formOf } from './action-form.ts'
import { type ActionDocument, type ConnectorDocument, effectOf, methods, schemasNeededBy } from './connector-document.ts'
import { isObject } from './is-object.ts'
import { plainText } from './plain-text.ts'

/**
 * The actions of a connector, read from its document. The listings of the gateway repeat every schema in full (a hundred
 * megabytes for a large API); the document names each schema once.
 */

export interface ListedAction {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly method: string
  readonly path: string
  readonly effect: Effect
  readonly confirm: boolean
  readonly deprecated: boolean
  readonly tags: readonly string[]
}

export const listedAction = (name: string, action: ActionDocument): ListedAction => ({
  name,
  title: action.title ?? '',
  description: plainText(action.description ?? ''),
  method: action.method,
  path: action.path,
  effect: effectOf(action),
  confirm: action.confirm ?? false,
  deprecated: action.deprecated ?? false,
  tags: action.tags ?? [],
})

const rank = (method: string): number => (methods as readonly string[]).indexOf(method)

/** By path, so that what belongs to one resource stands together; reading before changing before deleting. */
export function listActions(document: ConnectorDocument): ListedAction[] {
  return Object.entries(document.actions)
    .map(([name, action]) => listedAction(name, action))
    .sort((one, other) => one.path.localeCompare(other.path) || rank(one.method) - rank(other.method))
}

/** The actions in which every word occurs. */
export function matching(actions: readonly ListedAction[], text: string): readonly ListedAction[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return actions
  return actions.filter((action) => {
    const all = `${action.name} ${action.title} ${action.path} ${action.description} ${action.tags.join(' ')}`.toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

/** References into the connector's schemas, turned to where the schema itself carries them. */
function local(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(local)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? item.replace(/^#\/schemas\//, '#/$defs/') : local(item),
    ]),
  )
}

function selfContained(document: ConnectorDocument, schema: unknown): unknown {
  const needed = schemasNeededBy([schema], document.schemas ?? {})
  if (!isObject(schema) || Object.keys(needed).length === 0) return schema
  const whole = local({ ...schema, $defs: needed })
  return isObject(whole) && isObject(schema.$defs) && isObject(whole.$defs)
    ? { ...whole, $defs: { ...whole.$defs, ...schema.$defs } }
    : whole
}

/** Input and output schema of an action, each with the schemas it leads to. An action without one takes its placeholders. */
export function schemasOf(document: ConnectorDocument, name: string): { readonly input: Json; readonly output: unknown } {
  const action = document.actions[name]
  const written = action && !isObject(action.input) ? actionOf(formOf(name, action), action).input : action?.input
  const input = selfContained(document, written)
  return { input: isObject(input) ? input : { type: 'object', properties: {} }, output: selfContained(document, action?.output) }
}
