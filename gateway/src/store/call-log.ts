import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { SallyportError } from '../errors.ts'
import type { Log } from '../log.ts'
import { isConnectionFailure, unavailable } from './connection-failure.ts'
import type { DatabaseHealth, Target } from './database.ts'
import { mayBeUnstorable, storableJson, storableText } from './json-text.ts'
import type { CallEnd, CallLog, NewCall } from './types.ts'
import { Writer } from './writer.ts'

/** As many rows may wait; a database that far behind is as good as down. */
const maxWaiting = 10_000
/** Rows of one commit: enough that its cost per row no longer falls, few enough that nobody waits long for the others. */
const maxGroup = 256

/**
 * From groups of this size on the next one is given a moment to grow: a group costs as much as several rows, and with so
 * many calls under way nobody notices a millisecond.
 */
const busyGroup = 4
const lingerMs = 1

// One JSON text for all rows: measured cheaper than arrays per column, and one statement to prepare for groups of any size.
const commitSql = 'select log_calls($1, $2, $3, $4, $5, $6) as missing'

interface Entry {
  readonly id: string
  row: NewCall | undefined
  end: CallEnd | undefined
  error: unknown
  /** How often it has changed: what was committed may not be the last of it. */
  edition: number
}

interface Group {
  readonly entries: Entry[]
  readonly settled: PromiseWithResolvers<void>
  over: boolean
}

/** PostgreSQL's text holds neither NUL nor lone surrogates, which inputs and answers of strangers may. */
function storable<Row extends NewCall | CallEnd>(row: Row): Row {
  const clean = Object.entries(row).map(([column, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [column, value]
    return [column, column === 'input' || column === 'trace' ? storableJson(value) : storableText(value)]
  })
  return Object.fromEntries(clean) as Row
}

function toJson(rows: readonly (NewCall | CallEnd)[]): string {
  const json = JSON.stringify(rows)
  return mayBeUnstorable(json) ? JSON.stringify(rows.map(storable)) : json
}

/** As `log_calls` numbers them. */
function kindOf({ status }: NewCall): number {
  return status === 'started' ? 1 : status === 'pending_approval' ? 2 : 3
}

/**
 * {@link CallLog} by group commit: rows that arrive while one commit is under way share the next. What could not be written
 * of a call that was sent is kept, and written when the database is there again.
 */
export class GroupedCallLog implements CallLog, DatabaseHealth {
  readonly #writer: Writer
  readonly #log: Log
  /** Not yet sent; the last one takes new entries. */
  readonly #groups: Group[] = []
  /** Records of sent calls whose callers have an error already. */
  readonly #owed = new Map<string, Entry>()
  readonly #lostListeners: (() => void)[] = []
  #current: Group | undefined
  #waiting = 0
  #writing: Promise<void> | undefined
  #closed = false

  constructor(target: Target, log: Log) {
    this.#log = log
    this.#writer = new Writer(target, log, { lost: (error) => this.#oweAll(error), found: () => this.#pay() })
  }

  ready(): Promise<void> | undefined {
    return this.#writer.ready()
  }

  answered(): void {
    this.#writer.answered()
  }

  get unwritten(): number {
    return this.#waiting + this.#owed.size
  }

  onLost(listener: () => void): void {
    this.#lostListeners.push(listener)
  }

  insert(row: NewCall): Promise<void> {
    return this.#add({ id: row.id, row, end: undefined, error: undefined, edition: 0 })
  }

  finish(end: CallEnd): Promise<void> {
    const group = this.#groups.at(-1)
    const begun = group?.entries.find(({ id, row }) => id === end.id && row !== undefined)
    if (group === undefined || begun === undefined)
      return this.#add({ id: end.id, row: undefined, end, error: undefined, edition: 0 })
    // The parts of one statement do not see each other's rows, so an end that meets its beginning joins it.
    begun.end = end
    return outcome(begun, group)
  }

  /** Writes what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#writer.close()
    if (this.#owed.size > 0) this.#log.error({ calls: [...this.#owed.keys()] }, 'the records of these calls were never written')
  }

  #add(entry: Entry): Promise<void> {
    if (this.#closed || this.#waiting >= maxWaiting) {
      const detail = this.#closed ? 'The gateway is stopping.' : 'The database is too slow for the calls that arrive.'
      return Promise.reject(new SallyportError('UNAVAILABLE', { detail, retryAfterSeconds: 1 }))
    }
    const { lost } = this.#writer
    if (lost !== undefined) {
      this.#owe(entry)
      return Promise.reject(unavailable(lost.cause))
    }
    let group = this.#groups.at(-1)
    if (group === undefined || group.entries.length >= maxGroup) {
      group = { entries: [], settled: Promise.withResolvers(), over: false }
      this.#groups.push(group)
    }
    group.entries.push(entry)
    this.#waiting++
    this.#writing ??= this.#write()
    return outcome(entry, group)
  }

  async #write(): Promise<void> {
    // Whatever else arrives in this turn of the event loop comes along.
    await setImmediate()
    for (let size = 0; this.#groups.length > 0; ) {
      if (size >= busyGroup) await delay(lingerMs)
      const group = this.#groups.shift()
      if (group === undefined) break
      size = group.entries.length
      this.#current = group
      const editions = group.entries.map(({ edition }) => edition)
      const unreached = await this.#commit(group.entries)
      this.#settle(group)
      if (unreached !== undefined) continue
      // It may have been given up before the answer came.
      for (const [index, entry] of group.entries.entries()) {
        if (entry.edition === editions[index]) this.#owed.delete(entry.id)
      }
    }
    this.#current = undefined
    this.#writing = undefined
  }

  #settle(group: Group): void {
    if (group.over) return
    group.over = true
    this.#waiting -= group.entries.length
    group.settled.resolve()
  }

  /** Nobody waits for the database any longer; what has happened will be written when it is there again. */
  #oweAll(error: SallyportError): void {
    const groups = this.#groups.splice(0)
    if (this.#current !== undefined) groups.unshift(this.#current)
    for (const group of groups) {
      if (group.over) continue
      for (const entry of group.entries) {
        if (entry.error !== undefined) continue
        entry.error = error
        this.#owe(entry)
      }
      this.#settle(group)
    }
    for (const listener of this.#lostListeners) listener()
  }

  #owe(entry: Entry): void {
    const before = this.#owed.get(entry.id)
    if (before !== undefined) {
      before.row = entry.row ?? before.row
      before.end = entry.end ?? before.end
      before.edition++
      return
    }
    // Of a call that was never sent there is nothing to tell.
    if (entry.row?.outcome === 'not_sent' && entry.end === undefined) return
    if (this.#owed.size < maxWaiting) this.#owed.set(entry.id, entry)
    else this.#log.error({ call: entry.id }, 'the record of a call is lost: too many wait for the database')
  }

  async #pay(): Promise<void> {
    let written = 0
    while (this.#owed.size > 0) {
      const entries = [...this.#owed.values()].slice(0, maxGroup)
      const editions = entries.map(({ edition }) => edition)
      for (const entry of entries) entry.error = undefined
      const unreached = await this.#commit(entries)
      if (unreached !== undefined) throw unreached
      for (const [index, entry] of entries.entries()) {
        if (entry.error !== undefined)
          this.#log.error({ call: entry.id, err: entry.error }, 'the record of a call cannot be written')
        if (entry.edition === editions[index]) this.#owed.delete(entry.id)
      }
      written += entries.length
    }
    if (written > 0)
      this.#log.info({ calls: written }, 'wrote the records of calls that were under way when the database went away')
  }

  /** Leaves in each entry how it went; returns why the database could not be reached, if it could not. */
  async #commit(entries: readonly Entry[]): Promise<SallyportError | undefined> {
    try {
      await this.#send(entries)
      return undefined
    } catch (error) {
      if (isUnavailable(error)) return fail(entries, error)
      if (isConnectionFailure(error)) return fail(entries, unavailable(error))
      const [only, ...more] = entries
      if (only !== undefined && more.length === 0) {
        const internal = `a call cannot be logged: ${error instanceof Error ? error.message : String(error)}`
        only.error = new SallyportError('INTERNAL', { internal, cause: error })
        return undefined
      }
      // A row that PostgreSQL refuses must not take its neighbours along.
      const middle = entries.length >> 1
      const failure = await this.#commit(entries.slice(0, middle))
      const rest = entries.slice(middle)
      return failure === undefined ? this.#commit(rest) : fail(rest, failure)
    }
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const workspaces: string[] = []
    const owner = (workspace: string) => {
      const index = workspaces.indexOf(workspace)
      return index < 0 ? workspaces.push(workspace) : index + 1
    }
    const rows: NewCall[] = []
    const ends: CallEnd[] = []
    const rowOwners: number[] = []
    const kinds: number[] = []
    const endOwners: number[] = []
    for (const { row, end } of entries) {
      if (row !== undefined) {
        const whole = end === undefined ? row : { ...row, ...end }
        rows.push(whole)
        rowOwners.push(owner(row.workspace_id))
        kinds.push(kindOf(whole))
      } else if (end !== undefined) {
        ends.push(end)
        endOwners.push(owner(end.workspace_id))
      }
    }
    const { rows: answers } = await this.#writer.query<{ missing: string[] | null }>({
      name: 'calls',
      text: commitSql,
      values: [workspaces, toJson(rows), `{${rowOwners}}`, `{${kinds}}`, toJson(ends), `{${endOwners}}`],
    })
    const missing = new Set(answers[0]?.missing)
    if (missing.size === 0) return
    for (const entry of entries) {
      if (entry.row !== undefined || !missing.has(entry.id)) continue
      entry.error = new SallyportError('INTERNAL', { internal: `the call ${entry.id} ended without a beginning in the log` })
    }
  }
}

function isUnavailable(error: unknown): error is SallyportError {
  return error instanceof SallyportError && error.code === 'UNAVAILABLE'
}

function fail(entries: readonly Entry[], error: SallyportError): SallyportError {
  for (const entry of entries) entry.error = error
  return error
}

async function outcome(entry: Entry, group: Group): Promise<void> {
  await group.settled.promise
  if (entry.error !== undefined) throw entry.error
}
