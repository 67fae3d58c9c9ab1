import type { Egress } from '../../egress/types.ts'
import { EgressError } from '../../egress/types.ts'
import { Secret } from '../../secret.ts'
import type { Armed } from '../facts.ts'

/** One attempt at the API, as facts: whether an answer counts as success is the stage's business. */
export type HttpAttempt =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly body: unknown
      readonly json: boolean
      readonly bytes: number
      /** From Retry-After (RFC 9110 section 10.2.3), seconds or date; null when absent. */
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'failed'; readonly error: EgressError }

/** An absurd Retry-After is not waited for: the deadline of the call ends it. */
function parseRetryAfter(value: string | undefined): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

function parseBody(contentType: string, body: Buffer): { body: unknown; json: boolean } {
  if (body.length === 0) return { body: null, json: false }
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (type === 'application/json' || type.endsWith('+json') || type === '') {
    try {
      return { body: JSON.parse(body.toString('utf8')), json: true }
    } catch {
      // An API that says JSON and sends something else: the caller sees what it sent.
      return { body: body.toString('utf8'), json: false }
    }
  }
  if (type.startsWith('text/') || /xml|javascript|x-www-form-urlencoded|yaml|csv|graphql/.test(type))
    return { body: body.toString('utf8'), json: false }
  return { body: { content_type: type, data_base64: body.toString('base64') }, json: false }
}

/** The action's own headers with the credential's; a cookie of each becomes one header. */
function mergeHeaders(
  own: Readonly<Record<string, string>>,
  injected: Readonly<Record<string, string | Secret>>,
): Record<string, string | Secret> {
  const headers: Record<string, string | Secret> = { ...own }
  for (const [name, value] of Object.entries(injected)) {
    const existing = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase())
    const ownCookie = existing !== undefined && name.toLowerCase() === 'cookie' ? headers[existing] : undefined
    if (existing !== undefined) delete headers[existing]
    headers[name] = ownCookie === undefined ? value : Secret.concat(ownCookie, '; ', value)
  }
  return headers
}

/** The API gets one key for every attempt of a call, and for every call of a caller's own key. */
function ownHeaders(
  headers: Readonly<Record<string, string>>,
  name: string | null,
  key: string,
): Readonly<Record<string, string>> {
  return name === null ? headers : { ...headers, [name]: key }
}

/** Sends the rendered request with its credential through the egress door. */
export async function executeHttp(egress: Egress, armed: Armed, timeoutMs: number, callId: string): Promise<HttpAttempt> {
  const { permit, injection } = armed
  const { request, action, connection } = permit
  try {
    const response = await egress.request({
      door: 'call',
      method: request.method,
      url: request.url,
      headers: mergeHeaders(
        ownHeaders(request.headers, action.idempotencyHeader, permit.idempotencyKey ?? callId),
        injection.headers,
      ),
      secretQuery: injection.query,
      ...(request.body === undefined ? {} : { body: request.body }),
      timeoutMs,
      maxResponseBytes: action.limits.maxResponseBytes,
      redirects: action.effect === 'read' ? 'follow' : 'none',
      mayRedirectTo: (url) => connection.connector.urlAllowed(url, connection.baseUrl),
      verifyTls: connection.connector.verifyTls,
    })
    const { body, json } = parseBody(response.headers['content-type'] ?? '', response.body)
    return {
      kind: 'answered',
      status: response.status,
      body,
      json,
      bytes: response.body.length,
      retryAfterMs: parseRetryAfter(response.headers['retry-after']),
    }
  } catch (error) {
    if (error instanceof EgressError) return { kind: 'failed', error }
    throw error
  }
}
