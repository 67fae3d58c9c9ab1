import { type Static, Type } from 'typebox'
import { ConnectionStringScheme } from './connection-string.ts'
import { insteadOfCalling } from './fallback.ts'
import { kinds } from './kinds.ts'
import { ConnectorLimits, Limits } from './limits.ts'
import { SessionScheme, TwoStepScheme } from './login.ts'
import { McpOAuthScheme, McpServer, McpTool } from './mcp.ts'
import { OAuth2Scheme } from './oauth2.ts'
import { AwsSigV4Scheme, DigestScheme, HmacScheme, OAuth1Scheme } from './signing.ts'
import { Verify } from './verify.ts'

/**
 * The connector file: one YAML or JSON document that describes an API. This schema is published as
 * `connector.schema.json`, so editors complete it; catalog entries, imports and hand-written connectors share it.
 */

const closed = { additionalProperties: false } as const
const text = (description: string) => Type.Optional(Type.String({ description }))
const note = Type.Optional(Type.String())

const Json = Type.Unknown()
/** A JSON Schema (draft 2020-12). `$ref` may point into the connector's `schemas` as `#/schemas/Name`. */
const JsonSchema = Type.Unsafe<JsonSchemaValue>({
  type: ['object', 'boolean'],
  description: 'A JSON Schema (draft 2020-12); "$ref" may be "#/schemas/Name".',
})
export type JsonSchemaValue = boolean | { readonly [keyword: string]: unknown }

const Slug = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,62}$',
  description: 'Lower-case letters, digits, "_" and "-"; starts with a letter; at most 63 characters.',
})
const actionName = '^[a-zA-Z][a-zA-Z0-9_]{0,63}$'
const fieldName = '^[a-zA-Z][a-zA-Z0-9_-]{0,62}$'
const Semver = Type.String({ pattern: '^\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}$', description: 'A semantic version such as 1.0.0.' })

const Server = Type.Object(
  {
    url: Type.String({ description: 'Base URL, e.g. https://{tenant}.example.com/v1. Variables stand in braces.' }),
    description: note,
    variables: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          { description: note, default: Type.Optional(Type.String()), enum: Type.Optional(Type.Array(Type.String())) },
          closed,
        ),
        { description: 'Asked for when a connection is made, unless they have a default.' },
      ),
    ),
  },
  closed,
)

const clientCertificate = Type.Optional(
  Type.Boolean({
    default: false,
    description: 'The API wants a client certificate (mTLS) besides; it is asked for with the other secrets.',
  }),
)

const OAuthFlow = Type.Optional(
  Type.Object(
    {
      authorization_url: note,
      token_url: note,
      refresh_url: note,
      device_authorization_url: note,
      scopes: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'What each scope permits.' })),
    },
    closed,
  ),
)
const OAuthFlows = Type.Object(
  {
    authorization_code: OAuthFlow,
    client_credentials: OAuthFlow,
    device_authorization: OAuthFlow,
    implicit: OAuthFlow,
    password: OAuthFlow,
  },
  { ...closed, description: 'How the API gives out its tokens (OAuth 2.0), by flow.' },
)

const oneAuthScheme = [
  Type.Object({ type: Type.Literal('none'), description: note }, closed),
  Type.Object(
    {
      type: Type.Literal('api_key'),
      in: Type.Optional(Type.Enum(['header', 'query', 'cookie', 'body', 'path'], { default: 'header' })),
      name: Type.String({
        description:
          'Name of the header, query parameter, cookie or field of the body, e.g. X-API-Key; with in: path, of the place in the paths of actions, e.g. token for /bot{{auth.token}}/getMe.',
      }),
      body_format: Type.Optional(
        Type.Enum(['json', 'form'], {
          default: 'json',
          description: 'With in: body, how the body is written where the action has none of its own.',
        }),
      ),
      prefix: text('Put before the key, e.g. "ApiKey ".'),
      client_certificate: clientCertificate,
      description: note,
    },
    closed,
  ),
  Type.Object(
    {
      type: Type.Literal('bearer'),
      prefix: Type.Optional(Type.String({ default: 'Bearer ' })),
      oauth2: Type.Optional(OAuthFlows),
      open_id_connect_url: text('Where the API publishes its OpenID Connect configuration.'),
      client_certificate: clientCertificate,
      description: note,
    },
    closed,
  ),
  Type.Object({ type: Type.Literal('basic'), client_certificate: clientCertificate, description: note }, closed),
  Type.Object(
    {
      type: Type.Literal('headers'),
      headers: Type.Array(
        Type.Object(
          {
            name: Type.String(),
            value: text('A fixed value that is no secret. Without it the value is asked for and kept secret.'),
            description: note,
          },
          closed,
        ),
        { minItems: 1 },
      ),
      client_certificate: clientCertificate,
      description: note,
    },
    closed,
  ),
  Type.Object({ type: Type.Literal('mtls'), description: note }, closed),
  Type.Object(
    {
      type: Type.Literal('secrets'),
      fields: Type.Record(
        Type.String(),
        Type.Object({ title: note, description: note, required: Type.Optional(Type.Boolean({ default: false })) }, closed),
        { minProperties: 1, propertyNames: { pattern: fieldName } },
      ),
      description: note,
    },
    {
      ...closed,
      description: 'Secrets that the code of a connector puts where they belong; the gateway adds them to no request.',
    },
  ),
  DigestScheme,
  OAuth1Scheme,
  AwsSigV4Scheme,
  HmacScheme,
] as const

export const AuthScheme = Type.Union(
  [
    ...oneAuthScheme,
    OAuth2Scheme,
    McpOAuthScheme,
    ConnectionStringScheme,
    TwoStepScheme,
    SessionScheme,
    Type.Object(
      {
        type: Type.Literal('all'),
        schemes: Type.Record(Type.String(), Type.Union([...oneAuthScheme]), {
          minProperties: 2,
          propertyNames: { pattern: fieldName },
          description: 'Schemes that go into every request together. Each field is asked for as <scheme>.<field>.',
        }),
        description: note,
      },
      closed,
    ),
  ],
  { description: 'How a request proves who sends it. The secrets themselves are entered with a connection.' },
)
export type AuthScheme = Static<typeof AuthScheme>
const alone = ['all', 'oauth2', 'mcp_oauth', 'conn_string', 'two_step', 'session'] as const
type Alone = (typeof alone)[number]
/** One that may go together with others: not made of others, and what is entered is what is sent. */
export type OneAuthScheme = Exclude<AuthScheme, { type: Alone }>

export const isSingle = (scheme: AuthScheme): scheme is OneAuthScheme => !alone.some((type) => type === scheme.type)

const Field = Type.Object(
  {
    type: Type.Optional(Type.Enum(['string', 'number', 'boolean'], { default: 'string' })),
    title: note,
    description: note,
    required: Type.Optional(Type.Boolean()),
    default: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
    enum: Type.Optional(Type.Array(Type.String())),
  },
  closed,
)

const Security = Type.Object(
  {
    url_patterns: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'Allowed URLs, e.g. https://api.example.com/v1/* or https://*.example.com. Default: everything below the server URL.',
      }),
    ),
    caller_ips: Type.Optional(
      Type.Array(Type.String(), { description: 'Addresses or CIDRs of callers that may use this connector. Default: any.' }),
    ),
    verify_ssl: Type.Optional(
      Type.Boolean({
        default: true,
        description: "Check the API's certificate. Without, anyone on the way can read and change calls.",
      }),
    ),
    tls: Type.Optional(
      Type.Object(
        {
          ca: text(
            "Certificates in PEM of the authorities that sign the API's certificate. Only theirs are accepted, by its authorization server besides the public ones. Default: the public authorities that Node brings.",
          ),
          http2: Type.Optional(
            Type.Boolean({
              default: false,
              description:
                'Speak HTTP/2 where the API offers it. A call costs more than over HTTP/1.1, and fewer connections do.',
            }),
          ),
        },
        closed,
      ),
    ),
    allow_http: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Permit http:// servers outside loopback and the ranges of SALLYPORT_EGRESS_ALLOW.',
      }),
    ),
  },
  closed,
)

const Style = Type.Enum(['simple', 'label', 'matrix', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'])
/** How OpenAPI writes a list or an object into a parameter (OpenAPI 3.1, "Style Values"). */
export type Style = Static<typeof Style>

const placing = {
  style: Type.Optional(Style),
  explode: Type.Optional(Type.Boolean()),
  content_type: text('Serialise the value as this media type (application/json) instead of by style.'),
}

const Placement = Type.Object({ value: Json, ...placing }, closed)
export type Placement = Static<typeof Placement>

/** A template: text with `{{input}}` placeholders, or `{value, style, explode}` as OpenAPI parameters need. */
const Template = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Placement], {
  description:
    'Text with {{input}} and {{settings.field}} placeholders, or {value, style, explode}. Left out when an input in it is absent.',
})
export type Template = Static<typeof Template>

const BodyType = Type.Enum(['json', 'form', 'multipart', 'text', 'xml', 'binary'])
export type BodyType = Static<typeof BodyType>

const Body = Type.Object(
  {
    type: BodyType,
    content_type: text('Default: by type, e.g. application/json.'),
    value: Type.Unknown({
      description:
        'A JSON value. A text that is exactly "{{input}}" becomes that value with its type; inside a longer text it is inserted as text; a key whose input is absent is left out. A file in a multipart body is {filename, content_type, data_base64}, a binary body a text in base64.',
    }),
    encoding: Type.Optional(
      Type.Record(Type.String(), Type.Object(placing, closed), {
        description:
          'How single fields of a form or multipart body are written. Default: lists repeat the field, objects use field[key].',
      }),
    ),
  },
  closed,
)
export type BodyDocument = Static<typeof Body>

const Pagination = Type.Object(
  {
    type: Type.Enum(['link', 'cursor', 'offset', 'page'], {
      description:
        'link: the answer gives the address of the next page. cursor: a text to go on from. offset: how many items to skip. page: the number of a page.',
    }),
    parameter: text('Input that says where to go on: the cursor, the offset or the page.'),
    size: text('Input that says how many items a page has.'),
    next: text('Path in the response to the next cursor or address. Of a link without it, the Link header (rel="next") has it.'),
    items: text('Path in the response to the list; empty when the response is the list.'),
    more: text('Path in the response to a flag that tells whether there is more.'),
  },
  closed,
)
export type Pagination = Static<typeof Pagination>

const Response = Type.Object(
  {
    map: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Field of the answer → path in the response, e.g. {id: "data.id", names: "items[].name"}.',
      }),
    ),
    root: text('Path of the part of the response that is the answer, e.g. "data".'),
    variables: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'What later steps of a workflow read by name → path in the response, e.g. {contactCount: "total"}.',
      }),
    ),
    pagination: Type.Optional(Pagination),
    failure: text(
      'Path in the response at which something stands only when the action failed in spite of its status, e.g. "errors[0]" of GraphQL.',
    ),
  },
  closed,
)
export type ResponseDocument = Static<typeof Response>

const IdempotencyHeader = Type.String({
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
  description: 'Header by which the API recognises a repeated write, e.g. Idempotency-Key. Writes that carry it may be retried.',
})

/** Those of HTTP that a gateway may send, QUERY, and those of WebDAV and caches that API documents use. */
export const methods = [
  ...['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY'],
  ...['COPY', 'LINK', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND', 'PROPPATCH', 'PURGE', 'REPORT', 'SEARCH', 'UNLINK', 'UNLOCK'],
] as const

const Action = Type.Object(
  {
    title: note,
    description: note,
    method: Type.Optional(Type.Enum(methods, { description: 'Of kind http, which needs it.' })),
    path: Type.Optional(
      Type.String({
        pattern: '^/',
        description:
          'Of kind http, which needs it. Appended to the server URL. {name} or {{name}} stands for an input and fills exactly one segment or part of one.',
      }),
    ),
    path_styles: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          { style: Type.Optional(Type.Enum(['simple', 'label', 'matrix'])), explode: Type.Optional(Type.Boolean()) },
          closed,
        ),
      ),
    ),
    query: Type.Optional(Type.Record(Type.String(), Template)),
    headers: Type.Optional(Type.Record(Type.String(), Template)),
    cookies: Type.Optional(Type.Record(Type.String(), Template)),
    body: Type.Optional(Body),
    tool: Type.Optional(McpTool),
    input: Type.Optional(JsonSchema),
    output: Type.Optional(JsonSchema),
    response: Type.Optional(Response),
    errors: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^([1-5](\\d\\d|XX)|default)$' }),
        Type.Object({ description: note, schema: Type.Optional(JsonSchema) }, closed),
        { description: 'Answers that are no success, by status such as 404, 4XX or default.' },
      ),
    ),
    auth: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Names of the auth schemes this action accepts; [] for none. Default: the scheme of the connection.',
      }),
    ),
    scopes: Type.Optional(Type.Array(Type.String(), { description: 'OAuth scopes that a token needs for this action.' })),
    servers: Type.Optional(
      Type.Record(Type.String(), Server, {
        minProperties: 1,
        propertyNames: { pattern: fieldName },
        description:
          "Servers of this action alone, by environment, instead of the connector's. In an environment that is not listed the first is called.",
      }),
    ),
    effect: Type.Optional(
      Type.Enum(['read', 'write', 'destructive'], {
        description:
          'Default: read for GET, HEAD, OPTIONS, QUERY, PROPFIND, REPORT and SEARCH, destructive for DELETE and PURGE, write otherwise.',
      }),
    ),
    confirm: Type.Optional(Type.Boolean({ default: false, description: 'Every call waits for a person to approve it.' })),
    idempotency_header: Type.Optional(IdempotencyHeader),
    deprecated: Type.Optional(Type.Boolean()),
    deprecated_message: text('What to use instead.'),
    added_in: Type.Optional(Semver),
    tags: Type.Optional(Type.Array(Type.String())),
    limits: Type.Optional(Limits),
    ...insteadOfCalling(fieldName),
    examples: Type.Optional(
      Type.Array(Type.Object({ title: note, input: Type.Optional(Json), output: Type.Optional(Json) }, closed)),
    ),
  },
  closed,
)
export type ActionDocument = Static<typeof Action>
/** An action of kind http, as parsing makes sure. */
export type HttpActionDocument = ActionDocument & Required<Pick<ActionDocument, 'method' | 'path'>>
export const isHttpAction = (action: ActionDocument): action is HttpActionDocument =>
  action.method !== undefined && action.path !== undefined

export const ConnectorDocument = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    connector: Slug,
    name: Type.String({ minLength: 1, maxLength: 200 }),
    version: Type.Optional(Semver),
    kind: Type.Optional(Type.Enum(kinds, { default: 'http', description: 'How its actions run.' })),
    mcp: Type.Optional(McpServer),
    builtin: Type.Optional(
      Type.Object(
        { type: Slug, version: Type.Optional(Semver) },
        {
          ...closed,
          description:
            "Of kind builtin: the type it is an instance of, and that type's version. Its actions, fields and auth come from the type.",
        },
      ),
    ),
    script: Type.Optional(
      Type.Object(
        {
          source: Type.String({
            minLength: 1,
            maxLength: 262_144,
            description:
              'Each action calls the function of its name, which finds everything in the global "sallyport" and returns an outcome.',
          }),
          language: Type.Optional(Type.Enum(['javascript', 'typescript'], { default: 'javascript' })),
        },
        { ...closed, description: 'Of kind script: the code, which runs in a sandbox.' },
      ),
    ),
    description: note,
    category: note,
    brand: Type.Optional(Type.Object({ logo: note, color: note }, closed)),
    docs: text("Address of the provider's own documentation."),
    guide: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 }), {
        description: 'By auth scheme: what to do at the provider to get what a connection asks for, step by step.',
      }),
    ),
    servers: Type.Optional(
      Type.Record(Type.String(), Server, {
        minProperties: 1,
        propertyNames: { pattern: fieldName },
        description:
          'Server by environment, e.g. production, staging. The first is the default. Kinds http, external and mcp need one, but for an MCP server that is a program.',
      }),
    ),
    auth: Type.Optional(
      Type.Record(Type.String(), AuthScheme, { description: 'Named ways to authenticate. None means the API is public.' }),
    ),
    fields: Type.Optional(
      Type.Record(Type.String(), Field, {
        propertyNames: { pattern: fieldName },
        description: 'Settings of a connection that are no secret; usable as {{settings.name}} in templates.',
      }),
    ),
    verify: Type.Optional(Verify),
    limits: Type.Optional(ConnectorLimits),
    idempotency_header: Type.Optional(IdempotencyHeader),
    security: Type.Optional(Security),
    actions: Type.Record(Type.String(), Action, {
      propertyNames: { pattern: actionName },
      description: 'Operations by name: a letter, then letters, digits and "_"; at most 64 characters. At least one.',
    }),
    default_action: text('The action that calls mean that name none.'),
    schemas: Type.Optional(Type.Record(Type.String(), JsonSchema)),
    removed: Type.Optional(
      Type.Record(Type.String(), Type.Object({ version: Semver, use: text('The action to call instead.') }, closed), {
        description: 'Actions of earlier versions, and the version that has them no more: calls to them are told so.',
      }),
    ),
  },
  closed,
)
/** A connector file as written: defaults not filled in. Parse untrusted input with `parseConnector`. */
export type ConnectorDocument = Static<typeof ConnectorDocument>
/** One of kind http, as parsing makes sure. */
export type HttpConnectorDocument = Omit<ConnectorDocument, 'kind' | 'servers' | 'actions'> & {
  readonly kind?: 'http'
  readonly servers: NonNullable<ConnectorDocument['servers']>
  readonly actions: Record<string, HttpActionDocument>
}
export type Effect = 'read' | 'write' | 'destructive'
