import type { ConnectorDocument, JsonSchemaValue } from './document.ts'
import { inputShape, schemasOf } from './input-schema.ts'
import { isObject, isSchema } from './json-schema/keywords.ts'
import { dereferenceTop, type Located, type Schemas } from './json-schema/references.ts'
import { parseServerUrl } from './template/server.ts'

export type Floor = 'major' | 'minor' | 'patch'

export interface NextVersion {
  /** The smallest step that is honest about the change. */
  readonly floor: Floor
  readonly version: string
  /** What demands the floor, for people; at most 20. */
  readonly reasons: readonly string[]
}

const maxReasons = 20
/** Properties are compared this deep, and this many of an action: beyond it a difference counts as a patch. */
const maxDepth = 4
const maxProperties = 1000

function numbers(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, patch]
}

/** Whether version `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)]
  const index = left.findIndex((number, i) => number !== right[i])
  return index >= 0 && (left[index] ?? 0) > (right[index] ?? 0)
}

function bump(version: string, floor: Floor): string {
  const [major, minor, patch] = numbers(version)
  if (floor === 'major') return `${major + 1}.0.0`
  return floor === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

/** What a side of the comparison offers: names, and whether each is required without a default. */
type Offer = ReadonlyMap<string, boolean>

/** Properties of a schema by path (`address.city`, `items[].id`), following references, lists and `allOf`. */
function propertiesOf(schema: JsonSchemaValue, schemas: Schemas): Offer {
  const found = new Map<string, boolean>()
  const visit = (located: Located, path: string, depth: number) => {
    const { schema: top, root } = dereferenceTop(located, schemas)
    if (!isObject(top) || depth > maxDepth) return
    const inner = (item: unknown, at: string, deeper: number) => isSchema(item) && visit({ schema: item, root }, at, deeper)
    const required = new Set(Array.isArray(top.required) ? top.required : [])
    for (const [name, property] of isObject(top.properties) ? Object.entries(top.properties) : []) {
      if (found.size >= maxProperties) return
      const at = path === '' ? name : `${path}.${name}`
      found.set(at, required.has(name) && !(isObject(property) && property.default !== undefined))
      inner(property, at, depth + 1)
    }
    inner(top.items, `${path}[]`, depth + 1)
    if (Array.isArray(top.allOf)) for (const item of top.allOf) inner(item, path, depth + 1)
  }
  visit({ schema, root: schema }, '', 0)
  return found
}

/** Everything a connection is made of: fields, server variables, environments and auth schemes. */
function connectionParts(document: ConnectorDocument): Offer {
  const found = new Map<string, boolean>()
  for (const [environment, server] of Object.entries(document.servers)) {
    found.set(`environment ${environment}`, false)
    for (const part of parseServerUrl(server.url)) {
      if (typeof part === 'string') continue
      const fallback = server.variables?.[part.name]?.default ?? document.fields?.[part.name]?.default
      found.set(`field ${part.name}`, fallback === undefined)
    }
  }
  for (const name of Object.keys(document.auth ?? {})) found.set(`auth scheme ${name}`, false)
  for (const [name, field] of Object.entries(document.fields ?? {})) {
    found.set(`field ${name}`, found.get(`field ${name}`) === true || (field.required === true && field.default === undefined))
  }
  return found
}

interface Changes {
  readonly major: string[]
  readonly minor: string[]
}

/** Where a property lies: `address.city` in `address`, `items[].id` in `items`. */
const parentOf = (path: string) => path.replace(/(?:\[\])*\.[^.]*$/, '')

/** `demands`: whether the other side must give what is required, so that a new demand breaks it. */
function compare(before: Offer, after: Offer, what: string, demands: boolean, changes: Changes): void {
  for (const name of before.keys()) if (!after.has(name)) changes.major.push(`${what}${name} was removed`)
  for (const [name, required] of after) {
    const known = before.get(name)
    // What a new optional object requires of itself is no demand on those who don't send it.
    const parent = parentOf(name)
    const optional = known === undefined && parent !== name && !before.has(parent)
    if (demands && required && known !== true && !optional)
      changes.major.push(`${what}${name} ${known === undefined ? 'is new and required' : 'became required'}`)
    else if (known === undefined) changes.minor.push(`${what}${name} is new`)
  }
}

/**
 * The version a changed document must have at least. Major: something that callers or connections use was removed, or a new
 * demand was made of them. Minor: something was added. Patch: anything else.
 */
export function nextVersion(previous: ConnectorDocument, next: ConnectorDocument, previousVersion: string): NextVersion {
  const changes: Changes = { major: [], minor: [] }
  compare(connectionParts(previous), connectionParts(next), 'connection ', true, changes)
  const actionNames = (document: ConnectorDocument): Offer => new Map(Object.keys(document.actions).map((name) => [name, false]))
  compare(actionNames(previous), actionNames(next), 'action ', false, changes)

  for (const [name, after] of Object.entries(next.actions)) {
    const before = Object.hasOwn(previous.actions, name) ? previous.actions[name] : undefined
    if (before === undefined) continue
    const inputs = (document: ConnectorDocument, action: typeof after) =>
      propertiesOf(inputShape(action, schemasOf(document)).schema, schemasOf(document))
    compare(inputs(previous, before), inputs(next, after), `action ${name}: input `, true, changes)
    const outputs = (document: ConnectorDocument, action: typeof after) =>
      propertiesOf(action.output ?? true, schemasOf(document))
    compare(outputs(previous, before), outputs(next, after), `action ${name}: output `, false, changes)
  }

  const floor: Floor = changes.major.length > 0 ? 'major' : changes.minor.length > 0 ? 'minor' : 'patch'
  const reasons = floor === 'patch' ? [] : changes[floor].slice(0, maxReasons)
  return { floor, version: bump(previousVersion, floor), reasons }
}
