import { type ActionDocument, type ConnectorDocument, type Effect, isHttpAction } from './document.ts'
import { type InputShape, inputShape } from './input-schema.ts'
import type { Bundler } from './json-schema/bundle.ts'
import { isObject } from './json-schema/keywords.ts'
import type { Schemas } from './json-schema/references.ts'
import type { SchemaCompiler } from './json-schema/validator.ts'
import { compileFailure, compileResponse, compileVariables } from './response-map.ts'
import { compileBody } from './template/body.ts'
import { compileHeaders, compileQuery } from './template/parameters.ts'
import { compilePath } from './template/path.ts'
import type { Fallback } from './template/placeholders.ts'
import { guarded } from './template/refusal.ts'
import { compileServers } from './template/server.ts'
import { joinUrl } from './template/url.ts'
import type { AnswerFailure, CompiledAction, RenderedRequest, ResolvedLimits } from './types.ts'

/** What the actions of a connector share. */
export interface ConnectorContext {
  readonly document: ConnectorDocument
  readonly schemas: Schemas
  readonly inputs: SchemaCompiler
  readonly outputs: SchemaCompiler
  readonly bundler: Bundler
  /** By name of the setting: what it is when the connection doesn't say. */
  readonly settingDefault: (name: string) => unknown
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
  // Nobody knows what code does unless it says so.
  if (method === undefined) return 'write'
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
export function once<T>(make: () => T): () => T {
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

type Judge = (status: number, body: unknown) => AnswerFailure | null

/** What an action makes of answers that says nothing else: a successful status, unless the answer tells of a failure. */
function defaultJudge({ response = {} }: ActionDocument): Judge {
  const failed = compileFailure(response)
  return (status, body) => {
    if (status < 200 || status >= 300) return { by: 'status' }
    return failed(body) ? { by: 'content', code: 'UPSTREAM_ERROR', says: 'and says in the answer that it failed' } : null
  }
}

/** Compiles an action. Schemas and templates are compiled when first needed. */
export function compileAction(
  name: string,
  action: ActionDocument,
  context: ConnectorContext,
  makeJudge: () => Judge = () => defaultJudge(action),
): CompiledAction {
  const { document, schemas } = context
  const { output } = action

  const servers = action.servers === undefined ? null : compileServers(action.servers, document.fields)
  const input = once<InputShape>(() => inputShape(action, schemas))
  const fallback: Fallback = (key, setting) => {
    if (setting) return context.settingDefault(key)
    const { defaults } = input()
    return Object.hasOwn(defaults, key) ? defaults[key] : undefined
  }
  const checkInput = once(() => context.inputs.compile(input().schema))
  const checkOutput = once(() => (output === undefined ? null : context.outputs.compile(output)))
  const inputSchema = once(() => context.bundler.bundle(input().schema))
  const outputSchema = once(() => (isObject(output) ? context.bundler.bundle(output) : (output ?? null)))
  const map = once(() => compileResponse(action.response ?? {}))
  const variables = once(() => compileVariables(action.response ?? {}))

  const shared = {
    name,
    title: action.title ?? titleOf(name),
    description: action.description ?? '',
    effect: effectOf(action),
    confirm: action.confirm ?? false,
    idempotencyHeader: effectOf(action) === 'read' ? null : (action.idempotency_header ?? document.idempotency_header ?? null),
    deprecated: action.deprecated ?? false,
    deprecatedMessage: action.deprecated_message ?? null,
    addedIn: action.added_in ?? null,
    tags: action.tags ?? [],
    authSchemes: action.auth ?? null,
    limits: resolveLimits(document, action),
    fallbacks: action.fallbacks ?? [],
    inputSchema,
    outputSchema,
    inputSource: () => ({ schema: input().schema, schemas }),
    outputSource: () => (output === undefined ? null : { schema: output, schemas }),
    checkInput: (value: unknown) => checkInput()(value),
    checkOutput: (value: unknown) => checkOutput()?.(value) ?? [],
    mapsResponse: action.response?.map !== undefined || action.response?.root !== undefined,
    mapResponse: (body: unknown) => map()(body),
    variablesIn: (body: unknown) => variables()(body),
  }
  const kind = document.kind ?? 'http'
  if (kind !== 'http') return { ...shared, kind }
  if (!isHttpAction(action)) throw new TypeError(`The action ${name} has no method or path.`)

  const { path, method } = action
  const templates = once(() => ({
    path: compilePath(path, action.path_styles ?? {}, fallback),
    query: compileQuery(action.query ?? {}, context.reservedQuery, fallback),
    headers: compileHeaders(action.headers ?? {}, action.cookies ?? {}, fallback),
    body: action.body === undefined ? undefined : compileBody(action.body, fallback),
  }))
  const judge = once(makeJudge)

  return {
    ...shared,
    kind,
    method,
    path,
    baseUrl(environment, settings) {
      const server = servers?.get(environment) ?? servers?.values().next().value
      return server?.(settings) ?? null
    },
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
    failureOf: (status, body) => judge()(status, body),
  }
}
