import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callRow, startTestStore, type TestStore } from './support/database.ts'

let test: TestStore
beforeAll(async () => {
  test = await startTestStore()
  for (const id of ['ws_a', 'ws_b']) {
    await test.store.workspace(id, async (db) => {
      await db.insertInto('workspaces').values({ id, name: id }).execute()
      await db
        .insertInto('tokens')
        .values({
          id: `tok_${id}`,
          workspace_id: id,
          name: 't',
          role: 'member',
          hash: Buffer.from(id),
          hint: 'sp_',
          created_by: 'bootstrap',
        })
        .execute()
    })
    await test.store.calls.insert(callRow({ workspace_id: id }))
  }
})
afterAll(() => test.close())

describe('a workspace', () => {
  it('sees its own rows only, also in a query that names no workspace', async () => {
    const seen = await test.store.workspace('ws_a', async (db) => ({
      workspaces: await db.selectFrom('workspaces').select('id').execute(),
      tokens: await db.selectFrom('tokens').select('id').execute(),
      calls: await db.selectFrom('calls').select('workspace_id').execute(),
      named: await db.selectFrom('tokens').selectAll().where('workspace_id', '=', 'ws_b').execute(),
    }))
    expect(seen).toEqual({
      workspaces: [{ id: 'ws_a' }],
      tokens: [{ id: 'tok_ws_a' }],
      calls: [{ workspace_id: 'ws_a' }],
      named: [],
    })
  })

  it('cannot write a row into another workspace, nor move one there', async () => {
    const steal = {
      id: 'tok_x',
      workspace_id: 'ws_b',
      name: 't',
      role: 'owner' as const,
      hash: Buffer.from('x'),
      hint: 'sp_',
      created_by: 'x',
    }
    await expect(test.store.workspace('ws_a', (db) => db.insertInto('tokens').values(steal).execute())).rejects.toMatchObject({
      code: '42501',
    })
    const move = test.store.workspace('ws_a', (db) => db.updateTable('tokens').set({ workspace_id: 'ws_b' }).execute())
    await expect(move).rejects.toMatchObject({ code: '42501' })
  })

  it('cannot change or delete the rows of another', async () => {
    const changed = await test.store.workspace('ws_a', (db) =>
      db.updateTable('tokens').set({ role: 'owner' }).where('id', '=', 'tok_ws_b').executeTakeFirst(),
    )
    const deleted = await test.store.workspace('ws_a', (db) =>
      db.deleteFrom('tokens').where('id', '=', 'tok_ws_b').executeTakeFirst(),
    )
    expect([changed.numUpdatedRows, deleted.numDeletedRows]).toEqual([0n, 0n])
  })

  it('is nothing but a name, whatever characters it has', async () => {
    for (const id of ["'; set sallyport.workspace = '*", "\\'*", '"', 'ws_a\n*']) {
      expect(await test.store.workspace(id, (db) => db.selectFrom('tokens').selectAll().execute())).toEqual([])
    }
  })

  it('does not stay behind on the connection', async () => {
    await Promise.all(Array.from({ length: 30 }, () => test.store.system((db) => db.selectFrom('tokens').select('id').execute())))
    expect(await test.store.people.selectFrom('tokens').selectAll().execute()).toEqual([])
    expect(await test.store.people.selectFrom('workspaces').selectAll().execute()).toEqual([])
    const write = test.store.people.insertInto('workspaces').values({ id: 'ws_c', name: 'c' }).execute()
    await expect(write).rejects.toMatchObject({ code: '42501' })
  })
})

describe('row-level security', () => {
  it('is forced on every table with a workspace_id', async () => {
    const { rows } = await sql<{ name: string }>`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
      where c.relnamespace = 'sallyport'::regnamespace and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)`.execute(
      test.store.people,
    )
    expect(rows).toEqual([])
  })

  it('binds the role of every connection', async () => {
    const roles = await Promise.all(
      Array.from({ length: 10 }, () =>
        test.store.system((db) =>
          sql<{ role: string; free: boolean }>`
            select current_user as role, rolsuper or rolbypassrls as free from pg_roles where rolname = current_user`.execute(db),
        ),
      ),
    )
    for (const { rows } of roles) expect(rows).toEqual([{ role: 'sallyport_owner', free: false }])
  })
})

describe('the store', () => {
  it('sees all workspaces in system work', async () => {
    const ids = await test.store.system((db) => db.selectFrom('tokens').select('id').orderBy('id').execute())
    expect(ids).toEqual([{ id: 'tok_ws_a' }, { id: 'tok_ws_b' }])
  })

  it('keeps nothing of work that fails, and passes its error on', async () => {
    const failure = new Error('changed my mind')
    const work = test.store.workspace('ws_a', async (db) => {
      await db.deleteFrom('tokens').execute()
      throw failure
    })
    await expect(work).rejects.toBe(failure)
    expect(await test.store.workspace('ws_a', (db) => db.selectFrom('tokens').select('id').execute())).toHaveLength(1)
  })

  it('passes on what the database says about a row, unchanged', async () => {
    const twice = test.store.workspace('ws_a', (db) =>
      db.insertInto('workspaces').values({ id: 'ws_a', name: 'again' }).execute(),
    )
    await expect(twice).rejects.toMatchObject({ code: '23505' })
  })

  it('serves more work than it has connections', async () => {
    const works = Array.from({ length: 60 }, (_, index) =>
      test.store.workspace(index % 2 ? 'ws_a' : 'ws_b', (db) => db.selectFrom('tokens').select('id').execute()),
    )
    const seen = await Promise.all(works)
    expect(seen.every((rows, index) => rows[0]?.id === (index % 2 ? 'tok_ws_a' : 'tok_ws_b') && rows.length === 1)).toBe(true)
  })

  it('keeps the tables of better-auth as it names them', async () => {
    await sql`insert into "user" (id, name, email) values ('usr_1', 'Ada', 'ada@example.com')`.execute(test.store.people)
    const { rows } = await sql`select "emailVerified", "createdAt" is not null as dated from "user"`.execute(test.store.people)
    expect(rows).toEqual([{ emailVerified: false, dated: true }])
  })

  it('prepares a bounded number of statements, however many there are', async () => {
    for (let length = 1; length <= 400; length++) {
      const ids = Array.from({ length }, (_, index) => `tok_${index}`)
      await test.store.workspace('ws_a', (db) => db.selectFrom('tokens').select('id').where('id', 'in', ids).execute())
    }
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from pg_prepared_statements`.execute(test.store.people)
    expect(rows[0]?.n).toBeGreaterThan(100)
    expect(rows[0]?.n).toBeLessThanOrEqual(300)
  })
})
