import { type ActKind, recordAct } from '../store/acts.ts'
import type { Store } from '../store/types.ts'
import type { Person } from './people.ts'

/** Notes what a person did, or what was tried in their name, in every workspace that they are a member of. */
export async function recordSession(
  store: Store,
  kind: Extract<ActKind, `session.${string}`>,
  who: { readonly id: string } | { readonly email: string },
  ip: string,
): Promise<void> {
  await store.system(async (db) => {
    const people = db
      .withTables<{ user: Person }>()
      .selectFrom('members')
      .innerJoin('user', 'user.id', 'members.user_id')
      .select(['user.id', 'user.name', 'user.email', 'members.workspace_id'])
    const found =
      'id' in who
        ? people.where('user.id', '=', who.id)
        : // As they are stored.
          people.where('user.email', '=', who.email.toLowerCase())
    for (const { id, name, email, workspace_id } of await found.orderBy('members.workspace_id').execute()) {
      const target = { kind: 'session', id, name: email }
      await recordAct(db, workspace_id, { kind, by: { kind: 'session', id, name }, ip, target })
    }
  })
}
