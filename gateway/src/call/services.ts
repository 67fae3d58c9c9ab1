import type { Access } from '../access/types.ts'
import type { Clock } from '../clock.ts'
import type { Builtins } from '../connections/builtins/index.ts'
import type { ConnectionRegistry, LoadedConnection } from '../connections/registry.ts'
import type { Programs } from '../egress/programs/programs.ts'
import type { Egress } from '../egress/types.ts'
import type { Log } from '../log.ts'
import type { Sandbox } from '../sandbox/types.ts'
import type { Limiter } from '../store/quota.ts'
import type { Store } from '../store/types.ts'
import type { Tape } from './cassettes/types.ts'
import type { McpSessions } from './executors/mcp/types.ts'
import type { ScriptState } from './executors/script/host.ts'
import type { Idempotency } from './idempotency.ts'
import type { LastAnswers } from './last-answers.ts'
import type { Notices } from './notices/approval-notices.ts'
import type { CallQuota } from './quotas.ts'
import type { SealedCalls } from './sealed-calls.ts'
import type { Telemetry } from './telemetry.ts'
import type { Upstreams } from './upstreams.ts'

/** What the stages of a call stand on; made once in app.ts. */
export interface CallServices {
  readonly access: Access
  readonly connections: ConnectionRegistry
  readonly egress: Egress
  readonly programs: Programs
  readonly builtins: Builtins
  readonly store: Store
  readonly limiter: Limiter<CallQuota>
  readonly upstreams: Upstreams
  readonly idempotency: Idempotency
  readonly sealedCalls: SealedCalls
  readonly tape: Tape
  readonly lastAnswers: LastAnswers
  readonly notices: Notices
  readonly sandbox: Sandbox
  readonly mcpSessions: McpSessions
  readonly scriptState: (connection: LoadedConnection) => ScriptState
  /** Null where the operator wants none. */
  readonly telemetry: Pick<Telemetry, 'ended'> | null
  readonly clock: Clock
  readonly log: Log
}
