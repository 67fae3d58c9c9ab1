import type { SchemaObject } from '../json-schema/keywords.ts'
import { isObject } from '../json-schema/keywords.ts'
import { schemaCompiler, type Validate } from '../json-schema/validator.ts'

/** How a value given to a compiled schema becomes the one the action takes; null where both are the same. */
export type Back =
  | null
  /** A value that travels as its JSON text; texts that are none of an object, or of a list, are texts. */
  | { readonly kind: 'text'; readonly of: readonly TextKind[] }
  | { readonly kind: 'list'; readonly items: Back }
  | {
      readonly kind: 'object'
      /** By shown name. Others are left as they are. */
      readonly fields: ReadonlyMap<string, Field>
      /** The shown name of a property that holds further ones, as JSON text. */
      readonly rest: string | null
      /** Of the values of all other properties. */
      readonly values: Back
    }
  | { readonly kind: 'choice'; readonly options: readonly { readonly schema: SchemaObject; readonly back: Back }[] }

export type TextKind = 'object' | 'array' | 'any'

interface Field {
  readonly name: string
  readonly back: Back
  /** Whether null says that it is left out. */
  readonly nullIsAbsent: boolean
}

const compiler = schemaCompiler({}, { formats: false })
const checks = new WeakMap<SchemaObject, Validate>()

function accepts(schema: SchemaObject, value: unknown): boolean {
  let check = checks.get(schema)
  if (check === undefined) {
    check = compiler.compile(schema)
    checks.set(schema, check)
  }
  return check(value).length === 0
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function fromText(value: unknown, of: readonly TextKind[]): unknown {
  const inner = parsed(value)
  const kind: TextKind = Array.isArray(inner) ? 'array' : isObject(inner) ? 'object' : 'any'
  return of.includes('any') || of.includes(kind) ? inner : value
}

/**
 * The action's value. Total: what does not fit the compiled schema stays as it is, and the check of the original schema, which
 * every call goes through, says what is wrong with it.
 */
export function restore(value: unknown, back: Back): unknown {
  if (back === null) return value
  switch (back.kind) {
    case 'text':
      return fromText(value, back.of)
    case 'list':
      return Array.isArray(value) ? value.map((item) => restore(item, back.items)) : value
    case 'choice': {
      const option = back.options.find(({ schema }) => accepts(schema, value))
      return option === undefined ? value : restore(value, option.back)
    }
    case 'object': {
      if (!isObject(value)) return value
      const further = back.rest === null ? undefined : parsed(value[back.rest])
      const entries: [string, unknown][] = isObject(further) ? Object.entries(further) : []
      for (const [shown, item] of Object.entries(value)) {
        const field = back.fields.get(shown)
        if (shown === back.rest && (isObject(further) || further === null || further === '')) continue
        if (item === null && field?.nullIsAbsent === true) continue
        entries.push([field?.name ?? shown, restore(item, field === undefined ? back.values : field.back)])
      }
      return Object.fromEntries(entries)
    }
  }
}
