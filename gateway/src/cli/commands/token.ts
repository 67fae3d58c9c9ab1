import type { Schemas } from '@sallyport/sdk'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { roles } from '../../caller.ts'
import { connectToGateway, outputOf } from '../context.ts'
import { when } from '../text.ts'
import { parseInstant } from '../values.ts'

function parseCalls(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a number of calls, at least 1.')
  return Number(text)
}

function limitsOf({ per_minute, per_day }: Schemas['Token']): string {
  const limits = [per_minute === null ? [] : `${per_minute} a minute`, per_day === null ? [] : `${per_day} a day`].flat()
  return limits.length === 0 ? 'any number' : limits.join(', ')
}

interface CreateOptions {
  readonly role?: Schemas['Role']
  readonly expires?: string
  readonly perMinute?: number
  readonly perDay?: number
}

async function create(name: string, options: CreateOptions, command: Command): Promise<void> {
  const out = outputOf(command)
  const { role, expires, perMinute, perDay } = options
  const created = await connectToGateway().tokens.create({
    name,
    ...(role !== undefined && { role }),
    ...(expires !== undefined && { expires_at: parseInstant(expires, '--expires', 1) }),
    ...(perMinute !== undefined && { per_minute: perMinute }),
    ...(perDay !== undefined && { per_day: perDay }),
  })
  out.answer(created, () => {
    out.note(`Made the token "${created.name}" (${created.id}) with the role ${created.role}. It is shown this once:`)
    // Alone on standard output, for TOKEN=$(sallyport token create …).
    out.line(created.token)
  })
}

async function list(_options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  const page = await connectToGateway().tokens.list()
  out.answer(page, () => {
    const rows = page.items.map((token) => [
      token.id,
      token.name,
      token.role,
      `${token.hint}…`,
      token.revoked_at !== null ? 'revoked' : token.expires_at === null ? 'never expires' : `until ${when(token.expires_at)}`,
      limitsOf(token),
      token.last_used_at === null ? 'never' : when(token.last_used_at),
    ])
    out.table(['id', 'name', 'role', 'token', 'valid', 'calls', 'last used'], rows, 'There are no tokens.')
  })
}

async function revoke(id: string, _options: object, command: Command): Promise<void> {
  const out = outputOf(command)
  await connectToGateway().tokens.revoke(id)
  out.note(`Revoked ${id}. Requests with it are refused from now on.`)
}

export function registerTokens(program: Command): void {
  const token = program.command('token').description('make, list and revoke tokens')
  token
    .command('create')
    .description('make a token and print it')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles))
    .option('--expires <time>', 'a date, or a span such as 30d')
    .option('--per-minute <calls>', 'at most so many calls in any 60 seconds', parseCalls)
    .option('--per-day <calls>', 'at most so many calls in any 24 hours', parseCalls)
    .action(create)
  token.command('list').description('list the tokens').action(list)
  token.command('revoke').description('revoke a token').argument('<id>', 'id of the token').action(revoke)
}
