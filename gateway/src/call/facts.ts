import type { Caller } from '../caller.ts'
import type { Injection } from '../connections/auth-schemes.ts'
import type { LoadedConnection } from '../connections/connections.ts'
import type { CompiledAction, RenderedRequest } from '../definition/types.ts'
import type { Redactor } from '../egress/redact.ts'
import type { Proof } from '../proof.ts'
import type { CallOutcome } from '../store/schema.ts'
import type { CallResult, Outcome, PlannedRequest } from './types.ts'

/**
 * What each stage of the pipeline proves to the next. A stage takes the proof before it and is the only one to make its
 * own, so that dropping, swapping or bypassing a stage does not compile.
 */

interface Target {
  readonly caller: Caller
  readonly connection: LoadedConnection
  readonly action: CompiledAction
}
/** The connection and action exist and are this workspace's. */
export type Resolved = Proof<'resolved', Target>
/** The caller's role and address permit it. */
export type Granted = Proof<'granted', Target>

interface Addressed extends Target {
  /** Of the connection, or of the action where it has a server of its own. */
  readonly baseUrl: string
  readonly url: string
}
/** The URL is complete, inside the allowlist and one the egress door may dial. */
export type Allowed = Proof<'allowed', Addressed>
/** The call is within its limits. */
export type Admitted = Proof<'admitted', Addressed>

interface Prepared extends Addressed {
  readonly input: Readonly<Record<string, unknown>>
  readonly request: RenderedRequest
  /** What the API is told to recognise the call by, made of the caller's own key; null when the caller gave none. */
  readonly idempotencyKey: string | null
}
/** The input matches its schema and the request is rendered from it. */
export type Checked = Proof<'checked', Prepared>
/** No earlier call with the same idempotency key stands for this one. */
export type First = Proof<'first', Prepared>
export type Claim = { readonly kind: 'first'; readonly first: First } | { readonly kind: 'repeated'; readonly result: CallResult }
/** Nobody has to decide, or somebody has. */
export type Permit = Proof<'permit', Prepared>
export type Permission =
  | { readonly kind: 'permitted'; readonly permit: Permit }
  | { readonly kind: 'pending'; readonly approvalId: string; readonly expiresAt: string }
  | { readonly kind: 'planned'; readonly plan: PlannedRequest; readonly hash: string; readonly needsApproval: boolean }

/** The credential, ready to inject, with what finds it again in an answer. */
export type Armed = Proof<'armed', { readonly permit: Permit; readonly injection: Injection; readonly redactor: Redactor }>

/** What the record must know even when sending fails: whether the API may have seen the request, and its last status. */
export interface Progress {
  outcome: CallOutcome
  status: number | null
}

interface Answer {
  readonly permit: Permit
  readonly status: number
  /** Parsed JSON, or text, or base64 in `{content_type, data_base64}`; null when empty. */
  readonly body: unknown
  /** Whether `body` is parsed JSON. */
  readonly json: boolean
  /** Whether an injected secret may be in the body; false is certain. */
  readonly suspect: boolean
  /** Decoded bytes. */
  readonly bytes: number
  readonly diagnostics: Readonly<Record<string, unknown>>
}
/** The API answered with success. */
export type Reply = Proof<'reply', Answer>
/** The answer matches its schema, or need not. */
export type Verified = Proof<'verified', Answer>
/** The answer in the shape of the action's mapping. */
export type Mapped = Proof<
  'mapped',
  { readonly status: number; readonly bytes: number; readonly outcome: Outcome; readonly suspect: boolean }
>
/** No injected secret is left in it. */
export type Redacted = Proof<'redacted', { readonly status: number; readonly bytes: number; readonly outcome: Outcome }>
