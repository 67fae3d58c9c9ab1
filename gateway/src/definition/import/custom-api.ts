import { type Static, Type } from 'typebox'
import type { JsonSchemaValue } from '../document.ts'
import { forEachSubschema, isObject, isSchema } from '../json-schema/keywords.ts'
import { schemaCompiler } from '../json-schema/validator.ts'
import type { SchemaProblem } from '../types.ts'

/**
 * `{custom_api: …}`: one API with its address, authentication and endpoints in one document. It becomes a connector and a
 * connection of it. What a running system writes into it, such as its ids and counts, means nothing here.
 */

const closed = { additionalProperties: false } as const
const text = Type.Optional(Type.String())
const Schema = Type.Optional(Type.Unsafe<JsonSchemaValue>({ type: ['object', 'boolean'] }))
const Ignored = Type.Optional(Type.Unknown())

const CustomApi = Type.Object(
  {
    id: Ignored,
    user_id: Ignored,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    description: text,
    slug: Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$' }),
    connection: Type.Object(
      {
        base_url: Type.String({ minLength: 1 }),
        timeout_ms: Type.Optional(Type.Integer()),
        retry_attempts: Type.Optional(Type.Integer()),
        verify_ssl: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    authentication: Type.Optional(
      Type.Object(
        {
          type: Type.Enum(['none', 'api_key', 'bearer_token', 'basic_auth', 'oauth2', 'custom_header']),
          config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        },
        closed,
      ),
    ),
    endpoints: Type.Array(
      Type.Object(
        {
          name: Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$' }),
          description: text,
          method: Type.String(),
          path: Type.String({ pattern: '^/' }),
          parameters: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  name: Type.String({ minLength: 1 }),
                  in: Type.Enum(['path', 'query', 'header']),
                  type: Type.Optional(Type.String()),
                  required: Type.Optional(Type.Boolean()),
                  description: text,
                  default: Type.Optional(Type.Unknown()),
                  enum: Type.Optional(Type.Array(Type.Unknown())),
                },
                closed,
              ),
            ),
          ),
          request_body: Schema,
          response_schema: Schema,
        },
        closed,
      ),
      { minItems: 1, maxItems: 1000 },
    ),
    security: Type.Optional(
      Type.Object(
        {
          url_allowlist: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
          rate_limit: Type.Optional(
            Type.Union([
              Type.Object(
                {
                  requests_per_minute: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
                  requests_per_day: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
                },
                closed,
              ),
              Type.Null(),
            ]),
          ),
          ip_allowlist: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
        },
        closed,
      ),
    ),
    tunnel: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()), type: Ignored, tunnel_id: Ignored }, closed)),
    metadata: Ignored,
  },
  closed,
)
type CustomApi = Static<typeof CustomApi>
type Endpoint = CustomApi['endpoints'][number]

export const customApiSchema = () => Type.Object({ custom_api: CustomApi }, closed)

/** What the document becomes: a connector document, a connection of it, and where their parts stand in the source. */
export interface FromCustomApi {
  readonly connector: Readonly<Record<string, unknown>>
  readonly connection: Readonly<Record<string, unknown>>
}

type Read =
  | { readonly ok: true; readonly made: FromCustomApi }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] }

let validate: ReturnType<ReturnType<typeof schemaCompiler>['compile']> | undefined

function isCustomApi(value: unknown, problems: readonly SchemaProblem[]): value is { custom_api: CustomApi } {
  return problems.length === 0
}

/** Reads a document of this form, or says what is wrong with it, by path. */
export function readCustomApi(document: unknown): Read {
  validate ??= schemaCompiler({}, { formats: false }).compile(JSON.parse(JSON.stringify(customApiSchema())))
  const problems = validate(document)
  if (!isCustomApi(document, problems)) return { ok: false, problems }
  const found: SchemaProblem[] = []
  const { custom_api: api } = document
  const add = (path: string, message: string) => void found.push({ path: `/custom_api${path}`, message })
  if (api.tunnel?.enabled === true)
    add('/tunnel/enabled', 'A tunnel is no part of a custom API here: set enabled to false, and make the tunnel at the gateway.')
  const references = new References(api.endpoints, add)
  const { auth, secrets } = authOf(api, add)
  const { connection, security, slug, name, description, endpoints } = api
  const limit = security?.rate_limit
  const perMinute = limit?.requests_per_minute ?? undefined
  const perDay = limit?.requests_per_day ?? undefined
  const actions = Object.fromEntries(endpoints.map((endpoint, at) => [endpoint.name, actionOf(endpoint, at, references)]))
  const made: FromCustomApi = {
    connector: {
      connector: slug,
      name,
      version: '1.0.0',
      ...(description !== undefined && { description }),
      servers: { production: { url: connection.base_url } },
      ...(auth !== null && { auth: { [auth.type]: auth } }),
      limits: {
        ...(connection.timeout_ms !== undefined && { timeout_ms: connection.timeout_ms }),
        ...(connection.retry_attempts !== undefined && { retries: connection.retry_attempts }),
        // The limit is one of the whole API: that of an action alone must not be tighter.
        ...(perMinute !== undefined && { per_minute: perMinute, connection_per_minute: perMinute }),
        ...(perDay !== undefined && { connection_per_day: perDay }),
      },
      security: {
        ...(security?.url_allowlist && { url_patterns: security.url_allowlist }),
        ...(security?.ip_allowlist && { caller_ips: security.ip_allowlist }),
        ...(connection.verify_ssl !== undefined && { verify_ssl: connection.verify_ssl }),
      },
      actions,
      ...(references.used.size > 0 && { schemas: Object.fromEntries(references.used) }),
    },
    connection: { connection: name, connector: slug, ...(Object.keys(secrets).length > 0 && { secrets }) },
  }
  return found.length === 0 ? { ok: true, made } : { ok: false, problems: found }
}

type Add = (path: string, message: string) => void

/** References between the schemas of endpoints become references to shared schemas. */
class References {
  readonly used = new Map<string, unknown>()
  readonly #endpoints: readonly Endpoint[]
  readonly #add: Add

  constructor(endpoints: readonly Endpoint[], add: Add) {
    this.#endpoints = endpoints
    this.#add = add
  }

  /** The schema at a place of an endpoint; a reference where others refer to it. */
  schemaOf(at: number, part: 'request_body' | 'response_schema'): JsonSchemaValue | undefined {
    const schema = this.#endpoints[at]?.[part]
    if (schema === undefined) return undefined
    const rewritten = this.#rewrite(schema, `/endpoints/${at}/${part}`)
    const name = this.#nameOf(at, part)
    // The fields of a body are inputs of the action, so they stand there themselves.
    if (part === 'request_body') return rewritten
    return this.used.has(name) || this.#isReferredTo(at, part) ? { $ref: this.#share(at, part) } : rewritten
  }

  #nameOf(at: number, part: string): string {
    return `${this.#endpoints[at]?.name ?? at}_${part === 'request_body' ? 'request' : 'response'}`
  }

  #isReferredTo(at: number, part: string): boolean {
    const name = this.#endpoints[at]?.name ?? ''
    const text = JSON.stringify(this.#endpoints)
    return [String(at), name].some((key) => text.includes(`"#/endpoints/${key}/${part}`))
  }

  #share(at: number, part: 'request_body' | 'response_schema'): string {
    const name = this.#nameOf(at, part)
    if (!this.used.has(name)) {
      // Set before it is walked: schemas may refer to each other in a circle.
      this.used.set(name, true)
      this.used.set(name, this.#rewrite(this.#endpoints[at]?.[part] ?? true, `/endpoints/${at}/${part}`))
    }
    return `#/schemas/${name}`
  }

  #rewrite(schema: JsonSchemaValue, place: string): JsonSchemaValue {
    const copy: unknown = structuredClone(schema)
    if (!isSchema(copy)) return schema
    const visit = (node: JsonSchemaValue, path: string) => {
      if (typeof node === 'boolean') return
      const { $ref } = node
      if (typeof $ref === 'string' && $ref.startsWith('#/endpoints/')) {
        const target = this.#resolve($ref)
        if (target === null) this.#add(`${path}/$ref`, `${$ref.slice(0, 100)} leads to no schema of an endpoint.`)
        else Reflect.set(node, '$ref', target)
      }
      forEachSubschema(node, (subschema, pointer) => visit(subschema, [path, ...pointer].join('/')))
    }
    visit(copy, place)
    return copy
  }

  #resolve(ref: string): string | null {
    const [key = '', part, ...rest] = ref.slice('#/endpoints/'.length).split('/')
    const at = /^\d+$/.test(key) ? Number(key) : this.#endpoints.findIndex(({ name }) => name === key)
    if ((part !== 'request_body' && part !== 'response_schema') || this.#endpoints[at]?.[part] === undefined) return null
    return [this.#share(at, part), ...rest].join('/')
  }
}

function actionOf(endpoint: Endpoint, at: number, references: References): Record<string, unknown> {
  const { description, method, path, parameters = [] } = endpoint
  const body = references.schemaOf(at, 'request_body')
  const output = references.schemaOf(at, 'response_schema')
  const fields = isObject(endpoint.request_body) && isObject(body) && isObject(body.properties) ? body.properties : null
  const properties: Record<string, unknown> = {}
  const required: unknown[] = []
  for (const { name, in: place, type = 'string', required: must, ...rest } of parameters) {
    properties[name] = { type, ...rest }
    if (must === true || place === 'path') required.push(name)
  }
  if (fields !== null) {
    Object.assign(properties, fields)
    if (isObject(body) && Array.isArray(body.required)) required.push(...body.required)
  } else if (body !== undefined) {
    properties.body = body
    required.push('body')
  }
  const placed = (where: string) =>
    Object.fromEntries(parameters.filter((one) => one.in === where).map(({ name }) => [name, `{{${name}}}`]))
  const [query, headers] = [placed('query'), placed('header')]
  return {
    ...(description !== undefined && { description }),
    method: method.toUpperCase(),
    path,
    ...(Object.keys(query).length > 0 && { query }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && {
      body: {
        type: 'json',
        value: fields === null ? '{{body}}' : Object.fromEntries(Object.keys(fields).map((name) => [name, `{{${name}}}`])),
      },
    }),
    input: {
      type: 'object',
      properties,
      ...(required.length > 0 && { required: [...new Set(required)] }),
      additionalProperties: false,
    },
    ...(output !== undefined && { output }),
  }
}

type Secrets = Record<string, unknown>
type Auth = { readonly type: string } & Readonly<Record<string, unknown>>

function authOf({ authentication, slug }: CustomApi, add: Add): { readonly auth: Auth | null; readonly secrets: Secrets } {
  const { type = 'none', config = {} } = authentication ?? {}
  const secrets: Secrets = {}
  const place = '/authentication/config'
  const take = (field: string, key = field) => {
    secrets[field] = referenceOf(config[key] ?? config[`${key}_vault_ref`], `${slug} ${field}`, `${place}/${key}`, add)
  }
  const textOf = (key: string) => (typeof config[key] === 'string' && config[key] !== '' ? config[key] : undefined)
  switch (type) {
    case 'none':
      return { auth: null, secrets }
    case 'api_key': {
      take('key')
      const prefix = textOf('prefix')
      return {
        auth: { type: 'api_key', name: textOf('header_name') ?? 'X-API-Key', ...(prefix !== undefined && { prefix }) },
        secrets,
      }
    }
    case 'bearer_token':
      take('token')
      return { auth: { type: 'bearer' }, secrets }
    case 'basic_auth':
      take('username')
      take('password')
      return { auth: { type: 'basic' }, secrets }
    case 'oauth2': {
      take('client_id')
      take('client_secret')
      const scopes = Array.isArray(config.scopes) ? config.scopes.filter((scope) => typeof scope === 'string') : []
      const auth = {
        type: 'oauth2',
        flow: 'client_credentials',
        token_url: textOf('token_url') ?? '',
        ...(scopes.length > 0 && { default_scopes: scopes }),
      }
      return { auth, secrets }
    }
    case 'custom_header': {
      const given = Array.isArray(config.headers) ? config.headers.filter(isObject) : []
      const headers = given.map(({ name, value }, at) => {
        if (typeof value === 'string' && !isReference(value)) return { name, value }
        secrets[String(name)] = referenceOf(value, `${slug} ${String(name)}`, `${place}/headers/${at}/value`, add)
        return { name }
      })
      return { auth: { type: 'headers', headers }, secrets }
    }
    default:
      return type satisfies never
  }
}

const isReference = (value: string) => /^(vault:\/\/|encrypted:)/.test(value)

/** `vault://path/field`, or a value that only its own system can open and that is asked for anew. */
function referenceOf(value: unknown, question: string, path: string, add: Add): unknown {
  if (isObject(value)) return value
  const [, place, field] = typeof value === 'string' ? (/^vault:\/\/(.+)\/([^/#]+)$/.exec(value) ?? []) : []
  if (place !== undefined) return { vault: `${place}#${field}` }
  if (typeof value === 'string' && value !== '' && !isReference(value))
    add(path, 'A secret has no place in a file: write vault://path/field, or {env: NAME}.')
  return { prompt: question }
}
