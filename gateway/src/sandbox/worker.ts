import { stripTypeScriptTypes } from 'node:module'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Engine, startEngine } from './engine.ts'
import { Guest } from './guest.ts'
import type { FromThread, HostAnswer, ThreadData, ToThread } from './protocol.ts'

/**
 * A thread that runs scripts, one after the other, each in a fresh runtime. It opens no file and no socket; what a script wants
 * of the world is asked of the gateway, which also ends the thread whenever it takes too long.
 */

/** The engine's memory grows and never shrinks, so it is made anew now and then. */
const runsPerModule = 1_000
/** Scripts and programs of agents each have their prelude, and so an engine. */
const mostEngines = 4

// Written by this program's own other half.
const { wasm, prelude, signal, answers } = workerData as ThreadData
const flag = new Int32Array(signal)
const say = (message: FromThread) => parentPort?.postMessage(message)

/** By prelude. */
const engines = new Map<string, { readonly engine: Engine; runs: number }>()

async function engineFor(prelude: string): Promise<{ readonly engine: Engine; runs: number }> {
  const known = engines.get(prelude)
  if (known !== undefined) return known
  const made = { engine: await startEngine(wasm, prelude), runs: 0 }
  if (engines.size >= mostEngines) engines.clear()
  engines.set(prelude, made)
  return made
}

/** Asks the gateway and stands still until it answers: the script sees an ordinary call. */
function ask(name: string, json: string): HostAnswer {
  Atomics.store(flag, 0, 0)
  say({ kind: 'call', name, json })
  Atomics.wait(flag, 0, 0)
  return (receiveMessageOnPort(answers)?.message ?? null) as HostAnswer
}

async function run({ job }: Extract<ToThread, { kind: 'run' }>): Promise<void> {
  const used = await engineFor(job.prelude)
  const guest = new Guest(job, ask)
  const ended = guest.run(used.engine)
  say({ kind: 'ended', ended, logs: guest.logs })
  if (!guest.sound || used.engine.grown() || ++used.runs >= runsPerModule) engines.delete(job.prelude)
  else used.engine.restore()
}

function strip(source: string): void {
  try {
    say({ kind: 'stripped', source: stripTypeScriptTypes(source) })
  } catch (error) {
    const known = error instanceof Error && 'code' in error && /^ERR_(INVALID|UNSUPPORTED)_TYPESCRIPT/.test(String(error.code))
    say({ kind: 'unstripped', problem: known ? `${error.message.replace(/\.$/, '')}.` : null })
  }
}

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'strip') strip(message.source)
  // A fault ends the thread, and with it the run.
  else void run(message)
})
if (prelude !== null) await engineFor(prelude)
say({ kind: 'ready' })
