import { type Kysely, sql } from 'kysely'
import { newId } from '../id.ts'
import type { Database } from '../store/schema.ts'

/** Until the end of the transaction no other one, of any process, can make the first workspace or its owner. */
export async function lockInstallation(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('sallyport installation'))`.execute(db)
}

export async function firstWorkspace(db: Kysely<Database>): Promise<string | undefined> {
  const row = await db.selectFrom('workspaces').select('id').orderBy('created_at').orderBy('id').limit(1).executeTakeFirst()
  return row?.id
}

export async function createWorkspace(db: Kysely<Database>, now: number, name = 'Default'): Promise<string> {
  const id = newId('workspace', now)
  await db
    .insertInto('workspaces')
    .values({ id, name, created_at: new Date(now) })
    .execute()
  return id
}

export async function hasOwner(db: Kysely<Database>): Promise<boolean> {
  const owner = await db.selectFrom('members').select('user_id').where('role', '=', 'owner').limit(1).executeTakeFirst()
  return owner !== undefined
}
