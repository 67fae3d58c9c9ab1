import { type Kysely, sql } from 'kysely'
import type { Caller } from '../caller.ts'
import { atTheEnd } from './joined.ts'
import { storableJson } from './json-text.ts'
import type { Database } from './schema.ts'

/** What the audit log knows besides the calls themselves (`call.started`, `call.pending`, `call.ended`). */
export const actKinds = [
  'alert_rule.created',
  'alert_rule.deleted',
  'alert_rule.updated',
  'alert_silence.created',
  'alert_silence.ended',
  'audit.exported',
  'audit.removed',
  'call.decided',
  'call.expired',
  'cassette.deleted',
  'cassette.imported',
  'cassette.recording_deleted',
  'client.created',
  'client.deleted',
  'connection.authorized',
  'connection.consent_link_made',
  'connection.created',
  'connection.credential_replaced',
  'connection.deleted',
  'connection.tested',
  'connection.secret_moved',
  'connection.updated',
  'connector.checked',
  'connector.checks_scheduled',
  'connector.created',
  'connector.deleted',
  'connector.draft_discarded',
  'connector.drafted',
  'connector.pinned',
  'connector.updated',
  'grant.created',
  'grant.revoked',
  'installation.set_up',
  'invitation.created',
  'invitation.renewed',
  'invitation.revoked',
  'member.joined',
  'member.left',
  'member.removed',
  'member.updated',
  'oauth_app.created',
  'oauth_app.deleted',
  'oauth_app.updated',
  'network.agent_joined',
  'network.agent_replaced',
  'network.created',
  'network.deleted',
  'network.renamed',
  'network.token_created',
  'network.token_revoked',
  'notification_channel.created',
  'notification_channel.deleted',
  'person.password_changed',
  'person.recovered',
  'person.recovery_begun',
  'person.renamed',
  'person.two_factor_off',
  'person.two_factor_on',
  'script.tried',
  'secret_backend.created',
  'secret_backend.deleted',
  'secret_backend.updated',
  'secret_replica.drifted',
  'secret_replica.removed',
  'secret_replica.written',
  'session.began',
  'session.ended',
  'session.refused',
  'session.revoked',
  'sign_in.updated',
  'standing_approval.created',
  'standing_approval.revoked',
  'team.created',
  'team.deleted',
  'team.member_added',
  'team.member_removed',
  'team.updated',
  'token.created',
  'token.revoked',
  'token.rotated',
  'token.updated',
  'toolset.created',
  'toolset.deleted',
  'toolset.updated',
  'vault.root_changed',
  'vault.rotated',
  'workflow.created',
  'workflow.deleted',
  'workflow.deployed',
  'workflow.undeployed',
  'workflow.updated',
  'workflow_run.cancelled',
  'workflow_run.decided',
  'workflow_run.retried',
  'workflow_run.started',
  'workspace.created',
  'workspace.deleted',
  'workspace.updated',
] as const
export type ActKind = (typeof actKinds)[number]

interface Actor {
  /** `session` for a person, `token`, or `gateway`. */
  readonly kind: string
  readonly id: string
  readonly name: string
}

export interface Act {
  readonly kind: ActKind
  /** Who did it; a caller brings the address it asked from. */
  readonly by: Actor | Caller
  /** The address it was asked from, for an actor who is no caller. */
  readonly ip?: string
  readonly target: { readonly kind: string; readonly id: string; readonly name: string }
  /** What changed, as it was and as it is. Never a secret. */
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string
}

/** What the gateway does by itself. */
export const gatewayActor: Actor = { kind: 'gateway', id: 'gateway', name: 'Sallyport' }

/**
 * Adds an entry to the audit log of a workspace, as a part of the transaction that does what it tells of. To be the last
 * statement of it: the calls of the workspace wait from here to the commit.
 */
export async function recordAct(db: Kysely<Database>, workspaceId: string, act: Act): Promise<void> {
  const { kind, by, target, before, after, reason } = act
  const ip = act.ip ?? ('ip' in by ? by.ip : undefined)
  const body = JSON.stringify({ actor: { kind: by.kind, id: by.id, name: by.name }, ip, target, before, after, reason })
  await atTheEnd(db, async () => {
    await sql`select audit_append(${workspaceId}, ${kind}, ${storableJson(body)})`.execute(db)
  })
}

/** The entry of a call that a person approved and that is sent next: what `CallLog.insert` writes for the others. */
export async function recordStart(db: Kysely<Database>, workspaceId: string, callId: string, approvalId: string): Promise<void> {
  const begun = { id: callId, workspace_id: workspaceId, status: 'started', outcome: 'sent_unknown', approval_id: approvalId }
  await sql`select audit_append(${workspaceId}, 'call.started', ${JSON.stringify(begun)})`.execute(db)
}
