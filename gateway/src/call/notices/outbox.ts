import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { SallyportError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { createRounds } from '../../rounds.ts'
import type { Database } from '../../store/schema.ts'
import type { Store } from '../../store/types.ts'
import type { Channels } from './channels.ts'
import { type Deliverers, deliver } from './deliver.ts'
import type { Message } from './message.ts'

/** How often what is due is looked for, beside what this gateway knows to be. */
const roundMs = 15_000
/** Waits between attempts, in seconds: the sixth comes an hour after the first. */
const waits = [15, 60, 300, 900, 2400] as const
/** While an attempt is under way no other gateway makes it; longer than an attempt takes. */
const leaseMs = 60_000

/** A row that waits for one channel to be told. */
export interface Due {
  readonly id: string
  readonly workspace_id: string
  readonly channel_id: string
  readonly attempts: number
}

/** How an attempt ended. `again`: when the next one is; null after the last. */
export interface Ending {
  readonly at: Date
  readonly told: boolean
  readonly problem: string | null
  readonly again: Date | null
}

/** What is to be told, in a table of its own: written in the transaction that gives the reason, taken here by any gateway. */
export interface Source<Row extends Due = Due> {
  /** Takes at most ten rows whose time has come, each for one attempt: it counts, and the row is due again at `until`. */
  claim(now: Date, until: Date): Promise<readonly Row[]>
  /** Null when it is no more to be told. */
  messageOf(due: Row): Promise<Message | null>
  /** Part of a transaction of the row's workspace. */
  end(db: Kysely<Database>, due: Row, ending: Ending): Promise<unknown>
}

interface OutboxServices extends Deliverers {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly channels: Pick<Channels, 'open'>
}

/** Tells channels what the sources have, and tries again what did not arrive. */
export function createOutbox(services: OutboxServices, sources: readonly Source[]) {
  const { store, clock, log, channels } = services

  async function attempt(source: Source, due: Due): Promise<void> {
    const { workspace_id: workspaceId, channel_id: channelId, attempts } = due
    let problem: string | null = null
    let told = false
    try {
      const message = await source.messageOf(due)
      const channel = message === null ? null : await channels.open(workspaceId, channelId)
      if (message !== null && channel !== null) {
        await deliver(services, channel.kind, channel.target, message, clock.now())
        told = true
      }
    } catch (error) {
      problem = error instanceof SallyportError ? (error.detail ?? error.code) : 'The gateway could not send it.'
      log.warn({ err: error, channel: channelId, attempts }, 'a notification was not delivered')
    }
    const wait = problem === null ? undefined : waits[attempts - 1]
    const now = clock.now()
    await store.workspace(workspaceId, async (db) => {
      if (told || problem !== null)
        await db
          .updateTable('notification_channels')
          .set({ last_error: problem, ...(told && { delivered_at: new Date(now) }) })
          .where('workspace_id', '=', workspaceId)
          .where('id', '=', channelId)
          .execute()
      await source.end(db, due, {
        at: new Date(now),
        told,
        problem,
        again: wait === undefined ? null : new Date(now + wait * 1000),
      })
    })
  }

  async function sendAll(source: Source): Promise<void> {
    const claim = () => source.claim(new Date(clock.now()), new Date(clock.now() + leaseMs))
    for (let due = await claim(); due.length > 0; due = await claim()) await Promise.all(due.map((row) => attempt(source, row)))
  }

  const round = async () => {
    for (const source of sources) await sendAll(source)
  }
  const rounds = createRounds({ everyMs: roundMs, round })

  return {
    /** Sends what is due now. */
    round,

    /** Sends what is due, soon. */
    wake: rounds.wake,

    /** Sends from now on; what it returns ends that. */
    start: () => rounds.start((error) => log.warn({ err: error }, 'notifications could not be sent; they are tried again')),
  }
}
