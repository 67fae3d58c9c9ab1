import type { Pagination, Template } from '../document.ts'
import type { OperationContext } from './context.ts'
import type { Placed } from './parameters.ts'
import type { ListFields, Shared } from './shared.ts'
import { entriesOf, isRecord, type Json, own, type Spec } from './spec.ts'

/** Names of parameters and fields, compared without case and separators. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '')
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const cursors = words(`cursor pagecursor nextcursor startcursor endcursor aftercursor pagetoken nexttoken nextpagetoken token
  continuationtoken continuation startingafter after pageafter marker bookmark scrollid skiptoken exclusivestartkey paginationtoken
  nextmarker startkey lastkey sincecursor offsettoken syncpagetoken lastid`)
const offsets = words('offset skip startat startindex start pageoffset firstresult from startposition offsetrows startrow')
const pages = words('page pagenumber pagenum pageno pageindex currentpage pageid pagestart')
const sizes = words(`limit perpage pagesize size count top maxresults maxitems max take rows pagelimit itemsperpage
  resultsperpage pagelength numresults maxresultcount maxrecords maxkeys maxcount`)
const nextTokens = words(`nextcursor nextpagetoken nexttoken nextpage continuationtoken continuation cursor endcursor after marker
  nextmarker scrollid bookmark nextpagecursor nextkey lastevaluatedkey paginationtoken next nextpageid`)
const nextLinks = words('next nextlink odatanextlink nexturl nexthref nextpage nextpageurl nextpageuri nexturi nextpagelink')
const flags = words('hasmore hasnext hasnextpage more hasmoreitems ismore istruncated hasmoreresults')

/** How a list goes on, from the names of parameters, headers and fields of the answer. Undefined when nothing says so. */
export function paginationOf(
  { spec, operation, shared }: OperationContext,
  { query }: Placed,
  answer: { readonly schema: unknown; readonly response: Json } | undefined,
): Pagination | undefined {
  if (answer === undefined || operation.method !== 'GET') return undefined
  const list = listFields(spec, answer.schema, shared)
  if (list === undefined) return undefined
  const { items, more, token, link } = list
  const inputs = Object.entries(query).flatMap(([name, template]) => {
    const input = inputOf(template)
    return input === undefined ? [] : [{ key: plain(name), input }]
  })
  const find = (known: ReadonlySet<string>) => inputs.find(({ key }) => known.has(key))?.input
  const size = find(sizes)
  const common = {
    ...(size === undefined ? {} : { size }),
    items,
    ...(more === undefined ? {} : { more }),
  }
  const cursor = find(cursors)
  if (cursor !== undefined && (token !== undefined || more !== undefined || size !== undefined))
    return { type: 'cursor', parameter: cursor, ...(token === undefined ? {} : { next: token }), ...common }
  const parameter = find(pages) ?? find(offsets)
  if (namesLink(spec, answer.response)) return { type: 'link', ...(parameter === undefined ? {} : { parameter }), ...common }
  if (link !== undefined) return { type: 'link', ...(parameter === undefined ? {} : { parameter }), next: link, ...common }
  const page = find(pages)
  if (page !== undefined) return { type: 'page', parameter: page, ...common }
  const offset = find(offsets)
  return offset === undefined || size === undefined ? undefined : { type: 'offset', parameter: offset, ...common }
}

/** Undefined when the answer has no list. */
function listFields(spec: Spec, schema: unknown, { lists }: Shared): ListFields | undefined {
  const root = spec.follow(schema, '').value
  if (!lists.has(root)) lists.set(root, readListFields(spec, root))
  return lists.get(root)
}

function readListFields(spec: Spec, root: unknown): ListFields | undefined {
  const fields = [...fieldsOf(spec, root)]
  const items = fields.find(({ isList }) => isList)?.path
  if (items === undefined) return undefined
  const field = (known: ReadonlySet<string>, test: (schema: Json) => boolean) =>
    fields.find(({ key, schema }) => known.has(key) && test(schema))?.path
  return {
    items,
    more: field(flags, ({ type }) => includes(type, 'boolean')),
    token: field(nextTokens, ({ type, format }) => format !== 'uri' && (type === undefined || includes(type, 'string'))),
    link: field(nextLinks, ({ type, format }) => format === 'uri' || type === undefined || includes(type, 'string')),
  }
}

/** The input that alone makes a parameter. */
function inputOf(template: Template): string | undefined {
  const value = typeof template === 'object' ? template.value : template
  return typeof value === 'string' ? /^\{\{(\w+)\}\}$/.exec(value)?.[1] : undefined
}

const includes = (type: unknown, name: string): boolean => (Array.isArray(type) ? type.includes(name) : type === name)

/** A header `Link` (RFC 8288) among those that the answer declares. */
function namesLink(spec: Spec, response: Json): boolean {
  for (const [name, header] of entriesOf(response.headers))
    if (name.toLowerCase() === 'link') return isRecord(spec.follow(header, '').value)
  return false
}

interface FieldOf {
  readonly key: string
  readonly path: string
  readonly schema: Json
  readonly isList: boolean
}

/** Fields on the first two levels of an answer; the list itself first when the answer is one. Bounded: schemas may be wide. */
function* fieldsOf(spec: Spec, root: unknown): Generator<FieldOf> {
  if (!isRecord(root)) return
  if (includes(root.type, 'array')) {
    yield { key: '', path: '', schema: root, isList: true }
    return
  }
  let left = 200
  for (const [name, property] of propertiesOf(spec, root, 0)) {
    if (left-- <= 0) return
    yield fieldOf(name, step('', name), property)
    if (includes(property.type, 'array')) continue
    for (const [inner, value] of propertiesOf(spec, property, 0)) {
      if (left-- <= 0) return
      // A list within the answer's own envelope, as in data.items; deeper ones belong to an item.
      yield fieldOf(inner, step(step('', name), inner), value)
    }
  }
}

const fieldOf = (name: string, path: string, schema: Json): FieldOf => ({
  key: plain(name),
  path,
  schema,
  isList: includes(schema.type, 'array') && schema.items !== undefined,
})

const step = (path: string, name: string): string =>
  /^[\w-]+$/.test(name) ? `${path === '' ? '' : `${path}.`}${name}` : `${path}[${JSON.stringify(name)}]`

function* propertiesOf(spec: Spec, schema: Json, depth: number): Generator<[string, Json]> {
  if (isRecord(schema.properties)) {
    for (const name in schema.properties) {
      const value = spec.follow(own(schema.properties, name), '').value
      if (isRecord(value)) yield [name, value]
    }
  }
  if (!Array.isArray(schema.allOf) || depth > 3) return
  for (const part of schema.allOf) {
    const value = spec.follow(part, '').value
    if (isRecord(value)) yield* propertiesOf(spec, value, depth + 1)
  }
}
