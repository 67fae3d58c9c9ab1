import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { input, newOwnerToken, prepare, startSubject } from './governed.ts'
import { load, type Target } from './load.ts'
import { cpuUs, descendantsCpuUs, pin, residentMb, serve } from './processes.ts'
import { type Figures, median, round } from './report.ts'

const rounds = 5
const warmUpSeconds = 3
const seconds = 2
const busy = 64
const several = 16

interface Subject {
  readonly target: Target
  readonly pid: number
  readonly samples: { cpu: number[]; database: number[]; perSecond: number[]; p99: number[]; p50Alone: number[] }
}

const subject = (target: Target, pid: number): Subject => ({
  target,
  pid,
  samples: { cpu: [], database: [], perSecond: [], p99: [], p50Alone: [] },
})

async function measure({ target, pid, samples }: Subject): Promise<void> {
  const [before, databaseBefore] = [cpuUs(pid), descendantsCpuUs(pid)]
  const saturated = await load(target, busy, seconds)
  samples.cpu.push((cpuUs(pid) - before) / saturated.calls)
  samples.database.push((descendantsCpuUs(pid) - databaseBefore) / saturated.calls)
  samples.perSecond.push(saturated.perSecond)
  samples.p99.push((await load(target, several, seconds)).p99Ms)
  samples.p50Alone.push((await load(target, 1, seconds / 2)).p50Ms)
}

/**
 * What a governed call costs over a bare Node proxy that only injects a header: the same request to the same API, each
 * subject alone on core 1, rounds interleaved, medians.
 */
export async function benchCall(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const cleanUps: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    const upstream = await serve('upstream.ts')
    cleanUps.push(upstream.stop)
    const bareProxy = await serve('bare-proxy.ts', upstream.url)
    cleanUps.push(bareProxy.stop)
    const ownerToken = newOwnerToken()
    const gateway = await startSubject(folder, ownerToken)
    cleanUps.push(gateway.stop)

    const body = JSON.stringify({ query: input.query, limit: input.limit, filter: { tag: input.tag } })
    const direct = { url: upstream.url, headers: { 'x-api-key': 'bench-key' }, body }
    const bare = subject({ url: bareProxy.url, headers: {}, body }, bareProxy.pid)
    const governed = subject(await prepare(gateway, ownerToken, upstream.url), gateway.pid)
    const pinned = [pin(process.pid, 0), pin(upstream.pid, 0), pin(bare.pid, 1), pin(governed.pid, 1)].every(Boolean)

    for (const { target } of [bare, governed]) await load(target, busy, warmUpSeconds)
    const directP50: number[] = []
    for (let count = 1; count <= rounds; count++) {
      say(`round ${count} of ${rounds}`)
      directP50.push((await load(direct, 1, seconds / 2)).p50Ms)
      await measure(bare)
      await measure(governed)
    }

    const alone = median(directP50)
    const figures = (of: Subject) => ({
      cpu: median(of.samples.cpu),
      database: median(of.samples.database),
      perSecond: median(of.samples.perSecond),
      p99: median(of.samples.p99),
      added: median(of.samples.p50Alone) - alone,
    })
    const [b, g] = [figures(bare), figures(governed)]
    return {
      cpu_ratio: round(g.cpu / b.cpu),
      throughput_ratio: round(g.perSecond / b.perSecond),
      p50_added_ms: round(g.added),
      bare_p50_added_ms: round(b.added),
      p99_added_ms: round(g.p99 - b.p99),
      cpu_us: round(g.cpu, 1),
      bare_cpu_us: round(b.cpu, 1),
      database_cpu_us: round(g.database, 1),
      calls_per_second: Math.round(g.perSecond),
      bare_calls_per_second: Math.round(b.perSecond),
      rss_mb: Math.round(residentMb(governed.pid)),
      bare_rss_mb: Math.round(residentMb(bare.pid)),
      pinned,
    }
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp()
  }
}
