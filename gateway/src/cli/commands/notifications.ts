import { type Command, Option } from 'commander'
import { connectToGateway, outputOf } from '../context.ts'
import { readValue } from '../credentials.ts'
import { UsageError } from '../failure.ts'
import { when } from '../text.ts'

const kinds = ['slack', 'teams', 'webhook', 'email', 'pagerduty'] as const

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().notifications.list()
  out.answer(page, () => {
    const rows = page.items.map(({ id, kind, name, target, last_delivered_at, last_error }) => [
      id,
      kind,
      name,
      target,
      last_error ?? (last_delivered_at === null ? 'nothing sent yet' : `told ${when(last_delivered_at)}`),
    ])
    out.table(['id', 'kind', 'name', 'to', 'last'], rows, 'Nobody is told when a call waits.')
  })
}

interface AddOptions {
  kind: (typeof kinds)[number]
  url?: string
  email?: string
  key?: string
  alertsOnly?: true
}

async function add(name: string, { kind, url, email, key, alertsOnly }: AddOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const target = {
    ...(url !== undefined && { url }),
    ...(email !== undefined && { email }),
    ...(alertsOnly && { approvals: false }),
  }
  if (key !== undefined && !/^(?:-$|@|env:)/.test(key))
    throw new UsageError('Give the key as --key - (standard input), @file or env:VARIABLE: others can read a command line.')
  const secret = key === undefined ? {} : { key: await readValue({ name: 'key', secret: true }, key, out) }
  const made = await connectToGateway().notifications.create({ kind, name, ...target, ...secret })
  out.answer(made, () => {
    out.line(`Added ${made.id}. Try it: sallyport notifications test ${made.id}`)
    if (made.secret !== null) out.line(`Its messages are signed with this secret, shown this once: ${made.secret}`)
  })
}

async function test(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().notifications.test(id)
  out.answer({ id }, () => out.line('A message that says nothing has arrived there.'))
}

async function remove(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().notifications.delete(id)
  out.answer({ id }, () => out.line('Nobody is told there any more.'))
}

export function registerNotifications(program: Command): void {
  const notifications = program
    .command('notifications')
    .description('where people are told that a call waits, or that something is wrong')
  notifications.command('list').description('list the channels').action(list)
  notifications
    .command('add')
    .description('tell people in a chat, at any URL or by email')
    .argument('<name>', 'name of the channel')
    .addOption(new Option('--kind <kind>', 'what is told').choices(kinds).makeOptionMandatory())
    .option('--url <url>', 'of the incoming webhook')
    .option('--email <address>', 'of the mailbox')
    .option(
      '--key <value>',
      "the integration key of PagerDuty's service: - reads standard input, @file a file, env:VARIABLE the environment",
    )
    .option('--alerts-only', 'do not tell there that a call waits')
    .action(add)
  notifications.command('test').description('send a message that says nothing').argument('<id>', 'id of the channel').action(test)
  notifications.command('remove').description('tell nobody there any more').argument('<id>', 'id of the channel').action(remove)
}
