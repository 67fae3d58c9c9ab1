import { effectOf } from '../compile-action.ts'
import type { ActionDocument, ConnectorDocument, JsonSchemaValue } from '../document.ts'
import { inputShape, schemasOf } from '../input-schema.ts'
import { isObject, isSchema } from '../json-schema/keywords.ts'
import { dereferenceTop, type Located, type Schemas } from '../json-schema/references.ts'
import { parseServerUrl } from '../template/server.ts'

/** Properties are compared this deep, and this many of an action: beyond it a difference counts as one of details. */
const maxDepth = 4
const maxProperties = 1000

/** What a fact is about: it decides what a change of it means for those who use it. */
export type Aspect =
  | 'action'
  | 'input'
  | 'output'
  | 'effect'
  | 'method'
  | 'path'
  | 'auth'
  | 'scopes'
  | 'server'
  | 'environment'
  | 'field'
  | 'scheme'
  | 'deprecated'
  | 'request'
  | 'response'
  | 'default_action'
  | 'script'
  | 'text'
  | 'settings'

/** One thing that a document says, in a form that can be compared. */
export interface Fact {
  readonly aspect: Aspect
  /** What it is called within its aspect: a path of properties, a field, a scheme; empty where there is only one. */
  readonly name: string
  /** Whether it must be given: of inputs, outputs and fields. */
  readonly required: boolean
  /** Kinds of values, sorted; empty for any. */
  readonly types: readonly string[]
  /** The values it is held to; null for any. */
  readonly values: readonly string[] | null
  /** Everything else of it, as text. */
  readonly rest: string
}

/** By aspect and name. */
export type Facts = ReadonlyMap<string, Fact>

/** The text of a value, the same whatever the order of its keys; empty for nothing. */
export function textOf(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

class Collected extends Map<string, Fact> {
  put(aspect: Aspect, name: string, rest: unknown, more: Partial<Fact> = {}): void {
    const fact = { aspect, name, required: false, types: [], values: null, rest: textOf(rest), ...more }
    this.set(`${aspect} ${name}`, fact)
  }
}

/** Everything a connection is made of: fields, server variables, environments and auth schemes; and what concerns all actions. */
export function connectionFacts(document: ConnectorDocument): Facts {
  const facts = new Collected()
  const { servers = {}, auth = {}, fields = {}, limits, security, idempotency_header, name, description } = document
  const { default_action, script } = document
  const needed = new Set<string>()
  for (const [environment, { url, variables }] of Object.entries(servers)) {
    facts.put('environment', environment, '')
    facts.put('server', environment, url)
    for (const part of parseServerUrl(url)) {
      if (typeof part === 'string') continue
      const fallback = variables?.[part.name]?.default ?? fields[part.name]?.default
      if (fallback === undefined) needed.add(part.name)
      facts.put('field', part.name, variables?.[part.name]?.default, {
        required: needed.has(part.name),
        values: variables?.[part.name]?.enum ?? null,
      })
    }
  }
  for (const [key, scheme] of Object.entries(auth)) {
    const { description: _description, ...rest } = scheme
    facts.put('scheme', key, rest)
  }
  for (const [key, { type, required, default: fallback, enum: values }] of Object.entries(fields)) {
    facts.put('field', key, fallback, {
      required: needed.has(key) || (required === true && fallback === undefined),
      types: [type ?? 'string'],
      values: values ?? null,
    })
  }
  if (default_action !== undefined) facts.put('default_action', '', default_action)
  if (script !== undefined) facts.put('script', '', script)
  facts.put('settings', '', { limits, security, idempotency_header })
  facts.put('text', '', { name, description })
  return facts
}

export function actionFacts(action: ActionDocument, document: ConnectorDocument): Facts {
  const facts = new Collected()
  const schemas = schemasOf(document)
  const { method, path, auth, scopes = [], servers, deprecated } = action
  const { path_styles, query, headers, cookies, body, response, errors, limits, confirm, idempotency_header } = action
  facts.put('effect', '', effectOf(action))
  facts.put('method', '', method)
  facts.put('path', '', path)
  if (auth !== undefined) facts.put('auth', '', '', { values: [...auth].sort() })
  for (const scope of scopes) facts.put('scopes', scope, '')
  for (const [environment, { url }] of Object.entries(servers ?? {})) facts.put('server', environment, url)
  facts.put('deprecated', '', deprecated === true ? 'deprecated' : '')
  facts.put('request', '', { path_styles, query, headers, cookies, body, tool: action.tool })
  facts.put('response', '', { response, errors })
  facts.put('settings', '', { limits, confirm, idempotency_header, mocks: action.mocks })
  facts.put('text', '', { title: action.title, description: action.description })
  properties(inputShape(action, schemas).schema, schemas, 'input', facts)
  properties(action.output ?? true, schemas, 'output', facts)
  return facts
}

const apart: ReadonlySet<string> = new Set(
  ['properties', 'items', 'allOf', 'required', 'type', 'enum', 'const', '$ref', '$defs', 'definitions'].concat([
    'title',
    'description',
    'example',
    'examples',
    '$comment',
    'additionalProperties',
    'discriminator',
    'xml',
  ]),
)

/** Properties of a schema by path (`address.city`, `items[].id`), following references, lists and `allOf`. */
function properties(schema: JsonSchemaValue, schemas: Schemas, aspect: 'input' | 'output', facts: Collected): void {
  let count = 0
  const visit = (located: Located, path: string, required: boolean, depth: number, isPart = false) => {
    const { schema: top, root } = dereferenceTop(located, schemas)
    if (path !== '' && !isPart) {
      if (count++ >= maxProperties) return
      facts.put(aspect, path, isObject(top) ? rulesOf(top) : '', { required, ...(isObject(top) ? valuesOf(top) : {}) })
    }
    if (!isObject(top) || depth > maxDepth) return
    const inner = (item: unknown, at: string, must: boolean, deeper: number, part = false) =>
      isSchema(item) && visit({ schema: item, root }, at, must, deeper, part)
    const demanded = new Set(Array.isArray(top.required) ? top.required : [])
    for (const [name, property] of isObject(top.properties) ? Object.entries(top.properties) : []) {
      const must = demanded.has(name) && !(aspect === 'input' && isObject(property) && property.default !== undefined)
      inner(property, path === '' ? name : `${path}.${name}`, must, depth + 1)
    }
    // A list is there as often as what holds it: only what is inside its items has names of its own.
    if (top.items !== undefined) inner(top.items, `${path}[]`, false, depth + 1)
    if (Array.isArray(top.allOf)) for (const item of top.allOf) inner(item, path, required, depth + 1, true)
  }
  visit({ schema, root: schema }, '', false, 0)
}

function valuesOf({ type, enum: listed, const: only }: Readonly<Record<string, unknown>>): Pick<Fact, 'types' | 'values'> {
  const values = only === undefined ? (Array.isArray(listed) ? listed : null) : [only]
  return {
    types: [type ?? []].flat().map(String).sort(),
    values: values === null ? null : values.map((value) => textOf(value)).sort(),
  }
}

/** The other rules of a property: its bounds, its pattern, its alternatives. */
function rulesOf(schema: Readonly<Record<string, unknown>>): string {
  const rules = Object.entries(schema).filter(([keyword]) => !apart.has(keyword) && !keyword.startsWith('x-'))
  return rules.length === 0 ? '' : textOf(Object.fromEntries(rules))
}
