import { type ConnectorDefinition, defineConnector, fail, succeed, t } from '@sallyport/sdk/kit'
import { runSql } from '../../egress/sql/run-sql.ts'
import { SqlError } from '../../egress/sql/types.ts'
import type { Egress } from '../../egress/types.ts'
import { secretOf } from './secret-of.ts'

const defaultPort = { postgres: 5432, mysql: 3306 } as const

/** In place of the single settings: postgres://user:password@host:5432/database?sslmode=require, or host=… dbname=… */
const connectionString = {
  type: 'conn_string',
  example: 'postgres://user:password@host:5432/database',
  derived: {
    dialect: {
      value: '{{scheme}}',
      secret: false,
      map: { postgres: 'postgres', postgresql: 'postgres', mysql: 'mysql', mariadb: 'mysql' },
    },
    host: { value: '{{host}}', secret: false },
    port: { value: '{{port}}', secret: false },
    database: { value: '{{database}}', secret: false },
    user: { value: '{{username}}', secret: false },
    tls: {
      value: '{{query.sslmode}}',
      secret: false,
      map: { disable: 'off', require: 'require', 'verify-ca': 'verify', 'verify-full': 'verify' },
    },
    password: { value: '{{password}}' },
  },
} as const

const statement = {
  sql: t.string({ required: true, description: 'One statement. Placeholders: $1, $2 in PostgreSQL, ? in MySQL and MariaDB.' }),
  values: t.raw<unknown[]>({ type: 'array', maxItems: 1000 }, { description: 'The values of the placeholders, in order.' }),
}

/** A database. What only reads runs in a read-only transaction of the database; writing has to be allowed on the connection. */
export function sql(egress: Egress): ConnectorDefinition {
  return defineConnector({
    name: 'sql',
    version: '1.0.0',
    title: 'SQL database',
    description: 'Parameterised statements on PostgreSQL, MySQL and MariaDB. Read-only unless the connection allows writes.',
    category: 'database',
    connectionConfig: {
      dialect: t.select(['postgres', 'mysql'], { default: 'postgres' }),
      host: t.string({ required: true }),
      port: t.number({ description: 'Default: 5432 or 3306.' }),
      database: t.string({ required: true }),
      user: t.string({ required: true }),
      password: t.secret(),
      tls: t.select(['verify', 'require', 'off'], {
        default: 'verify',
        description: 'verify checks the certificate, require only encrypts.',
      }),
      allow_writes: t.boolean({ default: false }),
      max_rows: t.number({ default: 1000, description: 'More rows are cut off, and the answer says so.' }),
    },
    auth: { connection_string: connectionString },
    defaultCommand: 'query',
    verify: { command: 'query', params: { sql: 'select 1' } },
    errorMap: (error) =>
      error instanceof SqlError
        ? { error: error.message, diagnostics: { sqlstate: error.state, ...(error.unauthenticated && { status: 401 }) } }
        : null,
    commands: (defineCommand) => {
      type Args = Parameters<Parameters<typeof defineCommand<typeof statement>>[0]['handler']>[0]
      const run = async ({ params, connection, signal, timeLeft, sending }: Args, readOnly: boolean) => {
        const { dialect, host, port, user, password, database, tls, max_rows } = connection
        const target = { host, port: port ?? defaultPort[dialect], user, password: secretOf(password), database, tls }
        const values = params.values ?? []
        const limits = { maxRows: Math.max(1, max_rows), timeoutMs: timeLeft(), signal }
        const query = { text: params.sql, values, readOnly, ...limits, ...(!readOnly && { sending }) }
        return succeed({ payload: await runSql(egress, dialect, target, query) })
      }
      return {
        query: defineCommand({
          description: 'Run a statement that reads, in a read-only transaction.',
          effect: 'read',
          params: statement,
          outputs: ['rows', 'row_count', 'truncated'],
          mock: { default: () => succeed({ payload: { rows: [], row_count: 0, truncated: false } }) },
          handler: (args) => run(args, true),
        }),
        execute: defineCommand({
          description: 'Run a statement that writes, in a transaction of its own. The connection has to allow writes.',
          effect: 'destructive',
          params: statement,
          outputs: ['rows', 'row_count', 'truncated'],
          handler(args) {
            if (!args.connection.allow_writes)
              return fail({ error: 'This connection only reads. Set allow_writes on it to permit statements that write.' })
            return run(args, false)
          },
        }),
      }
    },
  })
}
