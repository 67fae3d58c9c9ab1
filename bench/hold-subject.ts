import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startGateway } from '../gateway/src/app.ts'
import { parseConfig, processEnvironment } from '../gateway/src/config.ts'

/**
 * A gateway for `bench hold`, in a process that also watches its own event loop. Asked by its parent, it says how long the loop was
 * held since the last question: by the clock, which other programs on the machine lengthen, and by the processor time of the thread.
 */
const gateway = await startGateway(parseConfig(processEnvironment()))
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()

const threadMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
let longestCpuMs = 0
let last = threadMs()
setInterval(() => {
  const now = threadMs()
  longestCpuMs = Math.max(longestCpuMs, now - last)
  last = now
}, 1)

process.on('message', (message) => {
  if (message === 'stop') {
    void gateway.close().then(() => process.exit(0))
    return
  }
  process.send?.({ clockMs: delay.max / 1e6, cpuMs: longestCpuMs })
  delay.reset()
  longestCpuMs = 0
})
process.send?.({ url: gateway.url })
