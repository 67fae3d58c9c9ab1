import { SallyportError } from '../../errors.ts'
import type { ActionDocument, ConnectorDocument, JsonSchemaValue } from '../document.ts'
import { isObject } from '../json-schema/keywords.ts'
import { encodeToken, referenceTokens } from '../json-schema/references.ts'
import { isVerifiable } from '../verify.ts'

/** Which part of a newer document to take: actions by name (new, changed or gone), and what concerns connections. */
export interface Part {
  readonly actions: readonly string[]
  /** Servers, auth, fields, and what the connector says of itself. */
  readonly connection: boolean
}

type Map<T> = Readonly<Record<string, T>>

/**
 * The newer document of the vendor with what only the people here decide: limits, approvals, guards. Descriptions of APIs have
 * no words for these, so a new one never takes them away.
 */
export function withOwn(current: ConnectorDocument, next: ConnectorDocument): ConnectorDocument {
  const { limits, security, verify, idempotency_header, category, brand } = current
  const byDefault = next.default_action ?? current.default_action
  const actions = Object.entries(next.actions).map(([name, action]) => {
    const before = own(current.actions, name)
    return [name, before === undefined ? action : withOwnOfAction(before, action)] as const
  })
  return {
    ...next,
    ...defined({ limits, security, idempotency_header, category, brand }),
    // How people authenticate, a server says elsewhere than among its tools.
    ...(current.kind === 'mcp' && defined({ auth: current.auth, docs: current.docs, guide: current.guide })),
    ...(byDefault !== undefined && own(next.actions, byDefault) !== undefined && { default_action: byDefault }),
    ...(verify !== undefined && isVerifiable(verify, (name) => own(next.actions, name) !== undefined) && { verify }),
    actions: Object.fromEntries(actions),
  }
}

function withOwnOfAction(before: ActionDocument, action: ActionDocument): ActionDocument {
  const { limits, confirm, effect, idempotency_header, response, mocks } = before
  return {
    ...action,
    ...defined({ limits, confirm, idempotency_header, mocks }),
    // Of a tool of an MCP server that has changed, nothing said before is believed.
    ...(action.tool?.fingerprint === before.tool?.fingerprint && defined({ effect })),
    ...defined({ response: action.response ?? response }),
  }
}

/** The current document with a part of the newer one. Throws INVALID_INPUT for actions in neither, or when nothing is left. */
export function takePart(current: ConnectorDocument, next: ConnectorDocument, part: Part): ConnectorDocument {
  const wanted = new Set(part.actions)
  for (const name of wanted)
    if (own(current.actions, name) === undefined && own(next.actions, name) === undefined)
      throw invalid(`There is no action "${name}", neither in use nor in the new document.`)
  const isWhole = part.connection && Object.keys({ ...current.actions, ...next.actions }).every((name) => wanted.has(name))
  const isNothing = !part.connection && wanted.size === 0
  if (!isWhole && !isNothing && JSON.stringify(current.script) !== JSON.stringify(next.script))
    throw invalid('The actions of a script are one piece of code, which has changed: take all of the new document, or nothing.')
  const base = part.connection ? { ...next, actions: current.actions, schemas: current.schemas } : current
  const kept = Object.entries(current.actions).filter(([name]) => !wanted.has(name))
  const taken = Object.entries(next.actions).filter(([name]) => wanted.has(name))
  if (kept.length + taken.length === 0) throw invalid('No action would be left. Delete the connector instead.')
  const { actions, schemas } = besides(current.schemas ?? {}, kept, next.schemas ?? {}, taken)
  const order = new Set([...Object.keys(current.actions), ...Object.keys(next.actions)])
  const byName = new Map([...kept, ...actions])
  const { schemas: _schemas, verify, default_action, ...rest } = base
  const document = {
    ...rest,
    ...(verify !== undefined && isVerifiable(verify, (name) => byName.has(name)) && { verify }),
    ...(default_action !== undefined && byName.has(default_action) && { default_action }),
    actions: Object.fromEntries([...order].flatMap((name) => (byName.has(name) ? [[name, byName.get(name)]] : []))),
    ...(Object.keys(schemas).length > 0 && { schemas }),
  } as ConnectorDocument
  for (const [name, { auth = [] }] of taken) {
    const missing = auth.find((scheme) => own(document.auth ?? {}, scheme) === undefined)
    if (missing !== undefined)
      throw invalid(`"${name}" needs the auth scheme "${missing}", which is new: take what concerns connections as well.`)
  }
  return document
}

/** Says of the actions that are gone since when they are, and which does the same now. */
export function withRemoved(current: ConnectorDocument, next: ConnectorDocument, version: string): ConnectorDocument {
  const removed: Record<string, { version: string; use?: string }> = {}
  for (const [name, entry] of Object.entries(current.removed ?? {}))
    if (own(next.actions, name) === undefined) removed[name] = entry
  for (const [name, { method, path }] of Object.entries(current.actions)) {
    if (own(next.actions, name) !== undefined) continue
    // Code is called by its name alone.
    const same =
      path === undefined
        ? undefined
        : Object.entries(next.actions).find(([, action]) => action.method === method && shape(action.path) === shape(path))
    removed[name] = { version, ...(same !== undefined && { use: same[0] }) }
  }
  const { removed: _removed, ...rest } = next
  return Object.keys(removed).length === 0 ? rest : { ...rest, removed }
}

/** A path whatever its inputs are called. */
const shape = (path = '') => path.replace(/\{+[^}]*\}+/g, '{}')

/** Both sets of actions with the shared schemas of both: where a name means two things, the newer gets another. */
function besides(
  before: Map<JsonSchemaValue>,
  kept: readonly (readonly [string, ActionDocument])[],
  after: Map<JsonSchemaValue>,
  taken: readonly (readonly [string, ActionDocument])[],
): { actions: readonly (readonly [string, ActionDocument])[]; schemas: Record<string, JsonSchemaValue> } {
  const needed = reached(taken, after)
  const stay = reached(kept, before)
  const differs = new Set(
    [...needed].filter((name) => stay.has(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name])),
  )
  // What refers to one that differs differs as well.
  for (let size = -1; size !== differs.size; ) {
    size = differs.size
    for (const name of needed)
      if (stay.has(name) && [...references(after[name])].some((inner) => differs.has(inner))) differs.add(name)
  }
  const names = new Map<string, string>()
  for (const name of differs) {
    let count = 2
    while (stay.has(`${name}_${count}`) || needed.has(`${name}_${count}`)) count++
    names.set(name, `${name}_${count}`)
  }
  const schemas: Record<string, JsonSchemaValue> = {}
  for (const name of Object.keys(before)) if (stay.has(name)) schemas[name] = before[name] ?? true
  for (const name of needed) schemas[names.get(name) ?? name] = renamed(after[name] ?? true, names)
  return { actions: taken.map(([name, action]) => [name, renamed(action, names)]), schemas }
}

/** The shared schemas that values refer to, and those that these refer to. */
function reached(values: unknown, schemas: Map<JsonSchemaValue>): ReadonlySet<string> {
  const found = new Set<string>()
  const queue = [...references(values)]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const schema = own(schemas, name)
    if (found.has(name) || schema === undefined) continue
    found.add(name)
    queue.push(...references(schema))
  }
  return found
}

function references(value: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found)
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) {
      const name = key === '$ref' && typeof inner === 'string' ? nameIn(inner) : null
      if (name === null) references(inner, found)
      else found.add(name)
    }
  return found
}

/** The same value with its references under their new names. */
function renamed<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (names.size === 0) return value
  const text = JSON.stringify(value, (key, inner: unknown) => {
    const name = key === '$ref' && typeof inner === 'string' ? nameIn(inner) : null
    const other = name === null ? undefined : names.get(name)
    if (other === undefined || typeof inner !== 'string') return inner
    const rest = (referenceTokens(inner) ?? []).slice(2).map((token) => `/${encodeToken(token)}`)
    return `#/schemas/${encodeToken(other)}${rest.join('')}`
  })
  // The same shape, with other texts at some references.
  return JSON.parse(text) as T
}

function nameIn(ref: string): string | null {
  const [first, name] = referenceTokens(ref) ?? []
  return first === 'schemas' && name !== undefined ? name : null
}

function own<T>(map: Map<T>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

function defined<T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function invalid(detail: string): SallyportError {
  return new SallyportError('INVALID_INPUT', { detail })
}
