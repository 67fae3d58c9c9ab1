import type { CredentialField, Effect, Json } from '../api/types.ts'
import { isObject } from './is-object.ts'

/**
 * The connector document as the dashboard reads and edits it: the same file that /connector.schema.json describes. The
 * gateway checks every document it stores; here only what the screens rely on is checked.
 */

export interface Server {
  readonly url: string
  readonly description?: string
  readonly variables?: Readonly<
    Record<string, { readonly description?: string; readonly default?: string; readonly enum?: readonly string[] }>
  >
}

interface WithCertificate {
  /** The API wants a client certificate (mTLS) besides. */
  readonly client_certificate?: boolean
}

export type AuthScheme =
  | { readonly type: 'none'; readonly description?: string }
  | ({
      readonly type: 'api_key'
      readonly in?: 'header' | 'query' | 'cookie' | 'body' | 'path'
      readonly name: string
      readonly prefix?: string
      readonly description?: string
    } & WithCertificate)
  | ({ readonly type: 'bearer'; readonly prefix?: string; readonly description?: string } & WithCertificate)
  | ({ readonly type: 'basic' | 'digest'; readonly description?: string } & WithCertificate)
  | ({
      readonly type: 'headers'
      readonly headers: readonly { readonly name: string; readonly value?: string; readonly description?: string }[]
      readonly description?: string
    } & WithCertificate)
  | { readonly type: 'mtls'; readonly description?: string }
  | {
      readonly type: 'oauth2'
      readonly flow?: 'authorization_code' | 'client_credentials' | 'device_authorization' | 'password' | 'jwt_bearer'
      /** Connectors of one family share an OAuth app. */
      readonly family?: string
      /** What each allows, by its name at the provider. */
      readonly scopes?: Readonly<Record<string, string>>
      readonly default_scopes?: readonly string[]
      readonly description?: string
    }
  | {
      readonly type: 'mcp_oauth'
      readonly scopes?: Readonly<Record<string, string>>
      readonly default_scopes?: readonly string[]
      readonly description?: string
    }
  | ({ readonly type: 'oauth1'; readonly signature_method?: string; readonly description?: string } & WithCertificate)
  | ({ readonly type: 'aws_sigv4'; readonly service: string; readonly description?: string } & WithCertificate)
  | ({
      readonly type: 'hmac'
      readonly fields?: Readonly<Record<string, { readonly title?: string; readonly secret?: boolean }>>
      readonly description?: string
    } & WithCertificate)
  | { readonly type: 'conn_string'; readonly derived: Readonly<Record<string, object>>; readonly description?: string }
  | {
      readonly type: 'two_step' | 'session'
      readonly fields?: Readonly<Record<string, { readonly title?: string; readonly secret?: boolean }>>
      readonly description?: string
    }
  /** Several that go into every request together; a field of one is called `<scheme>.<field>`. */
  | { readonly type: 'all'; readonly schemes: Readonly<Record<string, AuthScheme>>; readonly description?: string }

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY'] as const
export type Method = (typeof methods)[number]

/** A template: text with placeholders, or a value with the way it is serialised. */
export type Template = string | number | boolean | { readonly value: unknown }

export interface ActionDocument {
  readonly title?: string
  readonly description?: string
  readonly method: Method
  readonly path: string
  readonly query?: Readonly<Record<string, Template>>
  readonly headers?: Readonly<Record<string, Template>>
  readonly body?: { readonly type: string; readonly content_type?: string; readonly value: unknown }
  readonly input?: unknown
  readonly output?: unknown
  readonly response?: { readonly map?: Readonly<Record<string, string>>; readonly root?: string }
  readonly effect?: Effect
  readonly confirm?: boolean
  readonly deprecated?: boolean
  readonly tags?: readonly string[]
  readonly examples?: readonly { readonly input?: Json }[]
  /** By scenario. */
  readonly mocks?: Readonly<Record<string, unknown>>
}

export interface ConnectorDocument {
  /** Http where it says nothing. */
  readonly kind?: string
  readonly connector: string
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly category?: string
  readonly brand?: { readonly color?: string }
  /** Its documentation at the provider. */
  readonly docs?: string
  /** What to click at the provider, step by step, by auth scheme. */
  readonly guide?: Readonly<Record<string, readonly string[]>>
  /** Of kind builtin. */
  readonly builtin?: { readonly type: string }
  readonly servers: Readonly<Record<string, Server>>
  readonly auth?: Readonly<Record<string, AuthScheme>>
  readonly fields?: Readonly<
    Record<
      string,
      {
        readonly type?: 'string' | 'number' | 'boolean'
        readonly title?: string
        readonly description?: string
        readonly required?: boolean
        readonly default?: string | number | boolean
        readonly enum?: readonly string[]
      }
    >
  >
  readonly security?: { readonly verify_ssl?: boolean }
  /** Of a connector of kind script. */
  readonly script?: { readonly language?: 'javascript' | 'typescript'; readonly source: string }
  readonly actions: Readonly<Record<string, ActionDocument>>
  readonly schemas?: Readonly<Record<string, unknown>>
}

function isConnectorDocument(value: Json): value is Json & ConnectorDocument {
  const { connector, name, servers, actions, script } = value
  return (
    (script === undefined || (isObject(script) && typeof script.source === 'string')) &&
    typeof connector === 'string' &&
    typeof name === 'string' &&
    isObject(servers) &&
    Object.values(servers).every((server) => isObject(server) && typeof server.url === 'string') &&
    isObject(actions) &&
    Object.values(actions).every(
      (action) => isObject(action) && typeof action.method === 'string' && typeof action.path === 'string',
    )
  )
}

/** A connector that is code says of no action how it is asked for, and may name no server. */
function withBlanks(value: Json): Json {
  const { servers = { production: { url: '' } }, actions } = value
  if (!isObject(actions)) return value
  const commands = Object.entries(actions).map(([name, action]) => [
    name,
    isObject(action) ? { method: '', path: '', ...action } : action,
  ])
  return { ...value, servers, actions: Object.fromEntries(commands) }
}

/** A document from the gateway. Throws when it is no connector document. */
export function asConnectorDocument(document: Json): Json & ConnectorDocument {
  const value = document.kind === undefined || document.kind === 'http' ? document : withBlanks(document)
  if (!isConnectorDocument(value))
    throw new Error('This is not a connector document: it needs connector, name, servers and actions.')
  return value
}

export const environmentsOf = (document: ConnectorDocument): readonly string[] => Object.keys(document.servers)
export const serverUrlOf = (document: ConnectorDocument, environment: string): string =>
  (document.servers[environment] ?? Object.values(document.servers)[0])?.url ?? ''

export interface SettingField {
  readonly name: string
  readonly label: string
  readonly type: 'string' | 'number' | 'boolean'
  readonly required: boolean
  readonly description?: string
  readonly fallback?: string | number | boolean
  readonly options?: readonly string[]
}

/** "account_id" → "Account id", for what has no title. */
const wordsOf = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1).replaceAll('_', ' ')

/**
 * What a connection has to be told besides its credential: the variables of its server, then the connector's fields, without
 * those that a connection string says.
 */
export function settingFieldsOf(document: ConnectorDocument, environment: string, scheme?: AuthScheme): readonly SettingField[] {
  const server = document.servers[environment] ?? Object.values(document.servers)[0]
  const variables = [...(server?.url ?? '').matchAll(/\{(\w+)\}/g)].map(([, name = '']): SettingField => {
    const variable = server?.variables?.[name]
    return {
      name,
      label: wordsOf(name),
      type: 'string',
      required: variable?.default === undefined,
      ...(variable?.description ? { description: variable.description } : {}),
      ...(variable?.default === undefined ? {} : { fallback: variable.default }),
      ...(variable?.enum ? { options: variable.enum } : {}),
    }
  })
  const fields = Object.entries(document.fields ?? {}).map(
    ([name, field]): SettingField => ({
      name,
      label: field.title ?? wordsOf(name),
      type: field.type ?? 'string',
      required: (field.required ?? false) && field.default === undefined,
      ...(field.description ? { description: field.description } : {}),
      ...(field.default === undefined ? {} : { fallback: field.default }),
      ...(field.enum ? { options: field.enum } : {}),
    }),
  )
  return [...variables, ...fields].filter(({ name }) => scheme?.type !== 'conn_string' || !Object.hasOwn(scheme.derived, name))
}

const fieldOf = (name: string, title: string, more: Partial<CredentialField> = {}): CredentialField => ({
  ...{ name, title, kind: 'text', secret: true, required: true },
  ...more,
})

/** What a scheme of a draft asks for. Of a stored connector the gateway says it: `GET /connectors/{id}/schemes`. */
export function secretFieldsOf(scheme: AuthScheme): readonly CredentialField[] {
  const fields = sentFieldsOf(scheme)
  if (!wantsCertificate(scheme)) return fields
  return [
    ...fields,
    fieldOf('client_certificate', 'Client certificate, PEM', { kind: 'long_text' }),
    fieldOf('client_key', 'Private key of the certificate, PEM, without a passphrase', { kind: 'long_text' }),
  ]
}

const wantsCertificate = (scheme: AuthScheme): boolean =>
  scheme.type === 'all'
    ? Object.values(scheme.schemes).some(wantsCertificate)
    : scheme.type === 'mtls' || ('client_certificate' in scheme && scheme.client_certificate === true)

function sentFieldsOf(scheme: AuthScheme): readonly CredentialField[] {
  switch (scheme.type) {
    case 'none':
    case 'mtls':
    case 'mcp_oauth':
      return []
    case 'api_key':
      return [fieldOf('key', 'API key')]
    case 'bearer':
      return [fieldOf('token', 'Token')]
    case 'two_step':
    case 'session':
      return Object.entries(
        scheme.fields ?? { username: { title: 'User name', secret: false }, password: { title: 'Password' } },
      ).map(([name, { title = name, secret = true }]) => fieldOf(name, title, { secret }))
    case 'conn_string':
      return [fieldOf('connection_string', 'Connection string')]
    case 'oauth2':
      return [fieldOf('access_token', 'Access token')]
    case 'oauth1':
      return [
        fieldOf('consumer_key', 'Consumer key', { secret: false }),
        scheme.signature_method === 'RSA-SHA1'
          ? fieldOf('private_key', 'Private key, PEM', { kind: 'long_text' })
          : fieldOf('consumer_secret', 'Consumer secret'),
        fieldOf('token', 'Access token', { required: false }),
        fieldOf('token_secret', 'Secret of the access token', { required: false }),
      ]
    case 'aws_sigv4':
      return [
        fieldOf('access_key_id', 'Access key ID', { secret: false }),
        fieldOf('secret_access_key', 'Secret access key'),
        fieldOf('session_token', 'Session token', { required: false }),
      ]
    case 'hmac':
      return [
        ...Object.entries(scheme.fields ?? { key: { title: 'API key' } }).map(([name, { title = name, secret = true }]) =>
          fieldOf(name, title, { secret }),
        ),
        fieldOf('secret', 'Secret of the signature'),
      ]
    case 'basic':
    case 'digest':
      return [fieldOf('username', 'User name', { secret: false }), fieldOf('password', 'Password')]
    case 'headers':
      return scheme.headers.filter(({ value }) => value === undefined).map(({ name }) => fieldOf(name, name))
    case 'all':
      return Object.entries(scheme.schemes).flatMap(([part, one]) =>
        sentFieldsOf(one).map((field) => ({ ...field, name: `${part}.${field.name}` })),
      )
  }
}

/** Whether somebody has to consent at the provider before there are tokens. */
export const consentsTo = (scheme: AuthScheme | undefined): boolean => {
  if (scheme?.type === 'mcp_oauth') return true
  if (scheme?.type !== 'oauth2') return false
  const { flow = 'authorization_code' } = scheme
  return flow === 'authorization_code' || flow === 'device_authorization'
}

const labelled = (label: string, names: readonly string[]): string => {
  const known = names.filter(Boolean).join(', ')
  return known ? `${label} (${known})` : label
}

/** "API key (X-API-Key)", as the list of connections will show it. */
export function authLabelOf(scheme: AuthScheme): string {
  const label = bareLabelOf(scheme)
  return wantsCertificate(scheme) && scheme.type !== 'mtls' && scheme.type !== 'all' ? `${label} and client certificate` : label
}

function bareLabelOf(scheme: AuthScheme): string {
  switch (scheme.type) {
    case 'none':
      return 'None'
    case 'mtls':
      return 'Client certificate'
    case 'api_key':
      return labelled('API key', [scheme.name])
    case 'bearer':
      return 'Bearer token'
    case 'two_step':
      return 'Login for a token'
    case 'session':
      return 'Login for a session'
    case 'conn_string':
      return 'Connection string'
    case 'oauth2':
      return 'OAuth 2.0'
    case 'mcp_oauth':
      return 'Sign-in of the MCP server'
    case 'oauth1':
      return 'OAuth 1.0a'
    case 'aws_sigv4':
      return labelled('AWS Signature V4', [scheme.service])
    case 'hmac':
      return 'Signed requests (HMAC)'
    case 'digest':
      return 'Digest'
    case 'basic':
      return 'Basic'
    case 'headers':
      return labelled(
        'Custom headers',
        scheme.headers.map(({ name }) => name),
      )
    case 'all':
      return Object.values(scheme.schemes).map(authLabelOf).join(' and ')
  }
}

/** What an action does when the document does not say so. */
export function effectOf({ effect, method }: Pick<ActionDocument, 'effect' | 'method'>): Effect {
  if (effect) return effect
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS' || method === 'QUERY') return 'read'
  return method === 'DELETE' ? 'destructive' : 'write'
}

export const isSlug = (text: string): boolean => /^[a-z][a-z0-9_-]{0,62}$/.test(text)

/** "My Company CRM" → "my_company_crm": at most 63 characters, starting with a letter. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return slug.slice(0, 63).replace(/_+$/, '')
}

function refsIn(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) refsIn(item, found)
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) {
      const name = key === '$ref' && typeof item === 'string' ? item.match(/^#\/schemas\/([^/]+)/)?.[1] : undefined
      if (name !== undefined) found.add(name.replaceAll('~1', '/').replaceAll('~0', '~'))
      else refsIn(item, found)
    }
}

/** The schemas to which these values lead, directly or through one another. */
export function schemasNeededBy(values: readonly unknown[], schemas: Readonly<Record<string, unknown>>): Json {
  const needed = new Set<string>()
  let open = values
  while (open.length > 0) {
    const found = new Set<string>()
    for (const value of open) refsIn(value, found)
    const fresh = [...found].filter((name) => !needed.has(name))
    for (const name of fresh) needed.add(name)
    open = fresh.map((name) => schemas[name])
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => needed.has(name)))
}

/** The document with only these actions, and only the schemas they lead to. */
export function withActions(document: ConnectorDocument, keep: ReadonlySet<string>): ConnectorDocument {
  const actions = Object.fromEntries(Object.entries(document.actions).filter(([name]) => keep.has(name)))
  if (!document.schemas) return { ...document, actions }
  const { schemas, ...rest } = document
  const kept = schemasNeededBy(Object.values(actions), schemas)
  return { ...rest, actions, ...(Object.keys(kept).length > 0 ? { schemas: kept } : {}) }
}
