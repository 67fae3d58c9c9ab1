import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newOwnerToken, startSubject } from './governed.ts'
import { type Figures, median, round } from './report.ts'

const repetitions = 200
/** The largest page of the whole catalog, words to find, and the same among the public documents. */
const asked = {
  page: '?limit=200',
  search: '?search=calendar',
  category: '?category=crm',
  all: '?source=all&search=payments&limit=200',
}

/** How long `GET /connectors` takes with the whole catalog, from the request to the last byte, one at a time. */
export async function benchCatalog(say: (line: string) => void): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const token = newOwnerToken()
  const gateway = await startSubject(folder, token)
  try {
    const figures: Record<string, number> = {}
    for (const [name, query] of Object.entries(asked)) {
      const ms: number[] = []
      for (let count = 0; count < repetitions; count++) {
        const started = performance.now()
        const response = await fetch(`${gateway.url}/api/v1/connectors${query}`, {
          headers: { authorization: `Bearer ${token}` },
        })
        if (!response.ok) throw new Error(`The list failed: ${response.status} ${await response.text()}`)
        await response.arrayBuffer()
        ms.push(performance.now() - started)
      }
      say(`${name}: first ${round(ms[0] ?? 0, 1)} ms`)
      figures[`${name}_first_ms`] = round(ms[0] ?? 0, 1)
      figures[`${name}_p50_ms`] = round(median(ms))
      figures[`${name}_p99_ms`] = round(ms.toSorted((a, b) => a - b)[Math.floor(repetitions * 0.99)] ?? 0)
    }
    return figures
  } finally {
    await gateway.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
