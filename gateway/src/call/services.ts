import type { Access } from '../access/types.ts'
import type { Clock } from '../clock.ts'
import type { ConnectionRegistry } from '../connections/connections.ts'
import type { Egress } from '../egress/types.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/types.ts'
import type { Limiter } from './limiter.ts'
import type { SealedCalls } from './sealed-calls.ts'

/** What the stages of a call stand on; made once in app.ts. */
export interface CallServices {
  readonly access: Access
  readonly connections: ConnectionRegistry
  readonly egress: Egress
  readonly store: Store
  readonly limiter: Limiter
  readonly sealedCalls: SealedCalls
  readonly clock: Clock
  readonly log: Log
}
