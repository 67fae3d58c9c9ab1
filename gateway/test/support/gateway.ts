import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Sallyport } from '@sallyport/sdk'
import { gatewayBin, temporaryDataDir } from './data-dir.ts'

export interface GatewayProcess {
  readonly url: string
  readonly setupUrl: string | null
  readonly dataDir: string
  /** An owner token. */
  readonly token: string
  readonly process: ChildProcess
  /** Everything it wrote so far, both streams. */
  output(): string
  client(token?: string): Sallyport
  /** Sends SIGTERM and answers the exit code. */
  stop(): Promise<number | null>
}

interface Options {
  readonly dataDir?: string
  readonly env?: Readonly<Record<string, string>>
  /** Its file, when it is another than that of the other tests. */
  readonly bin?: string
}

export const ownerToken = 'sp_owner-token-of-the-black-box-tests-0123456789'

/** An environment without the caller's own settings. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(SALLYPORT_|DATABASE_URL$|REDIS_URL$|VITEST|NODE_OPTIONS$)/.test(name),
  )
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...extra }
}

/** Runs `sallyport serve` as people do, on a free port, and resolves once it listens. */
export async function startGatewayProcess(options: Options = {}): Promise<GatewayProcess> {
  const dataDir = options.dataDir ?? (await temporaryDataDir())
  const child = spawn(process.execPath, [options.bin ?? gatewayBin, 'serve'], {
    env: cleanEnvironment({
      SALLYPORT_PORT: '0',
      SALLYPORT_DATA_DIR: dataDir,
      SALLYPORT_BOOTSTRAP_TOKEN: ownerToken,
      SALLYPORT_EGRESS_ALLOW: '127.0.0.1/32',
      SALLYPORT_LOG_LEVEL: 'debug',
      ...options.env,
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let setupUrl: string | null = null
  const listening = new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: child.stdout })
    lines.on('line', (line) => {
      output += `${line}\n`
      setupUrl = /https?:\/\/\S+\/setup#code=\S+/.exec(line)?.[0] ?? setupUrl
      const address = /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(line)?.[0]
      if (address !== undefined) resolve(address)
    })
    createInterface({ input: child.stderr }).on('line', (line) => {
      output += `${line}\n`
    })
    child.once('exit', (code) => reject(new Error(`the gateway exited with ${code} before it listened:\n${output}`)))
  })
  const url = await listening
  return {
    url,
    get setupUrl() {
      return setupUrl
    },
    dataDir,
    token: ownerToken,
    process: child,
    output: () => output,
    client: (token = ownerToken) => new Sallyport({ url, token }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
  }
}

export async function removeDataDir(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true })
}
