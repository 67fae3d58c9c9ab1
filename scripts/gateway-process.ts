import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const source = join(import.meta.dirname, '../gateway/bin/sallyport.js')
const startDeadlineMs = 60_000

export interface GatewayProcess {
  readonly url: string
  readonly pid: number
  /** The link by which the first person signs up, once `serve` has printed it. Rejects when it does not within 10 s. */
  setupUrl(): Promise<string>
  /** Resolves with the exit code, when the gateway ends by itself or by {@link stop}. */
  readonly ended: Promise<number | null>
  /** Ends it as an operator would: SIGTERM, and wait. */
  stop(): Promise<void>
}

export interface GatewayProcessOptions {
  /** Holds the data directory and gateway.log. */
  readonly folder: string
  readonly port: number
  readonly environment?: Readonly<Record<string, string>>
  /** The file of the command line, when it is another than the source's. */
  readonly cli?: string | undefined
}

/** The first free port of 127.0.0.1 from the given one on. */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + 100; port++) {
    const probe = createServer()
    const free = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    probe.close()
    await once(probe, 'close')
    return port
  }
  throw new Error(`No port is free from ${first} to ${first + 99}.`)
}

/** What the operator set for a gateway of his own must not lead this one to his data. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('SALLYPORT_') && name !== 'DATABASE_URL' && name !== 'REDIS_URL',
    ),
  )
}

async function untilReady(url: string, child: ChildProcess, logFile: string, logStart: number): Promise<void> {
  const deadline = Date.now() + startDeadlineMs
  while (Date.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(`The gateway did not start (exit code ${child.exitCode}).\n${(await readFile(logFile)).subarray(logStart)}`)
    }
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await delay(25)
  }
  throw new Error(`The gateway was not ready after ${startDeadlineMs / 1000} s; its log is ${logFile}.`)
}

async function firstMatch(child: ChildProcess, pattern: RegExp, said: () => string): Promise<string> {
  const signal = AbortSignal.timeout(10_000)
  for (;;) {
    const [match] = pattern.exec(said()) ?? []
    if (match !== undefined) return match
    if (child.stdout === null || child.exitCode !== null) throw new Error('The gateway ended.')
    await once(child.stdout, 'data', { signal })
  }
}

/** Starts `sallyport serve` in a process group of its own, so that Ctrl-C reaches it only by way of {@link GatewayProcess.stop}. */
export async function startGatewayProcess({
  folder,
  port,
  environment = {},
  cli = source,
}: GatewayProcessOptions): Promise<GatewayProcess> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const logFile = join(folder, 'gateway.log')
  const log = await open(logFile, 'a', 0o600)
  const { size: logStart } = await log.stat()
  const child = spawn(process.execPath, [cli, 'serve'], {
    env: {
      ...cleanEnvironment(),
      SALLYPORT_DATA_DIR: join(folder, 'data'),
      SALLYPORT_PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'pipe', log.fd],
    detached: true,
  })
  await once(child, 'spawn')
  await log.close()
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  let said = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const url = `http://127.0.0.1:${port}`
  try {
    await untilReady(url, child, logFile, logStart)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid ?? 0, ended, stop, setupUrl: () => firstMatch(child, /https?:\/\/\S+\/setup#\S+/, () => said) }
}
