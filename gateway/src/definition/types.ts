import type { CallLimits } from '../caller.ts'
import type { AuthScheme, ConnectorDocument, Effect } from './document.ts'
import type { SchemaSource } from './json-schema/references.ts'

/** What a connector document compiles to, once per version: nothing is parsed or compiled per call. */

/** A request as values; the URL is complete, headers and body carry no credential yet. */
export interface RenderedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** The body as a value, for previews; absent when there is none. */
  readonly bodyValue?: unknown
}

/** One thing wrong with a value. `path` is a JSON Pointer, empty for the whole. */
export interface SchemaProblem {
  readonly path: string
  readonly message: string
}

export interface ResolvedLimits {
  readonly timeoutMs: number
  readonly retries: number
  readonly maxResponseBytes: number
  readonly perMinute: number
  readonly perDay: number | null
  readonly responseCheck: 'enforce' | 'warn' | 'off'
}

export type Settings = Readonly<Record<string, string | number | boolean>>

export interface CompiledAction {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly method: string
  readonly path: string
  readonly effect: Effect
  readonly confirm: boolean
  /** Of a write: the header by which the API recognises a repetition; null when it knows none. */
  readonly idempotencyHeader: string | null
  readonly deprecated: boolean
  readonly tags: readonly string[]
  /** Names of the auth schemes the action accepts; null: whatever the connection uses; []: send no credential. */
  readonly authSchemes: readonly string[] | null
  readonly limits: ResolvedLimits
  /** The base URL of an action with servers of its own, null for the connection's. Throws INVALID_INPUT naming what is missing. */
  baseUrl(environment: string, settings: Settings): string | null
  /** Self-contained: `$ref` only into its own `$defs`. Made on first use and kept. */
  inputSchema(): Readonly<Record<string, unknown>>
  outputSchema(): Readonly<Record<string, unknown>> | boolean | null
  /** The same before it was made self-contained: what tools are compiled from. */
  inputSource(): SchemaSource
  outputSource(): SchemaSource | null
  /** Empty when valid. Compiled on first use; `pattern` runs on a linear-time engine. */
  checkInput(input: unknown): readonly SchemaProblem[]
  checkOutput(value: unknown): readonly SchemaProblem[]
  /**
   * The URL from the base URL and the input alone. Throws INVALID_INPUT for a missing or unsafe path value ('.', '..', empty,
   * CR, LF, NUL), URL_NOT_ALLOWED when the result leaves the origin or path prefix of the base URL.
   */
  renderUrl(baseUrl: string, input: Readonly<Record<string, unknown>>, settings: Settings): string
  /** Everything else. Throws INVALID_INPUT for header values with CR, LF or NUL. */
  renderRequest(url: string, input: Readonly<Record<string, unknown>>, settings: Settings): RenderedRequest
  /** Whether the answer differs from the response, and so from the output schema. */
  readonly mapsResponse: boolean
  /** Whether an answer in JSON with a successful status says that the action failed, by the action's `response`. */
  reportsFailure(body: unknown): boolean
  /** Response body (parsed JSON, or text) to the answer, by the action's `response` mapping. */
  mapResponse(body: unknown): unknown
}

export interface CompiledConnector {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly document: ConnectorDocument
  readonly environments: readonly string[]
  readonly auth: Readonly<Record<string, AuthScheme>>
  readonly actions: ReadonlyMap<string, CompiledAction>
  readonly verifyTls: boolean
  /** Authorities of the API's certificate, the same object for this version; null for the public ones. */
  readonly authorities: { readonly pem: string } | null
  readonly http2: boolean
  readonly allowHttp: boolean
  readonly callerIps: readonly string[]
  /** Of all calls over one connection together; those of an action stand with the action. */
  readonly limits: CallLimits
  /** Base URL of an environment with its variables filled from the settings, then defaults. Throws INVALID_INPUT naming what is missing. */
  baseUrl(environment: string, settings: Settings): string
  /** Whether the URL matches the connector's `url_patterns`, or without any lies below the base URL. */
  urlAllowed(url: string, baseUrl: string): boolean
}
