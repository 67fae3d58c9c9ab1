import { sql, type Transaction } from 'kysely'
import type { Clock } from '../clock.ts'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import { openFields, sealFields } from '../vault/fields.ts'
import { isSealingKeyViolation } from '../vault/sealing.ts'
import type { Place, Vault } from '../vault/types.ts'

/**
 * Credentials that are obtained from somebody and count for a while: tokens of OAuth, of a login, sessions by cookie. A scheme
 * says how one is obtained ({@link Obtainer}); when, by whom, and that it happens once, is decided here for all of them.
 */

type Fields = Readonly<Record<string, Secret>>

/** What was obtained. */
export interface Obtained {
  /** Kept sealed as they are: what calls need, and what the next renewal needs (a refresh token). */
  readonly fields: Fields
  /** Milliseconds that it counts from now; null when nobody said. */
  readonly lifetimeMs: number | null
  /** Milliseconds until nothing can be renewed any more without a person; undefined leaves what is known. */
  readonly endsMs?: number | null
  /** Those that were granted; undefined leaves what is known. */
  readonly scopes?: readonly string[]
  readonly subject?: string
}

/** How a scheme obtains its credential. Made for one connection, its static secrets at hand. */
export interface Obtainer {
  /** Milliseconds before its end at which it is renewed; never more than half of its life. */
  readonly marginMs: number
  /**
   * Obtains a new one; `held` is what was obtained before, null the first time. Runs under the lock of the grant: in one gateway
   * at a time, once for all calls that wait. To end within {@link obtainMs}. Throws {@link GrantLost} when only a person can
   * mend it, anything else when another try may succeed: then what is held stays.
   */
  obtain(held: Fields | null): Promise<Obtained>
}

/** What is held, ready for calls. */
export interface Held {
  readonly fields: Fields
  readonly version: number
  /** By the clock of this process (`monotonic`), when to ask here again. */
  readonly until: number
}

/** No further try can succeed before a person consents or enters something again. The message is public: one sentence. */
export class GrantLost extends Error {
  override readonly name = 'GrantLost'
}

/** Obtains without keeping, to try what somebody entered. Throws AUTHENTICATION_FAILED when it is not taken. */
export async function obtainOnce(obtainer: Obtainer): Promise<Fields> {
  try {
    return (await obtainer.obtain(null)).fields
  } catch (error) {
    throw error instanceof GrantLost ? new SallyportError('AUTHENTICATION_FAILED', { detail: error.message }) : error
  }
}

/** The longest that {@link Obtainer.obtain} may take, in milliseconds: the database ends transactions that idle for 60 s. */
export const obtainMs = 20_000
/** Renewals under way at a time: each holds one of the ten connections to the database. */
const maxParallel = 4
/** How long one gateway goes on with what it has read, in milliseconds, and so with what another gateway replaced. */
const trustMs = 5_000
/** After a renewal that a refused credential asked for did not help, how long none is tried for that reason. */
const futileMs = 60_000
const storeTries = 3

interface Row {
  readonly fields: Buffer | null
  readonly fields_key_id: string | null
  readonly version: number
  readonly lost: string | null
  /** Milliseconds by the clock of the database; null when nobody said. */
  readonly left: number | null
  readonly life: number | null
}

export interface ObtainedStore {
  /**
   * What the grant holds, renewed before when it has come to its end or its version is the one that was `refused`. Throws
   * NEEDS_REAUTH when it is lost, and what {@link Obtainer.obtain} throws.
   */
  current(workspaceId: string, grantId: string, obtainer: Obtainer, refused?: number): Promise<Held>
  /** The API has refused what was renewed because it had refused the one before. */
  futile(grantId: string): void
  /** Whether a renewal may help against a refusal. */
  mayHelp(grantId: string): boolean
  /** Puts what a person has just consented to in the place of what is held, as a part of a transaction. */
  replace(db: Transaction<Database>, workspaceId: string, grantId: string, obtained: Obtained): Promise<void>
  /** Another gateway or a person has changed it. */
  forget(grantId: string): void
  /** Opens what is held, also when it counts no more; null when there is nothing. */
  read(workspaceId: string, grantId: string): Promise<Fields | null>
}

interface Dependencies {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
}

export function createObtained({ store, vault, clock, log }: Dependencies): ObtainedStore {
  const held = new Map<string, Held>()
  const underWay = new Map<string, Promise<Held>>()
  const futileUntil = new Map<string, number>()
  let running = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= maxParallel) await new Promise<void>((resolve) => waiting.push(resolve))
    running++
    try {
      return await work()
    } finally {
      running--
      waiting.shift()?.()
    }
  }

  function remember(id: string, kept: Held): Held {
    held.set(id, kept)
    // Secrets stay in memory no longer than they are used.
    setTimeout(() => held.get(id) === kept && held.delete(id), trustMs).unref()
    return kept
  }

  const place = (workspace: string, row: string, version: number): Place => ({
    workspace,
    table: 'upstream_grants',
    row,
    column: 'fields',
    version,
  })

  async function rowOf(db: Transaction<Database>, workspaceId: string, id: string, lock: boolean): Promise<Row> {
    const { rows } = await sql<Row>`
      select fields, fields_key_id, version, lost,
        (extract(epoch from expires_at - clock_timestamp()) * 1000)::float8 as left,
        (extract(epoch from expires_at - obtained_at) * 1000)::float8 as life
      from upstream_grants where workspace_id = ${workspaceId} and id = ${id} ${lock ? sql`for update` : sql``}`.execute(db)
    const [row] = rows
    if (row === undefined) throw new SallyportError('NEEDS_REAUTH', { detail: 'The connection is not authorized yet.' })
    return row
  }

  async function open(workspaceId: string, id: string, row: Row): Promise<Fields | null> {
    if (row.fields === null || row.fields_key_id === null) return null
    return openFields(vault, place(workspaceId, id, row.version), { ciphertext: row.fields, keyId: row.fields_key_id })
  }

  const marginOf = (row: Row, { marginMs }: Obtainer) => Math.min(marginMs, (row.life ?? Number.POSITIVE_INFINITY) / 2)
  const fresh = (row: Row, obtainer: Obtainer, refused: number | undefined) =>
    row.fields !== null && row.version !== refused && (row.left === null || row.left > marginOf(row, obtainer))
  /** Not to be renewed any more, or not now: still good for a call. */
  const counts = (row: Row, refused: number | undefined) =>
    row.fields !== null && row.version !== refused && (row.left === null || row.left > 0)

  async function keep(workspaceId: string, id: string, row: Row, marginMs: number): Promise<Held> {
    const fields = await open(workspaceId, id, row)
    if (fields === null) throw new SallyportError('NEEDS_REAUTH', { detail: 'The connection is not authorized yet.' })
    const left = row.left === null ? trustMs : Math.min(trustMs, Math.max(0, row.left - marginMs))
    const kept = { fields, version: row.version, until: clock.monotonic() + left }
    return remember(id, kept)
  }

  const after = (ms: number | null) => (ms === null ? null : sql<Date>`clock_timestamp() + ${ms / 1000} * interval '1 second'`)

  const lostError = (reason: string) => new SallyportError('NEEDS_REAUTH', { detail: reason })

  async function write(
    db: Transaction<Database>,
    workspaceId: string,
    id: string,
    { fields, lifetimeMs, endsMs, scopes, subject }: Obtained,
    version: number,
  ): Promise<void> {
    const sealed = await sealFields(vault, place(workspaceId, id, version + 1), fields)
    const { numUpdatedRows } = await db
      .updateTable('upstream_grants')
      .set({
        fields: sealed.ciphertext,
        fields_key_id: sealed.keyId,
        version: version + 1,
        obtained_at: sql`clock_timestamp()`,
        expires_at: after(lifetimeMs),
        lost: null,
        ...(endsMs !== undefined && { ends_at: after(endsMs) }),
        ...(scopes !== undefined && { scopes: JSON.stringify(scopes) }),
        ...(subject !== undefined && { subject }),
      })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', id)
      .where('version', '=', version)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new SallyportError('CONFLICT', { detail: 'The connection was authorized anew meanwhile.' })
  }

  /** One renewal: what was obtained is stored, however often that takes; another's that was quicker is taken instead. */
  async function renew(workspaceId: string, id: string, obtainer: Obtainer, refused: number | undefined): Promise<Held> {
    let obtained: { readonly what: Obtained; readonly base: number } | null = null
    for (let tries = 1; ; tries++) {
      try {
        return await store.workspace(workspaceId, async (db) => {
          const row = await rowOf(db, workspaceId, id, true)
          if (obtained !== null ? row.version !== obtained.base : fresh(row, obtainer, refused))
            return keep(workspaceId, id, row, marginOf(row, obtainer))
          if (obtained === null) {
            if (row.lost !== null) throw new GrantLost(row.lost)
            obtained = { what: await obtainer.obtain(await open(workspaceId, id, row)), base: row.version }
          }
          const { what, base } = obtained
          await write(db, workspaceId, id, what, base)
          const life = what.lifetimeMs ?? Number.POSITIVE_INFINITY
          const until = clock.monotonic() + Math.min(trustMs, life - Math.min(obtainer.marginMs, life / 2))
          const kept = { fields: what.fields, version: base + 1, until }
          return remember(id, kept)
        })
      } catch (error) {
        held.delete(id)
        if (obtained === null || tries === storeTries) throw error
        if (isSealingKeyViolation(error)) vault.refresh(workspaceId)
        else log.warn({ err: error, grant: id }, 'a renewed credential could not be stored; trying again')
      }
    }
  }

  /** After a renewal that failed: what somebody else has stored since, or what is held as long as it counts. */
  async function fallBack(workspaceId: string, id: string, obtainer: Obtainer, refused: number | undefined, error: unknown) {
    const row = await store.workspace(workspaceId, (db) => rowOf(db, workspaceId, id, false))
    if (fresh(row, obtainer, refused)) return keep(workspaceId, id, row, marginOf(row, obtainer))
    if (error instanceof GrantLost && row.lost === null) {
      log.warn({ grant: id, reason: error.message }, 'a grant is lost')
      await store.workspace(workspaceId, (db) =>
        db
          .updateTable('upstream_grants')
          .set({ lost: error.message })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', id)
          .where('version', '=', row.version)
          .execute(),
      )
    }
    if (counts(row, refused)) return keep(workspaceId, id, row, 0)
    throw error instanceof GrantLost ? lostError(error.message) : error
  }

  async function find(workspaceId: string, id: string, obtainer: Obtainer, refused: number | undefined): Promise<Held> {
    const row = await store.workspace(workspaceId, (db) => rowOf(db, workspaceId, id, false))
    if (fresh(row, obtainer, refused)) return keep(workspaceId, id, row, marginOf(row, obtainer))
    if (row.lost !== null) {
      if (counts(row, refused)) return keep(workspaceId, id, row, 0)
      throw lostError(row.lost)
    }
    try {
      return await inTurn(() => renew(workspaceId, id, obtainer, refused))
    } catch (error) {
      return fallBack(workspaceId, id, obtainer, refused, error)
    }
  }

  return {
    async current(workspaceId, id, obtainer, refused) {
      for (;;) {
        const known = held.get(id)
        if (known !== undefined && known.version !== refused && known.until > clock.monotonic()) return known
        const joined = underWay.get(id)
        if (joined === undefined) {
          const work = find(workspaceId, id, obtainer, refused).finally(() => underWay.delete(id))
          underWay.set(id, work)
          return work
        }
        const answer = await joined
        // One that began before the refusal may bring just what was refused.
        if (answer.version !== refused) return answer
      }
    },

    futile(id) {
      futileUntil.set(id, clock.monotonic() + futileMs)
    },

    mayHelp(id) {
      const until = futileUntil.get(id)
      if (until === undefined) return true
      if (until > clock.monotonic()) return false
      futileUntil.delete(id)
      return true
    },

    async replace(db, workspaceId, id, obtained) {
      const { version } = await rowOf(db, workspaceId, id, true)
      await write(db, workspaceId, id, obtained, version)
    },

    forget(id) {
      held.delete(id)
      futileUntil.delete(id)
    },

    async read(workspaceId, id) {
      const row = await store.workspace(workspaceId, (db) => rowOf(db, workspaceId, id, false))
      return open(workspaceId, id, row)
    },
  }
}
