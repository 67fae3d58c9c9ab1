import type { Kysely } from 'kysely'
import { SallyportError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Database } from '../store/schema.ts'
import { disclose } from '../vault/disclose.ts'
import { type Auth, type AuthOptions, createAuth, ipHeader } from './auth.ts'

export interface PeopleOptions extends AuthOptions {
  readonly people: Kysely<Database>
  /** Throws UNAVAILABLE when the database does not answer. */
  readonly ping: () => Promise<void>
}

export interface Client {
  readonly userAgent?: string
  readonly ip?: string
}

/** A row of better-auth's table `user`. */
export interface Person {
  readonly id: string
  readonly name: string
  /** In lower case. */
  readonly email: string
  readonly twoFactorEnabled: boolean
}

/** A person with the session they show. */
export interface SignedIn extends Person {
  readonly sessionId: string
  /** The one workspace this session counts for: it was opened by that workspace's single sign-on. Null for all. */
  readonly onlyWorkspace: string | null
}

export interface SignInAnswer {
  /** True when the password was right and the second factor is asked for next; the cookies then hold no session. */
  readonly twoFactor: boolean
  readonly cookies: readonly string[]
}

/** What better-auth refused, by its code. */
interface Refusal {
  readonly refused: string
}

/** People, their passwords, sessions and second factors: better-auth over its own tables. */
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

  /** Adds a person within a transaction, with a password or, when null, without. */
  async add(db: Kysely<Database>, person: { name: string; email: string; passwordHash: string | null }): Promise<string> {
    const { internalAdapter } = await (await createAuth(db, this.#options)).$context
    const method = person.passwordHash === null ? 'oauth' : 'email-password'
    const user = await internalAdapter.createUser({ name: person.name, email: person.email, emailVerified: false }, { method })
    if (person.passwordHash !== null) await this.setPassword(db, user.id, person.passwordHash)
    return user.id
  }

  /** Gives a person this password within a transaction, whether they had one or not. */
  async setPassword(db: Kysely<Database>, userId: string, passwordHash: string): Promise<void> {
    const { internalAdapter } = await (await createAuth(db, this.#options)).$context
    const accounts = await internalAdapter.findAccounts(userId)
    if (accounts.some(({ providerId }) => providerId === 'credential')) {
      await internalAdapter.updatePassword(userId, passwordHash)
      return
    }
    await internalAdapter.createAccount({ userId, providerId: 'credential', accountId: userId, password: passwordHash })
  }

  /** Throws UNAUTHENTICATED, in one shape whatever was wrong. */
  async signIn(email: string, password: string, client: Client): Promise<SignInAnswer> {
    const { api } = await this.#ready()
    const headers = clientHeaders(client)
    const answered = await this.#ask(() => api.signInEmail({ body: { email, password }, headers, returnHeaders: true }))
    if ('refused' in answered) throw new SallyportError('UNAUTHENTICATED', { detail: 'The email or the password is wrong.' })
    return { twoFactor: 'twoFactorRedirect' in answered.response, cookies: answered.headers.getSetCookie() }
  }

  /** Ends a sign-in that waits for the second factor. Throws UNAUTHENTICATED, or RATE_LIMITED after too many wrong codes. */
  async secondFactor(cookie: Secret, code: { totp: string } | { recovery: string }, client: Client): Promise<readonly string[]> {
    const { api } = await this.#ready()
    // With a session it would be another question: whether the code of whoever is signed in is right.
    const headers = clientHeaders(client, only(cookie, 'two_factor'))
    const answered = await this.#ask<{ headers: Headers }>(() =>
      'totp' in code
        ? api.verifyTOTP({ body: { code: code.totp }, headers, returnHeaders: true })
        : api.verifyBackupCode({ body: { code: code.recovery }, headers, returnHeaders: true }),
    )
    if (!('refused' in answered)) return answered.headers.getSetCookie()
    throw refusedCode(answered)
  }

  /** The Set-Cookie values of a session for somebody whose identity is settled; `onlyWorkspace` as in {@link SignedIn}. */
  async openSession(userId: string, onlyWorkspace: string | null, client: Client): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const body = { userId, workspaceId: onlyWorkspace }
    const opened = await api.openSession({ body, headers: clientHeaders(client), returnHeaders: true })
    return opened.headers.getSetCookie()
  }

  async signOut(cookie: Secret): Promise<readonly string[]> {
    const headers = cookieHeaders(cookie)
    if (!holdsSession(headers)) return []
    const { api } = await this.#ready()
    const answered = await this.#ask(() => api.signOut({ headers, returnHeaders: true }))
    return 'refused' in answered ? [] : answered.headers.getSetCookie()
  }

  /** Whoever the session cookie belongs to; null for none, a forged or an ended one. */
  async whose(cookie: Secret): Promise<SignedIn | null> {
    const headers = cookieHeaders(cookie)
    if (!holdsSession(headers)) return null
    const { api } = await this.#ready()
    const found = await this.#ask(async () => (await api.getSession({ headers })) ?? { refused: 'NO_SESSION' })
    if ('refused' in found) return null
    const { user, session } = found
    return {
      id: user.id,
      name: user.name,
      email: user.email,
      twoFactorEnabled: user.twoFactorEnabled === true,
      sessionId: session.id,
      onlyWorkspace: session.workspaceId ?? null,
    }
  }

  /** Ends all other sessions too. Answers the cookies of a new one, or throws FORBIDDEN when the current password is wrong. */
  async changePassword(cookie: Secret, currentPassword: string, newPassword: string): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const body = { currentPassword, newPassword, revokeOtherSessions: true }
    const answered = await this.#ask(() => api.changePassword({ body, headers: cookieHeaders(cookie), returnHeaders: true }))
    if ('refused' in answered) throw wrongPassword()
    return answered.headers.getSetCookie()
  }

  /** Begins to turn the second factor on: nothing changes until {@link confirmTwoFactor}. */
  async beginTwoFactor(cookie: Secret, password: string): Promise<{ uri: string; recoveryCodes: readonly string[] }> {
    const { api } = await this.#ready()
    const answered = await this.#ask(() => api.enableTwoFactor({ body: { password }, headers: cookieHeaders(cookie) }))
    if ('refused' in answered) {
      if (answered.refused !== 'TOTP_ALREADY_ENABLED') throw wrongPassword()
      throw new SallyportError('CONFLICT', { detail: 'Two-factor sign-in is on already. Turn it off first to begin anew.' })
    }
    if (answered.method !== 'totp') throw new SallyportError('INTERNAL', { internal: `second factor by ${answered.method}` })
    return { uri: answered.totpURI, recoveryCodes: answered.backupCodes }
  }

  async confirmTwoFactor(cookie: Secret, code: string): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const headers = cookieHeaders(cookie)
    const answered = await this.#ask(() => api.verifyTOTP({ body: { code }, headers, returnHeaders: true }))
    if (!('refused' in answered)) return answered.headers.getSetCookie()
    throw new SallyportError('FORBIDDEN', { detail: 'The code is wrong. Look at the clock of the device, and try the next one.' })
  }

  async endTwoFactor(cookie: Secret, password: string): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const headers = cookieHeaders(cookie)
    const answered = await this.#ask(() => api.disableTwoFactor({ body: { password }, headers, returnHeaders: true }))
    if ('refused' in answered) throw wrongPassword()
    return answered.headers.getSetCookie()
  }

  /** New recovery codes in place of the old ones. */
  async newRecoveryCodes(cookie: Secret, password: string): Promise<readonly string[]> {
    const { api } = await this.#ready()
    const answered = await this.#ask(() => api.generateBackupCodes({ body: { password }, headers: cookieHeaders(cookie) }))
    if ('refused' in answered) throw wrongPassword()
    return answered.backupCodes
  }

  /** What better-auth refuses, by its code; throws UNAVAILABLE or INTERNAL for what it cannot do. */
  async #ask<T extends object>(question: () => Promise<T>): Promise<T | Refusal> {
    try {
      return await question()
    } catch (error) {
      if (error instanceof SallyportError) throw error
      const { isAPIError } = await import('better-auth/api')
      if (isAPIError(error) && error.statusCode < 500) return { refused: error.body?.code ?? String(error.statusCode) }
      // It hides failures of the database behind one error of its own.
      await this.#options.ping()
      throw new SallyportError('INTERNAL', { internal: error instanceof Error ? error.message : String(error), cause: error })
    }
  }
}

function wrongPassword(): SallyportError {
  return new SallyportError('FORBIDDEN', { detail: 'The current password is wrong.' })
}

function refusedCode({ refused }: Refusal): SallyportError {
  switch (refused) {
    case 'ACCOUNT_TEMPORARILY_LOCKED':
      return new SallyportError('RATE_LIMITED', {
        detail: 'Too many wrong codes. Wait before trying again.',
        retryAfterSeconds: 900,
      })
    case 'INVALID_TWO_FACTOR_COOKIE':
    case 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE':
      return new SallyportError('UNAUTHENTICATED', { detail: 'Begin again with your email and password.' })
    default:
      return new SallyportError('UNAUTHENTICATED', { detail: 'The code is wrong.' })
  }
}

function clientHeaders(client: Client, cookie?: string): Headers {
  return new Headers({
    ...(client.userAgent !== undefined && { 'user-agent': client.userAgent }),
    ...(client.ip !== undefined && { [ipHeader]: client.ip }),
    ...(cookie !== undefined && { cookie }),
  })
}

/** The cookies of this name of ours. */
function only(cookie: Secret, name: string): string {
  const parts = disclose(cookie).split(';')
  return parts.filter((part) => part.split('=', 1)[0]?.trim().endsWith(`sallyport.${name}`)).join(';')
}

function cookieHeaders(cookie: Secret): Headers {
  return new Headers({ cookie: disclose(cookie) })
}

/** Other programs on this host may have set cookies too. */
function holdsSession(headers: Headers): boolean {
  return headers.get('cookie')?.includes('sallyport.session_token=') === true
}
