import type { OAuth2Scheme } from '../../definition/oauth2.ts'
import { compilePath } from '../../definition/response-map.ts'
import type { EgressResponse } from '../../egress/types.ts'
import { SallyportError } from '../../errors.ts'
import { Secret } from '../../secret.ts'
import { GrantLost, type Obtained } from '../obtained.ts'

/** What an authorization server answered, before anything in it is believed. */
export interface TokenAnswer {
  readonly status: number
  readonly body: unknown
  /** The code of its error (RFC 6749, section 5.2), if it is one. */
  readonly error: string | null
  /** Milliseconds that its clock is ahead of ours; 0 when it does not tell. */
  readonly aheadMs: number
}

/** Errors after which the same request can never succeed, in OAuth's words and in those of some providers. */
const final =
  /^(?:invalid_grant|bad_refresh_token|invalid_refresh_token|refresh_token_expired|token_revoked|token_expired|expired_token|access_denied|consent_required|interaction_required|login_required)$/

/** Ten years: no interval of the database overflows. */
const longestMs = 10 * 365 * 24 * 3_600_000

/** Milliseconds that the clock of a server is ahead of ours; 0 when it does not tell. */
export function aheadOf({ headers }: Pick<EgressResponse, 'headers'>): number {
  const date = Date.parse(headers.date ?? '')
  return Number.isNaN(date) ? 0 : date - Date.now()
}

export function readAnswer({ status, headers, body }: EgressResponse): TokenAnswer {
  const text = body.toString('utf8')
  const parsed = parseBody(text)
  const record = typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {}
  const code = record.error ?? record.error_code
  const named = typeof code === 'string' && /^[\w.-]{1,60}$/.test(code) ? code : null
  return {
    status,
    body: parsed,
    error: named ?? (status >= 400 ? `HTTP ${status}` : null),
    aheadMs: aheadOf({ headers }),
  }
}

/** JSON, whatever its type says; some answer in a form. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return /^[\w%.~+-]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : null
  }
}

/** Throws GrantLost for an error that only a person can mend, another error otherwise. */
export function refuseError({ error, status }: TokenAnswer): void {
  if (error === null) return
  if (final.test(error)) throw new GrantLost(`The authorization server refused with "${error}". Authorize the connection again.`)
  if (/^(?:invalid_client|unauthorized_client|unsupported_grant_type|invalid_scope)$/.test(error))
    throw new SallyportError('AUTHENTICATION_FAILED', {
      detail: `The authorization server refused with "${error}". Check the client id and secret of the OAuth app, and what it may do there.`,
    })
  throw new SallyportError('UPSTREAM_ERROR', { detail: `The authorization server answered ${status} with "${error}".` })
}

/** Milliseconds from now; null when nobody says, and for 0 and less, which some say of tokens without an end. */
export function lifetimeOf(
  value: unknown,
  unit: 's' | 'ms' | 'absolute',
  fallbackSeconds: number | undefined,
  aheadMs: number,
): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  const fallback = fallbackSeconds === undefined ? null : fallbackSeconds * 1000
  let ms: number
  if (unit === 'absolute') {
    const date = Number.isNaN(number) ? Date.parse(String(value)) : number > 1e11 ? number : number * 1000
    // By its clock, as the date is.
    ms = date - (Date.now() + aheadMs)
  } else ms = unit === 'ms' ? number : number * 1000
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestMs) : fallback
}

/** The subject of an ID token, which came straight from its issuer; undefined without one (OpenID Connect Core, 3.1.3.7). */
function subjectOf(token: unknown): string | undefined {
  if (typeof token !== 'string') return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined
    return 'iss' in claims ? `${String(claims.iss)} ${String(claims.sub)}` : String(claims.sub)
  } catch {
    return undefined
  }
}

/** What an answer with tokens brings; `held` is the refresh token until now. Throws as {@link refuseError}. */
export function tokensOf(answer: TokenAnswer, scheme: OAuth2Scheme, held: Secret | null): Obtained {
  const paths = scheme.token_response ?? {}
  const at = (path: string) => compilePath(path)(answer.body)
  const access = at(paths.access_token ?? 'access_token')
  if (typeof access !== 'string' || access === '') {
    refuseError(answer)
    throw new SallyportError('UPSTREAM_ERROR', { detail: 'The answer of the authorization server holds no access token.' })
  }
  const brought = at(paths.refresh_token ?? 'refresh_token')
  const renewed = typeof brought === 'string' && brought !== '' ? new Secret(brought) : null
  if (scheme.rotation === true && held !== null && renewed === null)
    throw new GrantLost('The authorization server took the refresh token and gave no new one. Authorize the connection again.')
  const refresh = scheme.rotation === false ? (held ?? renewed) : (renewed ?? held)
  const scope = at(paths.scope ?? 'scope')
  const scopes = scopesOf(scope)
  const subject = subjectOf(at('id_token'))
  const lifetimeMs = lifetimeOf(
    at(paths.expires ?? 'expires_in'),
    paths.expires_unit ?? 's',
    scheme.default_expires_in,
    answer.aheadMs,
  )
  return {
    fields: { access_token: new Secret(access), ...(refresh !== null && { refresh_token: refresh }) },
    lifetimeMs,
    ...endOf(answer, scheme, refresh === null ? lifetimeMs : undefined),
    ...(scopes !== undefined && { scopes }),
    ...(subject !== undefined && { subject }),
  }
}

const refreshEnds = ['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in']

/** When a person is needed again: at the end of the refresh token, or of an access token without one. */
function endOf({ body, aheadMs }: TokenAnswer, scheme: OAuth2Scheme, alone: number | null | undefined): Pick<Obtained, 'endsMs'> {
  if (scheme.flow !== undefined && scheme.flow !== 'authorization_code' && scheme.flow !== 'device_authorization') return {}
  if (alone !== undefined) return { endsMs: alone }
  const { refresh_expires: path } = scheme.token_response ?? {}
  const said = (path === undefined ? refreshEnds : [path]).map((each) => compilePath(each)(body)).find((each) => each != null)
  return said === undefined ? {} : { endsMs: lifetimeOf(said, 's', undefined, aheadMs) }
}

function scopesOf(scope: unknown): readonly string[] | undefined {
  if (Array.isArray(scope)) return scope.filter((one) => typeof one === 'string')
  return typeof scope === 'string' ? scope.split(/[\s,]+/).filter(Boolean) : undefined
}
