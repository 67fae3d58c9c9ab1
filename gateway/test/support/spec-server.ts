import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { readMultipart, type SeenPart } from './multipart-reader.ts'

/**
 * A real HTTP server built from an OpenAPI document alone: finds the operation a request belongs to and reads every part of it
 * by the document's own declarations. Shares nothing with the importer, so that both must have understood the document alike.
 */

type Json = Record<string, unknown>
type Place = 'path' | 'query' | 'header' | 'cookie'

/** A request as the document describes it: declared parameters by place and name, with the types of their schemas. */
export interface SeenCall {
  readonly operationId: string
  readonly path: Json
  readonly query: Json
  readonly header: Json
  readonly cookie: Json
  readonly contentType: string | undefined
  readonly body: unknown
  /** Query parameters the document does not declare. */
  readonly undeclared: readonly string[]
  /** Declared as required, but not there. */
  readonly missing: readonly string[]
  /** Whether the path fits other operations as well. */
  readonly isAmbiguous: boolean
}

export interface SpecServer {
  /** Address of the API, with the path of the document's first server. */
  readonly baseUrl: string
  readonly calls: readonly SeenCall[]
  close(): Promise<void>
}

interface Route {
  readonly operation: Json
  readonly operationId: string
  readonly parameters: readonly Json[]
  readonly names: readonly string[]
  readonly pattern: RegExp
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Answers 200 to what the document describes and 404 to anything else. */
export async function serveSpec(spec: Json, basePath: string): Promise<SpecServer> {
  const routes = routesOf(spec)
  const calls: SeenCall[] = []
  const server = createServer((request, response) => {
    read(request).then(
      (bytes) => {
        const url = request.url ?? ''
        const path = url.split('?', 1)[0] ?? ''
        const inner = path.startsWith(basePath) ? path.slice(basePath.length) : null
        const fitting =
          inner === null ? [] : (routes.get(request.method ?? '') ?? []).filter(({ pattern }) => pattern.test(inner))
        const [route] = fitting
        if (route === undefined || inner === null) {
          response.writeHead(404).end(`no operation for ${request.method} ${path}`)
          return
        }
        calls.push({ ...see(spec, route, inner, url.slice(path.length + 1), request, bytes), isAmbiguous: fitting.length > 1 })
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}${basePath}`,
    calls,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function follow(spec: Json, value: unknown): Json {
  let current = record(value)
  while (typeof current.$ref === 'string') {
    const tokens = decodeURIComponent(current.$ref.slice(2)).split('/')
    current = record(tokens.reduce<unknown>((at, token) => record(at)[token.replaceAll('~1', '/').replaceAll('~0', '~')], spec))
  }
  return current
}

/** Operations by method; those with more literal text first, as OpenAPI says ("concrete definitions are matched first"). */
function routesOf(spec: Json): Map<string, Route[]> {
  const routes = new Map<string, Route[]>()
  for (const [path, item] of Object.entries(record(spec.paths))) {
    const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name ?? '')
    const source = path
      .split(/\{[^}]+\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('([^/]+)')
    for (const method of ['get', 'put', 'post', 'delete', 'patch']) {
      const operation = record(record(item)[method])
      if (Object.keys(operation).length === 0) continue
      const own = list(operation.parameters).map((one) => follow(spec, one))
      const shared = list(record(item).parameters).map((one) => follow(spec, one))
      const parameters = [
        ...shared.filter((one) => !own.some(({ name, in: place }) => name === one.name && place === one.in)),
        ...own,
      ]
      const found = routes.get(method.toUpperCase()) ?? []
      found.push({ operation, operationId: String(operation.operationId), parameters, names, pattern: new RegExp(`^${source}$`) })
      routes.set(method.toUpperCase(), found)
    }
  }
  for (const found of routes.values()) found.sort((a, b) => a.names.length - b.names.length)
  return routes
}

function see(
  spec: Json,
  route: Route,
  path: string,
  search: string,
  request: IncomingMessage,
  bytes: Buffer,
): Omit<SeenCall, 'isAmbiguous'> {
  const pathValues = (route.pattern.exec(path) ?? []).slice(1)
  const query = pairsOf(search)
  const cookies = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2) as [string, string])
  const seen: Record<Place, Json> = { path: {}, query: {}, header: {}, cookie: {} }
  const missing: string[] = []
  const understood = new Set<string>()
  for (const parameter of route.parameters) {
    const name = String(parameter.name)
    const place = parameter.in as Place
    const style = String(parameter.style ?? (place === 'query' || place === 'cookie' ? 'form' : 'simple'))
    const explode = typeof parameter.explode === 'boolean' ? parameter.explode : style === 'form' || style === 'deepObject'
    const schema = follow(spec, parameter.schema)
    let value: unknown
    if (place === 'query') value = fromPairs(spec, query, { name, style, explode, schema }, understood)
    else if (place === 'cookie') value = fromPairs(spec, cookies, { name, style, explode, schema }, new Set())
    else {
      const text = place === 'path' ? pathValues[route.names.indexOf(name)] : request.headers[name.toLowerCase()]
      const decode = place === 'path' ? decodeURIComponent : (plain: string) => plain
      if (typeof text === 'string')
        value =
          schema.type === 'array'
            ? text.split(',').map((item) => typed(spec, schema.items, decode(item)))
            : typed(spec, schema, decode(text))
    }
    if (value !== undefined) seen[place][name] = value
    else if (parameter.required === true) missing.push(`${place} ${name}`)
  }
  const contentType = request.headers['content-type']
  return {
    operationId: route.operationId,
    ...seen,
    contentType,
    body: bytes.length === 0 ? undefined : bodyOf(spec, route.operation, contentType ?? '', bytes),
    undeclared: [...new Set(query.map(([name]) => decodeURIComponent(name)))].filter((name) => !understood.has(name)),
    missing,
  }
}

/** Names and values as they stand in a query or form, still encoded. */
function pairsOf(text: string): [string, string][] {
  const pairs = text.split('&').filter((pair) => pair !== '')
  return pairs.map((pair) => [pair.split('=', 1)[0] ?? '', pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : ''])
}

const plain = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

interface Styled {
  readonly name: string
  readonly style: string
  readonly explode: boolean
  readonly schema: Json
}

function fromPairs(
  spec: Json,
  pairs: readonly [string, string][],
  { name, style, explode, schema }: Styled,
  understood: Set<string>,
): unknown {
  const own = pairs.filter(([key]) => plain(key) === name)
  if (style === 'deepObject') {
    const object: Json = {}
    for (const [key, value] of pairs) {
      const found = /^([^[]+)\[([^\]]+)\]$/.exec(plain(key))
      if (found?.[1] !== name || found[2] === undefined) continue
      understood.add(plain(key))
      object[found[2]] = typed(spec, record(schema.properties)[found[2]], plain(value))
    }
    return Object.keys(object).length === 0 ? undefined : object
  }
  if (own.length === 0) return undefined
  understood.add(name)
  if (schema.type !== 'array') return typed(spec, schema, plain(own[0]?.[1] ?? ''))
  if (explode) return own.map(([, value]) => typed(spec, schema.items, plain(value)))
  const separator = { spaceDelimited: /%20|\+/, pipeDelimited: /%7C|\|/i }[style] ?? ','
  return (own[0]?.[1] ?? '').split(separator).map((value) => typed(spec, schema.items, plain(value)))
}

function typed(spec: Json, schema: unknown, text: string): unknown {
  const { type } = follow(spec, schema)
  if (type === 'integer' || type === 'number') return Number(text)
  if (type === 'boolean') return text === 'true'
  return text
}

function bodyOf(spec: Json, operation: Json, contentType: string, bytes: Buffer): unknown {
  const type = contentType.split(';', 1)[0] ?? ''
  if (type.endsWith('json')) return JSON.parse(bytes.toString())
  const media = record(record(follow(spec, operation.requestBody).content)[type])
  const properties = record(follow(spec, media.schema).properties)
  const names = Object.keys(properties)
  if (type === 'multipart/form-data') return fromParts(spec, properties, readMultipart(contentType, bytes))
  if (type !== 'application/x-www-form-urlencoded') return bytes.toString()
  const pairs = pairsOf(bytes.toString())
  const fields = names.map((name) => {
    const encoding = record(record(media.encoding)[name])
    const style = String(encoding.style ?? 'form')
    return [
      name,
      fromPairs(
        spec,
        pairs,
        { name, style, explode: encoding.explode !== false, schema: follow(spec, properties[name]) },
        new Set(),
      ),
    ] as const
  })
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

/** A part of its own media type is that; a file is its bytes; anything else the text of its schema. */
function fromParts(spec: Json, properties: Json, parts: readonly SeenPart[]): Json {
  const body: Json = {}
  for (const { name, filename, contentType, data } of parts) {
    if (filename !== undefined) body[name] = { filename, content_type: contentType, data_base64: data.toString('base64') }
    else if (contentType === 'application/json') body[name] = JSON.parse(data.toString())
    else body[name] = typed(spec, properties[name], data.toString())
  }
  return body
}
