import { createSecretKey, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAudit } from '../src/audit/audit.ts'
import { verifyStep } from '../src/audit/verification.ts'
import { systemClock } from '../src/clock.ts'
import { newId } from '../src/id.ts'
import { createLog } from '../src/log.ts'
import { gatewayActor, recordAct } from '../src/store/acts.ts'
import { createSigners } from '../src/vault/signing.ts'
import { callRow, startTestStore, superuserOf, type TestStore } from './support/database.ts'

let opened: TestStore
let db: pg.Client
const signerOf = createSigners(createSecretKey(randomBytes(32)))
beforeAll(async () => {
  opened = await startTestStore()
  db = await superuserOf(opened.dataDir)
  await db.query('set search_path = sallyport')
})
afterAll(async () => {
  await db.end()
  await opened.close()
})

const auditOf = (retentionDays: number | undefined) =>
  createAudit({ store: opened.store, clock: systemClock, log: createLog('silent'), signerOf, retentionDays })

async function act(workspace: string): Promise<void> {
  await opened.store.workspace(workspace, (tx) =>
    recordAct(tx, workspace, { kind: 'token.created', by: gatewayActor, target: { kind: 'token', id: 'tok_1', name: 'T' } }),
  )
}

const months = async () =>
  (
    await db.query<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_log'::regclass order by 1",
    )
  ).rows.map(({ name }) => name)

/** Puts everything there is into a month that ended long ago, as the chain would have it if it had been written then. */
async function age(daysAgo: number): Promise<string> {
  const at = new Date(Date.now() - daysAgo * 86_400_000)
  const [first, next] = [0, 1].map((m) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + m)).toISOString())
  const name = `audit_log_${at.toISOString().slice(0, 7).replace('-', '_')}`
  await db.query(`set session_replication_role = replica;
    create table ${name} partition of audit_log for values from ('${first}') to ('${next}'); alter table ${name} owner to sallyport_owner;
    update audit_log set at = '${first}';
    update audit_log l set hash = n.hash from (
      select workspace_id, seq, audit_chain(decode(repeat('00', 32), 'hex'), audit_header(workspace_id, seq, audit_stamp(at), kind) || body)
        over (partition by workspace_id order by seq rows unbounded preceding) as hash from audit_log
    ) n where n.workspace_id = l.workspace_id and n.seq = l.seq;
    update log_heads h set hash = l.hash, at = l.at from audit_log l where l.workspace_id = h.workspace_id and l.seq = h.seq;
    set session_replication_role = origin`)
  return name
}

test('months are made ahead, and old ones stay unless the operator says otherwise', async () => {
  await act('ws_a')
  await act('ws_a')
  await act('ws_b')
  const old = await age(100)
  await db.query(`drop table ${(await months()).at(-1)}`)
  await auditOf(undefined).keep()
  const made = await months()
  expect(made).toContain(old)
  const ahead = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 2))
  expect(made).toContain(`audit_log_${ahead.toISOString().slice(0, 7).replace('-', '_')}`)
})

test('with a retention, months that ended before it go, signed for, with their calls; what stays verifies', async () => {
  await act('ws_a')
  const longAgo = newId('call', Date.now() - 100 * 86_400_000)
  const recent = newId('call')
  await opened.store.calls.insert(callRow({ id: longAgo, started_at: new Date(Date.now() - 100 * 86_400_000) }))
  await opened.store.calls.insert(callRow({ id: recent }))
  const before = await months()
  await auditOf(120).keep()
  expect(await months()).toEqual(before)

  await auditOf(30).keep()
  expect(await months()).toEqual(before.slice(1))
  const { rows: calls } = await db.query('select id from calls')
  expect(calls).toEqual([{ id: recent }])
  const verify = (workspace: string) => verifyStep(opened.store, workspace, signerOf(workspace).publicKey, {}, new Date())
  expect(await verify('ws_a')).toMatchObject({ problems: [], head: expect.any(Number) })
  expect(await verify('ws_b')).toMatchObject({ problems: [], entries: 1, head: 2 })
  const { rows } = await db.query(
    "select kind, body::json #>> '{before,last_seq}' as last from audit_log where workspace_id = 'ws_b'",
  )
  expect(rows).toEqual([{ kind: 'audit.removed', last: '1' }])
  // Again: nothing more to remove.
  await auditOf(30).keep()
  expect(await verify('ws_b')).toMatchObject({ problems: [], head: 2 })
})

test('a month cannot be removed without a signature, nor one that is not over', async () => {
  const now = new Date().toISOString().slice(0, 7).replace('-', '_')
  await db.query('set role sallyport_owner')
  await expect(db.query("select audit_drop_month($1, '[]')", [`audit_log_${now}`])).rejects.toThrow('not a month')
  await expect(db.query("select audit_drop_month('calls', '[]')")).rejects.toThrow('not a month')
  await db.query('reset role')
  const old = await age(70)
  await db.query('set role sallyport_owner')
  await expect(db.query("select audit_drop_month($1, '[]')", [old])).rejects.toThrow('is not signed for')
  await db.query('reset role')
})
