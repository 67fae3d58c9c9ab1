import type { Command } from 'commander'
import { waitForConsent } from '../authorize.ts'
import { connectToGateway, outputOf } from '../context.ts'
import { readValue } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import { when } from '../text.ts'

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().oauthApps.list()
  out.answer(page, () => {
    const rows = page.items.map(({ id, name, family, connector, client_id, connections, created_at }) => [
      id,
      name,
      family === null ? `connector ${connector}` : `family ${family}`,
      client_id,
      String(connections),
      when(created_at),
    ])
    out.table(['id', 'name', 'serves', 'client id', 'connections', 'added'], rows, 'There are no OAuth apps yet.')
    out.note(`Redirect URL to enter at providers: ${page.redirect_url}`)
  })
}

interface AddOptions {
  readonly name?: string
  readonly family?: string
  readonly connector?: string
  readonly clientId: string
  readonly secret?: string
}

async function add({ name, family, connector, clientId, secret }: AddOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  if (secret !== undefined && !/^(?:-$|@|env:)/.test(secret))
    throw new UsageError('Give the secret as --secret - (standard input), @file or env:VARIABLE: others can read a command line.')
  if ((family === undefined) === (connector === undefined)) throw new UsageError('Name one of --family and --connector.')
  const added = await connectToGateway().oauthApps.create({
    client_id: clientId,
    ...(name !== undefined && { name }),
    ...(family !== undefined && { family }),
    ...(connector !== undefined && { connector }),
    ...(secret !== undefined && { client_secret: await readValue({ name: 'client_secret', secret: true }, secret, out) }),
  })
  out.answer(added, () => {
    out.note('Added. Enter this redirect URL at the provider:')
    out.line(added.redirect_url)
  })
}

async function remove(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().oauthApps.delete(id)
  out.note(`Removed ${id}.`)
}

async function reauthorize(id: string, { scope = [], link }: { scope?: string[]; link?: true }, command: Command): Promise<void> {
  const out = outputOf(command)
  const sallyport = connectToGateway()
  if (link) {
    const made = await sallyport.connections.consentLink(id)
    return out.answer(made, () => out.line(made.url))
  }
  const step = await sallyport.connections.reauthorize(id, { scopes: scope })
  if (out.json) return out.answer(step, () => {})
  await waitForConsent(sallyport, id, step, out)
  out.note('Authorized.')
}

export function registerOAuthApps(program: Command): void {
  const apps = program.command('oauth-apps').description('apps that you registered at providers, for connections by OAuth')
  apps.command('list').description('list them, with the redirect URL to enter at providers').action(list)
  apps
    .command('add')
    .description('enter one')
    .requiredOption('--client-id <id>', 'as the provider shows it')
    .option('--secret <value>', 'the client secret: - reads standard input, @file a file, env:VARIABLE the environment')
    .option('--family <name>', 'it serves every connector of this family, such as google')
    .option('--connector <id>', 'it serves this connector')
    .option('--name <name>', 'what people see')
    .action(add)
  apps.command('remove').description('remove one').argument('<id>', 'its id').action(remove)
  program
    .command('reauthorize')
    .description('have somebody consent to a connection again, and wait for it')
    .argument('<id>', 'id of the connection')
    .option('--scope <names...>', 'asked for besides those that it has')
    .option('--link', 'print a link for somebody without an account instead; it counts once, for an hour')
    .action(reauthorize)
}
