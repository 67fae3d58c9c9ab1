/**
 * Three gateways on one PostgreSQL and one Redis behind nginx, under load: one is killed, all are replaced one after the other, or
 * one is cut off from the database or from Redis, again and again. What callers were told is held against the log and the API, as
 * in chaos.ts; beside it a limit is hammered on all along, and after each round tokens expire under many calls at once.
 *
 *     npm run test:replicas -- [--rounds 40] [--minutes 20] [--seed N] [--workers 6] [--pause 20]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Sallyport } from '@sallyport/sdk'
import { startTokenServer } from '@sallyport/sdk/testing'
import { freePort } from '../../../scripts/gateway-process.ts'
import { CountingUpstream, connectLedger } from '../support/counting-upstream.ts'
import { externalRedis, makeExternalDatabase } from '../support/external-servers.ts'
import { type GatewayProcess, ownerToken, removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { connectorOf } from '../support/oauth-connector.ts'
import { auditProblems, type Counts, readLog, repeatAll, violationsOf } from './chaos-check.ts'
import { startLoad } from './chaos-load.ts'
import { numbersFrom, randomFrom } from './options.ts'
import { Cable, mostWithin, startBalancer } from './replica-parts.ts'

const options = numbersFrom({ rounds: 40, minutes: 20, seed: Date.now() % 1_000_000, workers: 6, pause: 20 })
const random = randomFrom(options.seed)
const events = ['kill', 'kill', 'roll', 'cut from the database', 'cut from redis'] as const
const recoveryMs = 60_000
const perMinute = 60
/** Calls reach the API later than they are counted, and not all of them by as much. */
const latenessMs = 3_000
const together = 24

await using undo = new AsyncDisposableStack()
const folder = await mkdtemp(join(tmpdir(), 'sallyport-replicas-'))
undo.defer(() => rm(folder, { recursive: true, force: true }))
const database = await makeExternalDatabase()
undo.defer(() => database.drop())
const upstream = await new CountingUpstream().start()
undo.defer(() => upstream.stop())
const limited = await new CountingUpstream().start()
undo.defer(() => limited.stop())
const tokens = await startTokenServer()
undo.defer(() => tokens.close())

upstream.behave = (_request, response) => {
  const dice = random()
  const answer = () => {
    if (dice < 0.03) response.destroy()
    else if (dice < 0.06) response.writeHead(503).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }
  setTimeout(answer, random() * 25)
}
const limitedAt: number[] = []
limited.behave = (_request, response) => {
  limitedAt.push(performance.now())
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
}

interface Replica {
  readonly port: number
  readonly toDatabase: Cable
  readonly toRedis: Cable
  readonly env: Readonly<Record<string, string>>
  gateway: GatewayProcess
}

const balancerPort = await freePort(18_200)
const url = `http://127.0.0.1:${balancerPort}`

/** The same address by way of a cable. */
async function through(address: string): Promise<{ cable: Cable; url: string }> {
  const { hostname, port, protocol } = new URL(address)
  const cable = new Cable(hostname, Number(port || (protocol === 'redis:' ? 6379 : 5432)))
  undo.defer(() => cable.close())
  const changed = new URL(address)
  changed.hostname = '127.0.0.1'
  changed.port = String(await cable.start())
  return { cable, url: changed.href }
}

async function startReplica(port: number): Promise<Replica> {
  const [toDatabase, toRedis] = [await through(database.url), await through(externalRedis)]
  const env = {
    SALLYPORT_PORT: String(port),
    SALLYPORT_PUBLIC_URL: url,
    SALLYPORT_TRUST_PROXY: '127.0.0.1/32',
    SALLYPORT_ROOT_KEY: '07'.repeat(32),
    SALLYPORT_LOG_LEVEL: 'silent',
    DATABASE_URL: toDatabase.url,
    REDIS_URL: toRedis.url,
  }
  const gateway = await startGatewayProcess({ env })
  return { port, toDatabase: toDatabase.cable, toRedis: toRedis.cable, env, gateway }
}

async function restart(replica: Replica): Promise<void> {
  replica.gateway = await startGatewayProcess({ env: replica.env, dataDir: replica.gateway.dataDir })
}

const ports: number[] = []
for (let next = 18_210; ports.length < 3; next = (ports.at(-1) ?? 0) + 1) ports.push(await freePort(next))
const replicas: Replica[] = []
undo.defer(async () => {
  for (const { gateway } of replicas) {
    await gateway.stop()
    await removeDataDir(gateway.dataDir)
  }
})
for (const port of ports) replicas.push(await startReplica(port))
const balancer = await startBalancer(folder, balancerPort, ports)
undo.defer(() => balancer.stop())

const owner = new Sallyport({ url, token: ownerToken })
await connectLedger(owner, upstream)
const agent = new Sallyport({ url, token: (await owner.tokens.create({ name: 'agent', role: 'member' })).token })
await owner.connectors.create({
  connector: 'limited',
  name: 'Limited',
  servers: { production: { url: limited.url } },
  limits: { per_minute: perMinute, retries: 0 },
  actions: { look: { method: 'GET', path: '/look' } },
})
await owner.connections.create({ connector: 'limited', name: 'Main' })
await owner.connectors.create(connectorOf('signed', tokens))
await owner.oauthApps.create({ connector: 'signed', client_id: tokens.clientId, client_secret: tokens.clientSecret })
const { id: signedId, oauth_url } = await owner.connections.create({ connector: 'signed' })
if (!(await fetch(tokens.consent(oauth_url ?? ''))).ok) throw new Error('The consent did not arrive.')

const allReady = async () => {
  const answers = replicas.map(({ port }) =>
    fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return (await Promise.all(answers)).every(Boolean)
}

async function happen(event: (typeof events)[number]): Promise<void> {
  const victim = replicas[Math.floor(random() * replicas.length)] as Replica
  const how = random() < 0.5 ? 'refuses' : 'silent'
  switch (event) {
    case 'kill': {
      const ended = new Promise((resolve) => victim.gateway.process.once('exit', resolve))
      victim.gateway.process.kill('SIGKILL')
      await ended
      await delay(random() * 500)
      return restart(victim)
    }
    case 'roll':
      for (const replica of replicas) {
        await replica.gateway.stop()
        await restart(replica)
      }
      return
    case 'cut from the database':
    case 'cut from redis': {
      const cable = event === 'cut from redis' ? victim.toRedis : victim.toDatabase
      cable.cut(how)
      await delay(500 + random() * 4_000)
      cable.mend()
    }
  }
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

/** Many calls at once, on all gateways, when the access token has ended: answers how often it was renewed. */
async function renewals(): Promise<{ count: number; failed: number }> {
  tokens.expireTokens()
  await database.admin.query(
    `update sallyport.upstream_grants set expires_at = clock_timestamp() - interval '1 second'
     where id = (select grant_id from sallyport.connections where id = $1)`,
    [signedId],
  )
  const before = tokens.requests.length
  const calls = Array.from({ length: together }, () => agent.calls.create({ connector: 'signed', action: 'read', input: {} }))
  const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length
  return { count: tokens.requests.length - before, failed }
}

const hammering = new AbortController()
const hammer = (async () => {
  while (!hammering.signal.aborted) {
    await agent.calls.create({ connector: 'limited', action: 'look', input: {} }).catch(() => {})
    await delay(100)
  }
})()

const totals = { reads: 0, turnedAway: 0, turnedAwayWhileRolling: 0, writes: 0, acknowledged: 0, unanswered: 0 }
const happened = new Map<string, number>()
const violations: string[] = []
let longest = 0
let renewed = 0
const began = Date.now()
let round = 0
for (; round < options.rounds && Date.now() < began + options.minutes * 60_000; round++) {
  const since = new Date(Date.now() - 1_000).toISOString()
  const event = events[Math.floor(random() * events.length)] ?? 'kill'
  upstream.seen.length = 0
  const load = startLoad({ agent, approver: owner }, random, { workers: options.workers, pauseMs: options.pause })
  await delay(300 + random() * 1_000)
  await happen(event)
  const mended = performance.now()
  while (!(await allReady())) {
    if (performance.now() - mended > recoveryMs) throw new Error(`a gateway is not ready ${recoveryMs / 1000} s after: ${event}`)
    await delay(50)
  }
  longest = Math.max(longest, performance.now() - mended)
  await delay(500)
  await load.stop()

  const { told } = load
  const log = await readLog(owner, since)
  const wrong = violationsOf(told, log, counts(), true)
  wrong.push(...(await repeatAll({ agent, approver: owner }, told)))
  for (const [number, count] of counts())
    if (count > 1) wrong.push(`${number} reached the API ${count} times after its repetition`)
  const { count, failed } = await renewals()
  renewed += count
  if (count !== 1 || failed > 0) wrong.push(`${count} renewals for one ended token, ${failed} of ${together} calls failed`)
  violations.push(...wrong.map((text) => `round ${round + 1} (${event}): ${text}`))

  const writes = [...told.writes.values()]
  totals.reads += told.reads.length
  totals.turnedAway += told.turnedAway
  if (event === 'roll') totals.turnedAwayWhileRolling += told.turnedAway
  totals.writes += writes.length
  totals.acknowledged += writes.filter((write) => write.acknowledged.length > 0 || write.approved === 'ran').length
  totals.unanswered += writes.filter((w) => w.acknowledged.length + w.problems.length === 0 && w.approval === null).length
  happened.set(event, (happened.get(event) ?? 0) + 1)
  console.log(
    `round ${round + 1}: ${event}; ${told.reads.length} reads, ${told.turnedAway} turned away, ${writes.length} writes; ${wrong.length} violations`,
  )
  for (const text of wrong) console.log(`  ${text}`)
}
hammering.abort()
await hammer
const most = mostWithin(limitedAt, 60_000 - latenessMs)
if (most > perMinute) violations.push(`${most} calls within ${60 - latenessMs / 1000} s, and the limit is ${perMinute} a minute`)
const audit = await auditProblems(owner)
violations.push(...audit.problems.map((text) => `audit log: ${text}`))
const minutes = (Date.now() - began) / 60_000

console.log(`
${round} rounds in ${minutes.toFixed(1)} min, seed ${options.seed}, ${options.workers} workers, ${availableParallelism()} processors
happened: ${[...happened].map(([event, count]) => `${count} ${event}`).join(', ')}
answered reads ${totals.reads}, turned away ${totals.turnedAway} (${totals.turnedAwayWhileRolling} while rolling); writes ${totals.writes}, acknowledged ${totals.acknowledged}, without an answer ${totals.unanswered}
longest until all were ready again: ${(longest / 1000).toFixed(1)} s
limit of ${perMinute} a minute: at most ${most} within ${60 - latenessMs / 1000} s, ${limitedAt.length} in all
renewals: ${renewed} for ${round} ended tokens with ${together} calls each
entries of the audit log, verified from the first to the last: ${audit.entries}
violations: ${violations.length}`)
for (const text of violations) console.log(`  ${text}`)
process.exitCode = violations.length === 0 ? 0 : 1
