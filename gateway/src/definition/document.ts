import { type Static, Type } from 'typebox'

/**
 * The connector file: one YAML or JSON document that describes an API. This schema is published as
 * `connector.schema.json`, so editors complete it; catalog entries, imports and hand-written connectors share it.
 */

const closed = { additionalProperties: false } as const

const Json = Type.Unknown()
/** A JSON Schema (draft 2020-12). `$ref` may point into the connector's `schemas` as `#/schemas/Name`. */
const JsonSchema = Type.Unsafe<JsonSchemaValue>({ type: ['object', 'boolean'], description: 'A JSON Schema (draft 2020-12); "$ref" may be "#/schemas/Name".' })
export type JsonSchemaValue = boolean | { readonly [keyword: string]: unknown }

const Slug = Type.String({ pattern: '^[a-z][a-z0-9_-]{0,62}$', description: 'Lower-case letters, digits, "_" and "-"; starts with a letter; at most 63 characters.' })
const ActionName = Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$' })
const Semver = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$', description: 'A semantic version such as 1.0.0.' })

const Server = Type.Object(
  {
    url: Type.String({ description: 'Base URL, e.g. https://{tenant}.example.com/v1. Variables stand in braces.' }),
    description: Type.Optional(Type.String()),
    variables: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object({ description: Type.Optional(Type.String()), default: Type.Optional(Type.String()), enum: Type.Optional(Type.Array(Type.String())) }, closed),
      ),
    ),
  },
  closed,
)

const AuthScheme = Type.Union([
  Type.Object({ type: Type.Literal('none'), description: Type.Optional(Type.String()) }, closed),
  Type.Object(
    {
      type: Type.Literal('api_key'),
      in: Type.Optional(Type.Union([Type.Literal('header'), Type.Literal('query'), Type.Literal('cookie')], { default: 'header' })),
      name: Type.String({ description: 'Name of the header, query parameter or cookie, e.g. X-API-Key.' }),
      prefix: Type.Optional(Type.String({ description: 'Put before the key, e.g. "ApiKey ".' })),
      description: Type.Optional(Type.String()),
    },
    closed,
  ),
  Type.Object({ type: Type.Literal('bearer'), prefix: Type.Optional(Type.String({ default: 'Bearer ' })), description: Type.Optional(Type.String()) }, closed),
  Type.Object({ type: Type.Literal('basic'), description: Type.Optional(Type.String()) }, closed),
  Type.Object(
    {
      type: Type.Literal('headers'),
      headers: Type.Array(
        Type.Object(
          {
            name: Type.String(),
            value: Type.Optional(Type.String({ description: 'A fixed value that is no secret. Without it the value is asked for and kept secret.' })),
            description: Type.Optional(Type.String()),
          },
          closed,
        ),
        { minItems: 1 },
      ),
      description: Type.Optional(Type.String()),
    },
    closed,
  ),
])
export type AuthScheme = Static<typeof AuthScheme>

const Field = Type.Object(
  {
    type: Type.Optional(Type.Union([Type.Literal('string'), Type.Literal('number'), Type.Literal('boolean')], { default: 'string' })),
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    enum: Type.Optional(Type.Array(Type.String())),
  },
  closed,
)

const Limits = Type.Object(
  {
    timeout_ms: Type.Optional(Type.Integer({ minimum: 100, maximum: 300_000, default: 30_000, description: 'Total time for one call, retries included.' })),
    retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, default: 2, description: 'Further attempts of a read after 429, 502, 503, 504 or a broken connection. Writes are never retried.' })),
    max_response_bytes: Type.Optional(Type.Integer({ minimum: 1024, maximum: 104_857_600, default: 5_242_880, description: 'Counted after decompression.' })),
    per_minute: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 10, description: 'Calls per action in any 60 seconds.' })),
    per_day: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Calls per action in any 24 hours. No limit when absent.' })),
    response_check: Type.Optional(Type.Union([Type.Literal('enforce'), Type.Literal('warn'), Type.Literal('off')], { default: 'enforce', description: 'What a successful answer that does not match the output schema means.' })),
  },
  closed,
)
export type Limits = Static<typeof Limits>

const Security = Type.Object(
  {
    url_patterns: Type.Optional(Type.Array(Type.String(), { description: 'Allowed URLs, e.g. https://api.example.com/v1/*. Default: everything below the server URL.' })),
    caller_ips: Type.Optional(Type.Array(Type.String(), { description: 'CIDRs of callers that may use this connector. Default: any.' })),
    verify_ssl: Type.Optional(Type.Boolean({ default: true })),
    allow_http: Type.Optional(Type.Boolean({ default: false, description: 'Permit http:// servers outside loopback and the ranges of SALLYPORT_EGRESS_ALLOW.' })),
  },
  closed,
)

const Placement = Type.Object(
  {
    value: Json,
    style: Type.Optional(Type.Union(['simple', 'label', 'matrix', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'].map((style) => Type.Literal(style)))),
    explode: Type.Optional(Type.Boolean()),
    content_type: Type.Optional(Type.String({ description: 'Serialise the value as this media type (application/json) instead of by style.' })),
  },
  closed,
)

/** A template: text with `{{input}}` placeholders, or `{value, style, explode}` as OpenAPI parameters need. */
const Template = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Placement])
export type Template = Static<typeof Template>

const Body = Type.Object(
  {
    type: Type.Union(['json', 'form', 'multipart', 'text', 'xml', 'binary'].map((type) => Type.Literal(type as 'json' | 'form' | 'multipart' | 'text' | 'xml' | 'binary')), {}),
    content_type: Type.Optional(Type.String()),
    value: Type.Unknown({ description: 'A JSON value. A text that is exactly "{{input}}" becomes that value with its type; inside a longer text it is inserted as text; a key whose input is absent is left out.' }),
  },
  closed,
)

const Response = Type.Object(
  {
    map: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Field of the answer → path in the response, e.g. {id: "data.id", names: "items[].name"}.' })),
    root: Type.Optional(Type.String({ description: 'Path of the part of the response that is the answer, e.g. "data".' })),
  },
  closed,
)

const Action = Type.Object(
  {
    title: Type.Optional(Type.String()),
    description: Type.Optional(Type.String()),
    method: Type.Union(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => Type.Literal(method as 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'))),
    path: Type.String({ pattern: '^/', description: 'Appended to the server URL. {name} or {{name}} stands for an input and fills exactly one segment or part of one.' }),
    path_styles: Type.Optional(Type.Record(Type.String(), Type.Object({ style: Type.Optional(Type.String()), explode: Type.Optional(Type.Boolean()) }, closed))),
    query: Type.Optional(Type.Record(Type.String(), Template)),
    headers: Type.Optional(Type.Record(Type.String(), Template)),
    cookies: Type.Optional(Type.Record(Type.String(), Template)),
    body: Type.Optional(Body),
    input: Type.Optional(JsonSchema),
    output: Type.Optional(JsonSchema),
    response: Type.Optional(Response),
    auth: Type.Optional(Type.Array(Type.String(), { description: 'Names of the auth schemes this action accepts; [] for none. Default: the scheme of the connection.' })),
    effect: Type.Optional(Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('destructive')], { description: 'Default: read for GET, HEAD and OPTIONS, destructive for DELETE, write otherwise.' })),
    confirm: Type.Optional(Type.Boolean({ default: false, description: 'Every call waits for a person to approve it.' })),
    deprecated: Type.Optional(Type.Boolean()),
    tags: Type.Optional(Type.Array(Type.String())),
    limits: Type.Optional(Limits),
    examples: Type.Optional(Type.Array(Type.Object({ title: Type.Optional(Type.String()), input: Type.Optional(Json), output: Type.Optional(Json) }, closed))),
  },
  closed,
)
export type ActionDocument = Static<typeof Action>

export const ConnectorDocument = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    connector: Slug,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    version: Type.Optional(Semver),
    kind: Type.Optional(Type.Literal('http', { default: 'http' })),
    description: Type.Optional(Type.String()),
    category: Type.Optional(Type.String()),
    brand: Type.Optional(Type.Object({ logo: Type.Optional(Type.String()), color: Type.Optional(Type.String()) }, closed)),
    servers: Type.Record(Type.String(), Server, { minProperties: 1, description: 'Server by environment, e.g. production, staging. The first is the default.' }),
    auth: Type.Optional(Type.Record(Type.String(), AuthScheme, { description: 'Named ways to authenticate. None means the API is public.' })),
    fields: Type.Optional(Type.Record(Type.String(), Field, { description: 'Settings of a connection that are no secret; usable as {{settings.name}} in templates.' })),
    verify: Type.Optional(Type.Object({ action: ActionName, input: Type.Optional(Json) }, closed)),
    limits: Type.Optional(Limits),
    security: Type.Optional(Security),
    actions: Type.Record(Type.String(), Action, { minProperties: 1 }),
    schemas: Type.Optional(Type.Record(Type.String(), JsonSchema)),
  },
  closed,
)
/** A connector file as written: defaults not filled in. Parse untrusted input with `parseConnector`. */
export type ConnectorDocument = Static<typeof ConnectorDocument>
export type Effect = 'read' | 'write' | 'destructive'
