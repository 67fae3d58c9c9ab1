import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { prelude } from '../gateway/src/call/executors/script/prelude.ts'
import { createSandbox } from '../gateway/src/sandbox/sandbox.ts'
import { type HostFunctions, type Sandbox, type SandboxJob, usualLimits } from '../gateway/src/sandbox/types.ts'
import { attackedHost, contained, endless } from '../gateway/test/support/attacks.ts'
import { bareRuntime } from './bare-runtime.ts'
import { type Figures, median, round } from './report.ts'

const source = `function main() {
  const words = floh.params.text.split(' ').map((word) => word.toUpperCase());
  return { success: true, payload: { words, count: words.length } };
}
function ask() { return { payload: floh.http.get(floh.config.url).body } }`

/** Runs are counted in rounds of this many, one of each subject in turn. */
const perRound = 500

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/**
 * Scripts on a warm thread, beside the same script in a bare fresh runtime of the engine: what a run costs, what a request costs
 * more than without a script, whether memory grows, and how late attacks are ended. `--runs=100000` for longer.
 */
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
  const run = async (entry: string) => {
    const { result } = await sandbox.run({ ...job, entry }, host)
    if (result.kind === 'failed') throw result.error
  }
  const wasm = createRequire(import.meta.resolve('../gateway/src/sandbox/sandbox.ts')).resolve(
    '@jitl/quickjs-wasmfile-release-sync/wasm',
  )
  const bare = await bareRuntime(await readFile(wasm), `const floh = ${data};\n${source}\nJSON.stringify(main())`)
  try {
    for (let i = 0; i < 1_000; i++) await run('main')
    for (let i = 0; i < 1_000; i++) bare()
    const before = process.memoryUsage().rss
    const times: number[] = []
    const [ours, theirs]: [number[], number[]] = [[], []]
    const started = performance.now()
    let bareMs = 0
    for (let done = 0; done < runs; done += perRound) {
      ours.push(
        await processorMs(async () => {
          for (let i = 0; i < perRound; i++) times.push(await timed(() => run('main')))
        }),
      )
      bareMs += await timed(async () =>
        theirs.push(
          await processorMs(() => {
            for (let i = 0; i < perRound; i++) bare()
          }),
        ),
      )
    }
    const ms = performance.now() - started - bareMs
    const grown = process.memoryUsage().rss - before
    say(`${times.length} runs in ${round(ms / 1000)} s, each in a fresh runtime`)
    const alone: number[] = []
    const asked: number[] = []
    for (let i = 0; i < 1_000; i++) {
      alone.push(await timed(direct))
      asked.push((await timed(() => run('ask'))) - (await timed(() => run('main'))))
    }
    const late = await attack(sandbox, say)
    const sorted = times.toSorted((a, b) => a - b)
    return {
      runs: times.length,
      runs_per_second: round((times.length * 1000) / ms, 0),
      runs_per_cpu_second: round((perRound * 1000) / median(ours), 0),
      bare_runtimes_per_cpu_second: round((perRound * 1000) / median(theirs), 0),
      processor_time_ratio: round(median(ours) / median(theirs)),
      p50_ms: round(median(times), 3),
      p99_ms: round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, 3),
      host_call_added_ms: round(median(asked) - median(alone), 3),
      memory_grown_mb: round(grown / 1024 / 1024, 1),
      ...late,
    }
  } finally {
    await sandbox.close()
    server.close()
  }
}

/** How often each attack is made. */
const attempts = 5
const deadlineMs = 400

/**
 * How much later than their deadlines attacks have ended, at worst and in the median, and how late a timer set at the same moment
 * was: what the machine's other work costs.
 */
async function attack(sandbox: Sandbox, say: (line: string) => void): Promise<Figures> {
  const limits = { ...usualLimits, totalMs: deadlineMs, computeMs: deadlineMs }
  const bodies = [...Object.entries(endless), ...Object.entries(contained).map(([name, [body]]) => [name, body] as const)]
  const timersLate: number[] = []
  const late: { readonly name: string; readonly ms: number }[] = []
  for (const [name, body] of bodies) {
    const job: SandboxJob = {
      prelude: `(host) => { globalThis.host = host; globalThis.log = (message) => host('log', 'info', message) }`,
      data: '{}',
      source: body.startsWith('!') ? body.slice(1) : `function main() { ${body} }`,
      ...{ module: body.startsWith('!import'), entry: 'main', limits },
    }
    for (let i = 0; i < attempts; i++) {
      // So that a thread is there before the clock runs.
      await sandbox.run({ ...job, source: 'function main() {}', module: false }, {})
      const timer = timed(() => delay(deadlineMs))
      const ms = await timed(async () => {
        const { result } = await sandbox.run(job, attackedHost)
        if (result.kind === 'returned') throw new Error(`It was not contained: ${name}`)
      })
      late.push({ name, ms: Math.max(0, ms - deadlineMs) })
      timersLate.push((await timer) - deadlineMs)
    }
  }
  const latest = late.toSorted((a, b) => b.ms - a.ms)
  say(`${late.length} attacks; the latest: ${latest[0]?.name}`)
  const ended = latest.filter(({ ms }) => ms > 0).map(({ ms }) => ms)
  return {
    attacks: late.length,
    attack_late_p50_ms: round(median(ended), 1),
    attack_late_worst_ms: round(ended[0] ?? 0, 1),
    timer_late_p50_ms: round(median(timersLate), 1),
    timer_late_worst_ms: round(Math.max(...timersLate), 1),
  }
}
