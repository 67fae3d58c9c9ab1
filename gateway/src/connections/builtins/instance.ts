import { documentOf } from '@sallyport/sdk/kit'
import { isObject } from '../../definition/json-schema/keywords.ts'
import { readText } from '../../definition/parse/source.ts'
import { SallyportError } from '../../errors.ts'
import type { Builtins } from './index.ts'

/** What people decide about an action of a built-in type. */
const ownOfAction = ['confirm', 'limits', 'tags', 'mocks'] as const

function withOwn(actions: Readonly<Record<string, unknown>>, written: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(written)) return actions
  return Object.fromEntries(
    Object.entries(actions).map(([name, action]) => {
      const own = Object.hasOwn(written, name) ? written[name] : undefined
      if (!isObject(own) || !isObject(action)) return [name, action]
      const kept = ownOfAction.flatMap((key) => (own[key] === undefined ? [] : [[key, own[key]] as const]))
      return [name, { ...action, ...Object.fromEntries(kept) }]
    }),
  )
}

/** Longer texts are no instance, which has few lines, and are read in the process that imports. */
const maxText = 65_536

/** The instance that a body holds as the text of its file; the body itself when it holds none. */
export function instanceIn(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { text } = body
  if (typeof text !== 'string' || text.length > maxText || !/^\s*"?kind"?\s*:\s*["']?builtin\b/m.test(text)) return body
  const read = readText(text)
  return read.ok && isObject(read.value) && read.value.kind === 'builtin' ? read.value : body
}

/**
 * An instance of a built-in type as a whole document: actions, settings and secrets come from the type as it is now; name,
 * servers, guards and limits are the instance's. Anything else is given back as it is. Throws INVALID_INPUT for an unknown type.
 */
export function completeInstance(
  document: Readonly<Record<string, unknown>>,
  builtins: Builtins,
): Readonly<Record<string, unknown>> {
  const { kind, builtin } = document
  if (kind !== 'builtin' || !isObject(builtin) || typeof builtin.type !== 'string') return document
  const definition = builtins.get(builtin.type)
  if (definition === undefined)
    throw new SallyportError('INVALID_INPUT', {
      detail: `There is no built-in type "${builtin.type}". There are: ${[...builtins.keys()].join(', ')}.`,
    })
  const { actions, fields, auth, ...rest } = documentOf(definition)
  const { actions: written, fields: _fields, auth: ownAuth, ...own } = document
  return {
    ...rest,
    ...own,
    builtin: { type: definition.name, version: definition.version },
    ...(fields !== undefined && { fields }),
    ...(auth !== undefined ? { auth } : ownAuth !== undefined && { auth: ownAuth }),
    actions: isObject(actions) ? withOwn(actions, written) : {},
  }
}
