import type { JsonSchemaValue } from '../document.ts'
import { isSchema } from './keywords.ts'

export type Schemas = Readonly<Record<string, JsonSchemaValue>>

/** A schema of a document, with the shared ones it refers to as `#/schemas/…`. */
export interface SchemaSource {
  readonly schema: JsonSchemaValue
  readonly schemas: Schemas
}

/** A subschema, with the schema that its own local references (`#/$defs/…`) start from. */
export interface Located {
  readonly schema: JsonSchemaValue
  readonly root: JsonSchemaValue
}

/** The tokens of a reference of the form `#/a/b`; null for any other. */
export function referenceTokens(ref: string): readonly string[] | null {
  if (ref === '#') return []
  if (!ref.startsWith('#/')) return null
  try {
    return ref
      .slice(2)
      .split('/')
      .map((token) => decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~'))
  } catch {
    return null
  }
}

export const encodeToken = (token: string): string =>
  encodeURI(token.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('#', '%23')

function walk(start: unknown, tokens: readonly string[]): JsonSchemaValue | null {
  let current = start
  for (const token of tokens) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, token)) return null
    current = Reflect.get(current, token)
  }
  return isSchema(current) ? current : null
}

/** Where a `$ref` leads: into the connector's `schemas` as `#/schemas/Name`, or into its own root. Null when nowhere. */
export function resolveReference(ref: string, root: JsonSchemaValue, schemas: Schemas): Located | null {
  const tokens = referenceTokens(ref)
  if (tokens === null) return null
  const [first, name, ...rest] = tokens
  if (first === 'schemas' && name !== undefined) {
    const entry = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    if (entry === undefined) return null
    const schema = walk(entry, rest)
    return schema === null ? null : { schema, root: entry }
  }
  const schema = walk(root, tokens)
  return schema === null ? null : { schema, root }
}

/** Follows `$ref` at the top of a schema, so that its own keywords can be read; bounded against circles. */
export function dereferenceTop(located: Located, schemas: Schemas): Located {
  let current = located
  for (let hops = 0; hops < 32; hops++) {
    if (typeof current.schema === 'boolean' || typeof current.schema.$ref !== 'string') return current
    const next = resolveReference(current.schema.$ref, current.root, schemas)
    if (next === null) return current
    current = next
  }
  return current
}
