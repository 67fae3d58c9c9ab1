/**
 * Kills the gateway or its PostgreSQL with SIGKILL at random moments under load, again and again, and holds what callers were
 * told against what is on record and what the API has seen.
 *
 *     npm run test:chaos -- [--rounds 200] [--minutes 20] [--seed N] [--workers 6] [--pause 20]
 */
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { CountingUpstream, connectLedger } from '../support/counting-upstream.ts'
import { temporaryDataDir } from '../support/data-dir.ts'
import { type GatewayProcess, removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { auditProblems, type Counts, readLog, repeatAll, violationsOf } from './chaos-check.ts'
import { type Callers, startLoad } from './chaos-load.ts'
import { numbersFrom, randomFrom } from './options.ts'

const options = numbersFrom({ rounds: 200, minutes: 20, seed: Date.now() % 1_000_000, workers: 6, pause: 20 })
const random = randomFrom(options.seed)
const victims = ['gateway', 'gateway', 'gateway', 'postgres', 'a backend of postgres', 'both'] as const
type Victim = (typeof victims)[number]

/** Longest wait for a database that was killed; a gateway that is still not ready then has not recovered. */
const recoveryMs = 30_000

const dataDir = await temporaryDataDir()
const upstream = await new CountingUpstream().start()
upstream.behave = (_request, response) => {
  const dice = random()
  const answer = () => {
    if (dice < 0.03) response.destroy()
    else if (dice < 0.06) response.writeHead(503).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
  setTimeout(answer, random() * 25)
}

let gateway = await startGateway()
await connectLedger(gateway.client(), upstream)
const agentToken = (await gateway.client().tokens.create({ name: 'agent', role: 'member' })).token

function startGateway(): Promise<GatewayProcess> {
  return startGatewayProcess({ dataDir, env: { SALLYPORT_LOG_LEVEL: 'error' } })
}

const callersOf = (running: GatewayProcess): Callers => ({ agent: running.client(agentToken), approver: running.client() })

async function postmaster(): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
}

async function backendsOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(
    pids.map(async (pid) => Number(/^PPid:\s*(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1])),
  )
  return pids.filter((_, index) => parents[index] === parent)
}

/** Kills, and says whether the gateway lives on. */
async function kill(victim: Victim): Promise<boolean> {
  const server = await postmaster()
  const exited = once(gateway.process, 'exit')
  switch (victim) {
    case 'gateway':
      gateway.process.kill('SIGKILL')
      break
    case 'both':
      gateway.process.kill('SIGKILL')
      process.kill(server, 'SIGKILL')
      break
    case 'postgres':
      process.kill(server, 'SIGKILL')
      return true
    case 'a backend of postgres': {
      const backends = await backendsOf(server)
      const backend = backends[Math.floor(random() * backends.length)]
      if (backend !== undefined) process.kill(backend, 'SIGKILL')
      return true
    }
  }
  await exited
  return false
}

async function ready(): Promise<boolean> {
  return fetch(`${gateway.url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** Milliseconds until it answered, and went on answering: just after its death a database is not known to be dead. */
async function recover(survived: boolean): Promise<number> {
  const began = performance.now()
  if (!survived) gateway = await startGateway()
  let firstAt = 0
  for (let answers = 0; answers < 5; ) {
    if (performance.now() - began > recoveryMs) throw new Error(`the gateway is not ready ${recoveryMs / 1000} s after the kill`)
    answers = (await ready()) ? answers + 1 : 0
    if (answers <= 1) firstAt = performance.now()
    await delay(50)
  }
  return firstAt - began
}

function counts(): Counts {
  const seen = new Map<number, number>()
  for (const { body, method } of upstream.seen) {
    if (method !== 'POST') continue
    const { amount } = JSON.parse(body) as { amount: number }
    seen.set(amount, (seen.get(amount) ?? 0) + 1)
  }
  return seen
}

const totals = { reads: 0, writes: 0, acknowledged: 0, problems: 0, approvals: 0, unanswered: 0 }
const kills = new Map<Victim, number>()
const recoveries = { gateway: [] as number[], database: [] as number[] }
const violations: string[] = []
const began = Date.now()
const deadline = began + options.minutes * 60_000
const leftOver: string[] = []
let round = 0
let audit = { entries: 0, problems: [] as string[] }

try {
  for (; round < options.rounds && Date.now() < deadline; round++) {
    const since = new Date(Date.now() - 1_000).toISOString()
    const victim = victims[Math.floor(random() * victims.length)] ?? 'gateway'
    upstream.seen.length = 0
    const load = startLoad(callersOf(gateway), random, { workers: options.workers, pauseMs: options.pause })
    await delay(50 + random() * 1_500)
    const survived = await kill(victim)
    if (survived) await delay(random() * 300)
    const ended = load.stop()
    recoveries[survived ? 'database' : 'gateway'].push(await recover(survived))
    await ended
    kills.set(victim, (kills.get(victim) ?? 0) + 1)

    const { told } = load
    const callers = callersOf(gateway)
    const log = await readLog(gateway.client(), since)
    const wrong = violationsOf(told, log, counts(), survived)
    wrong.push(...(await repeatAll(callers, told)))
    for (const [number, count] of counts())
      if (count > 1) wrong.push(`${number} reached the API ${count} times after its repetition`)
    for (const record of log.byId.values()) if (record.status === 'started') leftOver.push(record.id)
    violations.push(...wrong.map((text) => `round ${round + 1} (${victim}): ${text}`))

    const writes = [...told.writes.values()]
    totals.reads += told.reads.length
    totals.writes += writes.length
    totals.acknowledged += writes.filter(({ acknowledged, approved }) => acknowledged.length > 0 || approved === 'ran').length
    totals.problems += writes.reduce((sum, { problems }) => sum + problems.length, 0)
    totals.approvals += writes.filter(({ approved }) => approved === 'ran').length
    totals.unanswered += writes.filter(
      (write) => write.acknowledged.length + write.problems.length === 0 && write.approval === null,
    ).length
    console.log(
      `round ${round + 1}: killed ${victim}; ${told.reads.length} reads, ${writes.length} writes; ${wrong.length} violations`,
    )
    for (const text of wrong) console.log(`  ${text}`)
  }

  // What the ends of a dead database left open, the next start closes.
  await gateway.stop()
  gateway = await startGateway()
  audit = await auditProblems(gateway.client())
  violations.push(...audit.problems.map((text) => `audit log: ${text}`))
  for (const id of leftOver) {
    const { status, outcome } = await gateway.client().calls.get(id)
    if (status === 'started' || outcome === 'not_sent') violations.push(`call ${id} is ${status}/${outcome} after the last start`)
  }
} finally {
  await gateway.stop()
  await upstream.stop()
  await removeDataDir(dataDir)
}

const worst = (times: readonly number[]) => (times.length === 0 ? '-' : `${(Math.max(...times) / 1000).toFixed(1)} s`)
console.log(`
${round} rounds in ${((Date.now() - began) / 60_000).toFixed(1)} min, seed ${options.seed}, ${options.workers} workers, ${availableParallelism()} processors
kills: ${[...kills].map(([victim, count]) => `${count} ${victim}`).join(', ')}
answered reads ${totals.reads}; writes ${totals.writes}, of them acknowledged ${totals.acknowledged} (after approval ${totals.approvals}), answered with a problem ${totals.problems}, without an answer ${totals.unanswered}
longest recovery: start of a killed gateway ${worst(recoveries.gateway)}, killed database ${worst(recoveries.database)}
calls left open by a database that died under a living gateway, closed by the next start: ${leftOver.length}
entries of the audit log, verified from the first to the last: ${audit.entries}
violations: ${violations.length}`)
for (const text of violations) console.log(`  ${text}`)
process.exitCode = violations.length === 0 ? 0 : 1
