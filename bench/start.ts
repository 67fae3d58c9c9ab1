import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newOwnerToken, prepare, startSubject } from './governed.ts'
import type { Target } from './load.ts'
import { residentMb, serve } from './processes.ts'
import { type Figures, median, round } from './report.ts'

const rounds = 5
const idleMs = 3000

async function call({ url, headers, body }: Target): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  if (!response.ok) throw new Error(`The call failed: ${response.status} ${await response.text()}`)
  await response.arrayBuffer()
}

/** From the start of the process to the first answered call, on a used data directory, and the memory of the idle gateway. */
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

    const startMs: number[] = []
    const idleMb: number[] = []
    for (let count = 1; count <= rounds; count++) {
      say(`start ${count} of ${rounds}`)
      const started = performance.now()
      const gateway = await startSubject(folder, ownerToken)
      try {
        await call({ ...target, url: target.url.replace(`:${port}/`, `:${new URL(gateway.url).port}/`) })
        startMs.push(performance.now() - started)
        await delay(idleMs)
        idleMb.push(residentMb(gateway.pid))
      } finally {
        await gateway.stop()
      }
    }
    return {
      start_ms: Math.round(median(startMs)),
      start_ms_max: Math.round(Math.max(...startMs)),
      first_start_ms: Math.round(firstMs),
      idle_rss_mb: round(median(idleMb), 1),
      idle_rss_mb_max: round(Math.max(...idleMb), 1),
    }
  } finally {
    await upstream.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
