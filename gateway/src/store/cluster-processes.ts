import { execFile } from 'node:child_process'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Log } from '../log.ts'

const run = promisify(execFile)

/**
 * The name that PostgreSQL shows in the command line of every process it has on this cluster (`cluster_name`). A process id
 * from a file may be anybody's by now, and where a process works only its own user may ask.
 */
export async function clusterName(cluster: string): Promise<string> {
  const { dev, ino } = await stat(cluster)
  return `sallyport:${dev}:${ino}:`
}

async function commandLines(): Promise<{ pid: number; command: string }[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-axww', '-o', 'pid=,args='])
    return stdout.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), command: line }))
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  return Promise.all(pids.map(async (pid) => ({ pid, command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })))
}

async function processesNamed(name: string): Promise<number[]> {
  return (await commandLines()).filter(({ pid, command }) => pid > 1 && command.includes(name)).map(({ pid }) => pid)
}

/** False when it has ended; another user's process counts. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function goneWithin(name: string, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms
  while ((await processesNamed(name)).length > 0) {
    if (performance.now() > deadline) return false
    await delay(10)
  }
  return true
}

/**
 * Ends what is left of an earlier run on this cluster: the server of a gateway that was killed, or what survives a killed
 * server for a moment. Only for the holder of the data directory.
 */
export async function endLeftovers(cluster: string, log: Log): Promise<void> {
  const name = await clusterName(cluster)
  const left = await processesNamed(name)
  const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const leader = Number.parseInt(pidFile, 10)
  if (left.length > 0) {
    log.warn({ pids: left }, 'stopping what an earlier run of the embedded PostgreSQL left behind')
    // SIGINT is the postmaster's fast shutdown, and means other things to its children; they end by themselves without it.
    if (left.includes(leader)) signal(leader, 'SIGINT')
    if (!(await goneWithin(name, 10_000))) {
      for (const pid of await processesNamed(name)) signal(pid, 'SIGKILL')
      if (!(await goneWithin(name, 5_000)))
        throw new Error(`processes of an earlier PostgreSQL on ${cluster} do not end: ${left.join(', ')}`)
    }
  }
  // PostgreSQL takes its files of an earlier run for a live server if the process id in them lives, whoever's it now is.
  if (leader > 1 && signal(leader, 0)) {
    for (const file of ['postmaster.pid', '.s.PGSQL.5432', '.s.PGSQL.5432.lock']) await rm(join(cluster, file), { force: true })
  }
}
