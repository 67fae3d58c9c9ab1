import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { releaseGateway } from '../scripts/release.ts'
import { newOwnerToken, prepare, startSubject } from './governed.ts'
import type { Target } from './load.ts'
import { cpuUs, residentMb, serve } from './processes.ts'
import { type Figures, median, round } from './report.ts'

const rounds = 5
const idleMs = 3000

async function call({ url, headers, body }: Target): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  if (!response.ok) throw new Error(`The call failed: ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

/** From the start of the process to the first answered call, on a used data directory, and the memory of the idle gateway: of the source and of a release. */
export async function benchStart(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const upstream = await serve('upstream.ts')
  try {
    const ownerToken = newOwnerToken()
    say('first start, on an empty data directory')
    const firstStarted = performance.now()
    const first = await startSubject(folder, ownerToken)
    const firstMs = performance.now() - firstStarted
    const target = await prepare(first, ownerToken, upstream.url).finally(first.stop)
    const { port } = new URL(target.url)

    const measure = async (what: string, cli?: string) => {
      const measured = { startMs: [] as number[], cpuMs: [] as number[], idleMb: [] as number[] }
      for (let count = 1; count <= rounds; count++) {
        say(`${what}: start ${count} of ${rounds}`)
        const started = performance.now()
        const gateway = await startSubject(folder, ownerToken, cli)
        try {
          await call({ ...target, url: target.url.replace(`:${port}/`, `:${new URL(gateway.url).port}/`) })
          measured.startMs.push(performance.now() - started)
          measured.cpuMs.push(cpuUs(gateway.pid) / 1000)
          await delay(idleMs)
          measured.idleMb.push(residentMb(gateway.pid))
        } finally {
          await gateway.stop()
        }
      }
      return measured
    }
    const { startMs, cpuMs, idleMb } = await measure('source')
    say('making the release')
    const home = join(import.meta.dirname, '../dist/bench')
    await releaseGateway(home)
    const release = await measure('release', join(home, 'bin/sallyport.js'))
    return {
      start_ms: Math.round(median(startMs)),
      start_ms_max: Math.round(Math.max(...startMs)),
      start_cpu_ms: Math.round(median(cpuMs)),
      first_start_ms: Math.round(firstMs),
      idle_rss_mb: round(median(idleMb), 1),
      idle_rss_mb_max: round(Math.max(...idleMb), 1),
      release_start_ms: Math.round(median(release.startMs)),
      release_start_cpu_ms: Math.round(median(release.cpuMs)),
      release_idle_rss_mb: round(median(release.idleMb), 1),
    }
  } finally {
    await upstream.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
