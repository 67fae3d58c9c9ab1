import type { HttpDoor, SocketDoor } from '../../src/egress/doors.ts'
import type { Answer, Wall } from './wall.ts'

/** What came of sending somebody through a door. */
export interface Verdict {
  /** Whether there was an answer of the other side, whatever it said. */
  readonly answered: boolean
  /** Code of the error; of a reachability check, which has none, `UNREACHABLE`. */
  readonly code: string | null
  readonly detail: string
}

export interface Knock {
  readonly wall: Wall
  readonly gateway: number
  readonly url: string
  /** URL patterns of the connector, where it may go on to by redirects. */
  readonly patterns?: readonly string[]
  readonly method?: 'GET' | 'POST'
}

export interface DoorDriver {
  readonly followsRedirects: boolean
  /** Whether the URL goes through as it is; a base URL has no query. */
  readonly takesQuery: boolean
  /** Whether a key in a header goes through it. */
  readonly sendsCredential: boolean
  knock(knock: Knock): Promise<Verdict>
}

/** Sent as a key with every call; nobody may ever see it but the API itself. */
export const canarySecret = 'canary-secret-5f2c9a1e7d'

/** Every call that went into the pipeline. */
export const callsMade: { readonly gateway: number; readonly id: string }[] = []

const refused = ({ json }: Answer): Verdict => ({ answered: false, code: json?.code ?? null, detail: json?.detail ?? '' })

let last = 0
const connections = new Map<string, Promise<{ connector: string; connection: string } | Verdict>>()

/** A connector whose base URL is the one under test, and a connection of it; one for all doors. */
async function connect(
  { wall, gateway, url, patterns }: Knock,
  { code = false, probed = false } = {},
): Promise<{ connector: string; connection: string } | Verdict> {
  const key = JSON.stringify([gateway, url, patterns, code, probed])
  const known = connections.get(key)
  if (known !== undefined) return known
  const made = (async () => {
    const connector = `case_${++last}`
    const input = { type: 'object', required: ['because'], properties: { because: { type: 'string' } } }
    const created = await wall.ask({
      gateway,
      method: 'POST',
      path: '/api/v1/connectors',
      body: {
        connector,
        name: connector,
        servers: { production: { url } },
        auth: { key: { type: 'api_key', name: 'X-Canary-Key' } },
        security: { allow_http: true, ...(patterns === undefined ? {} : { url_patterns: patterns }) },
        limits: { retries: 0, per_minute: 10_000 },
        ...(probed ? { verify: { action: 'read', input: { because: 'a test' } } } : {}),
        // A required input keeps the connection test from calling it: its first check is a door of its own.
        ...(code ? { kind: 'builtin', builtin: { type: 'http' } } : {}),
        actions: { read: { method: 'GET', path: '/read', input }, write: { method: 'POST', path: '/write', input } },
      },
    })
    if (created.status !== 201) return refused(created)
    const connected = await wall.ask({
      gateway,
      method: 'POST',
      path: '/api/v1/connections',
      body: { connector, auth: { fields: { key: canarySecret } } },
    })
    return connected.status === 201 ? { connector, connection: String(connected.json.id) } : refused(connected)
  })()
  connections.set(key, made)
  return made
}

/** Braces would be variables, and a fragment is refused when the connector is read. */
const asWritten = (url: string) => (url.split('#', 1)[0] ?? '').replaceAll('{', '%7B').replaceAll('}', '%7D')

const ofOAuth = /authorization server (?:answered|refused)|holds no access token|did not answer with metadata/
const authorize = (knock: Knock, scheme: Readonly<Record<string, unknown>>) =>
  obtain(knock, { type: 'oauth2', ...scheme }, ofOAuth)

/** A call over a connection that has to obtain its token first; an answer of whoever is there is told by `answered`. */
async function obtain({ wall, gateway }: Knock, scheme: Readonly<Record<string, unknown>>, answered: RegExp): Promise<Verdict> {
  const connector = `oauth_${++last}`
  const created = await wall.ask({
    gateway,
    method: 'POST',
    path: '/api/v1/connectors',
    body: {
      connector,
      name: connector,
      servers: { production: { url: 'https://api.example.test' } },
      security: { allow_http: true },
      auth: { it: scheme },
      actions: { read: { method: 'GET', path: '/read' } },
    },
  })
  if (created.status !== 201) return refused(created)
  const fields =
    scheme.type === 'oauth2'
      ? { client_id: 'sallyport', client_secret: canarySecret }
      : { username: 'sallyport', password: canarySecret }
  const connected = await wall.ask({
    gateway,
    method: 'POST',
    path: '/api/v1/connections',
    body: { connector, auth: { fields } },
  })
  if (connected.status !== 201) return refused(connected)
  const body = { connector, action: 'read', connection: connected.json.id, input: {} }
  const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/calls', body })
  callsMade.push({ gateway, id: answer.json.call_id ?? answer.json.id })
  return {
    ...refused(answer),
    answered: answered.test(answer.json?.detail),
  }
}

/** How to knock at each door of the gateway. A door that is missing here does not compile. */
export const doorDrivers: Readonly<Record<HttpDoor, DoorDriver>> = {
  call: {
    followsRedirects: true,
    takesQuery: false,
    sendsCredential: true,
    async knock(knock) {
      const connected = await connect(knock)
      if ('answered' in connected) return connected
      const { wall, gateway, method = 'GET' } = knock
      const action = method === 'GET' ? 'read' : 'write'
      const body = { ...connected, action, input: { because: 'a test' } }
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/calls', body })
      callsMade.push({ gateway, id: answer.json.call_id ?? answer.json.id })
      if (answer.status === 200) return { answered: true, code: null, detail: '' }
      // A status that is no success is an answer too.
      return { ...refused(answer), answered: answer.json?.diagnostics?.upstream_status !== undefined }
    },
  },
  command: {
    followsRedirects: true,
    takesQuery: false,
    sendsCredential: true,
    async knock(knock) {
      const connected = await connect(knock, { code: true })
      if ('answered' in connected) return connected
      const { wall, gateway, method = 'GET' } = knock
      const [action, input] =
        method === 'GET' ? ['get', { url: '/read' }] : ['request', { url: '/write', method, body: { a: 1 } }]
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/calls', body: { ...connected, action, input } })
      callsMade.push({ gateway, id: answer.json.call_id ?? answer.json.id })
      if (answer.status === 200) return { answered: true, code: null, detail: '' }
      return { ...refused(answer), answered: answer.json?.diagnostics?.status !== undefined }
    },
  },
  reach: {
    followsRedirects: false,
    takesQuery: false,
    sendsCredential: false,
    async knock(knock) {
      const connected = await connect(knock)
      if ('answered' in connected) return connected
      const { wall, gateway } = knock
      const answer = await wall.ask({ gateway, method: 'POST', path: `/api/v1/connections/${connected.connection}/test` })
      if (answer.status !== 200) return refused(answer)
      const [check] = answer.json.checks
      return check.status === 'passed'
        ? { answered: true, code: null, detail: '' }
        : { answered: false, code: 'UNREACHABLE', detail: check.detail }
    },
  },
  script_trial: {
    followsRedirects: true,
    takesQuery: true,
    sendsCredential: false,
    async knock({ wall, gateway, url, method = 'GET' }) {
      const source = 'function main() { return { payload: floh.http.request(floh.params) } }'
      const body = { source, command: 'main', params: { url, method } }
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/scripts/run', body })
      const { problem } = answer.json
      return { answered: problem === null, code: problem?.code ?? null, detail: problem?.detail ?? '' }
    },
  },
  verify: {
    followsRedirects: true,
    takesQuery: false,
    sendsCredential: true,
    async knock(knock) {
      const connected = await connect(knock, { probed: true })
      if ('answered' in connected) return connected
      const { wall, gateway } = knock
      const session = await wall.ask({ gateway, method: 'GET', path: '/api/v1/session' })
      const path = `/api/v1/connectors/${connected.connector}/verify?workspace_id=${session.json.workspace.id}`
      const answer = await wall.ask({ gateway, method: 'POST', path, body: { fields: { key: canarySecret } } })
      if (answer.status !== 200) return refused(answer)
      const { ok, message } = answer.json
      if (ok || /^The provider answered/.test(message)) return { answered: true, code: null, detail: '' }
      return { answered: false, code: 'CONNECTION_REFUSED', detail: message }
    },
  },
  spec_import: {
    followsRedirects: true,
    takesQuery: true,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/connectors/parse', body: { url } })
      if (answer.status === 200) return { answered: true, code: null, detail: '' }
      return { ...refused(answer), answered: / answered \d{3}\./.test(answer.json?.detail) }
    },
  },
  mcp_listing: {
    followsRedirects: false,
    takesQuery: true,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const body = { kind: 'mcp', url, token: 'for-the-listing-alone' }
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/connectors/parse', body })
      return { ...refused(answer), answered: / answered \d{3}\b| could not be asked for its tools/.test(answer.json?.detail) }
    },
  },
  webhook: {
    followsRedirects: false,
    takesQuery: true,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const body = { kind: 'webhook', name: `door ${++last}`, url }
      const made = await wall.ask({ gateway, method: 'POST', path: '/api/v1/notification-channels', body })
      if (made.status !== 201) return refused(made)
      const path = `/api/v1/notification-channels/${made.json.id}`
      const told = await wall.ask({ gateway, method: 'POST', path: `${path}/test` })
      await wall.ask({ gateway, method: 'DELETE', path })
      if (told.status === 204) return { answered: true, code: null, detail: '' }
      return { ...refused(told), answered: /^The channel answered \d{3}/.test(told.json?.detail) }
    },
  },
  client_metadata: {
    followsRedirects: false,
    takesQuery: true,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      // Written as an application has to write it, so that the door decides, and not the spelling.
      const client_id = (/[\\\s]/.test(url) ? undefined : URL.parse(url)?.href.split('#', 1)[0]) ?? url
      const body = { client_id, redirect_uri: 'http://127.0.0.1/callback' }
      const answer = await wall.ask({ gateway, method: 'POST', path: '/api/v1/authorization/request', body })
      return { ...refused(answer), answered: /did not answer as a client metadata document/.test(answer.json?.detail) }
    },
  },
  login: {
    followsRedirects: false,
    takesQuery: true,
    sendsCredential: false,
    knock: (knock) =>
      obtain(
        knock,
        { type: 'two_step', login: { url: asWritten(knock.url) }, token: { path: 'token' } },
        /to the login|refused the login/,
      ),
  },
  oauth_token: {
    followsRedirects: false,
    takesQuery: true,
    sendsCredential: false,
    knock: (knock) => authorize(knock, { flow: 'client_credentials', token_url: asWritten(knock.url) }),
  },
  oauth_discovery: {
    followsRedirects: false,
    takesQuery: false,
    sendsCredential: false,
    knock: (knock) => authorize(knock, { flow: 'client_credentials', issuer: asWritten(knock.url) }),
  },
  sign_in: {
    followsRedirects: false,
    takesQuery: false,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const single_sign_on = {
        issuer: url,
        client_id: 'sallyport',
        client_secret: canarySecret,
        domains: ['a.example'],
        default_role: null,
      }
      const answer = await wall.ask({ gateway, method: 'PATCH', path: '/api/v1/sign-in-settings', body: { single_sign_on } })
      return { ...refused(answer), answered: /did not answer as an OpenID provider/.test(answer.json?.detail) }
    },
  },
  secret_manager: {
    followsRedirects: false,
    takesQuery: false,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const settings = { address: asWritten(url), allow_http: 'true' }
      const body = { name: `door ${++last}`, kind: 'vault', settings, credential: { token: canarySecret } }
      const made = await wall.ask({ gateway, method: 'POST', path: '/api/v1/secret-backends', body })
      if (made.status !== 201) return refused(made)
      const path = `/api/v1/secret-backends/${made.json.id}`
      const { json } = await wall.ask({ gateway, method: 'POST', path: `${path}/test` })
      await wall.ask({ gateway, method: 'DELETE', path })
      return { answered: /^Vault answered/.test(json.message), code: 'UNREACHABLE', detail: json.message }
    },
  },
  language_model: {
    followsRedirects: false,
    takesQuery: false,
    sendsCredential: false,
    async knock({ wall, gateway, url }) {
      const answer = await wall.askModel({ gateway, url, key: canarySecret })
      // Whoever is there is no model.
      return { ...refused(answer), answered: answer.json?.code === 'MODEL_FAILED' }
    },
  },
}

interface SocketKnock {
  /** Of the connection, beside the host and port under test. */
  readonly settings: Readonly<Record<string, string>>
  readonly call: { readonly action: string; readonly input: object }
}

/** How to knock at the doors that lead to a socket: a built-in type of the door's name, and an action of it. */
export const socketDoorActions: Readonly<Record<SocketDoor, SocketKnock>> = {
  sql: {
    settings: { database: 'x', user: 'x', tls: 'off' },
    call: { action: 'query', input: { sql: 'select 1' } },
  },
  smtp: {
    settings: { from: 'a@example.test', tls: 'off' },
    call: { action: 'send', input: { to: ['b@example.test'], subject: 'x', text: 'x' } },
  },
}
