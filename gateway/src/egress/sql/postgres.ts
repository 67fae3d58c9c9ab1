import type { Socket } from 'node:net'
import pg from 'pg'
import { reveal } from '../../secret.ts'
import { SqlError, type SqlQuery, type SqlResult, type SqlTarget } from './types.ts'

/** The driver wants to connect the socket itself; this one is already where it may be. */
function connected(socket: Socket): Socket {
  socket.connect = () => {
    queueMicrotask(() => socket.emit('connect'))
    return socket
  }
  return socket
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  const state = error.code ?? ''
  return new SqlError(state, state.startsWith('28'), error.message, error)
}

/** Runs one statement in a transaction of its own; read-only ones in one that PostgreSQL itself keeps from writing. */
export async function queryPostgres(socket: Socket, target: SqlTarget, query: SqlQuery): Promise<SqlResult> {
  const { host, user, password, database, tls } = target
  const client = new pg.Client({
    host,
    user,
    ...(password !== undefined && { password: reveal(password) }),
    database,
    stream: () => connected(socket),
    ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify' },
    statement_timeout: query.timeoutMs,
    application_name: 'sallyport',
    ...(query.readOnly && { options: '-c default_transaction_read_only=on' }),
  })
  // What breaks between two statements rejects the next one; a listener keeps it from ending the process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(query.readOnly ? 'begin read only' : 'begin')
    const result = await run(client, query)
    if (!query.readOnly) await client.query('commit')
    return result
  } catch (error) {
    throw problemOf(error)
  } finally {
    socket.destroy()
  }
}

/** Row by row, so that a large result is not held; the extended protocol takes one statement only, so nothing ends the transaction. */
function run(client: pg.Client, { text, values, maxRows, readOnly }: SqlQuery): Promise<SqlResult> {
  return new Promise((resolve, reject) => {
    const rows: Record<string, unknown>[] = []
    let seen = 0
    const config = { text, values: [...values], queryMode: 'extended' } as const
    const statement = client.query(new pg.Query<Record<string, unknown>>(config))
    statement.on('row', (row) => {
      seen++
      if (rows.length < maxRows) rows.push(row)
      else if (readOnly) resolve({ rows, row_count: rows.length, truncated: true })
    })
    statement.on('error', reject)
    statement.on('end', ({ rowCount }) => resolve({ rows, row_count: rowCount ?? seen, truncated: seen > maxRows }))
  })
}
