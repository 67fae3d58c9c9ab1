import type { CallLimits } from '../caller.ts'
import type { AuthScheme, ConnectorDocument, Effect } from './document.ts'
import type { Fallback } from './fallback.ts'
import type { SchemaSource } from './json-schema/references.ts'
import type { CommandKind, Kind } from './kinds.ts'

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

interface AnyAction {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly effect: Effect
  readonly confirm: boolean
  /** Of a write: the header by which the API recognises a repetition; null when it knows none. */
  readonly idempotencyHeader: string | null
  readonly deprecated: boolean
  /** What to use instead; null when the document does not say. */
  readonly deprecatedMessage: string | null
  /** The version that brought it, as far as the document says. */
  readonly addedIn: string | null
  readonly tags: readonly string[]
  /** Names of the auth schemes the action accepts; null: whatever the connection uses; []: send no credential. */
  readonly authSchemes: readonly string[] | null
  readonly limits: ResolvedLimits
  /** What is tried in turn when its API fails. */
  readonly fallbacks: readonly Fallback[]
  /** Self-contained: `$ref` only into its own `$defs`. Made on first use and kept. */
  inputSchema(): Readonly<Record<string, unknown>>
  outputSchema(): Readonly<Record<string, unknown>> | boolean | null
  /** The same before it was made self-contained: what tools are compiled from. */
  inputSource(): SchemaSource
  outputSource(): SchemaSource | null
  /** Empty when valid. Compiled on first use; `pattern` runs on a linear-time engine. */
  checkInput(input: unknown): readonly SchemaProblem[]
  checkOutput(value: unknown): readonly SchemaProblem[]
  /** Whether the answer differs from the response, and so from the output schema. */
  readonly mapsResponse: boolean
  /** Response body (parsed JSON, or text), or payload of a command, to the answer, by the action's `response` mapping. */
  mapResponse(body: unknown): unknown
  /** What the action's `response` picks for later steps of a workflow; undefined where it picks nothing. */
  variablesIn(body: unknown): Readonly<Record<string, unknown>> | undefined
}

/** A request that the document describes. */
export interface HttpAction extends AnyAction {
  readonly kind: 'http'
  readonly method: string
  readonly path: string
  /** The base URL of an action with servers of its own, null for the connection's. Throws INVALID_INPUT naming what is missing. */
  baseUrl(environment: string, settings: Settings): string | null
  /**
   * The URL from the base URL and the input alone. Throws INVALID_INPUT for a missing or unsafe path value ('.', '..', empty,
   * CR, LF, NUL), URL_NOT_ALLOWED when the result leaves the origin or path prefix of the base URL.
   */
  renderUrl(baseUrl: string, input: Readonly<Record<string, unknown>>, settings: Settings): string
  /** Everything else. Throws INVALID_INPUT for header values with CR, LF or NUL. */
  renderRequest(url: string, input: Readonly<Record<string, unknown>>, settings: Settings): RenderedRequest
  /** Why an answer is no success; null when it is. `body` is parsed JSON, undefined when the answer has none. */
  failureOf(status: number, body: unknown): AnswerFailure | null
}

/** By its status alone, or by what stands in the answer: then with what to tell, after "The API answered 200 to …,". */
export type AnswerFailure =
  | { readonly by: 'status' }
  | { readonly by: 'content'; readonly code: 'UPSTREAM_ERROR' | 'AUTHENTICATION_FAILED'; readonly says: string }

/** Code that gets the input and yields an outcome. */
export interface CommandAction extends AnyAction {
  readonly kind: CommandKind
}

export type CompiledAction = HttpAction | CommandAction

/** An action to try a connection with, and what to give it. */
export interface Probe {
  readonly action: CompiledAction
  readonly input: unknown
}

export interface CompiledConnector {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly kind: Kind
  readonly document: ConnectorDocument
  readonly environments: readonly string[]
  readonly auth: Readonly<Record<string, AuthScheme>>
  readonly actions: ReadonlyMap<string, CompiledAction>
  /** What the connector says tells whether a connection works; null when it says nothing. */
  verify(): Probe | null
  readonly verifyTls: boolean
  /** Authorities of the API's certificate, the same object for this version; null for the public ones. */
  readonly authorities: { readonly pem: string } | null
  /** The same beside the public ones, for its authorization server, which is often not the API's. */
  readonly tokenAuthorities: { readonly pem: string; readonly besidePublic: true } | null
  readonly http2: boolean
  /** Of fields and server variables, by name. */
  readonly settingDefaults: Settings
  readonly allowHttp: boolean
  readonly callerIps: readonly string[]
  /** Of all calls over one connection together; those of an action stand with the action. */
  readonly limits: CallLimits
  /**
   * Base URL of an environment with its variables filled from the settings, then defaults; null when the connector is code and
   * names no server. Throws INVALID_INPUT naming what is missing.
   */
  baseUrl(environment: string, settings: Settings): string | null
  /** Whether the URL matches the connector's `url_patterns`, or without any lies below the base URL; without either, none does. */
  urlAllowed(url: string, baseUrl: string | null): boolean
}

export interface CompiledHttpConnector extends CompiledConnector {
  readonly kind: 'http'
  readonly actions: ReadonlyMap<string, HttpAction>
  baseUrl(environment: string, settings: Settings): string
}
