import { SallyportError } from '../errors.ts'
import type { Ended } from './protocol.ts'
import { type LimitName, memoryBytes, type SandboxLimits } from './types.ts'

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`
const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} KB`

/** What the script did, and how much of it is permitted. */
function words(limit: LimitName, limits: SandboxLimits): string {
  switch (limit) {
    case 'time':
      return `did not finish: it may take ${limits.totalMs} ms, of which ${Math.min(limits.computeMs, limits.totalMs)} ms of its own work`
    case 'memory':
      return `took more than the ${megabytes(memoryBytes)} of memory it may have`
    case 'stack':
      return 'calls itself too deeply'
    case 'host_calls':
      return `made more than the ${limits.hostCalls} requests and other calls it may make`
    case 'host_call_bytes':
      return `sent or received more than ${megabytes(limits.hostCallBytes)} in one call`
    case 'log':
      return `logged more than the ${limits.logLines} lines or ${kilobytes(limits.logBytes)} it may log`
    case 'result':
      return `returned more than the ${megabytes(limits.resultBytes)} it may return`
    default:
      return limit satisfies never
  }
}

export function limitError(limit: LimitName, limits: SandboxLimits): SallyportError {
  return new SallyportError('SCRIPT_LIMIT', { detail: `The script ${words(limit, limits)}.`, diagnostics: { limit } })
}

/** At most this many lines of where it happened. */
const frames = 5

export function thrownError({ name, message, stack }: Omit<Extract<Ended, { kind: 'threw' }>, 'kind'>): SallyportError {
  const at = stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('script.js'))
    .slice(0, frames)
  const thrown = name === '' || name === 'Error' ? message : `${name}: ${message}`
  return new SallyportError('SCRIPT_FAILED', {
    detail: `The script failed: ${thrown.replace(/\.$/, '')}.`,
    ...(at.length === 0 ? {} : { diagnostics: { at } }),
  })
}
