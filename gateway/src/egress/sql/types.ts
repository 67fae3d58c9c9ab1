import type { Secret } from '../../secret.ts'

export interface SqlTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret | undefined
  readonly database: string
  /** `verify` checks the certificate against the host, `require` only encrypts, `off` sends everything in clear. */
  readonly tls: 'verify' | 'require' | 'off'
}

export interface SqlQuery {
  /** One statement, with the placeholders of its database. */
  readonly text: string
  readonly values: readonly unknown[]
  readonly readOnly: boolean
  readonly maxRows: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Called once a socket stands, before anything is said over it. */
  readonly sending?: () => void
}

export interface SqlResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  /** Rows the statement changed or found, as far as the database told. */
  readonly row_count: number
  /** Whether there are more than `maxRows`. */
  readonly truncated: boolean
}

/** The database refused the statement, in its own words. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  /** SQLSTATE, e.g. 25006. */
  readonly state: string
  /** Whether it did not take the user or the password. */
  readonly unauthenticated: boolean

  constructor(state: string, unauthenticated: boolean, message: string, cause: unknown) {
    super(message, { cause })
    this.state = state
    this.unauthenticated = unauthenticated
  }
}
