import type { Command } from 'commander'
import { type Config, ConfigError, parseConfig, processEnvironment } from '../../config.ts'
import { outputOf } from '../context.ts'
import { CliError } from '../failure.ts'
import type { Output } from '../output.ts'

interface ServeOptions {
  readonly port?: string
  readonly host?: string
  readonly dataDir?: string
}

/** A signal sent to a terminal's whole process group arrives twice when a parent passes it on as well. */
const sameSignalMs = 300

/** How long a gateway that has closed everything may linger. */
const lingerMs = 1_000

function configOf({ port, host, dataDir }: ServeOptions): Config {
  return parseConfig({
    ...processEnvironment(),
    ...(port !== undefined && { SALLYPORT_PORT: port }),
    ...(host !== undefined && { SALLYPORT_HOST: host }),
    ...(dataDir !== undefined && { SALLYPORT_DATA_DIR: dataDir }),
  })
}

/** Resolves at the first signal to stop; a second one ends the process at once. */
function stopRequested(out: Output): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const stop = () => {
      const now = performance.now()
      if (firstAt === undefined) {
        firstAt = now
        out.note('Stopping; again to stop at once.')
        resolve()
      } else if (now - firstAt > sameSignalMs) process.exit(1)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })
}

/** What stops a start is mostly a setting or the machine: one sentence says it, and a stack trace does not help. */
function explain(error: unknown): CliError {
  const message = error instanceof Error ? error.message : String(error)
  const advice =
    error instanceof ConfigError ? 'Nothing was started.' : 'Nothing was started. SALLYPORT_LOG_LEVEL=debug shows more.'
  return new CliError('UNAVAILABLE', message, advice)
}

async function serve(options: ServeOptions, command: Command, version: string): Promise<void> {
  const out = outputOf(command)
  const stopping = stopRequested(out)
  try {
    // Loaded here only: the other commands start without the gateway's parts.
    const { startGateway } = await import('../../app.ts')
    const gateway = await startGateway(configOf(options))
    const { url, publicUrl, setupUrl } = gateway
    if (out.json) out.line(JSON.stringify({ url, public_url: publicUrl, setup_url: setupUrl }))
    else {
      out.line(`Sallyport ${version} listens on ${url}`)
      out.facts([
        ['dashboard', publicUrl],
        ['MCP', `${publicUrl}/mcp`],
        ['first start', setupUrl === null ? null : 'open this link, once, to make the first account:'],
        ['', setupUrl],
      ])
    }
    await stopping
    await gateway.close()
    // Something that still waits, such as for a database that has vanished, must not keep a stopped gateway alive.
    setTimeout(() => process.exit(), lingerMs).unref()
  } catch (error) {
    throw explain(error)
  }
}

export function registerServe(program: Command, version: string): void {
  program
    .command('serve')
    .description('run the gateway until it is told to stop')
    .option('--port <port>', 'port to listen on (SALLYPORT_PORT, default 8080)')
    .option('--host <host>', 'address to listen on (SALLYPORT_HOST, default 127.0.0.1)')
    .option('--data-dir <folder>', 'database and keys (SALLYPORT_DATA_DIR, default .sallyport)')
    .action((options: ServeOptions, command: Command) => serve(options, command, version))
}
