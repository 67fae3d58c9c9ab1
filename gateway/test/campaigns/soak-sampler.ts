/**
 * Loaded into the gateway of a soak run before anything else (`node --import`): appends what only the process itself can see, as
 * one line of JSON each few seconds, to the file that SOAK_SAMPLES names. Changes nothing and keeps nothing alive.
 */
import { appendFile } from 'node:fs/promises'

const file = process.env.SOAK_SAMPLES
const everyMs = 2_000

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
  setInterval(() => void appendFile(file, `${JSON.stringify(look())}\n`).catch(() => {}), everyMs).unref()
}
