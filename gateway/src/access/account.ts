import { sql } from 'kysely'
import { SallyportError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/types.ts'
import { sha256 } from '../vault/digest.ts'
import type { Attempts } from './attempts.ts'
import type { People, SignedIn } from './people.ts'
import { recordPersonAct } from './session-acts.ts'

export interface SessionView {
  readonly id: string
  /** The session that asks. */
  readonly current: boolean
  readonly ip: string | null
  readonly user_agent: string | null
  readonly single_sign_on: boolean
  readonly created_at: string
  readonly expires_at: string
}

/** A person who asks about themselves, with the cookie that shows it. */
export interface Myself {
  readonly person: SignedIn
  readonly cookie: Secret
  readonly ip: string
}

interface Cookies {
  readonly cookies: readonly string[]
}

/**
 * What people do with their own account. What changes how they sign in asks for the password again and is not open to
 * sessions of a workspace's single sign-on, which vouches for them to that workspace only. Throws FORBIDDEN for either.
 */
export interface Account {
  rename(me: Myself, name: string): Promise<void>
  sessions(me: Myself): Promise<readonly SessionView[]>
  /** Throws NOT_FOUND for a session that is not one's own. */
  endSession(me: Myself, id: string): Promise<void>
  /** All but the one that asks. */
  endOtherSessions(me: Myself): Promise<{ readonly ended: number }>
  changePassword(me: Myself, current: string, next: string): Promise<Cookies>
  /** The `otpauth:` address for the authenticator and the recovery codes, shown this once; off until confirmed by a code. */
  beginTwoFactor(me: Myself, password: string): Promise<{ readonly uri: string; readonly recovery_codes: readonly string[] }>
  confirmTwoFactor(me: Myself, code: string): Promise<Cookies>
  endTwoFactor(me: Myself, password: string): Promise<Cookies>
  /** In place of the old ones. */
  newRecoveryCodes(me: Myself, password: string): Promise<{ readonly recovery_codes: readonly string[] }>
}

export function createAccount({ store, people, attempts }: { store: Store; people: People; attempts: Attempts }): Account {
  function refuseSingleSignOn({ onlyWorkspace }: SignedIn): void {
    if (onlyWorkspace === null) return
    throw new SallyportError('FORBIDDEN', {
      detail:
        'This session was opened by single sign-on, so your account is managed there. Sign in with a password to change this.',
    })
  }

  /** A stolen session is no way to guess the password. */
  async function withPassword<T>({ person }: Myself, work: () => Promise<T>): Promise<T> {
    refuseSingleSignOn(person)
    attempts.begin(person.id)
    const result = await work()
    attempts.forget(person.id)
    return result
  }

  const mine = ({ person }: Myself) =>
    person.onlyWorkspace === null
      ? sql`"userId" = ${person.id}`
      : sql`"userId" = ${person.id} and "workspaceId" = ${person.onlyWorkspace}`

  return {
    async rename(me, name) {
      refuseSingleSignOn(me.person)
      const { id } = me.person
      await store.system(async (db) => {
        await sql`update "user" set name = ${name}, "updatedAt" = now() where id = ${id}`.execute(db)
        const change = { before: { name: me.person.name }, after: { name } }
        await recordPersonAct(db, 'person.renamed', me.person, { ip: me.ip, ...change })
      })
    },

    async sessions(me) {
      const { rows } = await store.system((db) =>
        sql<{
          id: string
          ipAddress: string | null
          userAgent: string | null
          workspaceId: string | null
          createdAt: Date
          expiresAt: Date
        }>`select * from session where ${mine(me)} and "expiresAt" > now() order by "createdAt" desc`.execute(db),
      )
      return rows.map((row) => ({
        id: row.id,
        current: row.id === me.person.sessionId,
        ip: row.ipAddress || null,
        user_agent: row.userAgent || null,
        single_sign_on: row.workspaceId !== null,
        created_at: row.createdAt.toISOString(),
        expires_at: row.expiresAt.toISOString(),
      }))
    },

    async endSession(me, id) {
      await store.system(async (db) => {
        const { rows } = await sql`delete from session where id = ${id} and ${mine(me)} returning id`.execute(db)
        if (rows.length === 0) throw new SallyportError('NOT_FOUND', { detail: `You have no session "${id}".` })
        await recordPersonAct(db, 'session.revoked', me.person, { ip: me.ip, after: { ended: 1 } })
      })
    },

    async endOtherSessions(me) {
      return store.system(async (db) => {
        const { rows } = await sql`
          delete from session where ${mine(me)} and id <> ${me.person.sessionId} returning id`.execute(db)
        const ended = { ended: rows.length }
        if (rows.length > 0) await recordPersonAct(db, 'session.revoked', me.person, { ip: me.ip, after: ended })
        return ended
      })
    },

    changePassword: (me, current, next) =>
      withPassword(me, async () => {
        const cookies = await people.changePassword(me.cookie, current, next)
        await store.system((db) => recordPersonAct(db, 'person.password_changed', me.person, { ip: me.ip }))
        return { cookies }
      }),

    beginTwoFactor: (me, password) =>
      withPassword(me, async () => {
        const { uri, recoveryCodes } = await people.beginTwoFactor(me.cookie, password)
        return { uri, recovery_codes: recoveryCodes }
      }),

    confirmTwoFactor: (me, code) =>
      withPassword(me, async () => {
        const cookies = await people.confirmTwoFactor(me.cookie, code)
        await spendCode(store, me.person.id, code)
        await store.system((db) => recordPersonAct(db, 'person.two_factor_on', me.person, { ip: me.ip }))
        return { cookies }
      }),

    endTwoFactor: (me, password) =>
      withPassword(me, async () => {
        const cookies = await people.endTwoFactor(me.cookie, password)
        await store.system((db) => recordPersonAct(db, 'person.two_factor_off', me.person, { ip: me.ip }))
        return { cookies }
      }),

    newRecoveryCodes: (me, password) =>
      withPassword(me, async () => ({ recovery_codes: await people.newRecoveryCodes(me.cookie, password) })),
  }
}

/** Longer than any code is accepted: its own half minute and the one on either side. */
const codeSeconds = 120

/** Whether the code is good for its first use; within its minutes it is for no second one (RFC 6238, section 5.2). */
export async function spendCode(store: Store, userId: string, code: string): Promise<boolean> {
  return store.system(async (db) => {
    const { rows } = await sql`
      insert into two_factor_uses (user_id, code) values (${userId}, ${sha256(code)})
      on conflict (user_id, code) do update set used_at = now()
        where two_factor_uses.used_at < now() - make_interval(secs => ${codeSeconds})
      returning code`.execute(db)
    await sql`
      delete from two_factor_uses where user_id = ${userId} and used_at < now() - make_interval(secs => ${codeSeconds})`.execute(
      db,
    )
    return rows.length > 0
  })
}
