import type { Command } from 'commander'
import { parseConfig, processEnvironment } from '../../config.ts'
import { outputOf } from '../context.ts'
import { CliError } from '../failure.ts'
import { when } from '../text.ts'

interface RecoverOptions {
  readonly dataDir?: string
  readonly removeTwoFactor?: boolean
}

async function recover(email: string, options: RecoverOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const config = parseConfig({
    ...processEnvironment(),
    ...(options.dataDir !== undefined && { SALLYPORT_DATA_DIR: options.dataDir }),
  })
  const { recoverPerson } = await import('../../app.ts')
  const link = await recoverPerson(config, email, options.removeTwoFactor === true).catch((error: unknown) => {
    const advice = 'With the embedded database, stop the gateway first; it may be started again before the link is opened.'
    throw new CliError('UNAVAILABLE', error instanceof Error ? error.message : String(error), advice)
  })
  if (link === null) throw new CliError('NOT_FOUND', `Nobody here has the email ${email}.`, 'Check how it is written.')
  out.answer(link, () => {
    out.note(`Whoever opens this link sets the password of ${email}. It works once, until ${when(link.expires_at)}:`)
    out.line(link.url)
  })
}

export function registerRecover(program: Command): void {
  program
    .command('recover')
    .description('on the host of the gateway: make a one-time link to set the password of a person, such as the last owner')
    .argument('<email>')
    .option('--remove-two-factor', 'turn the second factor off too')
    .option('--data-dir <folder>', 'database and keys (SALLYPORT_DATA_DIR, default .sallyport)')
    .addHelpText('after', '\nIt opens the database itself, as the settings of the gateway name it, and needs no token.')
    .action(recover)
}
