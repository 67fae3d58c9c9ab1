import type { Access } from '../access/types.ts'
import type { Clock } from '../clock.ts'
import type { ConnectionRegistry } from '../connections/connections.ts'
import type { Egress } from '../egress/types.ts'
import type { Log } from '../log.ts'
import type { Limiter } from '../store/quota.ts'
import type { Store } from '../store/types.ts'
import type { Idempotency } from './idempotency.ts'
import type { CallQuota } from './quotas.ts'
import type { SealedCalls } from './sealed-calls.ts'
import type { Upstreams } from './upstreams.ts'

/** What the stages of a call stand on; made once in app.ts. */
export interface CallServices {
  readonly access: Access
  readonly connections: ConnectionRegistry
  readonly egress: Egress
  readonly store: Store
  readonly limiter: Limiter<CallQuota>
  readonly upstreams: Upstreams
  readonly idempotency: Idempotency
  readonly sealedCalls: SealedCalls
  readonly clock: Clock
  readonly log: Log
}
