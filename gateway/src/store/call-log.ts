import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { SallyportError } from '../errors.ts'
import { isConnectionFailure, unavailable } from './connection-failure.ts'
import { clientDefaults, type Target } from './database.ts'
import { mayBeUnstorable, storableJson, storableText } from './json-text.ts'
import type { NewCallRow } from './schema.ts'
import type { CallEnd, CallLog } from './types.ts'

/** As many rows may wait; a database that far behind is as good as down. */
const maxWaiting = 10_000
/** Rows of one commit: enough that its cost per row no longer falls, few enough that nobody waits long for the others. */
const maxGroup = 256
/** A commit takes about a millisecond; after this the connection is given up and the group is tried on a new one. */
const commitTimeoutMs = 10_000

const rowTypes = {
  id: 'text',
  workspace_id: 'text',
  caller_kind: 'text',
  caller_id: 'text',
  caller_name: 'text',
  entrance: 'text',
  connector: 'text',
  connector_version: 'text',
  action: 'text',
  effect: 'text',
  connection_id: 'text',
  status: 'text',
  outcome: 'text',
  upstream_status: 'integer',
  error_code: 'text',
  error_detail: 'text',
  method: 'text',
  url: 'text',
  input: 'jsonb',
  response_bytes: 'integer',
  approval_id: 'text',
  trace: 'jsonb',
  started_at: 'timestamptz',
  duration_ms: 'double precision',
} satisfies Record<keyof NewCallRow, string>

const endColumns = [
  'status',
  'outcome',
  'upstream_status',
  'error_code',
  'error_detail',
  'response_bytes',
  'trace',
  'duration_ms',
] as const satisfies readonly Exclude<keyof CallEnd, 'id' | 'workspace_id'>[]

type Column = keyof typeof rowTypes

const names = Object.keys(rowTypes) as Column[]
/** JSON columns arrive as text inside the JSON of the rows, so that a row's content can never become its structure. */
const wire = (column: Column) => `${column} ${rowTypes[column] === 'jsonb' ? 'text' : rowTypes[column]}`
const read = (column: Column, alias: string) => `${alias}.${column}${rowTypes[column] === 'jsonb' ? '::jsonb' : ''}`

// One JSON parameter for all rows: measured cheaper than arrays per column, and one text to prepare for groups of any size.
const insertSql = `insert into calls (${names.join(', ')})
  select ${names.map((column) => read(column, 'r')).join(', ')}
  from json_to_recordset($1::json) as r (${names.map(wire).join(', ')})
  on conflict (id) do nothing`

const finishSql = `update calls c set ${endColumns.map((column) => `${column} = ${read(column, 'e')}`).join(', ')}
  from json_to_recordset($2::json) as e (${(['id', 'workspace_id', ...endColumns] as const).map(wire).join(', ')})
  where c.id = e.id and c.workspace_id = e.workspace_id`

// One statement is one transaction and one round trip.
const commitSql = `with inserted as (${insertSql}), finished as (${finishSql} returning c.id) select id from finished`

/** The planner must not come to think of scanning the log for a few ids. */
const sessionSql =
  "set sallyport.workspace = '*'; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; " +
  // A plan kept from the first calls, when the table was empty, goes through all rows for each commit later.
  'set plan_cache_mode = force_custom_plan'

interface Entry {
  readonly id: string
  readonly insert: NewCallRow | undefined
  end: CallEnd | undefined
  error: unknown
}

interface Group {
  readonly entries: Entry[]
  readonly settled: PromiseWithResolvers<void>
}

/** PostgreSQL's text holds neither NUL nor lone surrogates, which inputs and answers of strangers may. */
function storable<Row extends NewCallRow | CallEnd>(row: Row): Row {
  const clean = Object.entries(row).map(([column, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [column, value]
    return [column, column === 'input' || column === 'trace' ? storableJson(value) : storableText(value)]
  })
  return Object.fromEntries(clean) as Row
}

function toJson(rows: readonly (NewCallRow | CallEnd)[]): string {
  const json = JSON.stringify(rows)
  return mayBeUnstorable(json) ? JSON.stringify(rows.map(storable)) : json
}

/** {@link CallLog} by group commit: rows that arrive while one commit is under way share the next. */
export class GroupedCallLog implements CallLog {
  readonly #target: Target
  /** Not yet sent; the last one takes new entries. */
  readonly #groups: Group[] = []
  #waiting = 0
  #client: pg.Client | undefined
  #writing: Promise<void> | undefined
  #closed = false

  constructor(target: Target) {
    this.#target = target
  }

  insert(row: NewCallRow): Promise<void> {
    return this.#add({ id: row.id, insert: row, end: undefined, error: undefined })
  }

  finish(end: CallEnd): Promise<void> {
    const group = this.#groups.at(-1)
    const begun = group?.entries.find(({ id, insert }) => id === end.id && insert !== undefined)
    if (group === undefined || begun === undefined) return this.#add({ id: end.id, insert: undefined, end, error: undefined })
    // The parts of one statement do not see each other's rows, so an end that meets its beginning joins it.
    begun.end = end
    return outcome(begun, group)
  }

  /** Writes what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    await this.#client?.end()
  }

  #add(entry: Entry): Promise<void> {
    if (this.#closed || this.#waiting >= maxWaiting) {
      const detail = this.#closed ? 'The gateway is stopping.' : 'The database is too slow for the calls that arrive.'
      return Promise.reject(new SallyportError('UNAVAILABLE', { detail, retryAfterSeconds: 1 }))
    }
    let group = this.#groups.at(-1)
    if (group === undefined || group.entries.length >= maxGroup) {
      group = { entries: [], settled: Promise.withResolvers() }
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
    for (let group = this.#groups.shift(); group !== undefined; group = this.#groups.shift()) {
      const unreached = await this.#commit(group.entries)
      this.#settle(group)
      // The others have waited for this database as well, and each would wait again for the same answer.
      if (unreached !== undefined) this.#refuseWaiting(unreached)
    }
    this.#writing = undefined
  }

  #settle(group: Group): void {
    this.#waiting -= group.entries.length
    group.settled.resolve()
  }

  #refuseWaiting(error: SallyportError): void {
    for (const group of this.#groups.splice(0)) {
      fail(group.entries, error)
      this.#settle(group)
    }
  }

  /** Leaves in each entry how it went; returns why the database could not be reached, if it could not. */
  async #commit(entries: readonly Entry[]): Promise<SallyportError | undefined> {
    try {
      await this.#send(entries)
      return undefined
    } catch (error) {
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

  /**
   * Commits. A connection that breaks leaves open whether it has; writing the same rows again under the same ids changes
   * nothing, so the group gets a second try on a new connection.
   */
  async #send(entries: readonly Entry[]): Promise<void> {
    const ends = entries.flatMap(({ insert, end }) => (insert === undefined && end !== undefined ? [end] : []))
    const inserts = entries.flatMap(({ insert, end }) =>
      insert === undefined ? [] : [end === undefined ? insert : { ...insert, ...end }],
    )
    // Most groups end no call that was begun before them, and need no look at the rows that are there.
    const query =
      ends.length === 0
        ? { name: 'calls', text: insertSql, values: [toJson(inserts)] }
        : { name: 'calls and ends', text: commitSql, values: [toJson(inserts), toJson(ends)] }
    let connected = false
    const attempt = async () => {
      const client = this.#client ?? (await this.#connect())
      connected = true
      return client.query<{ id: string }>(query)
    }
    const { rows } = await attempt().catch((error: unknown) => {
      if (!connected || !isConnectionFailure(error)) throw error
      this.#drop()
      return attempt()
    })
    if (rows.length === ends.length) return
    const finished = new Set(rows.map(({ id }) => id))
    for (const entry of entries) {
      if (entry.insert !== undefined || finished.has(entry.id)) continue
      entry.error = new SallyportError('INTERNAL', { internal: `the call ${entry.id} ended without a beginning in the log` })
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({ ...clientDefaults, ...this.#target.connection, query_timeout: commitTimeoutMs })
    // Also fires while nothing is under way: then the next group connects anew instead of failing first.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined
    })
    try {
      await client.connect()
      await client.query(`${this.#target.session}; ${sessionSql}`)
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    this.#client = client
    return client
  }

  #drop(): void {
    void this.#client?.end().catch(() => {})
    this.#client = undefined
  }
}

function fail(entries: readonly Entry[], error: SallyportError): SallyportError {
  for (const entry of entries) entry.error = error
  return error
}

async function outcome(entry: Entry, group: Group): Promise<void> {
  await group.settled.promise
  if (entry.error !== undefined) throw entry.error
}
