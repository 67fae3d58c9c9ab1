import type { Judgement } from '../approval-policy.ts'
import type { Caller } from '../caller.ts'
import type { LoadedConnection } from '../connections/registry.ts'
import type { CredentialFields, Injection } from '../connections/schemes/types.ts'
import type { CommandAction, CompiledAction, HttpAction, RenderedRequest } from '../definition/types.ts'
import type { Redactor } from '../egress/redact.ts'
import type { Proof } from '../proof.ts'
import type { CallOutcome } from '../store/schema.ts'
import type { CallResult, Outcome, Plan } from './types.ts'

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

/** Where a call goes: to an address, or to the code of its connector. */
export type Route =
  | {
      readonly kind: 'http'
      readonly action: HttpAction
      /** Of the connection, or of the action where it has a server of its own. */
      readonly baseUrl: string
      readonly url: string
    }
  | { readonly kind: 'command'; readonly action: CommandAction }
interface Addressed extends Target {
  readonly route: Route
}
/** The URL is complete, inside the allowlist and one the egress door may dial; those that code dials are judged one by one. */
export type Allowed = Proof<'allowed', Addressed>
/** The call is within its limits. */
export type Admitted = Proof<'admitted', Addressed>

/** What is left to do. */
export type Work =
  | { readonly kind: 'http'; readonly action: HttpAction; readonly baseUrl: string; readonly request: RenderedRequest }
  | { readonly kind: 'command'; readonly action: CommandAction }
interface Prepared extends Target {
  readonly input: Readonly<Record<string, unknown>>
  readonly work: Work
  /** What the API is told to recognise the call by, made of the caller's own key; null when the caller gave none. */
  readonly idempotencyKey: string | null
}
/** The input matches its schema and the request is rendered from it. */
export type Checked = Proof<'checked', Prepared>
/** What is answered instead of doing the work: nothing has been sent. The status is one that the API answered once. */
export type Rehearsed = Proof<'rehearsed', { readonly outcome: Outcome; readonly status: number | null }>
/** No earlier call with the same idempotency key stands for this one. */
export type First = Proof<'first', Prepared>
export type Claim = { readonly kind: 'first'; readonly first: First } | { readonly kind: 'repeated'; readonly result: CallResult }
/** Nobody has to decide, or somebody has. */
export type Permit = Proof<'permit', Prepared>
export type Permission =
  | { readonly kind: 'permitted'; readonly permit: Permit }
  | { readonly kind: 'pending'; readonly approvalId: string; readonly expiresAt: string; readonly question?: string }
  | { readonly kind: 'planned'; readonly plan: Plan; readonly hash: string; readonly judgement: Judgement }

/** The credential, ready to inject, with what finds it again in an answer. */
export type Armed = Proof<
  'armed',
  {
    readonly permit: Permit
    readonly injection: Injection
    /** The opened credential, for code that puts it where it belongs. */
    readonly fields: CredentialFields
    readonly redactor: Redactor
    /** Arms the call anew after the API refused its credential, which is not the caller's to mend; null where that cannot help. */
    readonly renew: (() => Promise<Armed>) | null
  }
>

/** What the record must know even when sending fails: whether the API may have seen the request, and its last status. */
export interface Progress {
  outcome: CallOutcome
  status: number | null
}

/** What came of the work. */
export interface Sent {
  /** Null of a command. */
  readonly status: number | null
  /** Parsed JSON, or text, or base64 in `{content_type, data_base64}`; null when empty. */
  readonly body: unknown
  /** Whether `body` is parsed JSON. */
  readonly json: boolean
  /** Whether an injected secret may be in the body; false is certain. */
  readonly suspect: boolean
  /** Decoded bytes. */
  readonly bytes: number
  readonly diagnostics: Readonly<Record<string, unknown>>
  /** Only of a command. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined
  /** When another credential took the place of the one that the call was armed with: knows both. */
  readonly redactor?: Redactor
}
interface Answer extends Sent {
  readonly permit: Permit
}
/** The API answered with success. */
export type Reply = Proof<'reply', Answer & { readonly redactor: Redactor }>
/** The answer matches its schema, or need not. */
export type Verified = Proof<'verified', Answer & { readonly redactor: Redactor }>
/** The answer in the shape of the action's mapping. */
export type Mapped = Proof<
  'mapped',
  {
    readonly status: number | null
    readonly bytes: number
    readonly outcome: Outcome
    readonly suspect: boolean
    /** Knows every credential that the call was sent with. */
    readonly redactor: Redactor
  }
>
/** No injected secret is left in it. */
export type Redacted = Proof<'redacted', { readonly status: number | null; readonly bytes: number; readonly outcome: Outcome }>
