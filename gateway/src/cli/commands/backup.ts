import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type Config, parseConfig, processEnvironment } from '../../config.ts'
import { outputOf } from '../context.ts'
import { CliError } from '../failure.ts'

interface PlaceOptions {
  readonly dataDir?: string
}

interface BackupOptions extends PlaceOptions {
  readonly withRootKey?: boolean
}

function configOf({ dataDir }: PlaceOptions): Config {
  const environment = processEnvironment()
  return parseConfig({
    ...environment,
    // Only what goes wrong, unless more is asked for.
    SALLYPORT_LOG_LEVEL: environment.SALLYPORT_LOG_LEVEL ?? 'error',
    ...(dataDir !== undefined && { SALLYPORT_DATA_DIR: dataDir }),
  })
}

const failed = (advice: string) => (error: unknown) => {
  throw new CliError('UNAVAILABLE', error instanceof Error ? error.message : String(error), advice)
}

const rowsOf = (tables: readonly { readonly rows: number }[]) => tables.reduce((sum, { rows }) => sum + rows, 0)

async function backUp(folder: string, options: BackupOptions, command: Command, version: string): Promise<void> {
  const out = outputOf(command)
  const app = await import('../../app.ts')
  const place = resolve(folder)
  const made = await app
    .backUp(configOf(options), place, version, options.withRootKey === true)
    .catch(failed('No backup was made.'))
  out.answer({ folder: place, ...made }, () => {
    out.line(`${place}: ${rowsOf(made.tables)} rows of ${made.tables.length} tables.`)
    out.note(
      made.root_key
        ? 'The root key is in it: whoever has this folder has every credential.'
        : 'The root key is not in it. Without that the credentials cannot be opened: keep a copy of it elsewhere.',
    )
  })
}

async function restore(folder: string, options: PlaceOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const app = await import('../../app.ts')
  const made = await app.restore(configOf(options), resolve(folder)).catch(failed('Nothing was restored.'))
  out.answer(made, () => {
    out.line(`Restored ${rowsOf(made.tables)} rows, of ${made.made_at}.`)
    out.note(
      made.root_key
        ? 'Start the gateway: the root key is in the data directory.'
        : 'Start the gateway with the same root key: SALLYPORT_ROOT_KEY, or root.key in the data directory.',
    )
  })
}

export function registerBackup(program: Command, version: string): void {
  const hostOnly = '\nIt opens the database itself, as the settings of the gateway name it, and needs no token.'
  program
    .command('backup')
    .description('on the host of the gateway: write the whole database, as it is now, into a new folder; the gateway goes on')
    .argument('<folder>')
    .option('--with-root-key', 'take root.key of the data directory into it; whoever has it then has every credential')
    .option('--data-dir <folder>', 'database and keys (SALLYPORT_DATA_DIR, default .sallyport)')
    .addHelpText('after', hostOnly)
    .action((folder: string, options: BackupOptions, command: Command) => backUp(folder, options, command, version))
  program
    .command('restore')
    .description('on the host of the gateway: put a backup into an empty database, before its first start')
    .argument('<folder>')
    .option('--data-dir <folder>', 'database and keys (SALLYPORT_DATA_DIR, default .sallyport)')
    .addHelpText('after', hostOnly)
    .action(restore)
}
