import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core'
import type { Engine } from './engine.ts'
import type { Ended } from './protocol.ts'
import { type LimitName, type LogLine, logLevels, type SandboxJob } from './types.ts'

const shy: Ended = { kind: 'threw', name: '', message: 'The script threw something that cannot be shown.', stack: '' }

/** One run in a fresh runtime. Handles are not given back: the memory they are in is, as a whole. */
export class Guest {
  readonly logs: LogLine[] = []
  /** Whether the module may go on: after a limit or a fault it is replaced. */
  sound = true
  readonly #job: SandboxJob
  readonly #ask: (name: string, json: string) => string | null
  readonly #started = performance.now()
  /** Milliseconds spent waiting for the host. */
  #waited = 0
  #calls = 0
  #logged = 0
  #limit: LimitName | null = null

  constructor(job: SandboxJob, ask: (name: string, json: string) => string | null) {
    this.#job = job
    this.#ask = ask
  }

  run(engine: Engine): Ended {
    engine.lodge({
      interrupted: () => this.#interrupted(),
      hostCall: (name, json) => this.#hostCall(engine.context, name, json),
    })
    try {
      const ended = this.#evaluate(engine)
      if (this.#limit !== null) return { kind: 'limit', limit: this.#limit }
      // Where no memory was left for an error, the engine throws null or cannot describe it.
      return ended.kind === 'threw' && ended.stack === '' && engine.full() ? { kind: 'limit', limit: 'memory' } : ended
    } catch (error) {
      // The engine itself gave up: out of memory where it cannot throw, too deep, or a failed assertion.
      this.sound = false
      if (this.#limit !== null) return { kind: 'limit', limit: this.#limit }
      if (engine.full()) return { kind: 'limit', limit: 'memory' }
      if (error instanceof RangeError) return { kind: 'limit', limit: 'stack' }
      return { kind: 'threw', name: '', message: 'The engine that runs scripts gave up.', stack: '' }
    } finally {
      if (this.#limit !== null) this.sound = false
    }
  }

  /** Asked every few thousand instructions. A loop that runs inside the engine is for the host to end. */
  #interrupted(): boolean {
    if (this.#limit !== null) return true
    const { totalMs, computeMs } = this.#job.limits
    const ms = performance.now() - this.#started
    if (ms - this.#waited > computeMs || ms > totalMs) this.#limit = 'time'
    return this.#limit !== null
  }

  #exceed(limit: LimitName): never {
    this.#limit ??= limit
    throw new Error('A limit of the run is reached.')
  }

  /** A text of the script, measured before it is copied. */
  #text(context: QuickJSContext, handle: QuickJSHandle | undefined, most: number, limit: LimitName): string {
    if (handle === undefined || context.typeof(handle) !== 'string') return ''
    const length = context.getProp(handle, 'length').consume((each) => context.getNumber(each))
    if (length > most) this.#exceed(limit)
    return context.getString(handle)
  }

  #evaluate({ runtime, context, begin, finish, describe }: Engine): Ended {
    const job = this.#job
    const settle = (value: QuickJSHandle): QuickJSHandle | Ended => {
      const jobs = runtime.executePendingJobs()
      if (jobs.error) return failure(jobs.error)
      const state = context.getPromiseState(value)
      if (state.type === 'fulfilled') return state.value
      if (state.type === 'rejected') return failure(state.error)
      return { kind: 'threw', name: '', message: 'The script waits for a promise that nothing will settle.', stack: '' }
    }
    const failure = (error: QuickJSHandle): Ended => {
      if (this.#limit !== null) return { kind: 'limit', limit: this.#limit }
      const described = context.callFunction(describe, context.undefined, error)
      // Describing an error needs next to nothing: what fails at it has no memory left, or is made to fail.
      if (described.error) return shy
      return this.#described(this.#text(context, described.value, 50_000, 'result'))
    }

    const seed = [...crypto.getRandomValues(new Uint32Array(4))].map((each) => context.newNumber(each))
    const begun = context.callFunction(begin, context.undefined, context.newString(job.data), ...seed)
    if (begun.error) return failure(begun.error)

    const loaded = context.evalCode(job.source, 'script.js', { type: job.module ? 'module' : 'global' })
    if (loaded.error) return failure(loaded.error)
    let value = loaded.value
    if (job.entry !== null) {
      const exports = job.module ? settle(value) : null
      if (exports !== null && 'kind' in exports) return exports
      const name = job.entry
      const found =
        exports === null
          ? context.evalCode(`typeof ${name} === 'function' ? ${name} : undefined`, 'entry.js')
          : { value: context.getProp(exports, name), error: undefined }
      if (found.error) return failure(found.error)
      if (context.typeof(found.value) !== 'function') {
        return { kind: 'threw', name: 'ReferenceError', message: `The script has no function "${name}".`, stack: '' }
      }
      const called = context.callFunction(found.value, context.undefined)
      if (called.error) return failure(called.error)
      value = called.value
    }
    const result = settle(value)
    if ('kind' in result) return result
    const json = context.callFunction(finish, context.undefined, result)
    if (json.error) return failure(json.error)
    if (context.typeof(json.value) === 'undefined') return { kind: 'returned', json: null }
    return { kind: 'returned', json: this.#text(context, json.value, job.limits.resultBytes, 'result') }
  }

  #described(text: string): Ended {
    const parsed: unknown = JSON.parse(text === '' ? 'null' : text)
    const [name, message, stack] = Array.isArray(parsed) ? parsed.map(String) : []
    if (name === undefined || message === undefined || stack === undefined) return shy
    if (/^(Internal|Syntax)Error$/.test(name) && /^(out of memory|stack overflow)$/.test(message)) {
      this.sound = false
      return { kind: 'limit', limit: message.includes('memory') ? 'memory' : 'stack' }
    }
    return { kind: 'threw', name, message, stack }
  }

  #hostCall(context: QuickJSContext, nameHandle: QuickJSHandle, jsonHandle: QuickJSHandle): QuickJSHandle {
    const { limits } = this.#job
    // It caught the error of a limit and goes on until the next interrupt.
    if (this.#limit !== null) this.#exceed(this.#limit)
    const name = this.#text(context, nameHandle, 100, 'host_call_bytes')
    if (name === 'log') {
      this.#log(this.#text(context, jsonHandle, limits.logBytes, 'log'))
      return context.newString('{}')
    }
    const json = this.#text(context, jsonHandle, limits.hostCallBytes, 'host_call_bytes')
    if (++this.#calls > limits.hostCalls) this.#exceed('host_calls')
    const before = performance.now()
    const answer = this.#ask(name, json)
    this.#waited += performance.now() - before
    if (answer === null) this.#exceed('time')
    if (answer.length > limits.hostCallBytes) this.#exceed('host_call_bytes')
    return context.newString(answer)
  }

  #log(json: string): void {
    const [level, message] = JSON.parse(json) as readonly unknown[]
    const text = typeof message === 'string' ? message : JSON.stringify(message ?? null)
    this.#logged += text.length
    const { logLines, logBytes } = this.#job.limits
    if (this.logs.length >= logLines || this.#logged > logBytes) this.#exceed('log')
    this.logs.push({ level: logLevels.find((each) => each === level) ?? 'info', message: text })
  }
}
