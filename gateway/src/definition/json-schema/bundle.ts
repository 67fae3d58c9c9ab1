import type { JsonSchemaValue } from '../document.ts'
import { isObject, isSchema, keywordsOf, type SchemaObject, subschemaKeywords } from './keywords.ts'
import { encodeToken, referenceTokens, resolveReference, type Schemas } from './references.ts'

/** The new form of a `$ref`; null leaves it out. */
type Rewrite = (ref: string) => string | null

/** A copy of a schema with every `$ref` rewritten and malformed keywords left out. Values (`default`, `enum`…) stay as they are. */
function rewriteSchema(schema: JsonSchemaValue, rewrite: Rewrite): JsonSchemaValue {
  if (typeof schema === 'boolean') return schema
  const inner = (item: unknown) => (isSchema(item) ? rewriteSchema(item, rewrite) : item)
  const copy: [string, unknown][] = []
  for (const [key, value] of Object.entries(keywordsOf(schema))) {
    const kind = subschemaKeywords.get(key)
    if (key === '$ref') {
      const ref = rewrite(String(value))
      if (ref !== null) copy.push([key, ref])
    } else if (kind !== undefined && Array.isArray(value)) {
      copy.push([key, value.map(inner)])
    } else if ((kind === 'map' || key === 'dependencies') && isObject(value)) {
      copy.push([key, Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inner(item)]))])
    } else {
      copy.push([key, kind === 'one' ? inner(value) : value])
    }
  }
  return Object.fromEntries(copy)
}

const pointer = (tokens: readonly string[]) => `#${tokens.map((token) => `/${encodeToken(token)}`).join('')}`

interface Entry {
  readonly schema: JsonSchemaValue
  /** Names of the entries it refers to itself. */
  readonly reaches: ReadonlySet<string>
}

export interface Bundler {
  /** The schema as one that refers to nothing outside itself: what it reaches of the connector's `schemas` is in its `$defs`. */
  bundle(schema: SchemaObject): SchemaObject
}

/**
 * Makes self-contained schemas. Circles stay references, references that lead nowhere are left out, and an entry of `schemas`
 * is rewritten once and shared by every schema that reaches it: thousands of actions over one large model would not fit otherwise.
 */
export function schemaBundler(schemas: Schemas): Bundler {
  const entries = new Map<string, Entry>()

  function rewriter(
    root: JsonSchemaValue,
    reaches: Set<string>,
    local: (tokens: readonly string[]) => readonly string[],
  ): Rewrite {
    return (ref) => {
      if (resolveReference(ref, root, schemas) === null) return null
      const tokens = referenceTokens(ref) ?? []
      const [first, name, ...rest] = tokens
      if (first !== 'schemas' || name === undefined) return pointer(local(tokens))
      reaches.add(name)
      return pointer(['$defs', name, ...rest])
    }
  }

  function entry(name: string): Entry {
    let made = entries.get(name)
    if (made === undefined) {
      const root = schemas[name] ?? true
      const reaches = new Set<string>()
      // A reference to the entry's own root leads below `$defs` now.
      made = {
        schema: rewriteSchema(
          root,
          rewriter(root, reaches, (tokens) => ['$defs', name, ...tokens]),
        ),
        reaches,
      }
      entries.set(name, made)
    }
    return made
  }

  function reachable(from: ReadonlySet<string>): ReadonlySet<string> {
    const found = new Set(from)
    // A set visits what is added while it is walked.
    for (const name of found) for (const next of entry(name).reaches) found.add(next)
    return found
  }

  return {
    bundle(schema) {
      const direct = new Set<string>()
      let rewritten = rewriteSchema(
        schema,
        rewriter(schema, direct, (tokens) => tokens),
      )
      const names = reachable(direct)
      const own = isObject(schema.$defs) ? Object.keys(schema.$defs) : []
      const renamed = new Map(own.filter((name) => names.has(name)).map((name) => [name, `${name}_local`]))
      if (renamed.size > 0) {
        const rename = ([first, name, ...rest]: readonly string[]) =>
          first === '$defs' && name !== undefined
            ? [first, renamed.get(name) ?? name, ...rest]
            : [first, name, ...rest].filter((token) => token !== undefined)
        rewritten = rewriteSchema(schema, rewriter(schema, direct, rename))
      }
      if (typeof rewritten === 'boolean' || names.size === 0) return isObject(rewritten) ? rewritten : schema
      const local = isObject(rewritten.$defs)
        ? Object.entries(rewritten.$defs).map(([name, item]) => [renamed.get(name) ?? name, item] as const)
        : []
      const shared = [...names].sort().map((name) => [name, entry(name).schema] as const)
      return { ...rewritten, $defs: Object.fromEntries([...local, ...shared]) }
    },
  }
}
