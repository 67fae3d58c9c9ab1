import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAt } from '../../src/call/catalog/verify.ts'
import { createBuiltins } from '../../src/connections/builtins/index.ts'
import { completeInstance } from '../../src/connections/builtins/instance.ts'
import { compileConnector } from '../../src/definition/compile.ts'
import { parseConnector } from '../../src/definition/parse.ts'
import { createEgress } from '../../src/egress/egress.ts'
import { runSql } from '../../src/egress/sql/run-sql.ts'
import { createLog } from '../../src/log.ts'

const server = new URL(process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test')
const egress = createEgress({ allow: ['127.0.0.1/32'] })
const table = `sallyport_${crypto.randomUUID().replaceAll('-', '')}`

const target = {
  host: server.hostname,
  port: Number(server.port || 3306),
  user: decodeURIComponent(server.username),
  password: undefined,
  database: server.pathname.slice(1),
  tls: 'off' as const,
}
const run = (text: string, values: readonly unknown[], readOnly: boolean) =>
  runSql(egress, 'mysql', target, { text, values, readOnly, maxRows: 2, timeoutMs: 1500, signal: AbortSignal.timeout(10_000) })

beforeAll(async () => {
  await run(`create table ${table} (id int, name varchar(50))`, [], false)
})
afterAll(async () => {
  await run(`drop table ${table}`, [], false)
  await egress.close()
})

test('runs parameterised statements on MariaDB and cuts off at the limit of rows', async () => {
  const evil = "'); drop table x; --"
  expect(await run(`insert into ${table} values (?, ?)`, [1, evil], false)).toMatchObject({ row_count: 1 })
  expect(await run(`select id from ${table} where name = ?`, [evil], true)).toEqual({
    rows: [{ id: 1 }],
    row_count: 1,
    truncated: false,
  })
  expect(await run('select 1 as n union select 2 union select 3', [], true)).toMatchObject({ row_count: 2, truncated: true })
})

test.each([
  ['a write', `insert into ${table} values (2, null)`, '25006'],
  ['a table', 'create table more (id int)', '25006'],
  ['several statements', `commit; delete from ${table}`, '42000'],
  ['what takes too long', 'select sleep(30)', '70100'],
])('is kept by MariaDB itself from %s in a read', async (_, text, state) => {
  await expect(run(text, [], true)).rejects.toMatchObject({ state })
  expect(await run(`select count(*) as n from ${table}`, [], true)).toMatchObject({ rows: [{ n: 1 }] })
})

test('is asked whether a connection works before anything is stored, and says in its own words what it refuses', async () => {
  const builtins = createBuiltins(egress)
  const instance = { connector: 'db', name: 'DB', version: '1.0.0', kind: 'builtin', builtin: { type: 'sql' } }
  const connector = compileConnector(parseConnector(completeInstance(instance, builtins)), '1.0.0')
  const verify = (userinfo: string) => {
    const connection_string = `mysql://${userinfo}@${server.host}${server.pathname}?sslmode=disable`
    const form = { scheme: 'connection_string', fields: { connection_string } }
    return verifyAt({ egress, builtins, log: createLog('silent') }, connector, form)
  }
  expect(await verify(server.username)).toEqual({ ok: true, message: '' })
  const refused = await verify(`${server.username}:not-the-secret`)
  expect(refused).toEqual({ ok: false, message: expect.stringContaining('Access denied for user') })
})
