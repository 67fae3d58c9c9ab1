import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * An authorization server with an API behind it, on loopback, for the tests of connectors: it gives out tokens as strictly as
 * RFC 6749, 7636 and 8628 say, and misbehaves on demand as real ones do. Nobody signs in: consent is given by a method.
 */

export interface TokenServerOptions {
  readonly clientId?: string
  readonly clientSecret?: string
  /** Seconds that an access token counts; default 3600. */
  readonly accessTokenSeconds?: number
  /** Whether a refresh token works once, and its second use ends everything that came of the same consent; default true. */
  readonly rotate?: boolean
}

/** A request at the token endpoint, as it came. */
export interface TokenRequest {
  readonly grantType: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What the next requests at the token endpoint get. Set it at any time. */
interface Behaviour {
  /**
   * `fail` answers 500. `lose` does everything and then breaks the connection: the answer is lost. `hang` never answers. `html`
   * answers a page. `refuse` answers invalid_grant.
   */
  token: 'answer' | 'fail' | 'lose' | 'hang' | 'html' | 'refuse'
  /** In the place of `expires_in`: any value; undefined leaves it out; null sends what is true. */
  expiresIn: unknown
  /** Waits for this before it answers. */
  hold: Promise<void> | null
  /** How the API says that a token counts no more: by the status 401, or in a body with the status 200. */
  expiry: 'status' | 'body'
  /** Further members of a token answer. */
  extra: Readonly<Record<string, unknown>>
}

export interface TokenServer {
  readonly url: string
  readonly authorizationUrl: string
  readonly tokenUrl: string
  readonly deviceAuthorizationUrl: string
  readonly revocationUrl: string
  /** A connector's server: GET /me answers `{ok: true, uses}` to a token that counts; POST /things counts what it made. */
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly behaviour: Behaviour
  /** Every request at the token endpoint so far. */
  readonly requests: readonly TokenRequest[]
  /** Calls of the API that were let in, by method and path. */
  readonly calls: readonly string[]
  /** Tokens that were revoked by the client. */
  readonly revoked: readonly string[]
  /** A person goes to this address and consents, or refuses: where the browser is sent back to. Throws for a bad request. */
  consent(authorizationUrl: string, refuse?: boolean): string
  /** A person types a device code in. */
  enter(userCode: string): void
  /** Every access token counts no more, though it was said to. */
  expireTokens(): void
  close(): Promise<void>
}

interface Consent {
  ended: boolean
  readonly scope: string
}

interface Code {
  readonly consent: Consent
  readonly redirectUri: string
  readonly challenge: string | null
}

/** Starts one on a free port of 127.0.0.1. */
export async function startTokenServer(options: TokenServerOptions = {}): Promise<TokenServer> {
  const { clientId = 'test-client', clientSecret = 'test-secret', accessTokenSeconds = 3600, rotate = true } = options
  const codes = new Map<string, Code>()
  const devices = new Map<string, { readonly userCode: string; entered: boolean; readonly consent: Consent }>()
  const access = new Map<string, { readonly consent: Consent; readonly until: number }>()
  const refresh = new Map<string, { readonly consent: Consent; used: boolean }>()
  const requests: TokenRequest[] = []
  const calls: string[] = []
  const revoked: string[] = []
  const behaviour: Behaviour = { token: 'answer', expiresIn: null, hold: null, expiry: 'status', extra: {} }

  function tokensFor(consent: Consent, withRefresh: boolean): Record<string, unknown> {
    const token = `access-${randomUUID()}`
    access.set(token, { consent, until: Date.now() + accessTokenSeconds * 1000 })
    const renewal = `refresh-${randomUUID()}`
    if (withRefresh) refresh.set(renewal, { consent, used: false })
    return {
      access_token: token,
      token_type: 'Bearer',
      ...(behaviour.expiresIn === null ? { expires_in: accessTokenSeconds } : { expires_in: behaviour.expiresIn }),
      ...(withRefresh && { refresh_token: renewal }),
      ...(consent.scope !== '' && { scope: consent.scope }),
      ...behaviour.extra,
    }
  }

  function redeem(parameters: Readonly<Record<string, string>>): Record<string, unknown> {
    const { grant_type: grant, code = '', refresh_token: token = '', device_code: device = '', scope = '' } = parameters
    if (grant === 'authorization_code') {
      const found = codes.get(code)
      codes.delete(code)
      if (found === undefined || found.redirectUri !== parameters.redirect_uri) return { error: 'invalid_grant' }
      const verifier = createHash('sha256')
        .update(parameters.code_verifier ?? '')
        .digest('base64url')
      return found.challenge !== null && found.challenge !== verifier
        ? { error: 'invalid_grant' }
        : tokensFor(found.consent, true)
    }
    if (grant === 'refresh_token') {
      const found = refresh.get(token)
      if (found === undefined || found.consent.ended) return { error: 'invalid_grant' }
      if (!rotate) return tokensFor(found.consent, false)
      if (found.used) {
        found.consent.ended = true
        return { error: 'invalid_grant' }
      }
      found.used = true
      return tokensFor(found.consent, true)
    }
    if (grant === 'urn:ietf:params:oauth:grant-type:device_code') {
      const found = devices.get(device)
      if (found === undefined) return { error: 'expired_token' }
      if (!found.entered) return { error: 'authorization_pending' }
      devices.delete(device)
      return tokensFor(found.consent, true)
    }
    if (grant === 'password')
      return parameters.username === 'ada' && parameters.password === 'right'
        ? tokensFor({ ended: false, scope }, true)
        : { error: 'invalid_grant' }
    if (grant === 'client_credentials' || grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return tokensFor({ ended: false, scope }, false)
    return { error: 'unsupported_grant_type' }
  }

  async function answerToken(
    request: IncomingMessage,
    response: ServerResponse,
    parameters: Record<string, string>,
  ): Promise<void> {
    requests.push({ grantType: parameters.grant_type ?? '', parameters, headers: request.headers })
    // As it is when the request comes: a test changes it for the next one.
    const { token: mode, hold } = behaviour
    if (hold !== null) await hold
    if (mode === 'hang') return
    if (mode === 'fail') return send(response, 500, { error: 'server_error' })
    if (mode === 'refuse') return send(response, 400, { error: 'invalid_grant' })
    if (mode === 'html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>')
      return
    }
    if (!isClient(request, parameters)) return send(response, 401, { error: 'invalid_client' })
    const answer = redeem(parameters)
    if (mode === 'lose') {
      response.socket?.destroy()
      return
    }
    send(response, 'error' in answer ? 400 : 200, answer)
  }

  function isClient({ headers }: IncomingMessage, parameters: Readonly<Record<string, string>>): boolean {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
    if (basic === undefined)
      return (
        parameters.client_assertion !== undefined ||
        parameters.assertion !== undefined ||
        (parameters.client_id === clientId && parameters.client_secret === clientSecret)
      )
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':')
    return decode(id) === clientId && decode(secret) === clientSecret
  }

  function answerApi(request: IncomingMessage, response: ServerResponse, path: string): void {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const found = access.get(token)
    if (found === undefined || found.consent.ended || found.until <= Date.now())
      send(response, behaviour.expiry === 'body' ? 200 : 401, expired)
    else {
      calls.push(`${request.method} ${path}`)
      send(response, 200, { ok: true, uses: calls.length })
    }
  }

  const server = createServer((request, response) => {
    const answer = async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://here')
      const parameters = await read(request)
      if (pathname === '/token') return answerToken(request, response, parameters)
      if (pathname === '/revoke') {
        revoked.push(parameters.token ?? '')
        return send(response, 200, {})
      }
      if (pathname === '/device') {
        const [device, userCode] = [randomUUID(), randomUUID().slice(0, 8).toUpperCase()]
        devices.set(device, { userCode, entered: false, consent: { ended: false, scope: parameters.scope ?? '' } })
        const uri = `${url}/enter`
        return send(response, 200, {
          device_code: device,
          user_code: userCode,
          verification_uri: uri,
          expires_in: 600,
          interval: 1,
        })
      }
      if (pathname.startsWith('/api/')) return answerApi(request, response, pathname.slice(4))
      send(response, 404, { error: 'not_found' })
    }
    answer().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    authorizationUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    deviceAuthorizationUrl: `${url}/device`,
    revocationUrl: `${url}/revoke`,
    apiUrl: `${url}/api`,
    clientId,
    clientSecret,
    behaviour,
    requests,
    calls,
    revoked,
    consent(address, refuse = false) {
      const { searchParams: asked } = new URL(address)
      const back = new URL(asked.get('redirect_uri') ?? '')
      if (asked.get('client_id') !== clientId) throw new Error(`the authorization URL names another client: ${address}`)
      if (asked.get('response_type') !== 'code') throw new Error('response_type must be code')
      const challenge = asked.get('code_challenge')
      if (challenge !== null && asked.get('code_challenge_method') !== 'S256') throw new Error('the challenge must be of S256')
      if (refuse) back.searchParams.set('error', 'access_denied')
      else {
        const code = randomUUID()
        const consent = { ended: false, scope: asked.get('scope') ?? '' }
        codes.set(code, { consent, redirectUri: asked.get('redirect_uri') ?? '', challenge })
        back.searchParams.set('code', code)
      }
      const state = asked.get('state')
      if (state !== null) back.searchParams.set('state', state)
      return back.href
    },
    enter(userCode) {
      const found = [...devices.values()].find((device) => device.userCode === userCode)
      if (found === undefined) throw new Error(`no device waits for ${userCode}`)
      found.entered = true
    },
    expireTokens: () => access.clear(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const expired = { ok: false, error: 'token_expired' }
const decode = (text: string) => new URLSearchParams(`v=${text}`).get('v') ?? ''

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body))
}

/** The parameters of a form or of a JSON object. */
async function read(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  if (/json/.test(request.headers['content-type'] ?? '') && text !== '') {
    const parsed: Record<string, unknown> = JSON.parse(text)
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
  }
  return Object.fromEntries(new URLSearchParams(text))
}
