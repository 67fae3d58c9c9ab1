import type { ActionDocument, ConnectorDocument, Effect } from './document.ts'
import { type InputShape, inputShape } from './input-schema.ts'
import type { Bundler } from './json-schema/bundle.ts'
import { isObject } from './json-schema/keywords.ts'
import type { Schemas } from './json-schema/references.ts'
import type { SchemaCompiler } from './json-schema/validator.ts'
import { compileFailure, compileResponse } from './response-map.ts'
import { compileBody } from './template/body.ts'
import { compileHeaders, compileQuery } from './template/parameters.ts'
import { compilePath } from './template/path.ts'
import type { Fallback } from './template/placeholders.ts'
import { guarded } from './template/refusal.ts'
import { compileServers } from './template/server.ts'
import { joinUrl } from './template/url.ts'
import type { CompiledAction, RenderedRequest, ResolvedLimits } from './types.ts'

/** What the actions of a connector share. */
export interface ConnectorContext {
  readonly document: ConnectorDocument
  readonly schemas: Schemas
  readonly inputs: SchemaCompiler
  readonly outputs: SchemaCompiler
  readonly bundler: Bundler
  /** By name of the setting: what it is when the connection doesn't say. */
  readonly settingDefaults: Readonly<Record<string, unknown>>
  /** Names of query parameters that carry a credential. */
  readonly reservedQuery: ReadonlySet<string>
}

const defaultLimits: ResolvedLimits = {
  timeoutMs: 30_000,
  retries: 2,
  maxResponseBytes: 5_242_880,
  perMinute: 10,
  perDay: null,
  responseCheck: 'enforce',
}
const defaultAccept = 'application/json, */*;q=0.5'

function resolveLimits({ limits: shared = {} }: ConnectorDocument, { limits: own = {} }: ActionDocument): ResolvedLimits {
  const limits = { ...shared, ...own }
  return {
    timeoutMs: limits.timeout_ms ?? defaultLimits.timeoutMs,
    retries: limits.retries ?? defaultLimits.retries,
    maxResponseBytes: limits.max_response_bytes ?? defaultLimits.maxResponseBytes,
    perMinute: limits.per_minute ?? defaultLimits.perMinute,
    perDay: limits.per_day ?? defaultLimits.perDay,
    responseCheck: limits.response_check ?? defaultLimits.responseCheck,
  }
}

const readMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH'])

export function effectOf({ effect, method }: Pick<ActionDocument, 'effect' | 'method'>): Effect {
  if (effect !== undefined) return effect
  if (method === 'DELETE' || method === 'PURGE') return 'destructive'
  return readMethods.has(method) ? 'read' : 'write'
}

/** `listOpenInvoices` and `list_open_invoices` read "List open invoices". */
function titleOf(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The value of `make`, made at the first call. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function withDefault(headers: Record<string, string>, name: string, value: string): void {
  for (const key in headers) if (key.toLowerCase() === name.toLowerCase()) return
  headers[name] = value
}

/** Compiles an action by its name, which the document must have. Schemas and templates are compiled when first needed. */
export function compileAction(name: string, context: ConnectorContext): CompiledAction {
  const { document, schemas } = context
  const action = document.actions[name]
  if (action === undefined) throw new TypeError(`The document has no action ${name}.`)
  const { path, method, output } = action

  const servers = action.servers === undefined ? null : compileServers(action.servers, document.fields)
  const input = once<InputShape>(() => inputShape(action, schemas))
  const fallback: Fallback = (key, setting) => {
    const defaults = setting ? context.settingDefaults : input().defaults
    return Object.hasOwn(defaults, key) ? defaults[key] : undefined
  }
  const templates = once(() => ({
    path: compilePath(path, action.path_styles ?? {}, fallback),
    query: compileQuery(action.query ?? {}, context.reservedQuery, fallback),
    headers: compileHeaders(action.headers ?? {}, action.cookies ?? {}, fallback),
    body: action.body === undefined ? undefined : compileBody(action.body, fallback),
  }))
  const checkInput = once(() => context.inputs.compile(input().schema))
  const checkOutput = once(() => (output === undefined ? null : context.outputs.compile(output)))
  const inputSchema = once(() => context.bundler.bundle(input().schema))
  const outputSchema = once(() => (isObject(output) ? context.bundler.bundle(output) : (output ?? null)))
  const map = once(() => compileResponse(action.response ?? {}))
  const failure = once(() => compileFailure(action.response ?? {}))

  return {
    name,
    title: action.title ?? titleOf(name),
    description: action.description ?? '',
    method,
    path,
    effect: effectOf(action),
    confirm: action.confirm ?? false,
    idempotencyHeader: effectOf(action) === 'read' ? null : (action.idempotency_header ?? document.idempotency_header ?? null),
    deprecated: action.deprecated ?? false,
    tags: action.tags ?? [],
    authSchemes: action.auth ?? null,
    baseUrl(environment, settings) {
      const server = servers?.get(environment) ?? servers?.values().next().value
      return server?.(settings) ?? null
    },
    limits: resolveLimits(document, action),
    inputSchema,
    outputSchema,
    inputSource: () => ({ schema: input().schema, schemas }),
    outputSource: () => (output === undefined ? null : { schema: output, schemas }),
    checkInput: (value) => checkInput()(value),
    checkOutput: (value) => checkOutput()?.(value) ?? [],
    renderUrl: (baseUrl, values, settings) =>
      guarded(() => {
        const scope = { input: values, settings }
        const { path: renderPath, query: renderQuery } = templates()
        return joinUrl(baseUrl, renderPath(scope), renderQuery(scope))
      }),
    renderRequest: (url, values, settings) =>
      guarded((): RenderedRequest => {
        const scope = { input: values, settings }
        const headers = templates().headers(scope)
        const body = templates().body?.(scope)
        withDefault(headers, 'Accept', defaultAccept)
        if (body === undefined) return { method, url, headers }
        withDefault(headers, 'Content-Type', body.contentType)
        return { method, url, headers, body: body.body, bodyValue: body.value }
      }),
    mapsResponse: action.response?.map !== undefined || action.response?.root !== undefined,
    reportsFailure: (body) => failure()(body),
    mapResponse: (body) => map()(body),
  }
}
