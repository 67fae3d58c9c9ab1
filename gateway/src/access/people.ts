import type { Kysely } from 'kysely'
import { SallyportError } from '../errors.ts'
import { newId } from '../id.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Database } from '../store/schema.ts'
import { disclose } from '../vault/disclose.ts'

/** A session ends this many seconds after signing in (7 days), used or not: the cookie's age is fixed, so is the row's. */
const sessionSeconds = 7 * 24 * 60 * 60

export interface PeopleOptions {
  readonly people: Kysely<Database>
  readonly log: Log
  readonly publicUrl: () => string
  readonly authSecret: string
  /** Throws UNAVAILABLE when the database does not answer. */
  readonly ping: () => Promise<void>
}

export interface Client {
  readonly userAgent?: string
  readonly ip?: string
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
}

/** Takes 60 MB and half a second to load, so it is loaded with the first person, not for tokens. */
const betterAuth = () => import('better-auth')

async function createAuth(db: Kysely<Database>, { log, publicUrl, authSecret }: Omit<PeopleOptions, 'ping' | 'people'>) {
  const secure = publicUrl().startsWith('https:')
  const { betterAuth: create } = await betterAuth()
  return create({
    appName: 'Sallyport',
    baseURL: publicUrl(),
    secret: authSecret,
    // Given here too, or BETTER_AUTH_SECRETS of the environment would take its place.
    secrets: [{ version: 1, value: authSecret }],
    database: { db, type: 'postgres' },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    session: { expiresIn: sessionSeconds, disableSessionRefresh: true },
    // Its own handler is not mounted; attempts are limited in attempts.ts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { log: (level, message) => log[level === 'error' ? 'warn' : 'debug']({ from: 'better-auth' }, message) },
    advanced: {
      // The prefix __Host- ties the cookie to this very host, over TLS (RFC 6265bis).
      cookiePrefix: secure ? '__Host-sallyport' : 'sallyport',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ipHeader] },
      database: { validateSchema: false, generateId: ({ model }) => (model === 'user' ? newId('user') : crypto.randomUUID()) },
    },
  })
}

const ipHeader = 'x-sallyport-client-ip'
type Auth = Awaited<ReturnType<typeof createAuth>>

/** People, their passwords and sessions: better-auth over its own tables. */
export class People {
  readonly #options: PeopleOptions
  #auth: Promise<Auth> | undefined

  constructor(options: PeopleOptions) {
    this.#options = options
  }

  /** Made when first used: the public address is known only once the gateway listens. */
  #ready(): Promise<Auth> {
    this.#auth ??= createAuth(this.#options.people, this.#options)
    return this.#auth
  }

  async hashPassword(password: string): Promise<string> {
    const { password: passwords } = await (await this.#ready()).$context
    return passwords.hash(password)
  }

  /** Adds a person within a transaction. */
  async add(db: Kysely<Database>, person: { name: string; email: string; passwordHash: string }): Promise<string> {
    const { internalAdapter } = await (await createAuth(db, this.#options)).$context
    const user = await internalAdapter.createUser(
      { name: person.name, email: person.email, emailVerified: false },
      { method: 'email-password' },
    )
    await internalAdapter.createAccount({
      userId: user.id,
      providerId: 'credential',
      accountId: user.id,
      password: person.passwordHash,
    })
    return user.id
  }

  /** The Set-Cookie values of a new session. Throws UNAUTHENTICATED, in one shape whatever was wrong. */
  async signIn(email: string, password: string, client: Client): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const headers = new Headers()
    if (client.userAgent !== undefined) headers.set('user-agent', client.userAgent)
    if (client.ip !== undefined) headers.set(ipHeader, client.ip)
    const answered = await this.#ask(() => api.signInEmail({ body: { email, password }, headers, returnHeaders: true }))
    if (answered === null) throw new SallyportError('UNAUTHENTICATED', { detail: 'The email or the password is wrong.' })
    return answered.headers.getSetCookie()
  }

  async signOut(cookie: Secret): Promise<readonly string[]> {
    const headers = cookieHeaders(cookie)
    if (!holdsSession(headers)) return []
    const { api } = await this.#ready()
    const answered = await this.#ask(() => api.signOut({ headers, returnHeaders: true }))
    return answered?.headers.getSetCookie() ?? []
  }

  /** Whoever the session cookie belongs to; null for none, a forged or an ended one. */
  async whose(cookie: Secret): Promise<Person | null> {
    const headers = cookieHeaders(cookie)
    if (!holdsSession(headers)) return null
    const { api } = await this.#ready()
    const found = await this.#ask(() => api.getSession({ headers }))
    return found === null ? null : { id: found.user.id, name: found.user.name, email: found.user.email }
  }

  /** Null for what better-auth refuses; UNAVAILABLE or INTERNAL for what it cannot do. */
  async #ask<T>(question: () => Promise<T>): Promise<T | null> {
    try {
      return await question()
    } catch (error) {
      if (error instanceof SallyportError) throw error
      const { isAPIError } = await import('better-auth/api')
      if (isAPIError(error) && error.statusCode < 500) return null
      // It hides failures of the database behind one error of its own.
      await this.#options.ping()
      throw new SallyportError('INTERNAL', { internal: error instanceof Error ? error.message : String(error), cause: error })
    }
  }
}

function cookieHeaders(cookie: Secret): Headers {
  return new Headers({ cookie: disclose(cookie) })
}

/** Other programs on this host may have set cookies too. */
function holdsSession(headers: Headers): boolean {
  return headers.get('cookie')?.includes('sallyport.session_token=') === true
}
