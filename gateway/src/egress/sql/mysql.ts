import type { Socket } from 'node:net'
import { createConnection, type QueryError, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { reveal } from '../../secret.ts'
import { SqlError, type SqlQuery, type SqlResult, type SqlTarget } from './types.ts'

function isQueryError(error: unknown): error is QueryError & { readonly sqlState: string } {
  return error instanceof Error && 'sqlState' in error && typeof error.sqlState === 'string'
}

function problemOf(error: unknown): unknown {
  return isQueryError(error) ? new SqlError(error.sqlState, error.sqlState === '28000', error.message, error) : error
}

/** Runs one statement in a transaction of its own; read-only ones in one that the server itself keeps from writing. */
export async function queryMysql(socket: Socket, target: SqlTarget, query: SqlQuery): Promise<SqlResult> {
  const { host, user, password, database, tls } = target
  const { text, values, readOnly, maxRows, timeoutMs } = query
  try {
    const connection = await createConnection({
      host,
      user,
      ...(password !== undefined && { password: reveal(password) }),
      database,
      stream: socket,
      ...(tls !== 'off' && { ssl: { rejectUnauthorized: tls === 'verify', verifyIdentity: tls === 'verify' } }),
      connectTimeout: timeoutMs,
      supportBigNumbers: true,
      dateStrings: true,
    })
    connection.on('error', () => {})
    const [[version]] = await connection.query<RowDataPacket[]>('select version() as version')
    const limit = /mariadb/i.test(String(version?.version))
      ? `max_statement_time = ${timeoutMs / 1000}`
      : `max_execution_time = ${timeoutMs}`
    await connection.query(`set session ${limit}, sql_select_limit = ${maxRows + 1}`)
    if (readOnly) await connection.query('set session transaction read only')
    await connection.query(readOnly ? 'start transaction read only' : 'start transaction')
    // Prepared, so one statement only: nothing in it ends the transaction.
    const [result] = await connection.execute<RowDataPacket[] | ResultSetHeader>(text, values.map(parameter))
    if (!readOnly) await connection.query('commit')
    if (!Array.isArray(result)) return { rows: [], row_count: result.affectedRows, truncated: false }
    const rows = result.slice(0, maxRows)
    return { rows, row_count: rows.length, truncated: result.length > maxRows }
  } catch (error) {
    throw problemOf(error)
  } finally {
    socket.destroy()
  }
}

/** The driver takes plain values; lists and objects go as JSON. */
function parameter(value: unknown): string | number | boolean | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}
