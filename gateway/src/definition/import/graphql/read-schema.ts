import { buildClientSchema, buildSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql'
import { SallyportError } from '../../../errors.ts'
import { parseText } from '../read-text.ts'
import { isRecord, type Json, pointer } from '../spec.ts'

/** GitHub's schema, among the largest that are public, has 200,000 tokens. */
const MAX_TOKENS = 2_000_000
const MAX_LIST_DEPTH = 20

export interface ReadSchema {
  readonly schema: GraphQLSchema
  readonly format: 'GraphQL schema' | 'GraphQL introspection'
  /** Where a field of a root type stands in the source. */
  placeOf(type: string, field: string): string
}

/** A schema from SDL, or from the answer to an introspection query. Throws INVALID_INPUT. */
export function readGraphqlSchema(source: unknown): ReadSchema {
  const value = typeof source === 'string' && /^\uFEFF?\s*\{\s*"/.test(source) ? parseText(source) : source
  try {
    if (typeof value === 'string') return fromSdl(value)
    if (isRecord(value)) return fromIntrospection(value)
  } catch (error) {
    if (error instanceof SallyportError) throw error
    if (error instanceof RangeError) throw invalid('The GraphQL schema is nested too deeply to be read.')
    throw invalid(`The GraphQL schema cannot be read: ${messageOf(error)} Correct it, or take it anew from the API.`)
  }
  throw invalid('This is no GraphQL schema: neither a text in its definition language nor an answer to an introspection query.')
}

function fromSdl(text: string): ReadSchema {
  const schema = buildSchema(text.replace(/^\uFEFF/, ''), { maxTokens: MAX_TOKENS })
  return {
    schema,
    format: 'GraphQL schema',
    placeOf(type, field) {
      const named = schema.getType(type)
      const node = named !== undefined && 'getFields' in named ? named.getFields()[field]?.astNode : undefined
      const start = node?.loc?.startToken
      return `line ${start?.line ?? 1}, column ${start?.column ?? 1}`
    },
  }
}

function fromIntrospection(root: Json): ReadSchema {
  const [base, data] = isRecord(root.data) ? ['/data', root.data] : ['', root]
  const { __schema: written } = data
  if (!isRecord(written) || !Array.isArray(written.types)) {
    const errors =
      Array.isArray(root.errors) && isRecord(root.errors[0]) ? `: it says "${String(root.errors[0].message).slice(0, 200)}"` : ''
    throw invalid(
      `The answer to the introspection query has no __schema with types${errors}. Introspection may be turned off; ask for the schema as a file.`,
    )
  }
  checkTypes(written.types)
  // The library checks what it reads; this only gives the value its type.
  const schema = buildClientSchema(data as unknown as IntrospectionQuery)
  const places = new Map<string, string>()
  for (const [index, type] of written.types.entries()) {
    if (!isRecord(type) || !Array.isArray(type.fields)) continue
    const at = pointer(base, '__schema', 'types', index, 'fields')
    for (const [position, field] of type.fields.entries())
      if (isRecord(field)) places.set(`${String(type.name)}.${String(field.name)}`, pointer(at, position))
  }
  return { schema, format: 'GraphQL introspection', placeOf: (type, field) => places.get(`${type}.${field}`) ?? '' }
}

/** Every type must be of a depth that may be walked, and no name one that objects inherit. */
function checkTypes(types: readonly unknown[]): void {
  for (const [index, type] of types.entries()) {
    let level: unknown[] = [type]
    for (let depth = 0; level.length > 0; depth++) {
      if (depth > MAX_LIST_DEPTH + 6) throw invalid(`The type at /__schema/types/${index} is nested too deeply to be read.`)
      level = level.flatMap((item) => {
        if (typeof item !== 'object' || item === null) return []
        if (Object.hasOwn(item, '__proto__'))
          throw invalid(`The type at /__schema/types/${index} has a key "__proto__", which no schema needs.`)
        return Object.values(item).filter((child) => typeof child === 'object' && child !== null)
      })
    }
  }
}

const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : 'unreadable'
  return `${text.slice(0, 300).replace(/\.$/, '')}.`
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
