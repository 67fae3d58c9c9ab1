import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { prelude } from '../gateway/src/call/executors/script/prelude.ts'
import { createSandbox } from '../gateway/src/sandbox/sandbox.ts'
import { type HostFunctions, usualLimits } from '../gateway/src/sandbox/types.ts'
import { type Figures, median, round } from './report.ts'

const source = `function main() {
  const words = floh.params.text.split(' ').map((word) => word.toUpperCase());
  return { success: true, payload: { words, count: words.length } };
}
function ask() { return { payload: floh.http.get(floh.config.url).body } }`

/** Scripts on a warm thread: how many a second, what a request costs more than without a script, whether memory grows. `--runs=100000` for longer. */
export async function benchSandbox(say: (line: string) => void, args: readonly string[]): Promise<Figures> {
  const runs = Number(args.find((arg) => arg.startsWith('--runs='))?.slice('--runs='.length) ?? 10_000)
  const server = createServer((_request, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const sandbox = createSandbox({ threads: 1 })
  const data = JSON.stringify({ config: { url }, params: { text: 'a small script on a warm thread' }, variables: {} })
  const direct = async () => ({ status: 200, body: await (await request(url)).body.json() })
  const host: HostFunctions = { http: direct }
  const job = { prelude, data, source, module: false, limits: usualLimits }
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
  const run = async (entry: string) => {
    const { result } = await sandbox.run({ ...job, entry }, host)
    if (result.kind === 'failed') throw result.error
  }
  try {
    for (let i = 0; i < 1_000; i++) await run('main')
    const before = process.memoryUsage().rss
    const cpu = process.cpuUsage()
    const started = performance.now()
    const times: number[] = []
    for (let i = 0; i < runs; i++) times.push(await timed(() => run('main')))
    const ms = performance.now() - started
    const { user, system } = process.cpuUsage(cpu)
    const grown = process.memoryUsage().rss - before
    say(`${runs} runs in ${round(ms / 1000)} s, each in a fresh runtime`)
    const bare: number[] = []
    const asked: number[] = []
    for (let i = 0; i < 1_000; i++) {
      bare.push(await timed(direct))
      asked.push((await timed(() => run('ask'))) - (await timed(() => run('main'))))
    }
    const sorted = times.toSorted((a, b) => a - b)
    return {
      runs,
      runs_per_second: round((runs * 1000) / ms, 0),
      runs_per_cpu_second: round((runs * 1_000_000) / (user + system), 0),
      p50_ms: round(median(times), 3),
      p99_ms: round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, 3),
      host_call_added_ms: round(median(asked) - median(bare), 3),
      memory_grown_mb: round(grown / 1024 / 1024, 1),
    }
  } finally {
    await sandbox.close()
    server.close()
  }
}
