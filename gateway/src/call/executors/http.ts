import { inflated } from '../../egress/body.ts'
import { type Redactor, withheld } from '../../egress/redact.ts'
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
      /** Whether an injected secret may be in the body; false is certain. */
      readonly suspect: boolean
      readonly bytes: number
      /** From Retry-After (RFC 9110 section 10.2.3), seconds or date; null when absent. */
      readonly retryAfterMs: number | null
    }
  | { readonly kind: 'failed'; readonly error: EgressError }

/** Nobody is told to come back later than this, whatever an API says. */
const longestRetryAfterMs = 24 * 60 * 60 * 1000

/** Seconds or a date (RFC 9110 section 10.2.3); anything else says nothing. What exceeds the deadline of the call is not waited for. */
function parseRetryAfter(value: string | undefined): number | null {
  if (value === undefined) return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : /^[A-Za-z]/.test(value) ? Date.parse(value) - Date.now() : Number.NaN
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), longestRetryAfterMs)
}

interface Body {
  readonly body: unknown
  readonly json: boolean
  readonly suspect: boolean
}

/** Text is searched for injected secrets here, once and whole, before it is taken apart. */
function parseBody(contentType: string, body: Buffer, redactor: Redactor): Body | null {
  if (body.length === 0) return { body: null, json: false, suspect: false }
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  if (type === 'application/json' || type.endsWith('+json') || type === '') {
    const text = body.toString('utf8')
    const suspect = redactor.suspects(text)
    try {
      return { body: JSON.parse(text), json: true, suspect }
    } catch {
      // An API that says JSON and sends something else: the caller sees what it sent.
      return { body: text, json: false, suspect }
    }
  }
  if (type.startsWith('text/') || /xml|javascript|x-www-form-urlencoded|yaml|csv|graphql/.test(type)) {
    const text = body.toString('utf8')
    return { body: text, json: false, suspect: redactor.suspects(text) }
  }
  return null
}

/** What is no text goes on in base64, and a secret cannot be taken out of the middle of that. */
async function wrapBytes(contentType: string, body: Buffer, redactor: Redactor, maxBytes: number): Promise<Body> {
  const type = redactor.suspects(contentType)
    ? 'application/octet-stream'
    : (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const inside = redactor.suspectsBytes(body) ? null : await inflated(body, maxBytes)
  const suspect = inside === null || (inside !== body && redactor.suspectsBytes(inside))
  return { body: { content_type: type, data_base64: suspect ? withheld : body.toString('base64') }, json: false, suspect: false }
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
  const { permit, injection, redactor } = armed
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
      mayRedirectTo: (url) => connection.connector.urlAllowed(url, permit.baseUrl),
      verifyTls: connection.connector.verifyTls,
      authorities: connection.connector.authorities ?? undefined,
      clientCertificate: injection.clientCertificate,
      http2: connection.connector.http2,
    })
    const type = response.headers['content-type'] ?? ''
    const { body, json, suspect } =
      parseBody(type, response.body, redactor) ?? (await wrapBytes(type, response.body, redactor, action.limits.maxResponseBytes))
    return {
      kind: 'answered',
      status: response.status,
      body,
      json,
      suspect,
      bytes: response.body.length,
      retryAfterMs: parseRetryAfter(response.headers['retry-after']),
    }
  } catch (error) {
    if (error instanceof EgressError) return { kind: 'failed', error }
    throw error
  }
}
