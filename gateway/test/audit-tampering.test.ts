import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type AuditKnowledge, type AuditReport, type Sallyport, verifyAuditExport } from '@sallyport/sdk'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { gatewayBin } from './support/data-dir.ts'
import { superuserOf } from './support/database.ts'
import { cleanEnvironment, type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

/** Whoever has the database changes the log past its triggers; the verifiers, here and offline, name what they find. */

let gateway: GatewayProcess
let owner: Sallyport
let db: pg.Client
let workspace: string
/** Two months that are over, with entries 1 to 10 and 11 to 20. */
let months: readonly string[]

beforeAll(async () => {
  gateway = await startGatewayProcess()
  owner = gateway.client()
  db = await superuserOf(gateway.dataDir)
  await db.query('set search_path = sallyport; set session_replication_role = replica')
  const { rows } = await db.query<{ id: string }>('select id from workspaces')
  workspace = rows[0]?.id ?? ''
  months = await fillOldMonths()
  for (let i = 0; i < 10; i++) await owner.tokens.create({ name: `token ${i}`, role: 'viewer' })
  await owner.audit.checkpoint()
  for (let i = 10; i < 15; i++) await owner.tokens.create({ name: `token ${i}`, role: 'viewer' })
})
afterAll(async () => {
  await db?.end()
  await gateway?.stop()
  await removeDataDir(gateway.dataDir)
})

/** Begins the chain anew, with entries of two months that are over: as if the gateway had run since. */
async function fillOldMonths(): Promise<readonly string[]> {
  await db.query('delete from audit_log; delete from log_heads; delete from audit_checkpoints')
  const { rows } = await db.query<{ name: string; month: string; next: string; first: number }>(
    `select 'audit_log_' || to_char(m, 'YYYY_MM') as name, m::text as month, (m + interval '1 month')::text as next, (i * 10 + 1)::int as first
     from (select date_trunc('month', now() at time zone 'UTC') - make_interval(months => 3 - i) as m, i from generate_series(0, 1) i) months`,
  )
  for (const { name, month, next, first } of rows) {
    await db.query(
      `create table ${name} partition of audit_log for values from ('${month}Z') to ('${next}Z'); alter table ${name} owner to sallyport_owner`,
    )
    await db.query(
      `with entries as (
         select seq, ($2 || 'Z')::timestamptz + make_interval(hours => seq::int) as at, json_build_object('actor', json_build_object('id', 'a' || seq))::text as body
         from generate_series($1::bigint, $1 + 9) seq
       ), chained as (
         select *, audit_chain(coalesce((select hash from log_heads where workspace_id = $3), decode(repeat('00', 32), 'hex')),
           audit_header($3, seq, audit_stamp(at), 'token.created') || body) over (order by seq rows unbounded preceding) as hash from entries
       ), kept as (
         insert into audit_log (workspace_id, seq, at, kind, body, hash, actor)
           select $3, seq, at, 'token.created', body, hash, 'a' || seq from chained returning seq, hash, at
       )
       insert into log_heads select $3, seq, hash, at from kept order by seq desc limit 1
       on conflict (workspace_id) do update set seq = excluded.seq, hash = excluded.hash, at = excluded.at`,
      [first, month, workspace],
    )
  }
  return rows.map(({ name }) => name)
}

beforeEach(async () => {
  await db.query(`
    create table saved_log as select * from audit_log;
    create table saved_heads as select * from log_heads;
    create table saved_checkpoints as select * from audit_checkpoints;
    create table saved_gaps as select * from audit_gaps`)
})
afterEach(async () => {
  await db.query(`
    delete from audit_log; insert into audit_log select * from saved_log; drop table saved_log;
    delete from log_heads; insert into log_heads select * from saved_heads; drop table saved_heads;
    delete from audit_checkpoints; insert into audit_checkpoints select * from saved_checkpoints; drop table saved_checkpoints;
    delete from audit_gaps; insert into audit_gaps select * from saved_gaps; drop table saved_gaps`)
})

async function exported(): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of owner.audit.export()) lines.push(line)
  return lines
}

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

interface Findings {
  /** By the gateway, and from an export without it. */
  readonly here: readonly string[]
  readonly offline: readonly string[]
}

async function find(known?: AuditKnowledge['checkpoint']): Promise<Findings> {
  const name = ({ kind, seq, last_seq }: AuditReport['problems'][number]) => `${kind} ${seq}-${last_seq}`
  const { problems, workspace_id } = await owner.audit.verify(known ? { known_seq: known.seq, known_hash: known.hash } : {})
  expect(workspace_id).toBe(workspace)
  const report = await verifyAuditExport(linesOf(await exported()), { checkpoint: known })
  expect(report.workspace_id).toBe(workspace)
  return { here: problems.map(name), offline: report.problems.map(name) }
}

const head = async () =>
  Number((await db.query<{ seq: string }>('select seq from log_heads where workspace_id = $1', [workspace])).rows[0]?.seq)

describe('a log that nobody touched', () => {
  test('verifies, here and offline', async () => {
    expect(await find()).toEqual({ here: [], offline: [] })
    expect(await find(await owner.audit.checkpoint())).toEqual({ here: [], offline: [] })
  })

  test('is verified in steps that fit together', async () => {
    const all = await owner.audit.verify()
    for (let from = 1; from <= all.head; from += 7)
      expect(await owner.audit.verify({ from })).toMatchObject({ problems: [], from, entries: all.head - from + 1 })
  })
})

describe('a superuser who', () => {
  const both = (...problems: string[]): Findings => ({ here: problems, offline: problems })

  test('changes what an entry says is found at that entry', async () => {
    await db.query(`update audit_log set body = replace(body, 'token 3', 'token X') where body like '%"token 3"%'`)
    const { rows } = await db.query<{ seq: string }>(`select seq from audit_log where body like '%"token X"%'`)
    expect(await find()).toEqual(both(`altered ${rows[0]?.seq}-${rows[0]?.seq}`))
  })

  test.each(["kind = 'token.revoked'", "at = at + interval '1 millisecond'"])(
    'sets %s is found at that entry',
    async (change) => {
      await db.query(`update audit_log set ${change} where seq = 15`)
      expect(await find()).toEqual(both('altered 15-15'))
    },
  )

  test.each(["actor = 'usr_other'", 'actor = null', "target = 'tok_other'"])(
    'sets %s, so that an act is listed as another, is found there; an export has no such columns',
    async (change) => {
      await db.query(`update audit_log set ${change} where seq = 15`)
      expect(await find()).toEqual({ here: ['altered 15-15'], offline: [] })
    },
  )

  test('removes an entry in the middle', async () => {
    await db.query('delete from audit_log where seq = 25')
    expect(await find()).toEqual(both('removed 25-25'))
  })

  test('lets two entries change places', async () => {
    await db.query(`update audit_log set seq = case seq when 14 then 15 else 14 end where seq in (14, 15)`)
    expect(await find()).toEqual(both('altered 14-14', 'altered 15-15', 'altered 16-16'))
  })

  test('cuts off the end', async () => {
    const last = await head()
    await db.query('delete from audit_log where seq > $1', [last - 2])
    expect((await owner.audit.verify()).problems).toMatchObject([{ kind: 'cut_off', seq: last - 1, last_seq: last }])
  })

  test('cuts off the end, and with it every trace of it in the database, is found by a checkpoint kept elsewhere', async () => {
    const kept = await owner.audit.checkpoint()
    await db.query('delete from audit_log where seq > $1', [kept.seq - 3])
    await db.query('delete from audit_checkpoints where seq > $1', [kept.seq - 3])
    await db.query('update log_heads h set seq = l.seq, hash = l.hash from audit_log l where l.seq = $1', [kept.seq - 3])
    expect((await owner.audit.verify()).problems).toEqual([])
    expect(await find(kept)).toEqual({
      here: [`cut_off ${kept.seq - 2}-${kept.seq}`],
      offline: [`cut_off ${kept.seq - 1}-${kept.seq}`],
    })
  })

  test('writes the chain anew from an entry on is found by the next checkpoint', async () => {
    await db.query(`
      update audit_log set body = replace(body, 'token 3', 'token X') where body like '%"token 3"%';
      update audit_log l set hash = n.hash from (
        select seq, audit_chain(decode(repeat('00', 32), 'hex'), audit_header(workspace_id, seq, audit_stamp(at), kind) || body)
          over (order by seq rows unbounded preceding) as hash from audit_log
      ) n where n.seq = l.seq;
      update log_heads h set hash = l.hash from audit_log l where l.seq = h.seq`)
    const { rows } = await db.query<{ seq: string }>('select seq from audit_checkpoints order by seq')
    const at = rows.map(({ seq }) => `altered ${seq}-${seq}`)
    expect(await find()).toEqual({ here: at, offline: expect.arrayContaining(at) })
  })

  test('forges a checkpoint cannot sign it', async () => {
    await db.query(
      'insert into audit_checkpoints select workspace_id, 12, hash, at, public_key, signature from audit_checkpoints limit 1',
    )
    expect(await find()).toEqual(both('checkpoint 12-12'))
  })

  test('drops a month without a signature', async () => {
    await db.query(`delete from ${months[1]}`)
    expect(await find()).toEqual(both('removed 11-20'))
    await db.query(`delete from ${months[0]}`)
    expect(await find()).toEqual(both('removed 1-20'))
  })

  test('forges the signature under a dropped month', async () => {
    await db.query(`
      insert into audit_gaps select workspace_id, 1, 10, hash, now(), sha256('mine'), sha512('mine') from audit_log where seq = 10;
      delete from ${months[0]}`)
    expect(await find()).toEqual(both('gap 1-10', 'removed 1-10'))
  })

  test('adds an entry after the end', async () => {
    const last = await head()
    await db.query(
      `insert into audit_log select workspace_id, seq + 1, at, kind, body, sha256(hash) from audit_log where seq = $1`,
      [last],
    )
    const { problems } = await owner.audit.verify()
    expect(problems.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual([`altered ${last + 1}`, `inserted ${last + 1}`])
  })
})

test('the role of the gateway can neither change nor remove anything of the log', async () => {
  await db.query("set session_replication_role = origin; set role sallyport_owner; set sallyport.workspace = '*'")
  try {
    for (const table of ['audit_log', 'audit_checkpoints', 'audit_gaps', ...(await partitions())]) {
      const key = table === 'audit_gaps' ? 'last_seq' : 'seq'
      for (const statement of [`update ${table} set ${key} = ${key} + 1`, `delete from ${table}`, `truncate ${table}`])
        await expect(db.query(statement), statement).rejects.toThrow(/permission denied|append-only/)
    }
  } finally {
    await db.query('reset role; set session_replication_role = replica')
  }
  // Not even a superuser, by mistake.
  await db.query('set session_replication_role = origin')
  await expect(db.query('delete from audit_log')).rejects.toThrow('audit_log_20')
  await db.query('set session_replication_role = replica')
})

async function partitions(): Promise<readonly string[]> {
  const { rows } = await db.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_log'::regclass",
  )
  return rows.map(({ name }) => name).filter((name) => !months.includes(name))
}

describe('sallyport audit verify', () => {
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [gatewayBin, 'audit', 'verify', ...args], {
      env: cleanEnvironment({ SALLYPORT_URL: gateway.url, SALLYPORT_TOKEN: gateway.token }),
    }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    )

  test('says what it found, with the gateway and with a file alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-audit-'))
    try {
      const file = join(folder, 'export.ndjson')
      const kept = join(folder, 'checkpoint.json')
      await writeFile(kept, JSON.stringify(await owner.audit.checkpoint()))
      const lines = await exported()
      await writeFile(file, lines.join('\n'))
      expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('are as they were written') })
      expect(await run('--file', file, '--checkpoint', kept)).toMatchObject({ code: 0 })
      expect(await run('--file', file, '--key', '00'.repeat(32))).toMatchObject({ code: 1 })

      await writeFile(file, lines.filter((line) => !line.includes('"seq":24,')).join('\n'))
      const found = await run('--file', file)
      expect(found.code).toBe(1)
      expect(found.stdout).toContain(`removed ${workspace} #24: Entries #24 to #24 are missing.`)
      await writeFile(file, lines.slice(0, -3).join('\n'))
      expect((await run('--file', file)).stdout).toContain(`cut_off ${workspace}`)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
