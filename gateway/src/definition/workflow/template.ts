import { collectReferences, noFallback, parseParts, type Reference, referencesOf } from '../template/placeholders.ts'
import { compileValue } from '../template/values.ts'

/** What a placeholder of a workflow says: a name, then members and items, such as `contacts.items[0].id`. */
export interface Place {
  readonly text: string
  readonly root: string
  readonly path: readonly (string | number)[]
}

/** Of the whole expression: placeholders of connectors take `settings.` off, which is no prefix here. */
const textOf = ({ name, setting }: Reference) => (setting ? `settings.${name}` : name)

const member = /\.([\p{L}_$][\p{L}\d_$-]*)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]/uy

/** Null for what is no such expression. */
export function placeOf(text: string): Place | null {
  const root = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(text)?.[0]
  if (root === undefined) return null
  const path: (string | number)[] = []
  member.lastIndex = root.length
  while (member.lastIndex < text.length) {
    const [, name, index, quoted] = member.exec(text) ?? []
    if (name !== undefined) path.push(name)
    else if (index !== undefined) path.push(Number(index))
    else if (quoted !== undefined) path.push(quoted.replaceAll('\\"', '"').replaceAll('\\\\', '\\'))
    else return null
  }
  return { text, root, path }
}

/** The expressions of all placeholders in a template value, as they are written. */
export function expressionsIn(template: unknown): readonly string[] {
  return collectReferences(template).map(textOf)
}

/** The one expression of a text that is a placeholder and nothing else. */
export function onlyExpression(text: string): string | null {
  const parts = parseParts(text.trim(), noFallback)
  const [only] = referencesOf(parts)
  return parts.length === 1 && only !== undefined ? textOf(only) : null
}

function valueAt(values: Readonly<Record<string, unknown>>, place: Place): unknown {
  let current: unknown = Object.hasOwn(values, place.root) ? values[place.root] : undefined
  for (const key of place.path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Object.hasOwn(current, key) ? Reflect.get(current, key) : undefined
  }
  return current
}

/**
 * Fills a template from the variables of a run, in the language of connectors' templates: a text that is one placeholder takes
 * the value with its type, and what is absent is left out.
 */
export function fill(template: unknown, values: Readonly<Record<string, unknown>>): unknown {
  const input: Record<string, unknown> = {}
  for (const reference of collectReferences(template)) {
    const place = placeOf(textOf(reference))
    const value = place === null ? undefined : valueAt(values, place)
    if (value !== undefined) input[reference.name] = value
  }
  return compileValue(template, noFallback)({ input, settings: {} })
}
