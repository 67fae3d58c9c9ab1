import type { BetterAuthPlugin } from 'better-auth'
import type { Kysely } from 'kysely'
import { newId } from '../id.ts'
import type { Log } from '../log.ts'
import type { Database } from '../store/schema.ts'

/** A session ends this many seconds after signing in (7 days), used or not: the cookie's age is fixed, so is the row's. */
const sessionSeconds = 7 * 24 * 60 * 60

/** Shortest and longest password, in characters. */
export const passwordLength = { min: 10, max: 128 }

export interface AuthOptions {
  readonly log: Log
  readonly publicUrl: () => string
  readonly authSecret: string
}

/** Carries the address of the browser to better-auth, which reads it from a header only. */
export const ipHeader = 'x-sallyport-client-ip'

/** Opens a session for somebody whom a provider of single sign-on, or an invitation, vouches for. */
async function openSessionPlugin() {
  const { createAuthEndpoint } = await import('better-auth/api')
  const { setSessionCookie } = await import('better-auth/cookies')
  return {
    id: 'sallyport',
    endpoints: {
      openSession: createAuthEndpoint.serverOnly(
        { method: 'POST', metadata: { $Infer: { body: {} as { userId: string; workspaceId: string | null } } } },
        async (ctx) => {
          const { userId, workspaceId } = ctx.body
          const { internalAdapter } = ctx.context
          const user = await internalAdapter.findUserById(userId)
          if (user === null) return ctx.json(null)
          const session = await internalAdapter.createSession(userId, false, { workspaceId })
          await setSessionCookie(ctx, { session, user })
          return ctx.json({ id: session.id })
        },
      ),
    },
  } satisfies BetterAuthPlugin
}

/**
 * better-auth over its own tables, on a connection or within a transaction. Loaded with the first person, not for tokens: it
 * takes 60 MB and half a second.
 */
export async function createAuth(db: Kysely<Database>, { log, publicUrl, authSecret }: AuthOptions) {
  const secure = publicUrl().startsWith('https:')
  const { betterAuth } = await import('better-auth')
  const { twoFactor } = await import('better-auth/plugins/two-factor')
  return betterAuth({
    appName: 'Sallyport',
    baseURL: publicUrl(),
    secret: authSecret,
    // Given here too, or BETTER_AUTH_SECRETS of the environment would take its place.
    secrets: [{ version: 1, value: authSecret }],
    database: { db, type: 'postgres' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
    },
    session: {
      expiresIn: sessionSeconds,
      disableSessionRefresh: true,
      // For what changes how somebody signs in, the session must be this young, in seconds; the password is asked for anyway.
      freshAge: 0,
      additionalFields: { workspaceId: { type: 'string', required: false, input: false } },
    },
    plugins: [twoFactor({ issuer: 'Sallyport' }), await openSessionPlugin()],
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

export type Auth = Awaited<ReturnType<typeof createAuth>>
