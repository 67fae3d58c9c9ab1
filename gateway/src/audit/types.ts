import type { Caller } from '../caller.ts'
import type { ActKind } from '../store/acts.ts'

export { actKinds } from '../store/acts.ts'

export interface AuditQuery {
  readonly kind?: ActKind
  /** Id of a person or token. */
  readonly actor?: string
  /** Id of what was acted on. */
  readonly target?: string
  /** Instants as ISO 8601; from, inclusive, and to, exclusive. */
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  readonly cursor?: string
}

interface Named {
  readonly kind: string
  readonly id: string
  readonly name: string
}

/** What somebody did. */
export interface AuditEntry {
  /** Place in the chain of the workspace, from 1. Calls have places as well, so acts have not all of them. */
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly actor: Named
  readonly ip: string | null
  readonly target: Named
  /** What changed, as it was and as it is; null where that says nothing. */
  readonly before: unknown
  readonly after: unknown
  readonly reason: string | null
  /** SHA-256 in hex. */
  readonly hash: string
}

/** A signed end of the chain: a copy kept elsewhere proves what was written before it. Hash, key and signature in hex. */
export interface Checkpoint {
  readonly workspace_id: string
  readonly seq: number
  readonly hash: string
  readonly at: string
  readonly public_key: string
  readonly signature: string
}

export interface AuditProblem {
  /** First and last entry it is about. */
  readonly seq: number
  readonly last_seq: number
  /**
   * altered: what is written there is not what was written, or it stands in another's place. removed: entries are missing in
   * between. cut_off: they are missing at the end. inserted: they were not written by a gateway. checkpoint, gap: it is not
   * signed by this installation, or the chain says something else.
   */
  readonly kind: 'altered' | 'removed' | 'cut_off' | 'inserted' | 'checkpoint' | 'gap'
  readonly detail: string
}

/** What one step of a verification looked at, and what is wrong there. */
export interface Verification {
  readonly workspace_id: string
  /** Ed25519, 32 bytes in hex: signs the checkpoints of this workspace. */
  readonly public_key: string
  readonly from: number
  readonly to: number
  /** The last entry there is. */
  readonly head: number
  /** Where to go on; null when everything up to the head was looked at. */
  readonly next: number | null
  readonly entries: number
  readonly checkpoints: number
  readonly problems: readonly AuditProblem[]
  readonly verified_at: string
}

export interface VerifyQuery {
  readonly from?: number
  /** A checkpoint kept elsewhere: the chain must have this hash at this place. */
  readonly known_seq?: number
  readonly known_hash?: string
}

/** The audit log of a workspace, for admins. */
export interface AuditLog {
  /** What people, tokens and the gateway did, newest first. */
  list(caller: Caller, query: AuditQuery): Promise<{ items: readonly AuditEntry[]; next_cursor: string | null }>
  /** Looks at up to 100,000 entries from one on. */
  verify(caller: Caller, query: VerifyQuery): Promise<Verification>
  /** Signs the end of the chain, unless that is done. */
  checkpoint(caller: Caller): Promise<Checkpoint>
  /** The whole chain from an entry on, as lines of JSON; the end is signed first. */
  export(caller: Caller, from?: number): Promise<AsyncIterable<string>>
}
