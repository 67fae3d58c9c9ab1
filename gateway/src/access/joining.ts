import { sql, type Transaction } from 'kysely'
import type { Role } from '../caller.ts'
import { recordAct } from '../store/acts.ts'
import type { Database, InvitationRow } from '../store/schema.ts'

interface Joining {
  readonly workspaceId: string
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly role: Role
  readonly now: Date
  readonly ip: string
  /** The invitation that this uses up; its teams come with it. Null for somebody whom single sign-on brings. */
  readonly invitation: InvitationRow | null
}

/** Makes a person a member, as a part of the transaction that settled that they may be. */
export async function join(
  db: Transaction<Database>,
  { workspaceId, person, role, now, ip, invitation }: Joining,
): Promise<void> {
  await db.insertInto('members').values({ workspace_id: workspaceId, user_id: person.id, role, created_at: now }).execute()
  for (const team of invitation?.teams ?? []) {
    // One that was deleted since is passed over.
    await sql`
      insert into team_members (workspace_id, team_id, user_id, role, created_at)
      select workspace_id, id, ${person.id}, ${team.role}, ${now} from teams where workspace_id = ${workspaceId} and id = ${team.id}
    `.execute(db)
  }
  if (invitation !== null) {
    await db
      .updateTable('invitations')
      .set({ ended_at: now, ended_as: 'accepted' })
      .where('workspace_id', '=', workspaceId)
      .where('id', '=', invitation.id)
      .execute()
  }
  await recordAct(db, workspaceId, {
    kind: 'member.joined',
    by: { kind: 'session', id: person.id, name: person.name },
    ip,
    target: { kind: 'member', id: person.id, name: person.email },
    after: { role, by: invitation === null ? 'single sign-on' : invitation.id, teams: invitation?.teams ?? [] },
  })
}
