import type { Door } from '../../src/egress/doors.ts'
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
  /** Whether a credential goes through it. */
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
async function connect({ wall, gateway, url, patterns }: Knock): Promise<{ connector: string; connection: string } | Verdict> {
  const key = JSON.stringify([gateway, url, patterns])
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
        // A required input keeps the connection test from calling it: its first check is a door of its own.
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

/** How to knock at each door of the gateway. A door that is missing here does not compile. */
export const doorDrivers: Readonly<Record<Door, DoorDriver>> = {
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
}
