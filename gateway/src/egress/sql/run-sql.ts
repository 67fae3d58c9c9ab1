import { type Egress, EgressError } from '../types.ts'
import { queryPostgres } from './postgres.ts'
import { SqlError, type SqlQuery, type SqlResult, type SqlTarget } from './types.ts'

/** Lists and objects in JSON as they are; bytes as base64. */
function plain(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('base64') : value
}

/** One statement over a connection of its own to the checked address. Throws SqlError and EgressError. */
export async function runSql(
  egress: Egress,
  dialect: 'postgres' | 'mysql',
  target: SqlTarget,
  query: SqlQuery,
): Promise<SqlResult> {
  const { host, port } = target
  const { timeoutMs, signal } = query
  const socket = await egress.dial({ door: 'sql', host, port, timeoutMs, signal })
  query.sending?.()
  const end = () => socket.destroy()
  signal.addEventListener('abort', end, { once: true })
  try {
    // Its driver is loaded by those who have a MySQL.
    const { rows, ...rest } =
      dialect === 'postgres'
        ? await queryPostgres(socket, target, query)
        : await (await import('./mysql.ts')).queryMysql(socket, target, query)
    const shown = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
    return { rows: shown, ...rest }
  } catch (error) {
    if (error instanceof SqlError || error instanceof EgressError) throw error
    const tls = error instanceof Error && /ssl|tls|certificate|self.signed/i.test(error.message)
    throw new EgressError(tls ? 'tls' : 'broken', true, error instanceof Error ? error.message : String(error), error)
  } finally {
    signal.removeEventListener('abort', end)
    socket.destroy()
  }
}
