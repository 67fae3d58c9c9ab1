import { CompiledQuery, type Kysely } from 'kysely'
import type { PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'
import { createRounds } from '../rounds.ts'
import { jobSchema } from './job-schema.ts'
import type { Database } from './schema.ts'

/** A worker that has not been heard of for this long is dead: the least that pg-boss takes is 10. */
const leaseSeconds = 12
const beatMs = 4_000
/** How often every gateway looks for leases that have ended. With the lease that makes less than 20 s. */
const supervisionSeconds = 5
/** How soon a gateway notices what another one has queued. Its own it notices at once. */
const pollMs = 500
/** How soon a gateway notices that another one has workflows at all. */
const lookMs = 5_000
/** Runs that one gateway works on at a time. They mostly wait for APIs. */
const atOnce = 20
/** A run that so many gateways have died of is not taken again. */
const mostDeaths = 10
const daySeconds = 24 * 60 * 60

export interface QueuedRun {
  readonly workspaceId: string
  readonly runId: string
}

export interface RunQueue {
  /** Lets the run be taken, now or at a time. Twice is once, and while it is worked on it comes again afterwards. */
  wake(run: QueuedRun, at?: Date): Promise<void>
  /** Works on what is queued. What it returns ends that, once what is under way has ended. */
  start(handlers: RunHandlers): () => Promise<void>
}

export interface RunHandlers {
  /** Has ended the work on the run for now. What it throws is logged, and the run comes again. */
  work(run: QueuedRun): Promise<void>
  /** So many gateways have died of it that nobody takes it again. */
  giveUp(run: QueuedRun): Promise<void>
  /** Whether there is anything that could ever be queued: without it nothing is loaded. */
  wanted(): Promise<boolean>
}

interface Opened {
  readonly boss: PgBoss
}

function isRun(data: unknown): data is QueuedRun {
  return typeof data === 'object' && data !== null && 'workspaceId' in data && 'runId' in data
}

/** Runs in the queues of pg-boss: `runs` has one queued and one active job of a run, `timers` wakes it at times. */
export function createRunQueue({ db, log }: { db: Kysely<Database>; log: Log }): RunQueue {
  const executeSql = async (text: string, values: unknown[] = []) => {
    const { rows } = await db.executeQuery(CompiledQuery.raw(text, [...values]))
    return { rows: [...rows] }
  }

  async function open(): Promise<Opened> {
    // Loaded when it is in use: it and what it brings take a quarter of a second.
    const { PgBoss } = await import('pg-boss')
    const boss = new PgBoss({
      db: { executeSql },
      schema: jobSchema,
      // prepareDatabase has made it, for whom row-level security binds.
      createSchema: false,
      schedule: false,
      superviseIntervalSeconds: supervisionSeconds,
      monitorIntervalSeconds: supervisionSeconds,
      reindex: false,
    })
    boss.on('error', (error) => log.warn({ err: error }, 'the queue of workflow runs'))
    await boss.start()
    const common = { retryLimit: 1_000, retryDelay: 0, deleteAfterSeconds: 600, retentionSeconds: 400 * daySeconds }
    await boss.createQueue('runs', { ...common, policy: 'stately', heartbeatSeconds: leaseSeconds, expireInSeconds: daySeconds })
    await boss.createQueue('timers', { ...common, expireInSeconds: 60 })
    return { boss }
  }

  let opening: Promise<Opened> | undefined
  function opened(): Promise<Opened> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }

  let notice = () => {}

  async function wake({ workspaceId, runId }: QueuedRun, at?: Date): Promise<void> {
    const { boss } = await opened()
    if (at !== undefined && at.getTime() > Date.now() + 1_000) {
      await boss.send('timers', { workspaceId, runId }, { startAfter: at })
      return
    }
    await boss.send('runs', { workspaceId, runId }, { singletonKey: runId })
    notice()
  }

  function start(handlers: RunHandlers): () => Promise<void> {
    const active = new Map<string, Promise<void>>()
    let nextLook = 0

    async function take({ boss }: Opened): Promise<void> {
      for (const { data, id } of await boss.fetch<QueuedRun>('timers', { batchSize: 50 })) {
        await wake(data)
        await boss.complete('timers', id)
      }
      const free = atOnce - active.size
      if (free <= 0) return
      const jobs = await boss.fetch<QueuedRun>('runs', { batchSize: free, includeMetadata: true })
      for (const job of jobs) {
        const working = handle(boss, job.id, job.data, job.retryCount).finally(() => {
          active.delete(job.id)
          rounds.wake()
        })
        active.set(job.id, working)
      }
    }

    async function handle(boss: PgBoss, id: string, run: QueuedRun, deaths: number): Promise<void> {
      try {
        if (!isRun(run)) return
        if (deaths > mostDeaths) await handlers.giveUp(run)
        else await handlers.work(run)
      } catch (error) {
        log.error({ err: error, run: run.runId }, 'work on a run failed')
        await boss.fail('runs', id).catch(() => {})
        return
      }
      await boss.complete('runs', id).catch((error: unknown) => log.warn({ err: error, run: run.runId }, 'a run was not let go'))
    }

    const rounds = createRounds({
      everyMs: pollMs,
      round: async () => {
        if (opening === undefined) {
          if (Date.now() < nextLook) return
          nextLook = Date.now() + lookMs
          if (!(await handlers.wanted())) return
        }
        await take(await opened())
      },
    })
    notice = rounds.wake
    const beat = setInterval(() => {
      if (active.size === 0) return
      opened()
        .then(({ boss }) => boss.touch('runs', [...active.keys()]))
        .catch((error: unknown) => log.warn({ err: error }, 'the leases of runs were not renewed'))
    }, beatMs).unref()
    const stop = rounds.start((error) => log.warn({ err: error }, 'looking for runs failed'))
    return async () => {
      await stop()
      await Promise.all(active.values())
      clearInterval(beat)
      if (opening !== undefined) await opening.then(({ boss }) => boss.stop({ graceful: false })).catch(() => {})
    }
  }

  return { wake, start }
}
