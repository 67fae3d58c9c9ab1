import { createSecretKey, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller, Role } from '../src/caller.ts'
import { createKeyStore } from '../src/connections/key-store.ts'
import { newGrant } from '../src/connections/oauth/flows.ts'
import type { VaultRotation } from '../src/connections/types.ts'
import { createVaultRotation } from '../src/connections/vault-rotation.ts'
import { newId } from '../src/id.ts'
import { createLog } from '../src/log.ts'
import { reveal, Secret } from '../src/secret.ts'
import { readSealed, sealedColumns } from '../src/store/sealed-columns.ts'
import type { Store } from '../src/store/types.ts'
import { localRootKey } from '../src/vault/root-key.ts'
import { openCurrent, storeSealed } from '../src/vault/sealing.ts'
import type { Vault } from '../src/vault/types.ts'
import { createVault } from '../src/vault/vault.ts'
import { TestClock } from './access-harness.ts'
import { startTestStore, type TestStore } from './support/database.ts'

const root = localRootKey(createSecretKey(randomBytes(32)))
const log = createLog('silent')
/** Columns of bytes that hold no ciphertext of the vault. */
const unsealed = new Set([
  ...['approvals.alike', 'idempotency_keys.fingerprint', 'workspace_keys.wrapped', 'two_factor_uses.code'],
  ...['recordings.signature', 'recordings.match'],
])
const holdsDigest = /^audit_|\.(?:\w+_)?hash$/
/** Those of which a workspace has any number; its client secret of single sign-on is one, which sign-in.test.ts rotates. */
const manyColumns = sealedColumns.filter(({ row }) => row !== 'workspace_id')

let database: TestStore
let store: Store
let workspace: string
let clock: TestClock
let vault: Vault
let rotation: VaultRotation

beforeAll(async () => {
  database = await startTestStore()
  store = database.store
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = newId('workspace')
  clock = new TestClock()
  await store.system(async (db) => {
    await db.insertInto('workspaces').values({ id: workspace, name: 'W' }).execute()
    await db
      .insertInto('connectors')
      .values({ workspace_id: workspace, id: 'api', name: 'API', version: '1.0.0', summary: '{}' })
      .execute()
  })
  ;({ vault, rotation } = newProcess())
})

/** A gateway on the database, as far as its vault goes. */
function newProcess() {
  const keys = createKeyStore(store)
  const ofItsOwn = createVault({ root, keys, clock })
  return { vault: ofItsOwn, rotation: createVaultRotation({ store, vault: ofItsOwn, keys, clock, log }) }
}

const callerAs = (role: Role) =>
  ({ kind: 'token', id: 'tok_1', name: 'T', email: null, workspaceId: workspace, role }) as unknown as Caller
const owner = () => callerAs('owner')
const secretOf = (column: { table: string; column: string }, id: string) => `canary ${column.table}.${column.column} ${id}`

/** A value in every sealed column, in rows of its own. */
async function seed(count: number, by: Vault = vault): Promise<void> {
  for (let i = 0; i < count; i++) {
    for (const { table, column, version } of manyColumns) {
      const id = `${table}_${column}_${workspace}_${String(i).padStart(4, '0')}`
      const sealed = await by.seal(
        { workspace, table, row: id, column, version: version === null ? 1 : 7 },
        new Secret(secretOf({ table, column }, id)),
      )
      await insert(table, column, id, sealed.ciphertext, sealed.keyId)
    }
  }
}

async function insert(table: string, column: string, id: string, ciphertext: Buffer, keyId: string): Promise<void> {
  const base = { workspace_id: workspace, id }
  const call = { call_id: id, caller: '{}', connector: 'api', connector_version: '1', action: 'a', connection_id: 'c' }
  const sealedCall = { sealed_call: ciphertext, sealed_key_id: keyId, hash: Buffer.alloc(32) }
  await store.workspace(workspace, async (db) => {
    if (table === 'connections') {
      const credential = { credential: ciphertext, credential_key_id: keyId, credential_version: 7 }
      const rest = {
        connector: 'api',
        name: id,
        environment: 'production',
        scheme: 'key',
        settings: '{}',
        created_by: 'x',
      } as const
      await db
        .insertInto('connections')
        .values({ ...base, ...rest, ...credential, status: 'active', status_detail: null, tested_at: null })
        .execute()
    } else if (table === 'approvals') {
      const result = column === 'sealed_result' ? { sealed_result: ciphertext, result_key_id: keyId } : {}
      // A result has a call beside it, which must open as well.
      const place = { workspace, table, row: id, column: 'sealed_call', version: 1 }
      const sealed =
        column === 'sealed_call'
          ? sealedCall
          : await vault
              .seal(place, new Secret('call'))
              .then((value) => ({ ...sealedCall, sealed_call: value.ciphertext, sealed_key_id: value.keyId }))
      await db
        .insertInto('approvals')
        .values({
          ...base,
          ...call,
          ...sealed,
          ...result,
          status: 'pending',
          preview: '{}',
          expires_at: new Date(),
          decided_by: null,
          decided_at: null,
          reason: null,
        })
        .execute()
    } else if (table === 'upstream_grants') {
      const row = { fields: ciphertext, fields_key_id: keyId, version: 7 }
      await db
        .insertInto('upstream_grants')
        .values({ ...newGrant(id, workspace, null), ...row })
        .execute()
    } else if (table === 'oauth_apps') {
      const row = { name: id, family: id, connector: null, client_id: 'c', created_by: 'x' }
      await db
        .insertInto('oauth_apps')
        .values({ ...base, ...row, secret: ciphertext, secret_key_id: keyId, secret_version: 7 })
        .execute()
    } else if (table === 'secret_backends') {
      const row = { kind: 'vault', name: id, settings: JSON.stringify({ place: id }), created_by: 'x' } as const
      await db
        .insertInto('secret_backends')
        .values({ ...base, ...row, credential: ciphertext, credential_key_id: keyId, credential_version: 7 })
        .execute()
    } else if (table === 'oauth_flows') {
      const connection = await db
        .selectFrom('connections')
        .select('id')
        .where('workspace_id', '=', workspace)
        .executeTakeFirstOrThrow()
      const row = { connection_id: connection.id, begun_by: '{}', scopes: '[]', expires_at: new Date() }
      const none = {
        state_hash: null,
        user_id: null,
        app_id: null,
        redirect_uri: null,
        issuer: null,
        interval_s: null,
        ask_after: null,
      }
      await db
        .insertInto('oauth_flows')
        .values({ ...base, ...row, ...none, secret: ciphertext, secret_key_id: keyId })
        .execute()
    } else if (table === 'notification_channels') {
      await db
        .insertInto('notification_channels')
        .values({ ...base, kind: 'slack', name: id, hint: 'x', sealed_target: ciphertext, target_key_id: keyId })
        .execute()
    } else if (table === 'idempotency_keys') {
      await db
        .insertInto('idempotency_keys')
        .values({
          workspace_id: workspace,
          caller_id: 'c',
          key: id,
          fingerprint: Buffer.alloc(32),
          call_id: id,
          sealed_result: ciphertext,
          result_key_id: keyId,
        })
        .execute()
    } else if (table === 'results') {
      const own = { id, workspace_id: workspace, caller_kind: 'token', caller_id: 'c', bytes: 1, expires_at: new Date() }
      await db
        .insertInto('results')
        .values({ ...own, sealed_result: ciphertext, result_key_id: keyId })
        .execute()
    } else if (table === 'code_runs') {
      const own = { id, workspace_id: workspace, caller_kind: 'token', caller_id: 'c', expires_at: new Date() }
      await db
        .insertInto('code_runs')
        .values({ ...own, sealed_run: ciphertext, run_key_id: keyId })
        .execute()
    } else if (table === 'last_answers') {
      const connection = await db
        .selectFrom('connections')
        .select('id')
        .where('workspace_id', '=', workspace)
        .executeTakeFirstOrThrow()
      const times = { answered_at: new Date(), expires_at: new Date() }
      const own = { id, workspace_id: workspace, connection_id: connection.id, hash: Buffer.from(id), ...times }
      await db
        .insertInto('last_answers')
        .values({ ...own, sealed_answer: ciphertext, answer_key_id: keyId })
        .execute()
    } else if (table === 'recordings') {
      const own = { id, workspace_id: workspace, cassette: 'c', connector: 'c', connector_version: '1.0.0', action: 'a' }
      const none = { method: null, url: null, upstream_status: null, error_code: null, bytes: 1, recorded_at: new Date() }
      const marks = { signature: Buffer.from(id), match: Buffer.from(id) }
      await db
        .insertInto('recordings')
        .values({ ...own, ...none, ...marks, sealed_recording: ciphertext, recording_key_id: keyId })
        .execute()
    } else if (table === 'workflow_deployments') {
      const own = { workspace_id: workspace, created_by: 'x' }
      const workflow = { id: `wf_${workspace}`, slug: 'w', name: 'W', version: 1, ...own }
      await db
        .insertInto('workflows')
        .values(workflow)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const version = { workflow_id: workflow.id, version: 1, document: '{}', source: null, ...own }
      await db
        .insertInto('workflow_versions')
        .values(version)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      await sql`insert into tokens (id, workspace_id, name, role, hash, hint, created_by)
        values (${id}, ${workspace}, 'W', 'member', ${Buffer.from(id)}, 'sp', 'x')`.execute(db)
      const row = {
        workflow_id: workflow.id,
        version: 1,
        environment: id,
        bindings: '{}',
        pins: '{}',
        token_id: id,
        created_by: '{}',
      }
      await db
        .insertInto('workflow_deployments')
        .values({ ...base, ...row, sealed_hook: ciphertext, hook_key_id: keyId })
        .execute()
    } else if (table === 'workflow_runs' || table === 'workflow_steps') {
      const made = { workspace_id: workspace, version: 1, created_by: 'x' }
      const of = {
        workflow_id: `wf_${workspace}`,
        workspace_id: workspace,
        version: 1,
        mode: 'preview',
        status: 'failed',
      } as const
      const none = { deployment_id: null, bindings: '{}', pins: '{}', caller_kind: 'token', caller_id: 'c', started_by: '{}' }
      const rest = { trigger: 'manual', dedupe_key: null, replay_of: null, parent_run: null, parent_step: null }
      const workflow = { id: of.workflow_id, slug: 'w', name: 'W', ...made }
      await db
        .insertInto('workflows')
        .values(workflow)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const run = table === 'workflow_runs' ? id : `run_of_${id}`
      const sealed =
        column === 'sealed_trigger'
          ? { sealed_trigger: ciphertext, trigger_key_id: keyId }
          : column === 'sealed_output'
            ? { sealed_output: ciphertext, output_key_id: keyId }
            : {}
      await db
        .insertInto('workflow_runs')
        .values({ id: run, ...of, ...none, ...rest, ...sealed })
        .execute()
      if (table === 'workflow_runs') return
      const step = { run_id: run, place: 'a', step: 'a', kind: 'call', status: 'failed', started_at: new Date() } as const
      await db
        .insertInto('workflow_steps')
        .values({ ...base, ...step, sealed_result: ciphertext, result_key_id: keyId })
        .execute()
    } else throw new Error(`how does a test write to ${table}?`)
  })
}

/** Every value opens by what the database says now, in a process that knows nothing yet; answers the keys in use. */
async function everythingOpens(count: number): Promise<ReadonlySet<string>> {
  const { vault: fresh } = newProcess()
  const used = new Set<string>()
  for (const column of manyColumns) {
    const { table, version } = column
    for (let i = 0; i < count; i++) {
      const id = `${table}_${column.column}_${workspace}_${String(i).padStart(4, '0')}`
      const sealed = await readSealed(store, column, workspace, id)
      if (sealed === null) throw new Error(`nothing in ${table}.${column.column} of ${id}`)
      used.add(sealed.keyId)
      const place = { workspace, table, row: id, column: column.column, version: version === null ? 1 : 7 }
      expect(reveal(await fresh.open(place, sealed))).toBe(secretOf(column, id))
    }
  }
  return used
}

async function rotateToTheEnd(by: VaultRotation = rotation): Promise<{ key: string; resealed: number; requests: number }> {
  let progress = await by.rotate(owner(), undefined)
  let [resealed, requests] = [progress.resealed, 1]
  while (progress.state === 'running') {
    progress = await by.rotate(owner(), progress.key_id)
    resealed += progress.resealed
    requests++
  }
  expect(progress).toMatchObject({ state: 'done', remaining: 0, unopenable: [] })
  return { key: progress.key_id, resealed, requests }
}

const keyIds = async () => (await createKeyStore(store).load(workspace)).map(({ keyId }) => keyId)

describe('the list of sealed columns', () => {
  test('has every column of bytes that is not known to hold something else, and each holds on to its key', async () => {
    const columns = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'sallyport' and data_type = 'bytea' order by 1`.execute(store.people)
    const sealed = sealedColumns.map(({ table, column }) => `${table}.${column}`)
    expect(columns.rows.map(({ name }) => name).filter((name) => !unsealed.has(name) && !holdsDigest.test(name))).toEqual(
      sealed.sort(),
    )

    const held = await sql<{ name: string }>`
      select k.table_name || '.' || k.column_name as name from information_schema.table_constraints c
      join information_schema.key_column_usage k using (constraint_schema, constraint_name)
      join information_schema.referential_constraints r using (constraint_schema, constraint_name)
      join information_schema.table_constraints p on p.constraint_name = r.unique_constraint_name and p.constraint_schema = r.unique_constraint_schema
      where c.constraint_type = 'FOREIGN KEY' and c.constraint_schema = 'sallyport' and p.table_name = 'workspace_keys'
        and k.column_name <> 'workspace_id' order by 1`.execute(store.people)
    expect(held.rows.map(({ name }) => name)).toEqual(sealedColumns.map(({ table, keyColumn }) => `${table}.${keyColumn}`).sort())
  })
})

describe('a rotation', () => {
  test('seals every value of the workspace anew, removes the old key, and leaves other workspaces alone', async () => {
    await seed(3)
    const [old] = await keyIds()
    const other = { workspace: newId('workspace'), table: 'connections', row: 'x', column: 'credential', version: 1 }
    await store.system((db) => db.insertInto('workspaces').values({ id: other.workspace, name: 'Other' }).execute())
    const elsewhere = await vault.seal(other, new Secret('elsewhere'))
    const { key, resealed } = await rotateToTheEnd()
    // Beside each result of an approval stands its call.
    expect(resealed).toBe(3 * (manyColumns.length + 1))
    expect(await keyIds()).toEqual([key])
    expect(key).not.toBe(old)
    expect(await everythingOpens(3)).toEqual(new Set([key]))
    expect(reveal(await newProcess().vault.open(other, elsewhere))).toBe('elsewhere')
    // A copy from before opens nowhere any more.
    expect((await rotateToTheEnd()).key).not.toBe(key)
  })

  test('works in slices, and any process goes on where another stopped', async () => {
    await seed(60)
    let progress = await interruptedAfterOneBatch(newProcess().rotation, undefined)
    expect(progress).toMatchObject({ state: 'running', resealed: 50, retired: 0 })
    expect((await keyIds()).length).toBe(2)
    const { key_id } = progress
    // Without the key id as well it is the same rotation, not another.
    progress = await interruptedAfterOneBatch(newProcess().rotation, undefined)
    expect(progress).toMatchObject({ state: 'running', key_id })
    expect((await rotateToTheEnd(newProcess().rotation)).key).toBe(key_id)
    expect(await everythingOpens(60)).toEqual(new Set([key_id]))
  })

  test('that has ended is not begun again by who missed its last answer', async () => {
    await seed(1)
    const { key } = await rotateToTheEnd()
    expect(await rotation.rotate(owner(), key)).toEqual({
      key_id: key,
      state: 'done',
      resealed: 0,
      remaining: 0,
      retired: 0,
      unopenable: [],
    })
    await rotateToTheEnd()
    await expect(rotation.rotate(owner(), key)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect((await keyIds()).length).toBe(1)
  })

  test('by several at once ends with one key and loses nothing', async () => {
    await seed(20)
    const [first, ...others] = await Promise.all(
      Array.from({ length: 4 }, () => rotateToTheEnd(newProcess().rotation).catch((error: unknown) => error)),
    )
    expect((await keyIds()).length).toBe(1)
    expect([first, ...others].length).toBe(4)
    expect((await everythingOpens(20)).size).toBe(1)
  })

  test('of a workspace without secrets gives it a key', async () => {
    expect(await rotation.rotate(owner(), undefined)).toMatchObject({ state: 'done', resealed: 0 })
    expect((await keyIds()).length).toBe(1)
  })

  test('is for owners', async () => {
    for (const role of ['viewer', 'member', 'manager', 'admin'] as const)
      await expect(rotation.rotate(callerAs(role), undefined)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await keyIds()).toEqual([])
  })

  test('names what does not open, keeps the key for it, and ends once it is gone', async () => {
    await seed(2)
    const [old] = await keyIds()
    const id = `connections_credential_${workspace}_0001`
    await store.workspace(workspace, (db) => sql`update connections set credential = '\\x00' where id = ${id}`.execute(db))
    const progress = await rotation.rotate(owner(), undefined)
    expect(progress).toMatchObject({ state: 'stuck', remaining: 1, retired: 0, unopenable: [`connections ${id}`] })
    expect(await keyIds()).toContain(old)
    await store.workspace(workspace, (db) =>
      db.deleteFrom('connections').where('workspace_id', '=', workspace).where('id', '=', id).execute(),
    )
    expect(await rotation.rotate(owner(), progress.key_id)).toMatchObject({ state: 'done', retired: 1 })
  })
})

describe('beside a rotation', () => {
  const place = () => ({ workspace, table: 'connections', row: `con_late_${workspace}`, column: 'credential', version: 7 })

  test('a value that was sealed before and stored after is sealed again, with the new key', async () => {
    await seed(1)
    const late = newProcess().vault
    await late.seal(place(), new Secret('warms the cache'))
    let attempts = 0
    await storeSealed(late, workspace, async () => {
      attempts++
      const sealed = await late.seal(place(), new Secret('written late'))
      if (attempts === 1) await rotateToTheEnd()
      await insert('connections', 'credential', `con_late_${workspace}`, sealed.ciphertext, sealed.keyId)
    })
    expect(attempts).toBe(2)
    const column = manyColumns[0]
    const stored = column && (await readSealed(store, column, workspace, `con_late_${workspace}`))
    expect(stored && reveal(await newProcess().vault.open(place(), stored))).toBe('written late')
  })

  test('without sealing again, the database refuses such a value rather than keep what nobody can open', async () => {
    await seed(1)
    const sealed = await vault.seal(place(), new Secret('written late'))
    await rotateToTheEnd()
    await expect(
      insert('connections', 'credential', `con_late_${workspace}`, sealed.ciphertext, sealed.keyId),
    ).rejects.toMatchObject({
      code: '23503',
    })
  })

  test('a key that a value holds cannot be removed by any way', async () => {
    await seed(1)
    await expect(
      store.workspace(workspace, (db) => db.deleteFrom('workspace_keys').where('workspace_id', '=', workspace).execute()),
    ).rejects.toMatchObject({ code: '23503' })
  })

  test('what was read before and is opened after is read once more', async () => {
    await seed(1)
    const column = manyColumns[0]
    if (column === undefined) return expect.unreachable()
    const id = `connections_credential_${workspace}_0000`
    const before = await readSealed(store, column, workspace, id)
    await rotateToTheEnd()
    const reader = newProcess().vault
    const open = (sealed: typeof before) =>
      sealed === null ? Promise.reject(new Error('none')) : reader.open({ ...place(), row: id }, sealed)
    await expect(open(before)).rejects.toMatchObject({ code: 'DECRYPT_FAILED' })
    expect(reveal(await openCurrent(before, open, () => readSealed(store, column, workspace, id)))).toBe(secretOf(column, id))
  })
})

async function interruptedAfterOneBatch(by: VaultRotation, keyId: string | undefined) {
  const monotonic = clock.monotonic
  let asked = 0
  clock.monotonic = () => (++asked > 3 ? Number.MAX_SAFE_INTEGER : 0)
  try {
    return await by.rotate(owner(), keyId)
  } finally {
    clock.monotonic = monotonic
  }
}
