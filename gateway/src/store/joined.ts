import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction } from 'kysely'
import type { Database } from './schema.ts'

/**
 * One transaction for several acts that each would have had their own: whoever asks the store for the same workspace while it
 * lasts gets this transaction. A failure of any of them undoes them all.
 */
interface Joined {
  readonly workspaceId: string
  readonly db: Transaction<Database>
  /** Entries of the audit log, kept for the end: from the first on every call of the workspace would wait for the commit. */
  readonly entries: (() => Promise<void>)[]
  readonly afterwards: (() => void)[]
  readonly committed: (() => Promise<void>)[]
  open: boolean
}

const context = new AsyncLocalStorage<Joined>()

function current(): Joined | undefined {
  const joined = context.getStore()
  return joined?.open === true ? joined : undefined
}

/** Whether what is read now may never have been: nothing of it may be kept for others. */
export function isJoined(): boolean {
  return current() !== undefined
}

export function joinedTransaction(workspaceId: string): Transaction<Database> | undefined {
  const joined = current()
  return joined?.workspaceId === workspaceId ? joined.db : undefined
}

/** Runs an entry at the end of the joined transaction that this is, or now. */
export async function atTheEnd(db: unknown, entry: () => Promise<void>): Promise<void> {
  const joined = current()
  if (joined !== undefined && joined.db === db) joined.entries.push(entry)
  else await entry()
}

/** Does this now, and within a joined transaction once more when it has ended: for forgetting what was read before. */
export function nowAndAfterwards(forget: () => void): void {
  forget()
  current()?.afterwards.push(forget)
}

/** Does this once what is under way is committed: for what the world outside is told. Not at all when it is undone. */
export async function onceCommitted(work: () => Promise<void>): Promise<void> {
  const joined = current()
  if (joined === undefined) await work()
  else joined.committed.push(work)
}

/** `transact` opens the one transaction. */
export async function together<T>(
  workspaceId: string,
  transact: (work: (db: Transaction<Database>) => Promise<T>) => Promise<T>,
  work: () => Promise<T>,
): Promise<T> {
  const afterwards: (() => void)[] = []
  const committed: (() => Promise<void>)[] = []
  let result: T
  try {
    result = await transact(async (db) => {
      const joined: Joined = { workspaceId, db, entries: [], afterwards, committed, open: true }
      try {
        return await context.run(joined, async () => {
          const made = await work()
          for (const entry of joined.entries) await entry()
          return made
        })
      } finally {
        joined.open = false
      }
    })
  } finally {
    for (const forget of afterwards) forget()
  }
  for (const act of committed) await act()
  return result
}
