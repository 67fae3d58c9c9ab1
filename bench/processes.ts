import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'

// Linux counts processor time in hundredths of a second towards user space (sysconf(_SC_CLK_TCK)).
const ticksPerSecond = 100

interface Stat {
  readonly parent: number
  readonly cpuUs: number
}

/** proc_pid_stat(5): the fields after the command, which itself may hold spaces and parentheses. */
function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[11]) + Number(fields[12])
    return { parent: Number(fields[1]), cpuUs: (ticks / ticksPerSecond) * 1e6 }
  } catch {
    return undefined
  }
}

/** Processor time of a process so far, user and system, all threads, in microseconds. */
export function cpuUs(pid: number): number {
  return stat(pid)?.cpuUs ?? 0
}

/** Processor time so far of all live descendants of a process, in microseconds: for the gateway that is its database. */
export function descendantsCpuUs(pid: number): number {
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? stat(Number(name)) : undefined
    if (found !== undefined) stats.set(Number(name), found)
  }
  const below = (parent: number): number =>
    [...stats].filter(([, child]) => child.parent === parent).reduce((sum, [id, child]) => sum + child.cpuUs + below(id), 0)
  return below(pid)
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export function residentMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}

/** Keeps a process to one core, so that a subject never competes with the load for its core. False where that cannot be done. */
export function pin(pid: number, core: number): boolean {
  if (cpus().length < 2) return false
  // It fails when a thread ends while it goes through them.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (spawnSync('taskset', ['-acp', String(core), String(pid)]).status === 0) return true
  }
  return false
}

/** Starts one of this folder's servers. It ends with this process, or when `stop` is called. */
export async function serve(
  file: string,
  ...args: string[]
): Promise<{ child: ChildProcess; pid: number; url: string; stop(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, file), args)
  const [address] = await once(child, 'message')
  return {
    child,
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${address.port}/lookup`,
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
