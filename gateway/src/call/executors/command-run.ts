import type { Caller } from '../../caller.ts'
import type { LoadedConnection } from '../../connections/registry.ts'
import type { CredentialFields } from '../../connections/schemes/types.ts'
import type { CommandAction } from '../../definition/types.ts'
import type { Redactor } from '../../egress/redact.ts'
import type { CallServices } from '../services.ts'
import type { CallWatch, Outcome } from '../types.ts'
import type { HostNetwork } from './host-http.ts'

/** What the code of a connector is given for one call. */
export interface CommandRun extends HostNetwork {
  readonly callId: string
  readonly caller: Caller
  readonly watch: CallWatch | undefined
  readonly connection: LoadedConnection
  readonly action: CommandAction
  readonly input: Readonly<Record<string, unknown>>
  /** The connection's secrets by field: for code that has to put one where no auth scheme does. */
  readonly fields: CredentialFields
  /** Takes the connection's secrets out of what the code says besides its outcome. */
  readonly redactor: Redactor
  /** Ends with the deadline of the call. Who ignores it is not waited for. */
  readonly signal: AbortSignal
  /** Milliseconds until then. */
  readonly timeLeft: () => number
  /** The deadline stands still until what it gives is called. */
  readonly pausing: () => () => void
  /** To be called before anything leaves past `http`: from then on a broken write has an unknown outcome. What it gives takes it back. */
  readonly leaving: () => () => void
}

/** Runs a command. What it throws is a failure: EgressError and SallyportError keep their meaning, others are UPSTREAM_ERROR. */
export type CommandExecutor = (services: CallServices, run: CommandRun) => Promise<Outcome>
