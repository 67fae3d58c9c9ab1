import type { BodyInjection } from '../../connections/schemes/types.ts'
import type { RenderedRequest } from '../../definition/types.ts'
import { eventResponse } from '../../egress/fetch.ts'
import type { Egress, EgressRequest, EgressResponse, OnHead } from '../../egress/types.ts'
import { EgressError } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import type { Armed } from '../facts.ts'
import { refusePlainHttp } from '../plain-http.ts'
import { withBodyCredential } from './body-credential.ts'
import { mergeHeaders, parseBody, wrapBytes } from './http.ts'

/** A request of a connector's code. */
export interface HostRequest {
  /** Default GET. */
  readonly method?: string
  /** Absolute, or beginning with "/": then below the base URL of the connection. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string | Secret>>
  readonly body?: string | Uint8Array | Secret
  /** False leaves the credential of the connection out; default true. */
  readonly auth?: boolean
}

export interface HostResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, or text, or `{content_type, data_base64}`; null when empty. */
  readonly body: unknown
}

/** The outbound HTTP of a connector's code. Throws EgressError; a status is no error. */
export type HostHttp = (request: HostRequest) => Promise<HostResponse>

/** The credential of a command, which is renewed once when the API refuses it. */
export interface CommandCredential {
  current(): Armed
  /** False where there is no other. */
  renew(): Promise<boolean>
  /** The renewed one was refused as well. */
  refusedAgain(): void
  /** What the API says that it lacks, as the error that it is; null when it lacks nothing that can be had. */
  lacks(challenge: string | null): Promise<SallyportError | null>
}

interface Limits {
  readonly timeLeft: () => number
  readonly leaving: () => () => void
  readonly signal: AbortSignal
}

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS'])

function jsonOf(body: string | Uint8Array): unknown {
  if (typeof body !== 'string') return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** A body with secrets in it is complete: no credential can be put into what must not be read. */
function armedBodyOf(own: RenderedRequest, body: HostRequest['body'], injected: BodyInjection | undefined) {
  if (!Secret.is(body))
    return withBodyCredential({ ...own, ...(body !== undefined && { body, bodyValue: jsonOf(body) }) }, injected)
  if (injected === undefined) return { body, headers: own.headers }
  throw new SallyportError('INVALID_INPUT', {
    detail: 'The credential goes into the body, which the protocol of external services fixes. Use another auth scheme.',
  })
}

function plain(headers: Readonly<Record<string, string | Secret>>): Record<string, string> {
  const texts = Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []))
  return Object.fromEntries(texts)
}

/** The only way to the network: URL patterns, guard, deadline and credential of the connection apply to each request. */
export interface HostNetwork {
  /** Each answer whole. */
  readonly http: HostHttp
  /** For libraries that take a `fetch`. A GET or what `mayChange` denies leaves no write behind; `broke` hears of a stream that breaks. */
  readonly open: (request: HostRequest, how: OpenOptions) => Promise<Response>
}

export interface OpenOptions {
  readonly mayChange: boolean
  readonly broke: (error: unknown) => void
  readonly signal: AbortSignal
  readonly timeoutMs: number
}

/**
 * What code asks for goes through the same door as a described request: the connector's URL patterns on the URL and on each
 * redirect, the guard, the pinned address, the limits of the action, and the credential put in by the host.
 */
export function createHostNetwork(egress: Egress, credential: CommandCredential, limits: Limits): HostNetwork {
  const first = credential.current()
  const { connection, action } = first.permit
  const { connector, baseUrl } = connection
  const { maxResponseBytes } = action.limits

  /** Whoever is refused has done nothing, whatever was asked for. */
  async function ask<T extends { readonly status: number }>(
    request: HostRequest,
    send: (wire: EgressRequest) => Promise<T>,
  ): Promise<T> {
    const used = credential.current()
    const answer = await send(wireOf(request, used))
    if (answer.status !== 401 || request.auth === false) return answer
    if (used === first && !(await credential.renew())) return answer
    if (used !== first) {
      credential.refusedAgain()
      return answer
    }
    const again = await send(wireOf(request, credential.current()))
    if (again.status === 401) credential.refusedAgain()
    return again
  }

  function wireOf(
    { method = 'GET', url: asked, headers = {}, body, auth = true }: HostRequest,
    { injection }: Armed,
  ): EgressRequest {
    const url = asked.startsWith('/') && !asked.startsWith('//') && baseUrl !== null ? `${baseUrl}${asked}` : asked
    if (!connector.urlAllowed(url, baseUrl))
      throw new EgressError('blocked', false, `The address is outside the url_patterns of "${connector.id}".`)
    refusePlainHttp(connector, url)
    const own = { method, url, headers: plain(headers) }
    const armedBody = armedBodyOf(own, body, auth ? injection.body : undefined)
    return {
      door: 'command',
      method,
      url,
      headers: mergeHeaders({ ...headers, ...armedBody.headers }, auth ? injection.headers : {}),
      ...(auth && { secretQuery: injection.query }),
      ...(armedBody.body !== undefined && { body: armedBody.body }),
      ...(auth && { sign: injection.sign, onPremises: injection.onPremises }),
      timeoutMs: limits.timeLeft(),
      maxResponseBytes,
      redirects: changesNothing.has(method) ? 'follow' : 'none',
      mayRedirectTo: (next) => connector.urlAllowed(next, baseUrl),
      verifyTls: connector.verifyTls,
      authorities: connector.authorities ?? undefined,
      clientCertificate: auth ? injection.clientCertificate : undefined,
      http2: connector.http2,
      signal: limits.signal,
    }
  }

  async function send(wire: EgressRequest, stayed: (() => void) | null): Promise<EgressResponse> {
    try {
      return await egress.via(connection.passage).request(wire)
    } catch (error) {
      if (error instanceof EgressError && !error.sent) stayed?.()
      throw error
    }
  }

  return {
    async http(request) {
      const response = await ask(request, (wire) => send(wire, changesNothing.has(wire.method) ? null : limits.leaving()))
      const { redactor } = credential.current()
      const type = response.headers['content-type'] ?? ''
      const parsed =
        parseBody(type, response.body, redactor) ?? (await wrapBytes(type, response.body, redactor, maxResponseBytes))
      return {
        status: response.status,
        headers: response.headers,
        // Code gets no secret that it was not given: an API that echoes one would hand it over.
        body: parsed.suspect ? redactor.value(parsed.body) : parsed.body,
      }
    },

    async open(request, { mayChange, broke, signal, timeoutMs }) {
      const answer = await ask(request, (wire) => {
        const stayed = mayChange ? limits.leaving() : null
        const of = (onHead: OnHead, gaveUp: AbortSignal) =>
          send({ ...wire, timeoutMs, onHead, redirects: 'none', signal: AbortSignal.any([signal, gaveUp]) }, stayed)
        return eventResponse(of, broke)
      })
      const lacking = answer.status === 403 ? await credential.lacks(answer.headers.get('www-authenticate')) : null
      if (lacking !== null) throw lacking
      return answer
    },
  }
}
