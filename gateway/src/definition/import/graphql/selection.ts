import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isScalarType,
  isUnionType,
} from 'graphql'

/** How deep, and how much, is asked for when nothing is chosen. */
const MAX_DEPTH = 3
const MAX_FIELDS = 100
/** Types of a union or interface that get a fragment. */
const MAX_FRAGMENTS = 8

export interface Selected {
  readonly field: GraphQLField<unknown, unknown>
  readonly inner: Selection | null
}

/** What is asked for of one type. */
export interface Selection {
  readonly type: GraphQLNamedType
  readonly fields: Map<string, Selected>
  readonly fragments: Map<string, Selection>
}

export interface Chosen {
  readonly selection: Selection
  /** What was left out, by reason. */
  readonly left: { readonly deep: number; readonly withArguments: number; readonly tooMany: number }
}

/**
 * What to ask for of a type by default: all plain fields, level by level, until depth or number run out; nothing that needs
 * arguments, and no type inside itself. Null for a type without fields.
 */
export function defaultSelection(schema: GraphQLSchema, root: GraphQLNamedType): Chosen | null {
  if (isScalarType(root) || isEnumType(root)) return null
  const left = { deep: 0, withArguments: 0, tooMany: 0 }
  const selection = emptyOf(root)
  let count = 0
  let level: { readonly selection: Selection; readonly above: ReadonlySet<string> }[] = [
    { selection, above: new Set([root.name]) },
  ]
  for (let depth = 0; level.length > 0; depth++) {
    const next: typeof level = []
    for (const { selection: current, above } of level) {
      const parts = [current, ...fragmentsOf(schema, current)]
      for (const part of parts) {
        const type = part.type
        if (!isObjectType(type) && !isInterfaceType(type)) continue
        for (const field of Object.values(type.getFields())) {
          const named = getNamedType(field.type)
          const isPlain = isScalarType(named) || isEnumType(named)
          if (isPlain ? field.args.some(isRequiredArgument) : field.args.length > 0) left.withArguments += 1
          else if (!isPlain && (depth >= MAX_DEPTH || above.has(named.name))) left.deep += 1
          else if (count >= MAX_FIELDS) left.tooMany += 1
          else if (!clashes(parts, field)) {
            const inner = isPlain ? null : emptyOf(named)
            part.fields.set(field.name, { field, inner })
            count += 1
            if (inner !== null) next.push({ selection: inner, above: new Set([...above, named.name]) })
          }
        }
      }
    }
    level = next
  }
  prune(selection)
  return { selection, left }
}

const emptyOf = (type: GraphQLNamedType): Selection => ({ type, fields: new Map(), fragments: new Map() })

function fragmentsOf(schema: GraphQLSchema, selection: Selection): readonly Selection[] {
  const { type, fragments } = selection
  if (!isUnionType(type)) return []
  for (const possible of schema.getPossibleTypes(type).slice(0, MAX_FRAGMENTS)) fragments.set(possible.name, emptyOf(possible))
  return [...fragments.values()]
}

/** Fields of one name must have one type wherever they may meet (GraphQL, "Field Selection Merging"). */
function clashes(parts: readonly Selection[], field: GraphQLField<unknown, unknown>): boolean {
  return parts.some(({ fields }) => {
    const other = fields.get(field.name)
    return other !== undefined && String(other.field.type) !== String(field.type)
  })
}

/** Nothing may be asked for without saying what of it. */
function prune(selection: Selection): boolean {
  for (const [name, { inner }] of selection.fields) if (inner !== null && !prune(inner)) selection.fields.delete(name)
  for (const [name, fragment] of selection.fragments) if (!prune(fragment)) selection.fragments.delete(name)
  return selection.fields.size > 0 || selection.fragments.size > 0 || isUnionType(selection.type)
}

/** The text between the braces. */
export function selectionText({ type, fields, fragments }: Selection): string {
  const parts = isUnionType(type) || isInterfaceType(type) || (fields.size === 0 && fragments.size === 0) ? ['__typename'] : []
  for (const [name, { inner }] of fields) parts.push(inner === null ? name : `${name} { ${selectionText(inner)} }`)
  for (const [name, fragment] of fragments) parts.push(`... on ${name} { ${selectionText(fragment)} }`)
  return parts.join(' ')
}

/** Names of the fields of a type, for whoever chooses others. */
export function fieldNames(type: GraphQLNamedType): readonly string[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : []
}

const name = '[_A-Za-z][_0-9A-Za-z]*'

/** A selection that cannot leave its braces: names, and names in braces below them, to the given depth. */
function pattern(depth: number): string {
  const inner = depth === 0 ? '' : `(?:\\s*\\{${pattern(depth - 1)}\\})?`
  return `[\\s,]*(?:(?:\\.\\.\\.\\s*on\\s+)?${name}${inner}[\\s,]*)+`
}

/** JSON Schema pattern of a selection that a caller chooses: no arguments, aliases, directives or further operations. */
export const selectionPattern = `^${pattern(4)}$`

export type RootField = GraphQLField<unknown, unknown>
export const rootFields = (type: GraphQLObjectType | null | undefined): readonly RootField[] =>
  type === null || type === undefined ? [] : Object.values(type.getFields())
