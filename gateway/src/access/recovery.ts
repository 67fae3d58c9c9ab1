import { sql, type Transaction } from 'kysely'
import type { Caller } from '../caller.ts'
import type { Clock } from '../clock.ts'
import type { Mailer } from '../egress/mail.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { gatewayActor } from '../store/acts.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { randomToken, sha256 } from '../vault/digest.ts'
import type { Attempts } from './attempts.ts'
import { recoveryMail } from './letters.ts'
import type { People, Person } from './people.ts'
import { recordPersonAct } from './session-acts.ts'

/** A one-time link; whoever opens it sets the password. */
export interface RecoveryLink {
  readonly url: string
  readonly expires_at: string
}

export interface Recovery {
  /** Makes a link for a person; `by` null for the operator of the host. The newest link of a person is the only one. */
  makeLink(by: Caller | null, person: Pick<Person, 'id' | 'email'>, removeTwoFactor: boolean): Promise<RecoveryLink>
  /** Mails a link to whoever has this email. Tells nobody whether there is such a person, not even by the time it takes. */
  mailLink(email: string, ip: string): void
  /** Sets the password and ends all sessions of the person. Throws FORBIDDEN for a code that was used, replaced or is too old. */
  use(request: { code: string; password: string; ip: string }): Promise<void>
}

/** Long enough to reach somebody, short enough to be forgotten in a mailbox. */
const linkMs = 60 * 60_000

interface RecoveryServices {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly people: People
  readonly publicUrl: () => string
  readonly mailer: Mailer | null
  readonly attempts: Attempts
}

interface Stored {
  readonly user: string
  readonly remove_two_factor: boolean
}

type Making = Pick<RecoveryServices, 'store' | 'clock' | 'publicUrl'>

const keyOf = (code: string) => `recovery:${sha256(code).toString('base64')}`

function personWith(store: Store, email: string) {
  return store.system((db) =>
    db
      .withTables<{ user: Person }>()
      .selectFrom('user')
      .select(['id', 'name', 'email'])
      .where('email', '=', email.trim().toLowerCase())
      .executeTakeFirst(),
  )
}

async function makeLink(
  { store, clock, publicUrl }: Making,
  by: Caller | null,
  { id, email }: Pick<Person, 'id' | 'email'>,
  removeTwoFactor: boolean,
  ip?: string,
): Promise<RecoveryLink> {
  const code = randomToken(32)
  const expires = new Date(clock.now() + linkMs)
  const value = JSON.stringify({ user: id, remove_two_factor: removeTwoFactor } satisfies Stored)
  await store.system(async (db) => {
    await sql`delete from verification where identifier like 'recovery:%' and value::jsonb ->> 'user' = ${id}`.execute(db)
    await sql`insert into verification (id, identifier, value, "expiresAt")
      values (${crypto.randomUUID()}, ${keyOf(code)}, ${value}, ${expires})`.execute(db)
    await recordPersonAct(
      db,
      'person.recovery_begun',
      { id },
      {
        by: by ?? gatewayActor,
        ...(ip !== undefined && { ip }),
        after: { email, remove_two_factor: removeTwoFactor, expires_at: expires },
      },
    )
  })
  return { url: `${publicUrl()}/recover#code=${code}`, expires_at: expires.toISOString() }
}

/** For the operator of the host. Null when nobody has this email. */
export async function recoverByEmail(making: Making, email: string, removeTwoFactor: boolean): Promise<RecoveryLink | null> {
  const person = await personWith(making.store, email)
  return person === undefined ? null : makeLink(making, null, person, removeTwoFactor)
}

export function createRecovery({ store, clock, log, people, publicUrl, mailer, attempts }: RecoveryServices): Recovery {
  const making = { store, clock, publicUrl }

  /** Null for a code that is not good, whatever the reason. */
  async function spend(db: Transaction<Database>, code: string): Promise<Stored | null> {
    const { rows } = await sql<{ value: string }>`
      delete from verification where identifier = ${keyOf(code)} and "expiresAt" > ${new Date(clock.now())} returning value`.execute(
      db,
    )
    const [row] = rows
    // Written above, by nobody else.
    return row === undefined ? null : (JSON.parse(row.value) as Stored)
  }

  return {
    makeLink: (by, person, removeTwoFactor) => makeLink(making, by, person, removeTwoFactor),

    mailLink(email, ip) {
      if (mailer === null)
        throw new SallyportError('CONFLICT', {
          detail: 'This installation sends no mail. Ask an admin of your workspace for a link to set a new password.',
        })
      attempts.begin(ip)
      const send = async () => {
        const person = await personWith(store, email)
        if (person !== undefined) await mailer.send(recoveryMail(person, await makeLink(making, null, person, false, ip)))
      }
      send().catch((error: unknown) => log.warn({ err: error }, 'a mail to set a new password could not be made'))
    },

    async use({ code, password, ip }) {
      attempts.begin(ip)
      const known = await store.system((db) => sql`select 1 from verification where identifier = ${keyOf(code)}`.execute(db))
      // Before the costly hash, so that strangers cannot have it computed for them.
      const passwordHash = known.rows.length > 0 ? await people.hashPassword(password) : ''
      const done = await store.system(async (db) => {
        const stored = await spend(db, code)
        if (stored === null) return false
        await people.setPassword(db, stored.user, passwordHash)
        await sql`delete from session where "userId" = ${stored.user}`.execute(db)
        if (stored.remove_two_factor) {
          await sql`delete from "twoFactor" where "userId" = ${stored.user}`.execute(db)
          await sql`update "user" set "twoFactorEnabled" = false where id = ${stored.user}`.execute(db)
        }
        await recordPersonAct(
          db,
          'person.recovered',
          { id: stored.user },
          {
            ip,
            after: { two_factor_removed: stored.remove_two_factor },
          },
        )
        return true
      })
      if (!done)
        throw new SallyportError('FORBIDDEN', {
          detail: 'This link was used, replaced by a newer one, or is too old. Ask for a new one.',
        })
      attempts.forgive(ip)
    },
  }
}
