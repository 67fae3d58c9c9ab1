/** A request as a collection, a recording or a command shows it: what is certain is where things go, the rest are samples. */

/** A query parameter, header, path value or field of a form. */
export interface Part {
  readonly name: string
  /** What stood there; absent when only the name is known or the value must not be kept. */
  readonly value?: unknown
  readonly description?: string | undefined
  readonly required?: boolean | undefined
  readonly isFile?: boolean | undefined
  /** Sent unless told otherwise, as a header with the version of the API is. */
  readonly isDefault?: boolean | undefined
  /** JSON Schema type, where it is said. */
  readonly type?: string | undefined
}

export type SeenBody =
  | { readonly kind: 'json'; readonly contentType: string; readonly sample: unknown }
  | { readonly kind: 'fields'; readonly contentType: string; readonly fields: readonly Part[] }
  | { readonly kind: 'text'; readonly contentType: string; readonly sample: string }
  | { readonly kind: 'binary'; readonly contentType: string }
  | { readonly kind: 'graphql'; readonly query: string; readonly variables: Readonly<Record<string, unknown>> }

export interface SeenAnswer {
  /** Absent: not said, so a success. */
  readonly status?: number | undefined
  readonly contentType: string
  /** Of an answer in JSON. */
  readonly sample?: unknown
  readonly description?: string | undefined
  /** What a real person was answered: it shows the types and is no example. */
  readonly isRecorded?: true
}

export interface SeenRequest {
  /** Where it stands in the source. */
  readonly at: string
  readonly name?: string | undefined
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly method: string
  /** Base URL without a slash at its end; variables stand in braces. */
  readonly server: string
  /** Inputs stand in braces; each may have a part of its name in `inPath`. */
  readonly path: string
  readonly inPath: readonly Part[]
  readonly query: readonly Part[]
  readonly headers: readonly Part[]
  /** Settings by the header or query parameter that carries them. */
  readonly settings?: { readonly query: Readonly<Record<string, string>>; readonly headers: Readonly<Record<string, string>> }
  readonly body?: SeenBody | undefined
  readonly answers: readonly SeenAnswer[]
  /** Schemes whose credentials it carries together; empty for none, absent when nothing is known. */
  readonly security?: readonly string[] | undefined
}

/** Headers that say what a client is, or that the gateway writes itself. */
const clientHeader =
  /^(sec-|proxy-|:|if-|access-control-|cf-|x-forwarded-|x-client-data$|x-requested-with$|(accept-(encoding|language|charset)|user-agent|referer|origin|host|connection|keep-alive|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|upgrade-insecure-requests|dnt|priority|pragma|cache-control|expect|purpose|save-data|postman-token|traceparent|tracestate|range)$)/i

export function isClientHeader(name: string): boolean {
  return clientHeader.test(name)
}
