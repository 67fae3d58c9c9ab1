import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { createLog } from '../../src/log.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { CountingUpstream } from './counting-upstream.ts'
import { makeDataDir } from './data-dir.ts'
import { removeDataDir, startGatewayProcess } from './gateway.ts'

/** How the database goes away: it ends, as when its machine restarts, or it stops answering, as when its network breaks. */
export type Departure = 'stopped' | 'frozen'

interface Refusal {
  readonly code: string
  readonly ms: number
}

export interface Outage {
  /** Of the calls that were made while the database was away, in order. */
  readonly refusals: readonly Refusal[]
  /** Calls that the API saw, and those of them that the audit log does not have. */
  readonly seen: number
  readonly unrecorded: readonly string[]
  /** How long after the departure the API saw the last call of the outage, in milliseconds. */
  readonly lastSeenMs: number
  readonly recoveredMs: number
  readonly problems: readonly unknown[]
  readonly exitCode: number | null
}

/** The server and everything it has started: signals to it alone would leave its sessions answering. */
async function signalAll(dataDir: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8'), 10)
  const children = (await readFile(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8')).trim().split(' ')
  for (const pid of [postmaster, ...children.map(Number)]) process.kill(pid, signal)
}

/** Takes the database away from a gateway under load of reads and writes for so long, and looks at what came of the calls. */
export async function liveThroughOutage(how: Departure, ms: number): Promise<Outage> {
  await using undo = new AsyncDisposableStack()
  const dataDir = await makeDataDir()
  undo.defer(() => removeDataDir(dataDir))
  let server: EmbeddedPostgres = await startEmbeddedPostgres(dataDir, createLog('silent'))
  undo.defer(() => server.stop())
  const { host, user, password } = server.connection
  const url = `postgresql://${user}:${password}@/postgres?host=${encodeURIComponent(String(host))}`
  const upstream = await new CountingUpstream().start()
  undo.defer(() => upstream.stop())
  const gateway = await startGatewayProcess({
    env: { DATABASE_URL: url, SALLYPORT_ROOT_KEY: Buffer.alloc(32, 7).toString('base64') },
  })
  undo.defer(() => removeDataDir(gateway.dataDir))
  undo.defer(async () => void (await gateway.stop()))
  const owner = gateway.client()
  const input = { type: 'object', properties: { n: { type: 'string' } } }
  await owner.connectors.create({
    connector: 'counted',
    name: 'Counted',
    servers: { production: { url: upstream.url } },
    limits: { per_minute: 1_000_000, timeout_ms: 5_000, retries: 0 },
    actions: {
      look: { method: 'GET', path: '/look', query: { n: '{{n}}' }, input },
      do: { method: 'POST', path: '/do', query: { n: '{{n}}' }, input },
    },
  })
  await owner.connections.create({ connector: 'counted', name: 'Main' })

  let count = 0
  let away = false
  let working = true
  const refusals: Refusal[] = []
  const call = async () => {
    const n = `n${++count}`
    const began = performance.now()
    const duringOutage = away
    const response = await fetch(`${gateway.url}/api/v1/calls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ connector: 'counted', action: count % 2 === 0 ? 'look' : 'do', input: { n } }),
    })
    const body = (await response.json()) as { code?: string }
    if (!response.ok && duringOutage && away) refusals.push({ code: body.code ?? '', ms: performance.now() - began })
    return response.ok
  }
  const worker = async () => {
    while (working) if (!(await call())) await delay(20)
  }
  const workers = Array.from({ length: 8 }, worker)
  await upstream.until(100)

  const seenAt: number[] = []
  upstream.behave = (_request, response) => {
    seenAt.push(performance.now())
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
  away = true
  if (how === 'stopped') await server.stop()
  else await signalAll(dataDir, 'SIGSTOP')
  const departed = performance.now()
  await delay(ms)
  const returning = performance.now()
  away = false
  if (how === 'stopped') server = await startEmbeddedPostgres(dataDir, createLog('silent'))
  else await signalAll(dataDir, 'SIGCONT')
  const returned = performance.now()
  while (!(await call())) await delay(20)
  const recoveredMs = performance.now() - returned
  working = false
  await Promise.all(workers)

  const { problems } = await owner.audit.verify()
  const exitCode = gateway.process.exitCode
  // Also writes what is owed.
  await gateway.stop()
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  const { rows } = await db.query<{ body: string }>(`select body from sallyport.audit_log where kind like 'call.%'`)
  await db.end()
  const recorded = new Set(rows.flatMap(({ body }) => /\\"n\\":\\"(n\d+)\\"/.exec(body)?.[1] ?? []))
  const numbers = upstream.seen.map(({ path }) => new URL(path, 'http://api').searchParams.get('n') ?? '')
  return {
    refusals,
    seen: numbers.length,
    unrecorded: numbers.filter((n) => !recorded.has(n)),
    lastSeenMs: Math.max(0, ...seenAt.filter((at) => at < returning).map((at) => at - departed)),
    recoveredMs,
    problems,
    exitCode,
  }
}
