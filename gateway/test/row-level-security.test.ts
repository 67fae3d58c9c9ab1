import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStore, superuserOf, type TestStore } from './support/database.ts'

let store: TestStore
let db: pg.Client
beforeAll(async () => {
  store = await startTestStore()
  db = await superuserOf(store.dataDir)
  await db.query('set search_path = sallyport')
})
afterAll(async () => {
  await db?.end()
  await store?.close()
})

/** Tables that belong to no workspace, each for a reason. */
const ofNoWorkspace = {
  workspaces: 'is the list of them; under a policy over its own id',
  installation: 'facts of the whole installation',
  gateway_replicas: 'gateways of the whole installation',
  limit_steps: 'counters under keys made of ids, read by one function',
  migrations: 'which migrations ran',
  user: 'people, who may be members of several',
  session: 'of people',
  account: 'of people',
  verification: 'of people',
  twoFactor: 'of people',
  two_factor_uses: 'of people',
} satisfies Record<string, string>

interface Table {
  readonly name: string
  readonly scoped: boolean
  readonly enabled: boolean
  readonly forced: boolean
  /** What each policy checks when rows are read and when they are written. */
  readonly policies: readonly {
    readonly command: string
    readonly permissive: boolean
    readonly reads: string | null
    readonly writes: string | null
  }[]
}

async function tables(): Promise<readonly Table[]> {
  const { rows } = await db.query<Table>(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped) as scoped,
      coalesce((
        select jsonb_agg(jsonb_build_object('command', p.polcmd, 'permissive', p.polpermissive,
          'reads', pg_get_expr(p.polqual, c.oid), 'writes', pg_get_expr(p.polwithcheck, c.oid)))
        from pg_policy p where p.polrelid = c.oid), '[]') as policies
    from pg_class c
    where c.relnamespace = 'sallyport'::regnamespace and c.relkind in ('r', 'p', 'f') order by 1`)
  return rows
}

/** What is wrong with a table's protection; empty when nothing is. */
function problemsOf({ name, scoped, enabled, forced, policies }: Table): readonly string[] {
  if (!scoped)
    return Object.hasOwn(ofNoWorkspace, name) ? [] : [`${name} has no workspace_id and is not named as a table of no workspace`]
  const check = 'current_workspace_is(workspace_id)'
  const covered = policies.some(({ command, reads, writes }) => command === '*' && reads === check && writes === check)
  // Permissive policies are joined by "or", so any other one would let more through.
  const others = policies.filter(({ permissive, reads, writes }) => permissive && (reads !== check || writes !== check))
  return [
    ...(enabled ? [] : [`${name} has no row-level security`]),
    ...(forced ? [] : [`${name} does not force it on its owner, which the gateway is`]),
    ...(covered ? [] : [`${name} has no policy for all commands, reads and writes`]),
    ...others.map(({ reads }) => `${name} has another policy: ${reads}`),
  ]
}

const problems = async () => (await tables()).flatMap(problemsOf)

describe('row-level security', () => {
  test('is enabled, forced and complete on every table with a workspace', async () => {
    const scoped = (await tables()).filter((table) => table.scoped)
    expect(scoped.length).toBeGreaterThanOrEqual(9)
    expect(await problems()).toEqual([])
  })

  test('holds the list of workspaces to the one at work', async () => {
    const workspaces = (await tables()).find(({ name }) => name === 'workspaces')
    const check = 'current_workspace_is(id)'
    expect(workspaces).toMatchObject({ enabled: true, forced: true, policies: [{ command: '*', reads: check, writes: check }] })
  })

  test.each([
    ['without it', 'create table breach (workspace_id text)', /has no row-level security/],
    [
      'that its owner passes',
      'create table breach (workspace_id text); alter table breach enable row level security; create policy p on breach using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id))',
      /does not force it/,
    ],
    [
      'with a policy for reading only',
      'create table breach (workspace_id text); alter table breach enable row level security; alter table breach force row level security; create policy p on breach for select using (current_workspace_is(workspace_id))',
      /no policy for all commands/,
    ],
    [
      'with a second, wider policy',
      'create table breach (workspace_id text); alter table breach enable row level security; alter table breach force row level security; create policy p on breach using (current_workspace_is(workspace_id)) with check (current_workspace_is(workspace_id)); create policy q on breach for select using (true)',
      /has another policy/,
    ],
    ['that belongs to nobody knows whom', 'create table breach (id text)', /is not named/],
    [
      'that is a part of another',
      "create table whole (workspace_id text) partition by list (workspace_id); create table breach partition of whole for values in ('a')",
      /breach has no row-level security/,
    ],
  ])('notices a new table %s', async (_what, sql, problem) => {
    await db.query('begin')
    try {
      await db.query(sql)
      expect((await problems()).join('\n')).toMatch(problem)
    } finally {
      await db.query('rollback')
    }
  })

  test('is gone around by no view and by no function with its owner’s rights', async () => {
    const { rows } = await db.query<{ name: string }>(`
      select relname as name from pg_class where relnamespace = 'sallyport'::regnamespace
        and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions::text ilike '%security_invoker=true%', false))
      union all
      select proname from pg_proc where pronamespace = 'sallyport'::regnamespace and prosecdef`)
    expect(rows).toEqual([])
  })
})
