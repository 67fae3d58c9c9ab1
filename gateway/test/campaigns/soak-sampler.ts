/**
 * Loaded into the gateway of a soak run before anything else (`node --import`): appends what only the process itself can see, as
 * one line of JSON each few seconds, to the file that SOAK_SAMPLES names. Keeps nothing alive. Twice a minute it collects the
 * garbage first: a process with little to do leaves it lying for minutes, which looks as if its memory grew.
 */
import { appendFile } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const file = process.env.SOAK_SAMPLES
const everyMs = 2_000
const samplesPerCollection = 15

/** One line of the sampler. */
export interface InsideSample {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Bytes in use on the heap of JavaScript. */
  readonly heapUsed: number
  /** Bytes outside of it that JavaScript holds. */
  readonly external: number
  /** Timers that keep the process alive. */
  readonly timers: number
  /** Sockets, pipes and the like. */
  readonly handles: number
}

function look(): InsideSample {
  const { heapUsed, external } = process.memoryUsage()
  const resources = process.getActiveResourcesInfo()
  const timers = resources.filter((name) => name === 'Timeout').length
  return { at: Date.now(), heapUsed, external, timers, handles: resources.length - timers }
}

if (file !== undefined) {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  let samples = 0
  setInterval(() => {
    if (samples++ % samplesPerCollection === 0) collect()
    void appendFile(file, `${JSON.stringify(look())}\n`).catch(() => {})
  }, everyMs).unref()
}
