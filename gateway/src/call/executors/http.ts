import type { LoadedConnection } from '../../connections/registry.ts'
import { inflated } from '../../egress/body.ts'
import { type Redactor, withheld } from '../../egress/redact.ts'
import type { Egress, EgressResponse } from '../../egress/types.ts'
import { EgressError } from '../../egress/types.ts'
import { Secret } from '../../secret.ts'
import type { Armed, Work } from '../facts.ts'
import { withBodyCredential } from './body-credential.ts'

export type HttpWork = Extract<Work, { kind: 'http' }>

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
      /** The API led to its login page: the session has ended, whatever the status. */
      readonly loggedOut: boolean
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
export function parseBody(contentType: string, body: Buffer, redactor: Redactor): Body | null {
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
export async function wrapBytes(contentType: string, body: Buffer, redactor: Redactor, maxBytes: number): Promise<Body> {
  const type = redactor.suspects(contentType)
    ? 'application/octet-stream'
    : (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const inside = redactor.suspectsBytes(body) ? null : await inflated(body, maxBytes)
  const suspect = inside === null || (inside !== body && redactor.suspectsBytes(inside))
  return { body: { content_type: type, data_base64: suspect ? withheld : body.toString('base64') }, json: false, suspect: false }
}

/** The action's own headers with the credential's; a cookie of each becomes one header. */
export function mergeHeaders(
  own: Readonly<Record<string, string | Secret>>,
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

/** Of an answer whose redirect is not followed. */
function leadsTo({ status, headers, url }: EgressResponse, isPage: LoadedConnection['isLoginPage']): boolean {
  return isPage !== null && status >= 300 && status < 400 && headers.location !== undefined && isPage(headers.location, url)
}

/** Sends the rendered request with its credential through the egress door. */
export async function executeHttp(
  egress: Egress,
  { permit, injection, redactor }: Armed,
  { request, action, baseUrl }: HttpWork,
  timeoutMs: number,
  callId: string,
  signal: AbortSignal | undefined,
): Promise<HttpAttempt> {
  const { connection } = permit
  const { isLoginPage } = connection
  let loggedOut = false
  const { body: sentBody, headers } = withBodyCredential(request, injection.body)
  try {
    const response = await egress.via(connection.passage).request({
      door: 'call',
      method: request.method,
      url: request.url,
      headers: mergeHeaders(ownHeaders(headers, action.idempotencyHeader, permit.idempotencyKey ?? callId), injection.headers),
      secretQuery: injection.query,
      secretPath: injection.path,
      ...(sentBody === undefined ? {} : { body: sentBody }),
      sign: injection.sign,
      onPremises: injection.onPremises,
      timeoutMs,
      maxResponseBytes: action.limits.maxResponseBytes,
      redirects: action.effect === 'read' ? 'follow' : 'none',
      mayRedirectTo(url) {
        loggedOut ||= isLoginPage?.(url) ?? false
        return !loggedOut && connection.connector.urlAllowed(url, baseUrl)
      },
      verifyTls: connection.connector.verifyTls,
      authorities: connection.connector.authorities ?? undefined,
      clientCertificate: injection.clientCertificate,
      http2: connection.connector.http2,
      ...(signal !== undefined && { signal }),
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
      loggedOut: leadsTo(response, isLoginPage),
    }
  } catch (error) {
    if (error instanceof EgressError && loggedOut)
      return { kind: 'answered', status: 302, body: null, json: false, suspect: false, bytes: 0, retryAfterMs: null, loggedOut }
    if (error instanceof EgressError) return { kind: 'failed', error }
    throw error
  }
}
