/**
 * Mixed load for a long time, while memory, files, sockets and timers of the gateway are watched: none may grow once the first
 * third of the time is over.
 *
 *     npm run test:soak -- [--minutes 30] [--workers 4] [--pause 60] [--seed N]
 */
import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type Sallyport, SallyportProblem } from '@sallyport/sdk'
import { CountingUpstream, connectLedger } from '../support/counting-upstream.ts'
import { removeDataDir, startGatewayProcess } from '../support/gateway.ts'
import { numbersFrom, randomFrom } from './options.ts'
import { line, lows, type Point } from './slope.ts'
import type { InsideSample } from './soak-sampler.ts'

const options = numbersFrom({ minutes: 30, workers: 4, pause: 60, seed: 1 })
const random = randomFrom(options.seed)
const everyMs = 2_000
/** Heap and resident memory swing with each collection of garbage; their lows in such stretches are compared. */
const stretchMinutes = Math.max(0.25, options.minutes / 60)

const samplesFile = join(tmpdir(), `sallyport-soak-${process.pid}.jsonl`)
const upstream = await new CountingUpstream().start()
upstream.behave = (_request, response) => {
  // What was seen is not looked at here, and must not grow either.
  upstream.seen.length = 0
  const dice = random()
  const answer = () => {
    if (dice < 0.02) response.destroy()
    else if (dice < 0.04) response.writeHead(503).end()
    else if (dice < 0.06) response.writeHead(429, { 'retry-after': '0' }).end()
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: true, filler: 'x'.repeat(dice * 4_000) }))
  }
  if (dice > 0.995) return // Never answers: the deadline of the call ends it.
  setTimeout(answer, random() * 40)
}

const gateway = await startGatewayProcess({
  env: {
    SALLYPORT_LOG_LEVEL: 'error',
    SOAK_SAMPLES: samplesFile,
    NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'soak-sampler.ts')).href}`,
  },
})
const owner = gateway.client()
await connectLedger(owner, upstream, { limits: { per_minute: 1_000_000, timeout_ms: 2_000, retries: 2 } })
const agentToken = (await owner.tokens.create({ name: 'agent', role: 'member' })).token
const agent = gateway.client(agentToken)

const ends = new Map<string, number>()
const note = (end: string) => ends.set(end, (ends.get(end) ?? 0) + 1)
let last = 0

async function overMcp(): Promise<void> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const params = { name: 'ledger_look', arguments: {}, _meta: meta }
  await fetch(`${gateway.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${agentToken}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': params.name,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  }).then((response) => response.text())
}

/** A session of a client of the older protocol, from its beginning to its end. */
async function mcpSession(): Promise<void> {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'soak', version: '1' } }
  const headers = {
    authorization: `Bearer ${agentToken}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })
  const opened = await fetch(`${gateway.url}/mcp`, { method: 'POST', headers, body })
  await opened.text()
  const session = { ...headers, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' }
  await fetch(`${gateway.url}/mcp`, { method: 'DELETE', headers: session }).then((response) => response.text())
}

async function approval(by: Sallyport): Promise<void> {
  const waiting = await agent.calls.create({ connector: 'ledger', action: 'pay_asked', input: { amount: ++last } })
  if ('approval' in waiting) await by.approvals.approve(waiting.approval.id)
}

const things: readonly [share: number, name: string, act: () => Promise<unknown>][] = [
  [40, 'read', () => agent.calls.create({ connector: 'ledger', action: 'look' })],
  [
    20,
    'write',
    () => agent.calls.create({ connector: 'ledger', action: 'pay', input: { amount: ++last }, idempotency_key: `soak-${last}` }),
  ],
  [8, 'wrong input', () => agent.calls.create({ connector: 'ledger', action: 'pay', input: { amount: 'many' } })],
  [4, 'unknown action', () => agent.calls.create({ connector: 'ledger', action: `none_${last % 50}` })],
  [8, 'MCP call', overMcp],
  [1, 'MCP session', mcpSession],
  [6, 'approval', () => approval(owner)],
  [6, 'listing', () => owner.calls.list({ limit: 50 })],
  [4, 'tools', () => agent.tools.list({ limit: 50 })],
  [2, 'unknown token', () => gateway.client(`sp_${'x'.repeat(30)}${last}`).tools.list()],
  [1, 'token made and revoked', async () => owner.tokens.revoke((await owner.tokens.create({ name: 'short' })).id)],
]
/** Each as often as its share says. */
const drawn = things.flatMap(([share, name, act]) => Array.from({ length: share }, () => ({ name, act })))

async function work(stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const thing = drawn[Math.floor(random() * drawn.length)]
    if (thing === undefined) return
    const { name, act } = thing
    try {
      await act()
      note(`${name}: answered`)
    } catch (error) {
      note(`${name}: ${error instanceof SallyportProblem ? error.code : 'no answer'}`)
    }
    await delay(random() * options.pause * 2)
  }
}

const measures = ['resident memory', 'heap', 'external memory', 'files', 'sockets', 'timers', 'handles'] as const
type Measure = (typeof measures)[number]
const points = Object.fromEntries(measures.map((name) => [name, [] as Point[]])) as Record<Measure, Point[]>
const began = Date.now()
const add = (name: Measure, value: number, when = Date.now()) => points[name].push({ at: (when - began) / 60_000, value })

async function sample(): Promise<void> {
  const folder = `/proc/${gateway.process.pid}`
  const status = await readFile(`${folder}/status`, 'utf8')
  add('resident memory', Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1]) / 1024)
  const files = await readdir(`${folder}/fd`)
  const links = await Promise.all(files.map((name) => readlink(`${folder}/fd/${name}`).catch(() => '')))
  add('files', files.length)
  add('sockets', links.filter((link) => link.startsWith('socket:')).length)
}

const stop = new AbortController()
const working = Promise.all(Array.from({ length: options.workers }, () => work(stop.signal)))
while (Date.now() - began < options.minutes * 60_000) {
  await sample()
  await delay(everyMs)
}
stop.abort()
await working
const seconds = (Date.now() - began) / 1000
await gateway.stop()
await upstream.stop()
await removeDataDir(gateway.dataDir)
for (const text of (await readFile(samplesFile, 'utf8')).trim().split('\n')) {
  const inside = JSON.parse(text) as InsideSample
  if (inside.at < began) continue
  add('heap', inside.heapUsed / 2 ** 20, inside.at)
  add('external memory', inside.external / 2 ** 20, inside.at)
  add('timers', inside.timers, inside.at)
  add('handles', inside.handles, inside.at)
}
await rm(samplesFile, { force: true })

/** Growth over the last two thirds that is no noise, in parts of the mean and in the unit itself. */
const allowed: Readonly<Record<Measure, { readonly share: number; readonly units: number }>> = {
  'resident memory': { share: 0.05, units: 8 },
  heap: { share: 0.05, units: 3 },
  'external memory': { share: 0.1, units: 2 },
  files: { share: 0.05, units: 3 },
  sockets: { share: 0.05, units: 3 },
  timers: { share: 0.1, units: 4 },
  handles: { share: 0.1, units: 4 },
}

const from = options.minutes / 3
let grown = 0
console.log(`
${(seconds / 60).toFixed(1)} minutes, ${[...ends.values()].reduce((sum, count) => sum + count, 0)} requests by ${options.workers} workers, seed ${options.seed}, ${availableParallelism()} processors`)
for (const [end, count] of [...ends].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${end}: ${count}`)
console.log(`\n| after the first third | mean | growth | verdict |\n| --- | --- | --- | --- |`)
for (const name of measures) {
  const later = points[name].filter(({ at }) => at >= from)
  const { perMinute, mean } = line(
    ['resident memory', 'heap', 'external memory'].includes(name) ? lows(later, stretchMinutes) : later,
  )
  const growth = perMinute * (options.minutes - from)
  const { share, units } = allowed[name]
  const grows = growth > units && growth > mean * share
  if (grows) grown++
  const unit = ['resident memory', 'heap', 'external memory'].includes(name) ? ' MB' : ''
  console.log(`| ${name} | ${mean.toFixed(1)}${unit} | ${growth.toFixed(1)}${unit} | ${grows ? 'grows' : 'level'} |`)
}
process.exitCode = grown === 0 ? 0 : 1
