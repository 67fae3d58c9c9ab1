import { MessageChannel, Worker } from 'node:worker_threads'
import { SallyportError, toSallyportError, unreachable } from '../errors.ts'
import { places } from '../places.ts'
import { limitError, thrownError } from './failures.ts'
import { plainJson } from './plain-json.ts'
import type { Ended, FromThread, HostAnswer, ThreadData, ToThread } from './protocol.ts'
import type { HostFunctions, LogLine, SandboxJob, SandboxRun } from './types.ts'

/** A thread ends most runs by itself; one that is inside the engine is ended from here, this much later. Milliseconds. */
const graceMs = 50
/** For taking the types out of a script. */
const stripMs = 5_000
/** The engine's own memory does not count; this is for the texts that go through. */
const heapMb = 64

/** One for all: each that is made would take a picture of the stack. */
const over = new Error('The run is over.')

interface Task {
  readonly message: (message: FromThread) => void
  readonly gone: (why: string) => void
}

/** One thread, which does one thing at a time. */
export class Thread {
  readonly ready: Promise<void>
  /** It is ended, or about to be: nothing more can be asked of it. */
  dead = false
  readonly #worker: Worker
  readonly #answers: MessageChannel
  readonly #flag: Int32Array
  #task: Task | null = null

  constructor(wasm: WebAssembly.Module, prelude: string | null) {
    const { port1, port2 } = new MessageChannel()
    this.#answers = { port1, port2 }
    const signal = new SharedArrayBuffer(4)
    this.#flag = new Int32Array(signal)
    const data: ThreadData = { wasm, prelude, signal, answers: port2 }
    this.#worker = new Worker(places.sandboxWorker, {
      workerData: data,
      transferList: [port2],
      env: {},
      execArgv: [],
      argv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    })
    this.#worker.stdout.resume()
    this.#worker.stderr.resume()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#task = { message: () => resolve(), gone: (why) => reject(new Error(`A thread of the sandbox did not start: ${why}`)) }
    // Written by this program's own other half.
    this.#worker.on('message', (message: FromThread) => this.#task?.message(message))
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)))
    this.#worker.on('exit', () => this.#end('it ended'))
    this.#worker.unref()
  }

  async run(job: SandboxJob, host: HostFunctions): Promise<SandboxRun> {
    const { limits } = job
    const { promise, resolve } = Promise.withResolvers<SandboxRun>()
    const done = new AbortController()
    let hostCalls = 0
    let asking = false
    const end = (result: SandboxRun['result'], logs: readonly LogLine[] = []) => resolve({ result, logs, hostCalls })
    const kill = () => {
      end({ kind: 'failed', error: limitError('time', limits) })
      this.kill()
    }
    let left = limits.computeMs + graceMs
    let began = performance.now()
    let compute = setTimeout(kill, left)
    const total = setTimeout(() => {
      // Waiting for the host it cannot end by itself: it is told, and stays usable.
      done.abort(over)
      if (asking) this.#answer(null)
      setTimeout(() => this.#task === task && kill(), graceMs).unref()
    }, limits.totalMs)
    const ask = async (name: string, json: string) => {
      clearTimeout(compute)
      left -= performance.now() - began
      hostCalls += 1
      asking = true
      const answer = await answerOf(host, name, json, done.signal)
      if (this.dead || done.signal.aborted) return
      asking = false
      began = performance.now()
      compute = setTimeout(kill, Math.max(1, left))
      this.#answer(answer)
    }
    const task: Task = {
      message: (message) => {
        if (message.kind === 'call') void ask(message.name, message.json)
        else if (message.kind === 'ended') end(resultOf(message.ended, job), message.logs)
      },
      gone: () => end({ kind: 'failed', error: limitError('memory', limits) }),
    }
    this.#begin(task, { kind: 'run', job })
    try {
      return await promise
    } finally {
      done.abort(over)
      clearTimeout(compute)
      clearTimeout(total)
      this.#rest()
    }
  }

  async strip(source: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const refuse = (problem: string) =>
      reject(new SallyportError('INVALID_INPUT', { detail: `The script is no TypeScript that can be run: ${problem}` }))
    const timer = setTimeout(() => {
      refuse('reading it takes too long.')
      this.kill()
    }, stripMs)
    const task: Task = {
      message: (message) => {
        if (message.kind === 'stripped') resolve(message.source)
        else if (message.kind === 'unstripped') {
          refuse(message.problem ?? 'it cannot be read.')
          // Its parser gave up where it should not have.
          if (message.problem === null) this.kill()
        }
      },
      gone: () => refuse('reading it takes too much memory.'),
    }
    this.#begin(task, { kind: 'strip', source })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#rest()
    }
  }

  kill(): void {
    this.dead = true
    void this.#worker.terminate()
  }

  async close(): Promise<void> {
    this.dead = true
    await this.#worker.terminate()
  }

  #begin(task: Task, message: ToThread): void {
    this.#task = task
    this.#worker.ref()
    this.#worker.postMessage(message)
  }

  #rest(): void {
    this.#task = null
    this.#worker.unref()
  }

  #answer(answer: HostAnswer): void {
    this.#answers.port1.postMessage(answer)
    Atomics.store(this.#flag, 0, 1)
    Atomics.notify(this.#flag, 0)
  }

  #end(why: string): void {
    this.dead = true
    this.#answers.port1.close()
    this.#task?.gone(why)
  }
}

/** What a host call came to, as JSON text. */
async function answerOf(host: HostFunctions, name: string, json: string, signal: AbortSignal): Promise<string> {
  try {
    const call = Object.hasOwn(host, name) ? host[name] : undefined
    const values = plainJson(json)?.value
    if (call === undefined || !Array.isArray(values)) {
      throw new SallyportError('INVALID_INPUT', { detail: `The script cannot ask this of the host: ${name}.` })
    }
    return JSON.stringify({ value: await call(values, signal) })
  } catch (error) {
    const { code, detail } = toSallyportError(error)
    return JSON.stringify({ error: { code, message: detail } })
  }
}

function resultOf(ended: Ended, { limits }: SandboxJob): SandboxRun['result'] {
  switch (ended.kind) {
    case 'limit':
      return { kind: 'failed', error: limitError(ended.limit, limits) }
    case 'threw':
      return { kind: 'failed', error: thrownError(ended) }
    case 'returned': {
      if (ended.json === null) return { kind: 'returned', value: undefined }
      const plain = plainJson(ended.json)
      return plain === undefined
        ? { kind: 'failed', error: thrownError({ name: '', message: 'The result is nested too deeply.', stack: '' }) }
        : { kind: 'returned', value: plain.value }
    }
    default:
      return unreachable(ended)
  }
}
