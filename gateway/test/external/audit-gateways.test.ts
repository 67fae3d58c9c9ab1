import { verifyAuditExport } from '@sallyport/sdk'
import { afterEach, expect, test } from 'vitest'
import { makeExternalDatabase } from '../support/external-servers.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { callAtOnce, callOnce, startLimitedApi } from '../support/limited-api.ts'

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

test('two gateways on one database write one chain, which has every call once and outlives the death of one of them', async () => {
  const database = await makeExternalDatabase()
  undo.push(() => database.drop())
  const api = await startLimitedApi()
  undo.push(() => api.close())
  const root = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  const start = async (): Promise<GatewayProcess> => {
    const gateway = await startGatewayProcess({ env: { DATABASE_URL: database.url, SALLYPORT_ROOT_KEY: root } })
    undo.push(async () => {
      await gateway.stop()
      await removeDataDir(gateway.dataDir)
    })
    return gateway
  }
  const [first, second] = [await start(), await start()]
  const owner = first.client()
  await owner.connectors.create(api.connector({ per_minute: 100_000 }))
  await owner.connections.create({ connector: 'limited', name: 'Main' })
  const before = await owner.audit.checkpoint()

  // Acts on both at once, between the calls.
  const [answers] = await Promise.all([
    callAtOnce([first, second], first.token, 600),
    ...[first, second].flatMap((gateway) =>
      Array.from({ length: 20 }, (_, n) => gateway.client().tokens.create({ name: `token ${n}`, role: 'viewer' })),
    ),
  ])
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 600 }, () => 200))
  first.process.kill('SIGKILL')
  expect(await callOnce(second, second.token)).toMatchObject({ status: 200 })

  const after = second.client()
  const { problems, head } = await after.audit.verify({ known_seq: before.seq, known_hash: before.hash })
  expect(problems).toEqual([])
  expect(head).toBe(before.seq + 600 + 40 + 1)
  expect(await verifyAuditExport(after.audit.export(), { checkpoint: before })).toMatchObject({ problems: [], entries: head + 1 })
  const { rows } = await database.admin.query<{ calls: number; entries: number }>(
    `select (select count(*) from calls)::int as calls, (select count(distinct body::json ->> 'id') from audit_log where kind = 'call.ended')::int as entries`,
  )
  expect(rows).toEqual([{ calls: 601, entries: 601 }])
})
