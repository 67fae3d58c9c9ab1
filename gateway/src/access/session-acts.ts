import type { Transaction } from 'kysely'
import type { Caller } from '../caller.ts'
import { type Act, type ActKind, recordAct } from '../store/acts.ts'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/types.ts'
import type { Person } from './people.ts'

type PersonAct = Extract<ActKind, `session.${string}` | `person.${string}`>

interface Circumstances {
  readonly ip?: string
  /** Who did it, when it was not the person. */
  readonly by?: Act['by'] | Caller
  readonly before?: unknown
  readonly after?: unknown
}

/** Notes what a person did, or what was tried in their name, in every workspace that they are a member of. */
export async function recordPersonAct(
  db: Transaction<Database>,
  kind: PersonAct,
  who: { readonly id: string } | { readonly email: string },
  { by, ...circumstances }: Circumstances = {},
): Promise<void> {
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
    const target = { kind: kind.startsWith('session.') ? 'session' : 'person', id, name: email }
    await recordAct(db, workspace_id, { kind, by: by ?? { kind: 'session', id, name }, target, ...circumstances })
  }
}

/** As {@link recordPersonAct}, in a transaction of its own. */
export async function recordSession(
  store: Store,
  kind: Extract<PersonAct, `session.${string}`>,
  who: { readonly id: string } | { readonly email: string },
  ip: string,
): Promise<void> {
  await store.system((db) => recordPersonAct(db, kind, who, { ip }))
}
