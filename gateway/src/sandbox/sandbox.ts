import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { SallyportError } from '../errors.ts'
import { Thread } from './thread.ts'
import type { Sandbox } from './types.ts'

/**
 * A script that waits for an API keeps its thread, so there are more threads than cores. Each is started when it is needed, and
 * ended after this long without work.
 */
const threadsPerCore = 4
const restMs = 60_000
/** Runs that wait for a thread; more are refused. */
const usualWaiting = 200

interface Options {
  readonly threads?: number
  readonly maxWaiting?: number
}

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')

/** Starts nothing before the first run. */
export function createSandbox({
  threads = availableParallelism() * threadsPerCore,
  maxWaiting = usualWaiting,
}: Options = {}): Sandbox {
  let compiled: Promise<WebAssembly.Module> | undefined
  let closed = false
  /** Threads at work, starting or idle. */
  const alive = new Set<Thread>()
  let taken = 0
  const idle: { readonly thread: Thread; readonly timer: NodeJS.Timeout }[] = []
  const waiting: (() => void)[] = []

  async function start(prelude: string | null): Promise<Thread> {
    compiled ??= readFile(wasmFile).then((bytes) => WebAssembly.compile(new Uint8Array(bytes)))
    const thread = new Thread(await compiled, prelude)
    alive.add(thread)
    await thread.ready
    return thread
  }

  function refused(detail: string): SallyportError {
    return new SallyportError('UNAVAILABLE', { detail, retryAfterSeconds: 5 })
  }

  async function take(prelude: string | null): Promise<Thread> {
    if (closed) throw refused('The gateway is stopping.')
    if (taken >= threads) {
      if (waiting.length >= maxWaiting) throw refused('Too many scripts are under way.')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else taken += 1
    // The one that worked last: the others may rest, and end.
    for (let rested = idle.pop(); rested !== undefined; rested = idle.pop()) {
      clearTimeout(rested.timer)
      if (!rested.thread.dead) return rested.thread
    }
    try {
      return await start(prelude)
    } catch (error) {
      leave()
      throw error
    }
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) taken -= 1
    else next()
  }

  function giveBack(thread: Thread): void {
    if (thread.dead) alive.delete(thread)
    else {
      const end = () => {
        idle.splice(
          idle.findIndex((each) => each.thread === thread),
          1,
        )
        alive.delete(thread)
        thread.kill()
      }
      idle.push({ thread, timer: setTimeout(end, restMs).unref() })
    }
    leave()
  }

  async function withThread<T>(prelude: string | null, use: (thread: Thread) => Promise<T>): Promise<T> {
    const thread = await take(prelude)
    try {
      return await use(thread)
    } finally {
      giveBack(thread)
    }
  }

  return {
    run: (job, host) => withThread(job.prelude, (thread) => thread.run(job, host)),
    stripTypes: (source) => withThread(null, (thread) => thread.strip(source)),
    async close() {
      closed = true
      for (const { timer } of idle) clearTimeout(timer)
      await Promise.all([...alive].map((thread) => thread.close()))
    },
  }
}
