import type { Command } from 'commander'
import { collect, connectToGateway, outputOf } from '../context.ts'
import { when } from '../text.ts'

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().clients.list()
  out.answer(page, () => {
    const rows = page.items.map(({ id, name, redirect_uris, confidential, created_at }) => [
      id,
      name,
      redirect_uris.join(' '),
      confidential ? 'yes' : 'no',
      when(created_at),
    ])
    out.table(['id', 'name', 'redirect URIs', 'secret', 'added'], rows, 'There are no applications that admins registered.')
  })
}

interface AddOptions {
  readonly redirectUri: readonly string[]
  readonly confidential?: boolean
}

async function add(name: string, { redirectUri, confidential = false }: AddOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const added = await connectToGateway().clients.create({ name, redirect_uris: [...redirectUri], confidential })
  out.answer(added, () => {
    out.note(
      `Registered "${added.name}". Give it this client_id${added.secret === null ? '' : ' and secret, which is shown this once'}:`,
    )
    out.line(added.id)
    if (added.secret !== null) out.line(added.secret)
  })
}

async function remove(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().clients.delete(id)
  out.note(`Removed ${id}. Whatever people allowed it has ended.`)
}

export function registerClients(program: Command): void {
  const clients = program
    .command('clients')
    .description('applications that sign in by OAuth and neither have a metadata document nor register themselves')
  clients.command('list').description('list them').action(list)
  clients
    .command('add')
    .description('register one and print its client_id')
    .argument('<name>', 'what people see')
    .requiredOption('--redirect-uri <uri>', 'where it takes people back to; may be given several times', collect, [])
    .option('--confidential', 'it keeps a secret, and shows it')
    .action(add)
  clients.command('remove').description('remove one').argument('<id>', 'its client_id').action(remove)
}
