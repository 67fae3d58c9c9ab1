import type { Clock } from '../clock.ts'
import type { Mailer } from '../egress/mail.ts'
import type { Egress } from '../egress/types.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { Secret } from '../secret.ts'
import type { Store } from '../store/types.ts'
import type { Vault } from '../vault/types.ts'
import { createAccount, spendCode } from './account.ts'
import { Attempts } from './attempts.ts'
import { createAuthenticate } from './authenticate.ts'
import { createInvitations } from './invitations.ts'
import { createMembers } from './members.ts'
import { createOAuth } from './oauth/oauth.ts'
import { createOidc } from './oidc.ts'
import { type Client, People } from './people.ts'
import { createRecovery } from './recovery.ts'
import { recordSession } from './session-acts.ts'
import { createSetup, type Setup } from './setup.ts'
import { createSignInSettings } from './sign-in-settings.ts'
import { createSingleSignOn } from './sso.ts'
import { createTeams } from './teams.ts'
import { TokenCache } from './token-cache.ts'
import { createTokens } from './tokens.ts'
import { createToolsets } from './toolsets.ts'
import type { Access } from './types.ts'
import { createWorkspaces } from './workspaces.ts'

export interface AccessOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Origin under which people reach the gateway; over https the session cookie is Secure. */
  readonly publicUrl: () => string
  /** Signs session cookies: derived from the root key, so that a copy of the database opens no session. */
  readonly authSecret: string
  /** Keeps the client secrets of single sign-on. */
  readonly vault: Vault
  readonly egress: Egress
  /** Null when the installation sends no mail: links are shown instead. */
  readonly mailer: Mailer | null
  /** Whether programs may register themselves. */
  readonly oauthRegistration: boolean
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
export function createAccess({
  store,
  clock,
  log,
  publicUrl,
  authSecret,
  vault,
  egress,
  mailer,
  oauthRegistration,
}: AccessOptions): AccessService {
  const people = new People({ people: store.people, log, publicUrl, authSecret, ping: () => store.ping() })
  const cache = new TokenCache(clock)
  const byPerson = new Attempts(clock, { most: 5, windowMs })
  // Many people may share an address; many guesses over many emails still end here.
  const byAddress = new Attempts(clock, { most: 50, windowMs })
  const byLink = new Attempts(clock, { most: 50, windowMs })
  const byAccount = new Attempts(clock, { most: 10, windowMs })
  const oidc = createOidc(egress)
  // First of all listeners, so that the others ask a cache that has forgotten.
  store.onRightsChanged((workspaceId) => cache.clear(workspaceId ?? undefined))
  const recovery = createRecovery({ store, clock, log, people, publicUrl, mailer, attempts: byLink })
  const policies = createSignInSettings({ store, clock, vault, oidc, publicUrl })

  return {
    ...createAuthenticate({ store, clock, log, people, cache }),
    ...createSetup({ store, clock, log, people }),
    ...createTokens({ store, clock, cache }),
    onRightsChanged: (listener) => store.onRightsChanged(listener),
    toolsets: createToolsets({ store, clock, cache }),
    oauth: createOAuth({ store, clock, cache, egress, publicUrl, registration: oauthRegistration }),
    workspaces: createWorkspaces({ store, clock, cache }),
    members: createMembers({ store, cache, recovery }),
    teams: createTeams({ store, clock, cache }),
    invitations: createInvitations({ store, clock, people, mailer, publicUrl, attempts: byLink, cache }),
    account: createAccount({ store, people, attempts: byAccount }),
    recovery,
    signInSettings: policies,
    singleSignOn: createSingleSignOn({ store, clock, people, oidc, policies, publicUrl }),
    mails: mailer !== null,

    async signIn({ email, password, ip = '', userAgent }) {
      const person = `${email.trim().toLowerCase()}\n${ip}`
      byAddress.begin(ip)
      byPerson.begin(person)
      const client: Client = { ip, ...(userAgent !== undefined && { userAgent }) }
      try {
        const answer = await people.signIn(email.trim(), password, client)
        byPerson.forget(person)
        byAddress.forgive(ip)
        // With a second factor it begins with that one.
        if (!answer.twoFactor) await recordSession(store, 'session.began', { email: email.trim() }, ip)
        return answer
      } catch (error) {
        // Not waited for: the time it takes would tell whether somebody has this email.
        if (error instanceof SallyportError && error.code === 'UNAUTHENTICATED')
          recordSession(store, 'session.refused', { email: email.trim() }, ip).catch((failure: unknown) =>
            log.warn({ err: failure }, 'a refused attempt to sign in could not be recorded'),
          )
        throw error
      }
    },

    async secondFactor({ cookie, code, ip = '', userAgent }) {
      byAddress.begin(ip)
      const client: Client = { ip, ...(userAgent !== undefined && { userAgent }) }
      const cookies = await people.secondFactor(cookie, code, client)
      const opened = new Secret(cookies.map((line) => line.split(';', 1)[0]).join('; '))
      const person = await people.whose(opened)
      if (person === null) throw new SallyportError('INTERNAL', { internal: 'a second factor opened no session' })
      if ('totp' in code && !(await spendCode(store, person.id, code.totp))) {
        await people.signOut(opened)
        throw new SallyportError('UNAUTHENTICATED', { detail: 'This code was used already. Wait for the next one.' })
      }
      byAddress.forgive(ip)
      await recordSession(store, 'session.began', person, ip)
      return { cookies }
    },

    async welcome(userId, { ip = '', userAgent }) {
      const cookies = await people.openSession(userId, null, { ip, ...(userAgent !== undefined && { userAgent }) })
      await recordSession(store, 'session.began', { id: userId }, ip)
      return { cookies }
    },

    async signOut(cookie, ip = '') {
      const person = await people.whose(cookie)
      const cookies = await people.signOut(cookie)
      if (person !== null) await recordSession(store, 'session.ended', person, ip)
      return { cookies }
    },
  }
}
