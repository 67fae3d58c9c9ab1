import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { CountingUpstream } from './support/counting-upstream.ts'
import { superuserOf } from './support/database.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from './support/gateway.ts'

const undo: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

/** Writes until the gateway is gone. Answers how many were acknowledged. */
async function writeUntilGone({ url, token }: GatewayProcess, worker: string): Promise<number> {
  let acknowledged = 0
  for (let count = 0; ; count++) {
    try {
      const response = await fetch(`${url}/api/v1/calls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ connector: 'counted', action: 'do', input: { n: `${worker}-${count}` } }),
      })
      await response.arrayBuffer()
      if (response.ok) acknowledged++
    } catch {
      return acknowledged
    }
  }
}

test('killed with its database under load, again and again, the log is one chain and has every write that the API counted', async () => {
  const upstream = await new CountingUpstream().start()
  undo.push(() => upstream.stop())
  let gateway = await startGatewayProcess()
  const { dataDir } = gateway
  undo.push(() => removeDataDir(dataDir))
  undo.push(() => gateway.stop())
  const owner = gateway.client()
  await owner.connectors.create({
    connector: 'counted',
    name: 'Counted',
    servers: { production: { url: upstream.url } },
    limits: { per_minute: 1_000_000, timeout_ms: 5_000, retries: 0 },
    actions: {
      do: {
        method: 'POST',
        path: '/do',
        query: { n: '{{n}}' },
        input: { type: 'object', properties: { n: { type: 'string' } } },
      },
    },
  })
  await owner.connections.create({ connector: 'counted', name: 'Main' })
  let acknowledged = 0
  for (let round = 0; round < 2; round++) {
    const workers = Array.from({ length: 16 }, (_, worker) => writeUntilGone(gateway, `r${round}w${worker}`))
    await upstream.until(upstream.seen.length + 200)
    const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
    const exited = once(gateway.process, 'exit')
    // The database first, then the gateway first: whatever is under way is torn in another way each time.
    if (round === 0) process.kill(postmaster, 'SIGKILL')
    gateway.process.kill('SIGKILL')
    if (round === 1) process.kill(postmaster, 'SIGKILL')
    await exited
    for (const count of await Promise.all(workers)) acknowledged += count
    gateway = await startGatewayProcess({ dataDir })
  }
  expect(acknowledged).toBeGreaterThan(200)
  const report = await gateway.client().audit.verify()
  expect(report).toMatchObject({ problems: [], next: null })
  const db = await superuserOf(dataDir)
  undo.push(() => db.end())
  const { rows } = await db.query<{ n: string; kinds: string[] }>(
    `select n, array_agg(kind order by seq) as kinds from (
       select seq, kind, coalesce(body::json ->> 'input', (select c.input::text from sallyport.calls c where c.id = body::json ->> 'id'))::json ->> 'n' as n
       from sallyport.audit_log where kind like 'call.%'
     ) e group by n`,
  )
  const kinds = new Map(rows.map((row) => [row.n, row.kinds]))
  for (const { path } of upstream.seen) {
    const n = new URL(path, 'http://api').searchParams.get('n') ?? ''
    // Its intent, and its end, though that may have been written by the next gateway.
    expect({ n, kinds: kinds.get(n) }).toEqual({ n, kinds: ['call.started', 'call.ended'] })
  }
}, 90_000)
