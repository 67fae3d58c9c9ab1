import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/types.ts'
import { Attempts } from './attempts.ts'
import { createAuthenticate } from './authenticate.ts'
import { type Client, People } from './people.ts'
import { recordSession } from './session-acts.ts'
import { createSetup, type Setup } from './setup.ts'
import { TokenCache } from './token-cache.ts'
import { createTokens } from './tokens.ts'
import type { Access } from './types.ts'

export interface AccessOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Origin under which people reach the gateway; over https the session cookie is Secure. */
  readonly publicUrl: () => string
  /** Signs session cookies: derived from the root key, so that a copy of the database opens no session. */
  readonly authSecret: string
}

export interface AccessService extends Access {
  /**
   * At the first start makes the workspace and an owner token of this SHA-256 (the operator chose the token). Does nothing once
   * a workspace exists.
   */
  ensureBootstrap: Setup['ensureBootstrap']
}

const windowMs = 15 * 60_000

/** People, tokens and roles: yields one Caller. */
export function createAccess({ store, clock, log, publicUrl, authSecret }: AccessOptions): AccessService {
  const people = new People({ people: store.people, log, publicUrl, authSecret, ping: () => store.ping() })
  const cache = new TokenCache(clock)
  const byPerson = new Attempts(clock, { most: 5, windowMs })
  // Many people may share an address; many guesses over many emails still end here.
  const byAddress = new Attempts(clock, { most: 50, windowMs })

  return {
    authenticate: createAuthenticate({ store, clock, log, people, cache }),
    ...createSetup({ store, clock, log, people }),
    ...createTokens({ store, clock, cache }),

    async signIn({ email, password, ip = '', userAgent }) {
      const person = `${email.trim().toLowerCase()}\n${ip}`
      byAddress.begin(ip)
      byPerson.begin(person)
      const client: Client = { ip, ...(userAgent !== undefined && { userAgent }) }
      try {
        const cookies = await people.signIn(email.trim(), password, client)
        byPerson.forget(person)
        byAddress.forgive(ip)
        await recordSession(store, 'session.began', { email: email.trim() }, ip)
        return { cookies }
      } catch (error) {
        // Not waited for: the time it takes would tell whether somebody has this email.
        if (error instanceof SallyportError && error.code === 'UNAUTHENTICATED')
          recordSession(store, 'session.refused', { email: email.trim() }, ip).catch((failure: unknown) =>
            log.warn({ err: failure }, 'a refused attempt to sign in could not be recorded'),
          )
        throw error
      }
    },

    async signOut(cookie, ip = '') {
      const person = await people.whose(cookie)
      const cookies = await people.signOut(cookie)
      if (person !== null) await recordSession(store, 'session.ended', person, ip)
      return { cookies }
    },
  }
}
