import type { Clock } from '../../clock.ts'
import type { Egress } from '../../egress/types.ts'
import type { Log } from '../../log.ts'
import type { Vault } from '../../vault/types.ts'
import { createSecretBackends } from './backends.ts'
import { createManagers } from './managers.ts'
import { createReplicaOutbox } from './outbox.ts'
import { createReferences } from './references.ts'
import { createSnapshots, type SnapshotServices } from './snapshot.ts'
import { createReplicaWatch } from './watch.ts'

interface Dependencies extends SnapshotServices {
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly egress: Egress
}

/** Secret-manager mode: credentials stay sealed here, and what calls need of them is also where workloads of the workspace read it. */
export function createSecretMode(dependencies: Dependencies) {
  const { log } = dependencies
  const managers = createManagers(dependencies)
  const snapshots = createSnapshots(dependencies)
  const outbox = createReplicaOutbox({ ...dependencies, managers, snapshots })
  const watch = createReplicaWatch({ ...dependencies, managers, snapshots })
  const { start, ...backends } = createSecretBackends({ ...dependencies, managers, outbox, watch })
  return { backends, ...createReferences({ ...dependencies, snapshots, outbox }), start: () => start(log) }
}
