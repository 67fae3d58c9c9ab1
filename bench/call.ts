import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../scripts/gateway-process.ts'
import { input, newOwnerToken, prepare, startSubject } from './governed.ts'
import { load, type Target } from './load.ts'
import { startNginx } from './nginx.ts'
import { cpuUs, descendantsCpuUs, pin, residentMb, serve } from './processes.ts'
import { type Figures, median, round } from './report.ts'

const rounds = 7
/** Until the optimising compiler of V8 has seen to all of the longest path, the gateway's; three seconds measured a quarter dearer. */
const warmUpSeconds = 15
const seconds = 2
const levels = [1, 16, 64] as const
type Level = (typeof levels)[number]

interface Sample {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Microseconds of processor time for each call. */
  readonly cpu: number
  readonly database: number
}

interface Subject {
  readonly name: string
  readonly target: Target
  readonly pid: number
  readonly samples: Readonly<Record<Level, Sample[]>>
}

const subject = (name: string, target: Target, pid: number): Subject => ({
  name,
  target,
  pid,
  samples: { 1: [], 16: [], 64: [] },
})

async function measure({ target, pid, samples }: Subject, level: Level): Promise<void> {
  const [cpuBefore, databaseBefore] = [cpuUs(pid), descendantsCpuUs(pid)]
  const { calls, perSecond, p50Ms, p99Ms } = await load(target, level, seconds)
  const [cpu, database] = [(cpuUs(pid) - cpuBefore) / calls, (descendantsCpuUs(pid) - databaseBefore) / calls]
  samples[level].push({ perSecond, p50: p50Ms, p99: p99Ms, cpu, database })
}

const middle = (of: Subject, level: Level, figure: keyof Sample) => median(of.samples[level].map((sample) => sample[figure]))

function table(subjects: readonly Subject[], direct: Subject): string[] {
  const head = [
    '',
    ...levels.flatMap((level) => [`${level}: calls/s`, 'added p50 ms', 'added p99 ms']),
    'CPU us/call',
    'memory MB',
  ]
  const rows = subjects.map((each) => [
    each.name,
    ...levels.flatMap((level) => [
      String(Math.round(middle(each, level, 'perSecond'))),
      (middle(each, level, 'p50') - middle(direct, level, 'p50')).toFixed(2),
      (middle(each, level, 'p99') - middle(direct, level, 'p99')).toFixed(2),
    ]),
    middle(each, 64, 'cpu').toFixed(1),
    residentMb(each.pid).toFixed(0),
  ])
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`)
}

/**
 * What a governed call costs over a bare Node proxy that only injects a header, over nginx that does so, and over a direct
 * call: the same request to the same API at 1, 16 and 64 connections, each subject alone on core 1, rounds interleaved, medians.
 */
export async function benchCall(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const cleanUps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const upstream = await serve('upstream.ts')
    cleanUps.push(upstream.stop)
    const bareProxy = await serve('bare-proxy.ts', upstream.url)
    cleanUps.push(bareProxy.stop)
    const nginx = await startNginx(folder, await freePort(18_180), upstream.url)
    if (nginx !== null) cleanUps.push(nginx.stop)
    const ownerToken = newOwnerToken()
    const gateway = await startSubject(folder, ownerToken)
    cleanUps.push(gateway.stop)

    const body = JSON.stringify({ query: input.query, limit: input.limit, filter: { tag: input.tag } })
    const direct = subject('direct', { url: upstream.url, headers: { 'x-api-key': 'bench-key' }, body }, upstream.pid)
    const bare = subject('bare proxy', { url: bareProxy.url, headers: {}, body }, bareProxy.pid)
    const governed = subject('sallyport', await prepare(gateway, ownerToken, upstream.url), gateway.pid)
    const proxies = nginx === null ? [] : [subject('nginx', { url: nginx.url, headers: {}, body }, nginx.pid)]
    const subjects = [direct, ...proxies, bare, governed]
    const pinned = [pin(process.pid, 0), ...subjects.map(({ pid }) => pin(pid, pid === upstream.pid ? 0 : 1))].every(Boolean)

    for (const { name, target } of subjects) {
      say(`warming up: ${name}`)
      await load(target, 64, warmUpSeconds)
    }
    for (let count = 1; count <= rounds; count++) {
      say(`round ${count} of ${rounds}`)
      for (const level of levels) for (const each of subjects) await measure(each, level)
    }
    for (const line of table(subjects, direct)) say(line)

    const ratio = (figure: keyof Sample, level: Level) => round(middle(governed, level, figure) / middle(bare, level, figure))
    const added = (of: Subject) => middle(of, 1, 'p50') - middle(direct, 1, 'p50')
    const [memory, bareMemory] = [residentMb(governed.pid), residentMb(bare.pid)]
    return {
      cpu_ratio: ratio('cpu', 64),
      throughput_ratio: ratio('perSecond', 64),
      p50_added_ratio: round(added(governed) / added(bare)),
      memory_ratio: round(memory / bareMemory),
      p50_added_ms: round(added(governed)),
      bare_p50_added_ms: round(added(bare)),
      cpu_us: round(middle(governed, 64, 'cpu'), 1),
      bare_cpu_us: round(middle(bare, 64, 'cpu'), 1),
      database_cpu_us: round(middle(governed, 64, 'database'), 1),
      calls_per_second: Math.round(middle(governed, 64, 'perSecond')),
      bare_calls_per_second: Math.round(middle(bare, 64, 'perSecond')),
      memory_mb: Math.round(memory),
      bare_memory_mb: Math.round(bareMemory),
      pinned,
    }
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  }
}
