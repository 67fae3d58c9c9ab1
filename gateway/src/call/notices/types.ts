import type { Caller } from '../../caller.ts'
import type { SecretReferences } from '../../store/secret-references.ts'
import type { ChannelKind } from './message.ts'

export interface NewChannel {
  readonly kind: ChannelKind
  readonly name: string
  /** Of the incoming webhook; not for email. */
  readonly url?: string
  readonly email?: string
  /** Of PagerDuty's integration. */
  readonly key?: string
  /** Whether calls that wait are told there; by default they are, but for PagerDuty. */
  readonly approvals?: boolean
  /** Of a webhook, instead of one that is made. */
  readonly secret?: string
  /** Of a channel that this one replaces, which others refer to. */
  readonly id?: string
  /** Where files say that url, key and secret come from. */
  readonly references?: SecretReferences
}

export interface NotificationChannelView {
  readonly id: string
  readonly kind: ChannelKind
  readonly name: string
  /** Host, or email address. */
  readonly target: string
  readonly last_delivered_at: string | null
  /** Why the last attempt failed; null when it did not. */
  readonly last_error: string | null
  /** Whether calls that wait are told there; alerts name their channels themselves. */
  readonly approvals: boolean
  readonly created_at: string
}

/** Where the people of a workspace are told that a call waits. */
export interface NotificationChannels {
  list(caller: Caller): Promise<readonly NotificationChannelView[]>
  /** By id, where files say that the secrets of a channel come from. */
  references(caller: Caller): Promise<ReadonlyMap<string, SecretReferences>>
  /** `secret` signs what goes to a webhook; null for the others. */
  create(caller: Caller, request: NewChannel): Promise<NotificationChannelView & { readonly secret: string | null }>
  remove(caller: Caller, id: string): Promise<void>
  /** Sends a message that says nothing. Throws why it did not arrive. */
  test(caller: Caller, id: string): Promise<void>
}
